"""A cache of bounded weight."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class NewestUsed(OrderedDict[K, V]):
    """The entries used last, of at most so much weight together; the newest stays, however heavy it is."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most, self._weight = most, 0
        self._weights: dict[K, int] = {}

    def take(self, key: K) -> V | None:
        if key not in self:
            return None
        self.move_to_end(key)
        return self[key]

    def put(self, key: K, value: V, weight: int = 1) -> V:
        self[key] = value
        self.move_to_end(key)
        self._weight += weight - self._weights.get(key, 0)
        self._weights[key] = weight
        while self._weight > self._most and len(self) > 1:
            oldest, _ = self.popitem(last=False)
            self._weight -= self._weights.pop(oldest)
        return value
