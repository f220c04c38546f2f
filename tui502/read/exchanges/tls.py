"""TLS as it stands on the wire: its records, and the alert with which a server refuses."""

from __future__ import annotations

from collections.abc import Iterator

ALERT, HANDSHAKE = 21, 22
_TYPES = (20, ALERT, HANDSHAKE, 23)
_HEAD = 5
_LONGEST = (1 << 14) + 2048

ALERTS = {
    0: "close notify", 10: "unexpected message", 40: "handshake failure", 42: "bad certificate", 43: "unsupported certificate", 45: "certificate expired",
    46: "certificate unknown", 47: "illegal parameter", 48: "unknown CA", 49: "access denied", 50: "decode error", 70: "protocol version",
    71: "insufficient security", 80: "internal error", 86: "inappropriate fallback", 109: "missing extension", 112: "unrecognized name",
    116: "certificate required", 120: "no application protocol",
}  # fmt: skip


def is_record(received: bytes) -> bool:
    """Whether these bytes begin with a record of TLS 1.0 to 1.3, or of SSL 3."""
    if len(received) < _HEAD or received[0] not in _TYPES or received[1] != 3 or received[2] > 4:
        return False
    return 0 < int.from_bytes(received[3:_HEAD], "big") <= _LONGEST


def records(received: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, content) of each record; the last one may be cut."""
    at = 0
    while is_record(received[at : at + _HEAD]):
        end = at + _HEAD + int.from_bytes(received[at + 3 : at + _HEAD], "big")
        yield received[at], received[at + _HEAD : end]
        at = end


def alert(received: bytes) -> int | None:
    """The number of the first alert that is not encrypted, None where there is none."""
    return next((content[1] for kind, content in records(received) if kind == ALERT and len(content) == 2), None)


def alert_text(number: int) -> str:
    """ "alert 112, unrecognized name"."""
    return f"alert {number}, {ALERTS[number]}" if number in ALERTS else f"alert {number}"
