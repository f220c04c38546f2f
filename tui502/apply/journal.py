"""The write-ahead journal of one change: a private directory that says what was there, what is to be, and how far it came.

    ID/change.json   the staged change, its test, who, and the attributes of the files
    ID/N.old, N.new  the files before and after (N counts from 1; missing where there is no file)
    ID/state         one JSON line an event, each synced: prepared, runner, applying, result, reloading, applied, decided …
    ID/receipt.json  how it ended
    ID/reserve       space that is given up when the disk is full, so that what was decided can be written down

Built as `ID.new/` and renamed when whole, so a directory without `.new` can be relied on.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from tui502.apply import decide
from tui502.apply.places import state_dir
from tui502.host import change as host
from tui502.model.changes import Baseline, Outcome, Progress, Receipt, StagedChange, StepKind, StepResult, Tested

LOCK = "lock"
"""Held by the runner for its life: one change a host at a time."""

RESERVE = 64 * 1024
"""Bytes kept for events and the receipt, besides those of the change itself."""


@dataclasses.dataclass(frozen=True)
class Head:
    """The unchanging part of a journal."""

    change: StagedChange
    tested: Tested
    who: str
    metas: tuple[host.Meta | None, ...]


@dataclasses.dataclass(frozen=True)
class Event:
    """A line of the state file. `what` names it; the other fields are set where they mean something. Of "decided", `text` is the rule, `why` the reason,
    and `ok` and `put_back` what to do; of "ahead", `text` is the outcome it comes to and `why` what was seen; of "applied", `text` are the workers that
    took over; of "in_place" and "whole", `n` is the file, from 0."""

    what: str
    at: float
    n: int = 0
    kind: StepKind = "precheck"
    took: float = 0.0
    ok: bool = True
    text: str = ""
    figures: Baseline | None = None
    pid: int = 0
    started: int = 0
    put_back: bool = False
    why: str = ""


def new_id(now: float) -> str:
    """The id of a change staged at `now`, in local time."""
    return time.strftime("%Y%m%d-%H%M%S", time.localtime(now))


def create(change: StagedChange, tested: Tested, who: str) -> Path:
    """Write the journal of a change, synced, before anything is changed. The id gets a suffix when it is taken. Raises OSError."""
    state = state_dir()
    wanted, n = change.id, 1
    while (state / change.id).exists() or (state / f"{change.id}.new").exists():
        n += 1
        change = dataclasses.replace(change, id=f"{wanted}-{n}")
    tested = dataclasses.replace(tested, change=change.id)
    growing, place = state / f"{change.id}.new", state / change.id
    host.make_private_dir(str(growing))
    metas = tuple(host.meta(file.real, link=file.link) for file in change.files)
    encoded = msgspec.json.encode(Head(change, tested, who, metas))
    host.write_new(str(growing / "change.json"), encoded)
    host.write_new(str(growing / "reserve"), bytes(len(encoded) + RESERVE))
    for number, (file, meta) in enumerate(zip(change.files, metas, strict=True), 1):
        for name, data in (("old", file.before), ("new", file.after)):
            if data is not None:
                host.write_new(str(growing / f"{number}.{name}"), data)
        if file.before is not None and meta and not file.link:
            host.dress(str(growing / f"{number}.old"), meta)
    host.write_new(str(growing / "state"), msgspec.json.encode(Event("prepared", time.time())) + b"\n")
    host.sync_dir(str(growing))
    host.move(str(growing), str(place))
    return place


def head(journal: Path) -> Head:
    """Raises OSError, or ValueError when it is no journal of this version."""
    return msgspec.json.decode((journal / "change.json").read_bytes(), type=Head)


def note(journal: Path, what: str, *, synced: bool = True, **fields: Any) -> Event:
    """Add an event, synced before this returns. Raises OSError when there is no room for it, the reserve included."""
    event = Event(what, time.time(), **fields)
    line = msgspec.json.encode(event) + b"\n"
    try:
        host.append(str(journal / "state"), line, synced)
    except OSError:
        if not synced or not spare(journal):
            raise
        host.append(str(journal / "state"), line, synced)
    return event


def tell(journal: Path, what: str, *, synced: bool = True, **fields: Any) -> None:
    """Add an event if that is possible: what is live already is decided, and put back, on a full disk too."""
    with contextlib.suppress(OSError):
        note(journal, what, synced=synced, **fields)


def spare(journal: Path) -> bool:
    """Give up the reserve; False when it was used up before."""
    try:
        host.remove(str(journal / "reserve"))
    except OSError:
        return False
    return True


def events(journal: Path) -> tuple[Event, ...]:
    """What happened so far, oldest first. A line cut by a crash is left out. Raises OSError."""
    found = []
    for line in (journal / "state").read_bytes().split(b"\n"):
        with contextlib.suppress(msgspec.DecodeError):
            found.append(msgspec.json.decode(line, type=Event))
    return tuple(found)


def finish(journal: Path, receipt: Receipt) -> None:
    """The last word, written beside and renamed, so that it is there whole or not at all. Raises OSError."""
    data = msgspec.json.encode(receipt)
    try:
        _finish(journal, data)
    except OSError:
        if not spare(journal):
            raise
        _finish(journal, data)
    spare(journal)


def _finish(journal: Path, data: bytes) -> None:
    growing = journal / "receipt.new"
    with contextlib.suppress(FileNotFoundError):
        host.remove(str(growing))
    host.write_new(str(growing), data)
    host.move(str(growing), str(journal / "receipt.json"))


def receipt(journal: Path) -> Receipt | None:
    """How it ended, None while it has not. Raises OSError, ValueError."""
    try:
        return msgspec.json.decode((journal / "receipt.json").read_bytes(), type=Receipt)
    except FileNotFoundError:
        return None


def has_happened(seen: tuple[Event, ...], *what: str) -> bool:
    return any(event.what in what for event in seen)


def results(seen: tuple[Event, ...]) -> tuple[StepResult, ...]:
    return tuple(StepResult(event.n, event.kind, event.at, event.took, event.ok, event.text) for event in seen if event.what == "result")


def progress(journal: Path) -> Progress | None:
    """The change as its journal tells it now; None when there is no journal (any more). Raises ValueError for one of another version.
    Made to be asked many times a second: what did not change is not read again."""
    try:
        return _progress(journal, _stamp(journal / "state"), _stamp(journal / "receipt.json"))
    except OSError:
        return None


def _stamp(path: Path) -> tuple[int, ...]:
    """Another one for every state of a file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


