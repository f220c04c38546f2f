"""The process that carries one change through, on its own: precheck, write, test, commands, reload, watch, decide, put back if need be, receipt.

It is started by `launch` outside the terminal's session and heeds no hang-up; what it does stands in the journal before it is done.
"""

from __future__ import annotations

import contextlib
import errno
import os
import posixpath
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import get_args

from tui502.apply import back, control, decide, foreign, journal, receipts, replays
from tui502.apply.disk import difference, on_disk, sha, would_load
from tui502.apply.observe import Watch, observe
from tui502.apply.reload import reload
from tui502.apply.tester import nginx_t, said
from tui502.collect.carry_out import carry_out
from tui502.fix.forbidden import forbidden
from tui502.host import change as host
from tui502.host.paths import start_ticks
from tui502.host.processes import runs
from tui502.model.changes import Baseline, FileChange, Outcome, Receipt, StagedChange, Step, StepKind
from tui502.model.evidence import Look
from tui502.text import neutral

DETACH = "TUI502_DETACH"
"""Set by `launch` where no service manager holds the runner: it then leaves its parent by itself."""

NEVER_RAN = (errno.ENOENT, errno.EACCES)
"""Errors after which a command has had no effect, since it was not started."""

TOLD_EVERY = 5.0
"""Seconds after which figures are told again although only time went by."""

READY_EVERY = 0.2
READY_ONCE = 2.0
"""Seconds for one question whether a command has succeeded; `Look.deadline` of `Command.ready` is the time for all of them."""


class Stop(Exception):
    """The change cannot go on; the text says why, in the words of nginx or the command where they said something. `served` are the workers that served
    when nginx refused a reload: only as long as they do so is nothing of it loaded."""

    def __init__(self, why: str, loaded: bool = False, unclear: bool = False, served: foreign.Ids = frozenset()) -> None:
        super().__init__(why)
        self.why, self.loaded, self.unclear, self.served = why, loaded, unclear, served


@dataclass
class Run:
    """A change at work: its journal, and what came of it so far. `commands` counts those begun, `loads` is what a reload would load by our doing."""

    place: Path
    head: journal.Head
    before: Baseline
    test_took: float = 0.0
    wrote: bool = False
    commands: int = 0
    loads: Mapping[str, str] = field(default_factory=dict)

    @property
    def change(self) -> StagedChange:
        return self.head.change


