"""The reader of a log, by the places at which it may be (`read.log_places`)."""

from __future__ import annotations

from typing import Any

from tui502.collect.carry_out import behind_utc
from tui502.collect.log_entries import OfContainer, of_syslog, plain
from tui502.collect.log_held import HeldLog
from tui502.collect.log_indexed import is_access
from tui502.collect.log_journal import JournalSource
from tui502.collect.log_reader import FileLog
from tui502.collect.log_source import Source
from tui502.collect.log_within import FileSource
from tui502.host.paths import open_path, real_path
from tui502.model.evidence import Look, View
from tui502.read import journal_place
from tui502.read.log_places import held_of


def open_log(look: Look, view: View | None) -> Any:
    """The reader of a look of kind "log" or "access_log". Nothing is opened before its first `poll`."""
    first = look.args[0]
    if first.startswith("/"):
        return FileLog(look.key, place_of(look, view), behind_utc(), look.kind, held=held_of(look.args), formats=look.formats)
    access = is_access(look.kind)
    return HeldLog(look.key, tuple(_source(place, access) for place in look.args), behind_utc(), look.kind, look.formats)


def place_of(look: Look, view: View | None) -> str:
    """What decides whether a reader can stay as it is: where the file is opened from here, or the places."""
    return _inside(look.args[0], view) if look.args[0].startswith("/") else " ".join(look.args)


def _inside(path: str, view: View | None) -> str:
    """Where to open a log of the view: in a foreign root with its links resolved there, lest they lead into ours."""
    if view is None or view.local:
        return real_path(path, view)
    try:
        with open_path(path, view) as (_, real):
            return real_path(real, view)
    except (OSError, ValueError):
        return real_path(path, view)


def _source(place: str, access: bool) -> Source:
    kind, _, rest = place.partition(":")
    if kind == "journal":
        return JournalSource(journal_place.matches_of(place), access)
    if kind == "syslog":
        tag, _, path = rest.partition(":")
        return FileSource(f"{path}, as {tag}", path, of_syslog(tag, access), access)
    return FileSource(rest, rest, OfContainer() if kind == "container" else plain, access)