@functools.lru_cache(maxsize=2)
def _progress(journal: Path, state: tuple[int, ...], ended: tuple[int, ...]) -> Progress:
    start, seen, end = head(journal), events(journal), receipt(journal)
    last: Mapping[str, Event] = {event.what: event for event in seen}
    done = results(seen)
    begun = next((event.n for event in reversed(seen) if event.what == "begin"), None)
    deciding = last.get("deciding")
    figures = [event.figures for event in seen if event.figures]
    return Progress(
        id=start.change.id,
        change=start.change,
        runner=last["runner"].pid if "runner" in last else 0,
        phase="done" if end else "deciding" if deciding else "applying",
        results=end.results if end else done,
        running=None if end or begun is None or any(result.n == begun for result in done) else begun,
        decides_at=deciding.at + deciding.took if deciding and not end else None,
        after=end.after if end else figures[-1] if figures[1:] else None,
        question="" if end or "question" not in last else last["question"].text,
        receipt=end,
        before=figures[0] if figures else None,
        ahead="" if end or "ahead" not in last else next((word for word in get_args(Outcome) if word == last["ahead"].text), ""),
        so_far="" if end or "ahead" not in last else last["ahead"].why,
        needed=decide.needed(figures[0]) if figures and (decide.provable(figures[0]) or decide.was_saved(figures[0])) else 0,
    )


def all_journals(places: tuple[Path, ...]) -> tuple[Path, ...]:
    """Every whole journal, oldest first."""
    found = [path for place in places for path in place.iterdir() if path.is_dir() and not path.name.endswith(".new") and (path / "change.json").is_file()]
    return tuple(sorted(found, key=lambda path: path.name))


def discard(growing: Path) -> None:
    """Remove a journal that a crash left half built: nothing had been changed by then."""
    for part in growing.iterdir():
        host.remove(str(part))
    growing.rmdir()
