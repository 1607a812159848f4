"""Term codes as they are stored: ascending 32-bit hashes in 27 bits each. Pure.

Of sorted numbers the upper eight bits hardly say anything: a bit for each of the 256 steps and one for each number, in
their order (Elias 1974, Fano 1971). The lower 24 bits are as random as hashes are, and stay as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = 256
_LOW = 3  # bytes


def packed_size(count: int) -> int:
    """Bytes of so many codes."""
    return _LOW * count + (count + _STEPS + 7) // 8


def packed_codes(codes: NDArray[np.uint32]) -> bytes:
    """`codes` ascending and distinct."""
    count = len(codes)
    octets = codes.astype("<u4").view(np.uint8).reshape(count, 4)
    steps = np.zeros(count + _STEPS, np.uint8)
    steps[octets[:, _LOW] + np.arange(count)] = 1
    return octets[:, :_LOW].tobytes() + np.packbits(steps).tobytes()


def unpacked_codes(raw: bytes, count: int) -> NDArray[np.uint32]:
    """What `packed_codes` was given. Raises ValueError where these are not the bytes of so many codes."""
    if len(raw) != packed_size(count):
        raise ValueError(f"{len(raw)} bytes are not {count} codes")
    octets = np.frombuffer(raw, np.uint8)
    (steps,) = np.unpackbits(octets[_LOW * count :]).nonzero()
    if len(steps) != count:
        raise ValueError(f"{len(raw)} bytes are not {count} codes")
    whole = np.empty((count, 4), np.uint8)
    whole[:, :_LOW] = octets[: _LOW * count].reshape(count, _LOW)
    whole[:, _LOW] = steps - np.arange(count)
    return whole.view("<u4").reshape(count)
