"""What was changed on this host by this program, and the way back."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tui502.apply import back, journal, places
from tui502.apply.backwards import backwards
from tui502.apply.disk import on_disk, sha
from tui502.apply.new_file import inodes_of
from tui502.apply.stage import assemble
from tui502.model.changes import FileChange, Receipt, StagedChange
from tui502.model.findings import Command, Fix, Incident
from tui502.model.session import Refused
from tui502.text import neutral

STAYS = ("VERIFIED", "KEPT")


@dataclass(frozen=True)
class Live:
    """A change that was not taken back: its files as it changed them, and its commands that were begun."""

    receipt: Receipt
    files: tuple[FileChange, ...]
    commands: tuple[Command, ...]


def receipts() -> tuple[Receipt, ...]:
    """All receipts of this account on this host, oldest first. One that cannot be read (another version, damaged) is left out."""
    return tuple(receipt for receipt, _ in _ended())


def _ended() -> list[tuple[Receipt, Path]]:
    """Every receipt with its journal, oldest first."""
    found = []
    for place in journal.all_journals(places.existing()):
        try:
            receipt = journal.receipt(place)
        except (OSError, ValueError):
            continue
        if receipt:
            found.append((receipt, place))
    return sorted(found, key=lambda pair: pair[0].at)


def text() -> str:
    """The history, one change a line, newest last, with the files and commands below."""
    lines = []
    for receipt in receipts():
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(receipt.at))
        what = "; ".join(neutral(fix.title) for fix in receipt.change.fixes)
        lines.append(f"{receipt.id}  {receipt.outcome:10}  {when}  {neutral(receipt.who)}  {what}")
        lines.append(f"    {neutral(receipt.why)}")
        lines += [f"    {neutral(file.path)}" for file in receipt.change.files]
        lines += [f"    $ {neutral(' '.join(command.argv))}" for fix in receipt.change.fixes for command in fix.commands]
    return "\n".join(lines) if lines else "nothing was changed here by tui502"


def in_effect(seen: Iterable[tuple[Receipt, Path]]) -> tuple[Live, ...]:
    """Changes that stay and were not taken back since, oldest first; the taking back itself is not among them. One that was left for a person stays as far as
    a file is not as before, or a command of it was begun and not undone."""
    pairs = tuple(seen)
    undone = {receipt.change.undoes for receipt, _ in pairs if receipt.outcome in STAYS}
    own = (_live(receipt, place) for receipt, place in pairs if not receipt.change.undoes and receipt.id not in undone)
    return tuple(live for live in own if live)


def _live(receipt: Receipt, place: Path) -> Live | None:
    """What there is to take back of a change, None for nothing. What had to be mended for nginx to load anything stays mended."""
    change = receipt.change
    whole = tuple(file for file in change.files if file.real not in change.frees) or change.files
    commands = tuple(command for fix in change.fixes for command in fix.commands)
    if receipt.outcome in STAYS:
        return Live(receipt, whole, commands)
    if receipt.outcome != "NEEDS HAND":
        return None
    files = tuple(file for file in whole if on_disk(file) != sha(file.before))
    begun = _begun(place)
    return Live(receipt, files, commands[:begun]) if files or begun else None


def _begun(place: Path) -> int:
    """How many of its commands were begun, 0 once they were undone."""
    try:
        seen = journal.events(place)
    except OSError:
        return 0
    return 0 if journal.has_happened(seen, "undoing") else back.commands_begun(seen)


def undo(wanted: str, incident: Incident) -> StagedChange:
    """Stage the way back of the change `wanted`, '' for the last one. Raises Refused, also when a file is not as that change left it."""
    ended = _ended()
    everywhere = in_effect(ended)
    known = tuple(each for each in everywhere if same_nginx(each.receipt.change, assemble(each.receipt.change.fixes, (), incident, ())))
    live = next((each for each in reversed(known) if wanted in ("", each.receipt.id)), None)
    if live is None:
        raise Refused(_nothing_here(wanted, known, everywhere, tuple(receipt for receipt, _ in ended)))
    receipt, made = live.receipt, _made(live.receipt.id, ended)
    files = tuple(_reversed(file, made) for file in reversed(live.files))
    if odd := [file.path for file in files if on_disk(file) != file.sha_before]:
        old = ", ".join(receipt.backups)
        raise Refused(
            f"{receipt.id}: {', '.join(map(neutral, odd))} is not as that change left it; the text from before is in {neutral(old)}: "
            "compare and take over by hand"
        )
    fixes = tuple(_way_back(fix, live.commands) for fix in reversed(receipt.change.fixes))
    if not files and not any(fix.commands for fix in fixes):
        raise Refused(f"{receipt.id} {'was a reload, which' if receipt.change.reload and not live.commands else 'ran a command that'} cannot be undone")
    change = assemble(fixes, files, incident, ())
    return replace(change, undoes=receipt.id)


def same_nginx(one: StagedChange, other: StagedChange) -> bool:
    """Whether two changes are about the same nginx: its program, its place and the configuration it was started with. Its pid may be another by now."""
    if one.view is None or other.view is None:
        return one.test_argv == other.test_argv
    return (one.view.exe, one.view.root, one.view.local, one.test_argv) == (other.view.exe, other.view.root, other.view.local, other.test_argv)


def _nothing_here(wanted: str, known: tuple[Live, ...], everywhere: tuple[Live, ...], ended: tuple[Receipt, ...]) -> str:
    """Why there is nothing to take back on the nginx that is looked at."""
    elsewhere = next((each.receipt for each in reversed(everywhere) if each not in known and wanted in ("", each.receipt.id)), None)
    if elsewhere:
        with_conf = neutral(" ".join(elsewhere.change.test_argv[1:])) or "its own defaults"
        return f"{elsewhere.id} changed another nginx (started with {with_conf}): look at that one, with --conf or --pid, to take it back"
    if back_by := next((receipt for receipt in ended if wanted and receipt.change.undoes == wanted and receipt.outcome in STAYS), None):
        return f"{neutral(wanted)} is taken back already, by {back_by.id}"
    named = next((receipt for receipt in ended if receipt.id == wanted), None)
    if named and named.outcome == "NEEDS HAND" and not named.change.undoes:
        return f"{named.id} has left nothing to take back: every file is as before, no command stays; what nginx runs may differ, a reload loads the disk"
    these = ", ".join(each.receipt.id for each in known)
    if not these:
        return "there is no change of ours to take back"
    return f"no change {neutral(wanted)} is in effect; these are: {these}"


def _made(wanted: str, ended: Iterable[tuple[Receipt, Path]]) -> Mapping[str, int]:
    """The inodes of the directories that were made by a change, or made anew when an undo of it was put back."""
    found: dict[str, int] = {}
    for place in (place for receipt, place in ended if wanted in (receipt.id, receipt.change.undoes)):
        with contextlib.suppress(OSError):  # a directory that is not known to be ours stays
            found |= inodes_of(journal.events(place))
    return found


def _reversed(file: FileChange, made: Mapping[str, int]) -> FileChange:
    return FileChange(file.path, file.real, file.after, file.before, sha(file.after), file.link, file.made, tuple(made.get(path, 0) for path in file.made))


_INTERRUPTS = "what works since that change: the failure that it mended comes back"


def _way_back(fix: Fix, ran: tuple[Command, ...]) -> Fix:
    done = [command for command in backwards(fix.commands) if command.undo and command in ran]
    commands = tuple(Command(command.undo or (), f"takes back: {command.changes}", "", _INTERRUPTS, command.argv, None) for command in done)
    return Fix(
        f"undo-{fix.id}", fix.cause, f"take back: {fix.title}", "asked for by a person", "the fault that it mended comes back", fix.kind, (), commands, (),
        checks=fix.checks,
    )  # fmt: skip
