"""The fixtures `place` and `small_place`: a partition in memory, on Valkey 9.1 and on Redis 6.2."""

from places import place, small_place

__all__ = ["place", "small_place"]
