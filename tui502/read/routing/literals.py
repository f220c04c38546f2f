"""Addresses as nginx takes them from its configuration: what it reads itself (ngx_inet_addr), and the short and octal forms that the resolver reads for it."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address

_DOTTED = re.compile(r"[0-9]*(?:\.[0-9]*){3}\Z")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|[0-9]+")


def dotted(text: str) -> str | None:
    """Four decimal numbers as ngx_inet_addr reads them ("127.000.0.1", "127..0.1"), in the usual form; None where it reads no address."""
    if _DOTTED.match(text) is None:
        return None
    numbers = [int(part or "0") for part in text.split(".")]
    found = ".".join(map(str, numbers))
    return found if max(numbers) < 256 and found != "255.255.255.255" else None


def ipv4(text: str) -> str | None:
    """The same, and what the system's resolver takes for an address where nginx itself does not ("127.1", "0x7f.1", "0"): inet_aton."""
    return dotted(text) or _aton(text)


def _aton(text: str) -> str | None:
    parts = text.split(".")
    if len(parts) > 4 or not all(map(_NUMBER.fullmatch, parts)) or len(text) > 64:
        return None
    try:
        *heads, last = (int(part, 16 if part[:2] in ("0x", "0X") else 8 if part[0] == "0" else 10) for part in parts)
    except ValueError:
        return None
    if any(head > 255 for head in heads) or last >= 256 ** (4 - len(heads)):
        return None
    data = bytes(heads) + last.to_bytes(4 - len(heads), "big")
    return ".".join(map(str, data))


def ipv6(text: str) -> str | None:
    """An IPv6 address (no brackets) in the form in which nginx and the kernel write it; None where it is none, or has a zone."""
    try:
        found = IPv6Address(text)
    except AddressValueError:
        return None
    if found.scope_id is not None:
        return None
    return f"::ffff:{found.ipv4_mapped}" if found.ipv4_mapped else str(found)
