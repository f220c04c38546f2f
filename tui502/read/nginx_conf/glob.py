"""glob(3) as nginx calls it: `*`, `?`, `[…]` and backslashes, bytes compared, a leading dot matched by a dot only, no `{a,b}`, result sorted bytewise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tui502.model.evidence import Gap, Seen

_STAR = -1
_CLASSES = {
    b"alpha": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"digit": "0123456789",
    b"alnum": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    b"lower": "abcdefghijklmnopqrstuvwxyz",
    b"upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"xdigit": "0123456789abcdefABCDEF",
    b"punct": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    b"space": " \t\n\v\f\r",
    b"blank": " \t",
}


class Expanded(NamedTuple):
    """What a pattern gives: paths in order, the directories in which names were looked for, of these those whose listing is not known yet, and those that
    could not be listed."""

    paths: tuple[str, ...]
    dirs: tuple[str, ...]
    wanted: tuple[str, ...]
    gaps: tuple[tuple[str, Gap], ...]


def has_magic(pattern: str) -> bool:
    """Whether nginx takes an include's argument for a pattern."""
    return any(char in pattern for char in "*?[")


def expand(pattern: str, dirs: Mapping[str, Seen[tuple[str, ...]]]) -> Expanded:
    """The existing paths that match an absolute pattern, by the listings in `dirs` (path → names)."""
    asked: dict[str, None] = {}
    gaps: dict[str, Gap] = {}
    paths = [("", True)]
    head, *parts = pattern.split("/")
    for n, part in enumerate(parts):
        found: list[tuple[str, bool]] = []
        for base, certain in paths:
            if not has_magic(part) and (n < len(parts) - 1 or not part):
                found.append((f"{base}/{_unescaped(part)}", certain))
            else:
                found += [(f"{base}/{name}", False) for name in _names(base or "/", certain, part, dirs, asked, gaps)]
        paths = found
    wanted = tuple(path for path in asked if path not in dirs)
    return Expanded(tuple(sorted((head + path for path, _ in paths), key=_raw)), tuple(asked), wanted, tuple(gaps.items()))


def _names(base: str, certain: bool, part: str, dirs: Mapping[str, Seen[tuple[str, ...]]], asked: dict[str, None], gaps: dict[str, Gap]) -> Iterator[str]:
    """The names in directory `base` that match; `certain` is False when `base` came from a wildcard, so that it may be no directory at all."""
    asked[base] = None
    seen = dirs.get(base)
    if seen is None:
        return
    if seen.gap is not None and seen.gap.why != "absent" and (certain or seen.gap.why != "unreadable"):
        gaps[base] = seen.gap
    match = Pattern(part)
    yield from (name for name in seen.value or () if match(name))


def _unescaped(part: str) -> str:
    out, chars = "", iter(part)
    for char in chars:
        out += next(chars, "\\") if char == "\\" else char
    return out


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class Pattern:
    """A pattern for one name of a path; calling it with a name tells whether it matches. The time is at most its length times that of the name."""

    def __init__(self, pattern: str) -> None:
        raw = _raw(pattern)
        self.dot = raw.startswith((b".", b"\\."))
        self.items = tuple(_items(raw))
        self.ends = _ends(self.items)

    def __call__(self, text: str) -> bool:
        name = _raw(text)
        if name.startswith(b".") and not self.dot:
            return False
        if self.ends is not None:
            head, tail = self.ends
            return len(name) >= len(head) + len(tail) and name.startswith(head) and name.endswith(tail)
        items, at, n, star, retry = self.items, 0, 0, -1, 0
        while n < len(name):
            item = items[at] if at < len(items) else None
            if item == _STAR:
                star, retry, at = at, n, at + 1
            elif isinstance(item, frozenset) and name[n] in item:
                at, n = at + 1, n + 1
            elif star >= 0:
                retry += 1
                at, n = star + 1, retry
            else:
                return False
        return all(item == _STAR for item in items[at:])


def _ends(items: tuple[frozenset[int] | int, ...]) -> tuple[bytes, bytes] | None:
    """What stands before and behind the only `*` of a pattern like "*.conf"; None for any other. In a directory of thousands of sites it is asked of each."""
    if items.count(_STAR) != 1 or not all(isinstance(item, int) or len(item) == 1 for item in items):
        return None
    at = items.index(_STAR)
    head, tail = (bytes(byte for item in part if isinstance(item, frozenset) for byte in item) for part in (items[:at], items[at + 1 :]))
    return head, tail


_ANY = frozenset(range(256))


def _items(raw: bytes) -> Iterator[frozenset[int] | int]:
    """The pattern as a row of sets of bytes, `_STAR` for `*`."""
    at = 0
    while at < len(raw):
        char = raw[at : at + 1]
        at += 1
        if char == b"*":
            yield _STAR
        elif char == b"?":
            yield _ANY
        elif char == b"[" and (bracket := _bracket(raw, at)) is not None:
            members, at = bracket
            yield members
        elif char == b"\\" and at < len(raw):
            yield frozenset(raw[at : at + 1])
            at += 1
        else:
            yield frozenset(char)


def _bracket(raw: bytes, at: int) -> tuple[frozenset[int], int] | None:
    """The set of a bracket expression whose text begins at `at`, and the offset behind its `]`; None when it is not closed."""
    negated = raw[at : at + 1] in (b"!", b"^")
    at += negated
    members: set[int] = set()
    first = True
    while at < len(raw) and (first or raw[at : at + 1] != b"]"):
        first = False
        close = raw.find(b":]", at + 2) if raw.startswith(b"[:", at) else -1
        if close >= 0 and raw[at + 2 : close] in _CLASSES:
            members.update(_CLASSES[raw[at + 2 : close]].encode())
            at = close + 2
            continue
        at += raw[at : at + 1] == b"\\" and at + 1 < len(raw)
        low = high = raw[at]
        if raw[at + 1 : at + 2] == b"-" and raw[at + 2 : at + 3] not in (b"]", b""):
            at += 2
            at += raw[at : at + 1] == b"\\" and at + 1 < len(raw)
            high = raw[at]
        members.update(range(low, high + 1))
        at += 1
    if at >= len(raw):
        return None
    return (_ANY - members if negated else frozenset(members)), at + 1