def run(path: str) -> int:
    """Carry the change of this journal through, or recover it if another runner began it. 0 when it has a receipt afterwards."""
    detach()
    place = Path(path)
    with host.locked(str(place.parent / journal.LOCK)) as free:
        seen = journal.events(place)
        if journal.receipt(place):
            return 0
        if not free:
            if not journal.has_happened(seen, "runner"):
                receipts.give(place, "REFUSED", "another change is still being decided: keep it or put it back first", journal.head(place).change.baseline)
            return 0
        if journal.has_happened(seen, "runner"):
            journal.tell(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
            resume(place)
        else:
            journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
            try:
                carry_through(place)
            except Exception as error:  # noqa: BLE001 - whatever it is, the change must not stay undecided
                journal.tell(place, "crashed", text=f"{type(error).__name__}: {error}")
                resume(place)
    return 0


def detach() -> None:
    """Out of reach of the terminal: own session, no standard streams, deaf to hang-up, interrupt and termination."""
    for signum in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(signum, _deaf)
    os.chdir("/")
    if not os.environ.pop(DETACH, ""):
        return
    if os.fork():
        os._exit(0)
    with contextlib.suppress(PermissionError):
        os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.close(nothing)


def _deaf(signum: int, frame: object) -> None:
    """A handler that does nothing: unlike SIG_IGN it is not handed down to the services that a command starts."""


def carry_through(place: Path) -> Receipt:
    """All of it, once. Never leaves without a receipt unless the journal itself cannot be written (then recovery finds it)."""
    head = journal.head(place)
    work = Run(place, head, head.change.baseline)
    try:
        precheck(work)
        statuses, alive = replays.before(head.change), replays.alive(head.change)
        work.before = replace(head.change.baseline, statuses=statuses, peer=replays.all_answer(replays.mended(head.change), alive))
        journal.note(place, "figures", figures=work.before)
        apply(work)
    except Stop as stop:
        return stopped(work, stop)
    return settle(work, alive)


def step(work: Run, one: Step, action: Callable[[], str]) -> None:
    """Do one step and note how it ended. Raises Stop with the words of the failure."""
    if work.commands == 0 and control.asked(work.place) == "put_back" and one.kind in ("write", "test", "command", "reload"):
        raise Stop("stopped by a person before it was live")
    begun = time.monotonic()
    try:
        journal.note(work.place, "begin", n=one.n, kind=one.kind)
        text, problem = action(), None
    except OSError as error:
        problem = Stop(f"{neutral(str(error.filename))}: {error.strerror}" if error.filename else str(error.strerror or error))
        text = problem.why
    except Stop as stop:
        text, problem = stop.why, stop
    took = time.monotonic() - begun
    journal.tell(work.place, "result", n=one.n, kind=one.kind, took=took, ok=problem is None, text=text)
    if one.kind == "test":
        work.test_took = took
    if problem:
        raise problem


def steps_of(change: StagedChange, *kinds: StepKind) -> Iterator[Step]:
    return (one for one in change.steps if one.kind in kinds)


def precheck(work: Run) -> None:
    """Everything that can be known to fail, before the first write."""
    for one in steps_of(work.change, "precheck"):
        step(work, one, lambda: _precheck(work.change))
    for one in steps_of(work.change, "backup"):
        step(work, one, lambda: f"{work.place}")


def _precheck(change: StagedChange) -> str:
    for file in change.files:
        _as_staged(file)
        folder = posixpath.dirname(file.real)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Stop(f"{neutral(folder)} cannot be written{' by ' + str(os.geteuid()) if os.geteuid() else ''}: read-only, or no right to it")
        space = os.statvfs(folder)
        if space.f_bavail * space.f_frsize < 2 * len(file.after or b"") + 65536:
            raise Stop(f"{neutral(folder)} has no space left")
    texts = {file.path: file.before or b"" for file in change.files}
    for fix in change.fixes:
        if reason := forbidden(fix, texts):
            raise Stop(reason)
    if change.reload and change.view and not runs(change.view.pid, change.view.started):
        raise Stop(f"nginx master {change.view.pid} is gone: look again, then stage anew")
    _same_loads(change.loads, would_load(change))
    return "nothing changed since it was staged"


def _as_staged(file: FileChange) -> None:
    if on_disk(file) != sha(file.before):
        raise Stop(f"{neutral(file.path)} has changed on disk since it was staged")


def _same_loads(was: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Stop where the reload would load what nobody has agreed to."""
    if changed := difference(was, now):
        raise Stop(f"{', '.join(map(neutral, changed))} has changed on disk since it was staged, and the reload would load that: look again, then stage anew")


def apply(work: Run) -> None:
    """Write, test, run the commands, reload. Raises Stop, or OSError when the journal cannot be written: nothing is changed then."""
    change = work.change
    journal.note(work.place, "applying")
    for one in steps_of(change, "write"):
        step(work, one, partial(_write, work, one))
    work.loads = would_load(change) if change.files else change.loads
    for one in steps_of(change, "test"):
        step(work, one, lambda: _test(change))
    for one in steps_of(change, "command"):
        step(work, one, partial(_command, work, one))
    for one in steps_of(change, "reload"):
        step(work, one, lambda: _reload(work))
    journal.tell(work.place, "applied", text=foreign.written(foreign.ids(foreign.present(change))))


def _write(work: Run, one: Step) -> str:
    file, meta = work.change.files[one.file or 0], work.head.metas[one.file or 0]
    _as_staged(file)
    work.wrote = True
    if file.after is None:
        host.remove(file.real)
    elif file.link:
        host.make_link(file.real, file.after, meta)
    else:
        host.atomic_replace(file.real, file.after, meta, partial(journal.note, work.place, "in_place", n=one.file or 0))
    if back.unfinished(journal.events(work.place)):
        journal.tell(work.place, "whole", n=one.file or 0)
    return neutral(file.path)


def _test(change: StagedChange) -> str:
    method, seen = nginx_t(change, {})
    if seen.code != 0:
        raise Stop(f"nginx -t: {said(seen)}")
    return f"nginx -t passed ({method})"


def _command(work: Run, one: Step) -> str:
    if one.command is None:
        raise Stop("a step without its command")
    work.commands += 1
    try:
        seen = host.command(one.command.argv, back.COMMAND_DEADLINE)
    except OSError as error:
        work.commands -= error.errno in NEVER_RAN
        raise
    words = neutral((seen.err or seen.out).strip()[-500:])
    if seen.code != 0:
        raise Stop(f"{neutral(' '.join(one.command.argv))} ended with {seen.code}: {words}")
    if one.command.ready and not _ready(one.command.ready, work.change):
        if work.wrote:
            raise Stop("the command ended well, but what it starts does not answer", unclear=True)
        return f"{words or 'done'}; not ready yet"
    return words or "done"


def _ready(wanted: Look, change: StagedChange) -> bool:
    """Ask until the command's success shows, or its time is up."""
    until = time.monotonic() + wanted.deadline
    while True:
        seen = carry_out(replace(wanted, deadline=min(wanted.deadline, READY_ONCE)), change.view).value
        if getattr(seen, "end", "") in ("connected", "answered") or getattr(seen, "code", 1) == 0:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(READY_EVERY)


def _reload(work: Run) -> str:
    if work.change.view is None:
        raise Stop("nginx does not run, so it cannot be reloaded")
    _same_loads(work.loads, would_load(work.change))
    journal.note(work.place, "reloading")
    served = foreign.ids(foreign.present(work.change))
    done = reload(work.change.view, work.change.error_logs, work.test_took)
    if done.end == "refused":
        raise Stop(f"nginx refused the reload: {done.text}", served=served)
    if done.end == "unanswered":
        raise Stop(done.text, loaded=True)
    return done.text


def stopped(work: Run, stop: Stop) -> Receipt:
    """Before it was live something failed: what was written goes back. The old configuration serves all the time."""
    if not work.wrote:
        outcome: Outcome = "NEEDS HAND" if work.commands or stop.loaded or _overtaken(work, stop) else "REFUSED"
        return receipts.give(work.place, outcome, stop.why + _stay(work), work.before)
    loaded = stop.loaded or _overtaken(work, stop)
    done = _put_back(work, loaded)
    if not loaded and _overtaken(work, stop):
        done = _put_back(work, True)
    clean = done.ok and not work.commands and not stop.unclear
    return receipts.give(work.place, "REFUSED" if clean else "NEEDS HAND", f"{stop.why}; {done.text}{_stay(work)}", work.before)


def _overtaken(work: Run, stop: Stop) -> bool:
    """Whether nginx has new workers after all, although it seemed to refuse: what looked like its words was not, and it may run the new text."""
    return bool(stop.served and not stop.served & foreign.ids(foreign.present(work.change)))


def _stay(work: Run) -> str:
    """What is said of commands, which nobody has undone."""
    return f"; {work.commands} of the commands had been begun and {'stays' if work.commands == 1 else 'stay'}" if work.commands else ""


def _put_back(work: Run, loaded: bool, since: foreign.Ids = frozenset()) -> back.Back:
    number = len(work.change.steps) + 1
    journal.tell(work.place, "putting_back")
    journal.tell(work.place, "begin", n=number, kind="put_back")
    begun = time.monotonic()
    done = back.put_back(work.place, work.head, loaded, since)
    journal.tell(work.place, "result", n=number, kind="put_back", took=time.monotonic() - begun, ok=done.ok, text=done.text)
    return done


def settle(work: Run, alive: Mapping[str, bool]) -> Receipt:
    """Watch until it is decided, carry the decision out, and say so. `alive` are the listens and peers that answered before."""
    change, place = work.change, work.place
    watch = Watch(change, alive, time.monotonic() + change.keep_after)
    journal.tell(place, "deciding", took=change.keep_after)
    for one in steps_of(change, "verify"):
        journal.tell(place, "begin", n=one.n, kind=one.kind)
    told = _Teller(work)
    begun = time.monotonic()
    try:
        decision, seen = observe(watch, work.before, lambda: _asked(place), told)
    finally:
        watch.close()
    took = time.monotonic() - begun
    for one in steps_of(change, "verify"):
        journal.tell(place, "result", n=one.n, kind=one.kind, took=took, ok=decision.stays, text=decide.figures(work.before, seen))
    for one in steps_of(change, "decide"):
        journal.tell(place, "result", n=one.n, kind=one.kind, ok=decision.stays, text=decision.why)
    journal.tell(place, "decided", text=decision.rule, ok=decision.stays, put_back=decision.put_back, why=decision.why)
    outcome, why = carry_decision(work, decision)
    return receipts.give(place, outcome, why, work.before, seen.after)


def _asked(place: Path) -> str:
    return control.asked(place) or ""


def carry_decision(work: Run, decision: decide.Decision, since: foreign.Ids = frozenset()) -> tuple[Outcome, str]:
    """Do what was decided; the outcome and the reason. `since`: see `back.put_back`."""
    if decision.stays:
        return ("VERIFIED" if decision.rule == "verified" else "KEPT"), decision.why
    stays = "; the commands that had been run are not undone" if work.commands else ""
    stays = ("; the reload cannot be undone, nginx runs what is on disk now" if work.change.reload and not work.change.files else "") + stays
    if not decision.put_back:
        return "NEEDS HAND", decision.why + stays
    done = _put_back(work, work.change.reload, since) if work.change.files else back.Back(not work.change.reload, False, "no file had been changed")
    if work.commands and not done.conflict:
        left = _undone(work) if decision.rule == "asked" else ("the commands that had been run are not undone",)
        stays = f"; {'; '.join(left)}" if left else "; the commands are undone"
        done = replace(done, ok=done.ok and not left)
    why = f"{decision.why}; {done.text}{stays}"
    if not done.ok:
        return "NEEDS HAND", why
    if work.change.foreign and not work.change.exact:
        return "NEEDS HAND", f"{why}; what nginx ran before is not known exactly, so nobody can say that it runs the same now"
    return "PUT BACK", why


def _undone(work: Run) -> tuple[str, ...]:
    """Undo the commands, once; what stays."""
    if journal.has_happened(journal.events(work.place), "undoing"):
        return ("whether the commands are undone is not known: a runner was ended while it undid them",)
    journal.tell(work.place, "undoing")
    return back.undo_commands(work.change, work.commands)


def resume(place: Path) -> Receipt:
    """End what another runner began and did not live to end. What was decided is carried out; else edits go back, and commands are watched on."""
    head, seen = journal.head(place), journal.events(place)
    figures = [event.figures for event in seen if event.figures]
    before = figures[0] if figures else head.change.baseline
    work = Run(place, head, before, wrote=bool(head.change.files), commands=back.commands_begun(seen))
    decided = next((event for event in seen if event.what == "decided"), None)
    since = foreign.remembered(seen)
    after = figures[-1] if figures else None
    if decided and decided.ok:
        return receipts.give(place, "VERIFIED" if decided.text == "verified" else "KEPT", "decided before the runner was ended", before, after)
    if decided:
        outcome, why = carry_decision(work, decide.Decision(_rule(decided.text), False, decided.put_back, decided.why), since)
        return receipts.give(place, outcome, f"decided before the runner was ended: {why}", before, after)
    if not journal.has_happened(seen, "applying"):
        return receipts.give(place, "REFUSED", "the runner was ended before it changed anything", before)
    loaded = head.change.reload and journal.has_happened(seen, "reloading")
    if not head.change.files and (loaded or work.commands):
        return settle(work, {})
    done = _put_back(work, loaded, since)
    unclear = not done.ok or work.commands or (loaded and head.change.foreign and not head.change.exact)
    outcome = "NEEDS HAND" if unclear else "PUT BACK" if loaded else "REFUSED"
    return receipts.give(place, outcome, f"the runner was ended before it could decide; {done.text}{_stay(work)}", before, after)


def _rule(word: str) -> decide.Rule:
    """The rule that a journal names."""
    return next((rule for rule in get_args(decide.Rule) if rule == word), "unchanged")


class _Teller:
    """Writes new figures and a new question into the journal, twice a second at the most; figures that stay the same, every TOLD_EVERY."""

    def __init__(self, work: Run) -> None:
        self._work, self._next, self._question = work, 0.0, ""
        self._told: Baseline | None = None

    def __call__(self, seen: decide.Observed) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + 0.5
        if self._told is None or seen.after.window - self._told.window > TOLD_EVERY or replace(seen.after, window=self._told.window) != self._told:
            self._told = seen.after
            journal.tell(self._work.place, "figures", synced=False, figures=seen.after)
        question = decide.question(self._work.before, seen)
        if question != self._question:
            self._question = question
            journal.tell(self._work.place, "question", synced=False, text=question)
