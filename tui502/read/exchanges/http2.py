"""HTTP/2: how a server begins to speak it, or refuses what it was sent."""

from __future__ import annotations

SETTINGS, GOAWAY = 4, 7
_HEAD = 9
_LONGEST = 16384
"""Bytes of the longest frame before a client has allowed more."""


def is_frame(received: bytes) -> bool:
    """Whether these bytes begin with a frame that a server may send first: SETTINGS, or GOAWAY, on stream 0."""
    if len(received) < _HEAD or received[5:_HEAD] != b"\0\0\0\0":
        return False
    length, kind = int.from_bytes(received[:3], "big"), received[3]
    return (kind == SETTINGS and length % 6 == 0 and length <= _LONGEST) or (kind == GOAWAY and 8 <= length <= _LONGEST)
