"""A server's certificate (X.509 in DER): for which names it was made, by whom, and when it holds. Nothing is verified."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import NamedTuple

from tui502.text import neutral

_COMMON_NAME = b"\x55\x04\x03"
_ORGANISATION = b"\x55\x04\x0a"
_ALT_NAMES = b"\x55\x1d\x11"
_SEQUENCE, _OID, _STRINGS = 0x30, 0x06, (0x0C, 0x13, 0x14, 0x16)
_DNS, _IP = 0x82, 0x87
_EXTENSIONS, _VERSION = 0xA3, 0xA0
_DEEPEST = 12
_TIME = re.compile(rb"(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z\Z")


@dataclass(frozen=True, slots=True)
class Certificate:
    """`names` are the DNS names and addresses it was made for (its common name where it lists none), lower-case; `issuer` is the common name or
    organisation of who signed it; the times are epoch seconds, 0 where they cannot be read. Texts are neutral."""

    names: tuple[str, ...]
    issuer: str
    own: bool
    not_before: float
    not_after: float


class _Item(NamedTuple):
    tag: int
    content: bytes


def certificate(der: bytes) -> Certificate | None:
    """What a certificate says; None for bytes that are none."""
    try:
        body = list(_items(_first(_first(der).content).content))
        fields = body[1:] if body[0].tag == _VERSION else body
        _, _, issuer, validity, subject = fields[:5]
        times = [_time(item) for item in _items(validity.content)]
        extensions = next((item for item in fields[5:] if item.tag == _EXTENSIONS), None)
        names = tuple(_alt_names(extensions.content)) if extensions else ()
        common = _named(subject.content, _COMMON_NAME)
        by = _named(issuer.content, _COMMON_NAME) or _named(issuer.content, _ORGANISATION)
        return Certificate(names or ((common.lower(),) if common else ()), by, issuer.content == subject.content, times[0], times[1])
    except (ValueError, IndexError):
        return None


def covers(names: tuple[str, ...], wanted: str) -> bool:
    """Whether a certificate with these names was made for `wanted`: exactly, or by a wildcard for its first label."""
    wanted = wanted.lower().rstrip(".")
    return any(name == wanted or (name.startswith("*.") and "." in wanted and name[1:] == wanted[wanted.index(".") :]) for name in names)


def _items(data: bytes) -> Iterator[_Item]:
    """The elements of a constructed value. Raises ValueError where a length runs beyond its end."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            n = length & 0x7F
            length, at = int.from_bytes(data[at : at + n], "big"), at + n
        if at + length > len(data):
            raise ValueError("an element is cut")
        yield _Item(tag, data[at : at + length])
        at += length


def _first(data: bytes) -> _Item:
    """The first element. Raises ValueError where there is none."""
    for item in _items(data):
        return item
    raise ValueError("an element is missing")


def _inside(data: bytes, depth: int = 0) -> Iterator[tuple[_Item, ...]]:
    """Every sequence in a value, with its elements, outermost first."""
    for item in _items(data):
        if item.tag & 0x20 and depth < _DEEPEST:
            if item.tag == _SEQUENCE:
                yield tuple(_items(item.content))
            yield from _inside(item.content, depth + 1)


def _named(name: bytes, attribute: bytes) -> str:
    for parts in _inside(name):
        if len(parts) == 2 and parts[0] == (_OID, attribute) and parts[1].tag in _STRINGS:
            return neutral(parts[1].content)
    return ""


def _alt_names(extensions: bytes) -> Iterator[str]:
    for parts in _inside(extensions):
        if parts and parts[0] == (_OID, _ALT_NAMES):
            for item in _items(_first(parts[-1].content).content):
                if item.tag == _DNS:
                    yield neutral(item.content).lower()
                elif item.tag == _IP and len(item.content) in (4, 16):
                    yield str(ip_address(item.content))


def _time(item: _Item) -> float:
    found = _TIME.match(item.content)
    if not found:
        return 0.0
    year, *rest = (int(part) for part in found.groups())
    if len(found[1]) == 2:
        year += 1900 if year >= 50 else 2000
    return float(timegm((year, *rest)))
