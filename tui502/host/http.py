"""The bytes of our own requests, and when an answer is whole. Only GET and HEAD, always one request a connection."""

from __future__ import annotations

import re

from tui502 import __version__

USER_AGENT = f"tui502/{__version__} (+diagnosis)"
"""How our own requests are known, in access logs and in every count."""

METHODS = ("GET", "HEAD")

_HOST = re.compile(r"[A-Za-z0-9._~:\[\]-]+\Z")
_LENGTH = re.compile(rb"\r?\ncontent-length:[ \t]*(\d+)[ \t]*\r?\n", re.I)
_CHUNKED = re.compile(rb"\r?\ntransfer-encoding:[^\n]*\bchunked[ \t]*\r?\n", re.I)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d\.\d (\d\d\d)")


def request(method: str, host: str, uri: str, referrer: str = "") -> bytes:
    """A request as nginx passes it on, with a User-Agent of ours. Raises ValueError for a method we never send and for a host that is none."""
    if method not in METHODS:
        raise ValueError(f"{method} is never sent")
    if not is_host(host):
        raise ValueError("no host name")
    came = f"Referer: {referrer}\r\n" if referrer else ""
    return f"{method} {escape(uri)} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n{came}Accept: */*\r\nConnection: close\r\n\r\n".encode("ascii")


def is_host(host: str) -> bool:
    """Whether this may stand in a Host header: a name or address, with a port or without."""
    return bool(_HOST.match(host))


def escape(uri: str) -> str:
    """`uri` in the characters that a request line may hold: blanks, controls and all that is not ASCII become %XX; it starts with a slash."""
    raw = uri.encode("utf-8", "surrogateescape")
    text = "".join(chr(byte) if 0x21 <= byte <= 0x7E else f"%{byte:02X}" for byte in raw)
    return text if text.startswith("/") else "/" + text


def head_size(received: bytes | bytearray) -> int:
    """Bytes up to the end of the header, the empty line included; 0 when that is not there."""
    end = _HEAD_END.search(received)
    return end.end() if end else 0


def is_foreign(received: bytes | bytearray) -> bool:
    """Whether what came can be no HTTP/1 answer any more."""
    return received[:5] != b"HTTP/"[: len(received)]


def is_whole(received: bytes | bytearray, method: str) -> bool:
    """Whether the answer has come to its end, as far as HTTP/1 tells without the connection being closed."""
    end = _HEAD_END.search(received)
    status = _STATUS.match(received)
    if not end or not status or status[1].startswith(b"1"):
        return False
    head, body = received[: end.end()], len(received) - end.end()
    if method == "HEAD" or status[1] in (b"204", b"304"):
        return True
    if _CHUNKED.search(head):
        return received.endswith((b"\r\n0\r\n\r\n", b"\n\r\n0\r\n\r\n")) and body > 0
    length = _LENGTH.search(head)
    return bool(length) and body >= int(length[1]) if length else False
