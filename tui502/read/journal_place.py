"""A place in systemd's journal, "journal:FIELD=value FIELD=value": put together and taken apart here only. Its values come out of configurations and cgroups,
which others may write, and end as words of journalctl: what could be an option, or two words, is none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

KIND = "journal:"

UNIT = r"[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*"
"""A name of a unit: systemd.unit(5)."""

_MATCH = re.compile(r"[A-Z_]+=[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*", re.ASCII)


def place(*matches: str) -> str:
    """The place of the messages that fit `matches`; those of one field are alternatives. Raises ValueError where one is no match."""
    return KIND + " ".join(checked(matches))


def matches_of(place: str) -> tuple[str, ...]:
    """The matches of a place. Raises ValueError where it holds anything else."""
    return checked(place.removeprefix(KIND).split(" "))


def checked(matches: Iterable[str]) -> tuple[str, ...]:
    """`matches`, all of which are FIELD=value and cannot be taken for anything else. Raises ValueError."""
    found = tuple(matches)
    for match in found:
        if not _MATCH.fullmatch(match):
            raise ValueError(f"no match of a journal: {match!r}")
    return found


def of_users(uids: Iterable[int | None]) -> tuple[str, ...]:
    """The matches for messages that root or one of `uids` sent; () where none is known. The kernel tells who sent a message, the sender all the rest."""
    known = {uid for uid in uids if uid is not None}
    return tuple(f"_UID={uid}" for uid in sorted({0, *known})) if known else ()
