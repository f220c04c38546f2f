"""What was changed on this host by this program, and the way back."""

from __future__ import annotations

import time
from dataclasses import replace

from tui502.apply import journal, places
from tui502.apply.disk import on_disk, sha
from tui502.apply.stage import assemble
from tui502.model.changes import FileChange, Receipt, StagedChange
from tui502.model.findings import Command, Fix, Incident
from tui502.model.session import Refused
from tui502.text import neutral

STAYS = ("VERIFIED", "KEPT")


def receipts() -> tuple[Receipt, ...]:
    """All receipts of this account on this host, oldest first. One that cannot be read (another version, damaged) is left out."""
    found = []
    for place in journal.all_journals(places.existing()):
        try:
            receipt = journal.receipt(place)
        except (OSError, ValueError):
            continue
        if receipt:
            found.append(receipt)
    return tuple(sorted(found, key=lambda receipt: receipt.at))


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


def in_effect(seen: tuple[Receipt, ...]) -> tuple[Receipt, ...]:
    """Changes that stay and were not taken back since, oldest first; the taking back itself is not among them."""
    undone = {receipt.change.undoes for receipt in seen if receipt.outcome in STAYS}
    return tuple(receipt for receipt in seen if receipt.outcome in STAYS and not receipt.change.undoes and receipt.id not in undone)


def undo(wanted: str, incident: Incident) -> StagedChange:
    """Stage the way back of the change `wanted`, '' for the last one. Raises Refused, also when a file is not as that change left it. What
    had to be mended for nginx to load anything stays mended."""
    everywhere = in_effect(receipts())
    known = tuple(each for each in everywhere if same_nginx(each.change, assemble(each.change.fixes, (), incident, ())))
    if not everywhere:
        raise Refused("there is no change of ours to take back")
    receipt = next((each for each in known if each.id == wanted), None) if wanted else next(reversed(known), None)
    if receipt is None:
        raise Refused(_nothing_here(wanted, known, everywhere))
    whole = [file for file in receipt.change.files if file.real not in receipt.change.frees]
    files = tuple(_reversed(file) for file in whole or receipt.change.files)
    if odd := [file.path for file in files if on_disk(file) != file.sha_before]:
        old = ", ".join(receipt.backups)
        raise Refused(f"{', '.join(map(neutral, odd))} has changed since; the text from before is in {neutral(old)}: compare and take over by hand")
    fixes = tuple(_way_back(fix) for fix in reversed(receipt.change.fixes))
    if not files and not any(fix.commands for fix in fixes):
        raise Refused(f"{receipt.id} {'was a reload, which' if receipt.change.reload else 'ran a command that'} cannot be undone")
    change = assemble(fixes, files, incident, ())
    return replace(change, undoes=receipt.id)


def same_nginx(one: StagedChange, other: StagedChange) -> bool:
    """Whether two changes are about the same nginx: its program, its place and the configuration it was started with. Its pid may be another by now."""
    if one.view is None or other.view is None:
        return one.test_argv == other.test_argv
    return (one.view.exe, one.view.root, one.view.local, one.test_argv) == (other.view.exe, other.view.root, other.view.local, other.test_argv)


def _nothing_here(wanted: str, known: tuple[Receipt, ...], everywhere: tuple[Receipt, ...]) -> str:
    """Why there is nothing to take back on the nginx that is looked at."""
    elsewhere = next((each for each in reversed(everywhere) if each not in known and wanted in ("", each.id)), None)
    if elsewhere:
        with_conf = neutral(" ".join(elsewhere.change.test_argv[1:])) or "its own defaults"
        return f"{elsewhere.id} changed another nginx (started with {with_conf}): look at that one, with --conf or --pid, to take it back"
    return f"no change {neutral(wanted)} is in effect; these are: {', '.join(each.id for each in known)}"


def _reversed(file: FileChange) -> FileChange:
    return FileChange(file.path, file.real, file.after, file.before, sha(file.after), file.link)


_INTERRUPTS = "what works since that change: the failure that it mended comes back"


def _way_back(fix: Fix) -> Fix:
    done = [command for command in reversed(fix.commands) if command.undo]
    commands = tuple(Command(command.undo or (), f"takes back: {command.changes}", "", _INTERRUPTS, command.argv, None) for command in done)
    return Fix(
        f"undo-{fix.id}", fix.cause, f"take back: {fix.title}", "asked for by a person", "the fault that it mended comes back", fix.kind, (), commands, ()
    )  # fmt: skip
