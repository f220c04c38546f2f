"""What nginx writes for the variables of a log format: the shapes of those whose values are known to have one. All others may hold any text.

Shapes are those of nginx's own code: the values are made by nginx, or checked by it before they are kept ($host, $request_method).
"""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """`pattern` matches every value, `alphabet` are its characters (of one item, where it is a list over tries); `always`: nginx never leaves it out;
    `exact`: a value itself tells where it begins and ends."""

    pattern: bytes
    alphabet: frozenset[str]
    always: bool = False
    exact: bool = False
    several: bool = False

    def written(self, escape: str) -> bytes:
        """The pattern of what stands in a line: an empty value is nothing, a variable without one "-" by default."""
        if self.always:
            return self.pattern
        return b"(?:" + self.pattern + (b"|-|)" if escape == "default" else b"|)")

    def letters(self, escape: str) -> frozenset[str]:
        return self.alphabet | {"-"} if escape == "default" and not self.always else self.alphabet


_DIGITS = frozenset("0123456789")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_SOLID = frozenset(map(chr, range(0x21, 0x7F))) - {'"', "\\"}
_HEX = frozenset("0123456789abcdefABCDEF")


def _list(item: bytes, alphabet: frozenset[str]) -> Shape:
    return Shape(item + b"(?:(?:, | : )" + item + b")*", alphabet, several=True)


_NUMBER = Shape(rb"\d+", _DIGITS)
_SECONDS = Shape(rb"\d+\.\d{3}", _DIGITS | {"."})
_ADDRESS = Shape(rb"(?:[0-9A-Fa-f:.]+|unix:)", _HEX | frozenset(":.unix"))
_NAME = Shape(rb"[\w.-]+", _WORD)
_TIMES = _list(rb"(?:-|\d+\.\d{3})", _DIGITS | frozenset(".-"))
_NUMBERS = _list(rb"(?:-|\d+)", _DIGITS | {"-"})

SHAPES: dict[str, Shape] = {
    "status": Shape(rb"\d{3}", _DIGITS, always=True, exact=True),
    "time_local": Shape(rb"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}", _WORD | frozenset("/: +"), always=True, exact=True),
    "time_iso8601": Shape(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)", _WORD | frozenset(":+"), always=True, exact=True),
    "msec": _SECONDS._replace(always=True),
    "request_time": _SECONDS._replace(always=True),
    "bytes_sent": _NUMBER._replace(always=True),
    "body_bytes_sent": _NUMBER._replace(always=True),
    "request_length": _NUMBER._replace(always=True),
    "pipe": Shape(rb"[p.]", frozenset("p."), always=True),
    "connection": _NUMBER,
    "connection_requests": _NUMBER,
    "connection_time": _SECONDS,
    "pid": _NUMBER,
    "remote_port": _NUMBER,
    "server_port": _NUMBER,
    "remote_addr": _ADDRESS,
    "server_addr": _ADDRESS,
    "realip_remote_addr": _ADDRESS,
    "server_name": Shape(rb"[!#-\[\]-~]+", _SOLID),
    "host": Shape(rb"[!#-.0-\[\]-~]+", _SOLID - {"/"}),
    "hostname": _NAME,
    "request_method": Shape(rb"[A-Z_-]+", frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ_-")),
    "scheme": Shape(rb"https?", frozenset("htps")),
    "server_protocol": Shape(rb"HTTP/[\d.]+", _DIGITS | frozenset("HTP/.")),
    "request_id": Shape(rb"[0-9a-f]{32}", _HEX),
    "gzip_ratio": Shape(rb"[\d.]+", _DIGITS | {"."}),
    "ssl_protocol": _NAME,
    "ssl_cipher": _NAME,
    "upstream_cache_status": Shape(rb"[A-Z]+", frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
    "upstream_status": _list(rb"(?:-|\d{3})", _DIGITS | {"-"}),
    "upstream_addr": _list(rb"[\w.:/\[\]@%+~=-]+", _WORD | frozenset(":/[]@%+~=")),
    "upstream_response_time": _TIMES,
    "upstream_connect_time": _TIMES,
    "upstream_header_time": _TIMES,
    "upstream_response_length": _NUMBERS,
    "upstream_bytes_received": _NUMBERS,
    "upstream_bytes_sent": _NUMBERS,
}
