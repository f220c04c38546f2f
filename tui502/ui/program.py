"""The app: takes what the session says, keeps the one moment that is shown, hands it to head, panes and hints."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tui502.model.changes import Progress, StagedChange, Tested
from tui502.model.findings import Fix, Incident
from tui502.model.session import Refused, Session
from tui502.report import verdict
from tui502.text import mask, neutral
from tui502.ui import choose, messages
from tui502.ui.ack import Ack
from tui502.ui.actions import ACTIONS, named, refusal
from tui502.ui.moment import Chosen, Moment
from tui502.ui.panes.bars import HeadBar, HintBar
from tui502.ui.panes.config import ConfigPane
from tui502.ui.panes.fix import FixPane, WhyPane
from tui502.ui.panes.log import LogPane
from tui502.ui.panes.pane import Pane
from tui502.ui.panes.upstreams import UpstreamsPane
from tui502.ui.render.layout import LEAST, WHY, Rect, layout

SAID = 4.0
"""Seconds that a reason stands in the hint row."""

FRAMES = 15
"""Frames of a busy log in a second, at most."""


class Desk(Screen[None], inherit_bindings=False):
    """The one screen under question and help."""

    ALLOW_SELECT = False


class Program(App[int], inherit_bindings=False):
    """Shows one session. `clock` gives epoch seconds; a recording is shown at its own time."""

    CSS_PATH = "tui502.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [
        Binding(",".join(action.keys), f"do({action.name!r})", action.does, show=False) for action in ACTIONS if action.pane is None
    ]

    def __init__(self, session: Session, *, ascii: bool = False, clock: Callable[[], float] = time.time) -> None:
        super().__init__(ansi_color=True)
        self.session = session
        self.clock = clock
        self.moment = Moment(live=session.live, read_only=session.read_only)
        self.focus_at = 1
        self.lower = 2
        self.back = 1
        self.zoomed = False
        self.by_person = False
        self.leaving = False
        self.ask_when_tested = False
        self.left: str = ""
        self.ack = Ack(self)
        self.head = HeadBar("head")
        self.hints = HintBar("hints")
        self.log_pane, self.tree_pane, self.fix_pane = LogPane(), UpstreamsPane(), FixPane()
        self.panes: dict[int, Pane] = {1: self.log_pane, 2: self.tree_pane, 3: ConfigPane(), 4: self.fix_pane, WHY: WhyPane()}
        for widget in (self.head, self.hints, *self.panes.values()):
            widget.ascii = ascii
        self.ascii = ascii

    # -- the screen ---------------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        return Desk(id="_default")

    def compose(self) -> ComposeResult:
        yield self.head
        yield from self.panes.values()
        yield self.hints

    def on_mount(self) -> None:
        self.tick()
        self.place()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Start looking once the first frame is out."""
        self.ack.ask(lambda: None)
        self.run_worker(self._start, thread=True, group="session")
        self.set_interval(1.0, self.tick)
        self.set_interval(1 / FRAMES, self.poll)

    def _start(self) -> None:
        self.session.start(lambda incident: self._post(messages.IncidentSeen(incident)), lambda progress: self._post(messages.ProgressSeen(progress)))
        pending = self.session.pending()
        if pending is not None:
            self._post(messages.ProgressSeen(pending))

    def _post(self, message: messages.Message) -> None:
        """Hand over from any thread; nothing is left to tell once the app is closing."""
        if self.is_running:
            self.post_message(message)

    def on_resize(self, event: events.Resize) -> None:
        self.place(event.size.width, event.size.height)

    def place(self, width: int = 0, height: int = 0) -> None:
        """Put head, panes and hints where they belong, and focus the focused pane."""
        width, height = width or self.size.width, height or self.size.height
        places = layout(width, height, self.focus_at, self.lower, self.zoomed, self.moment.repairing)
        self.head.small = places is None
        with self.batch_update():
            _put(self.head, places.head if places else Rect(0, 0, width, height))
            _put(self.hints, places.hints if places else None)
            for number, pane in self.panes.items():
                rect = places.panes.get(number) if places else None
                pane.sharing = places.sharing if places else ()
                top = places.head.height if places else 0
                pane.joint = ("┬" if rect and rect.y == top else "┼") if places and number in places.divided else ""
                _put(pane, rect)
            if places and self.screen_stack and isinstance(self.screen, Desk):
                self.panes[self.focus_at].focus(scroll_visible=False)
        self.call_after_refresh(self.paint)

    def paint(self) -> None:
        """Give the moment to all that shows it; only what changed is sent."""
        moment = self.moment
        head = verdict.head(moment.incident, moment.progress, moment.staged, moment.tested, self.size.width)
        self.head.show(head, moment, self.log_pane.reader)
        for pane in self.panes.values():
            pane.show(moment)
        pane = self.panes[self.focus_at]
        self.hints.show(moment, self.focus_at, pane.detail, self.zoomed)

    def change(self, **fields: Any) -> None:
        """Go to another moment."""
        before = self.moment
        self.moment = replace(before, **fields)
        if self.moment.repairing != before.repairing:
            self.place()
        else:
            self.paint()

    def tick(self) -> None:
        incident = self.moment.incident
        now = self.clock() if self.moment.live or incident is None else incident.evidence.taken_at
        self.change(now=now)

    def poll(self) -> None:
        """Draw new records of the log, one frame in flight."""
        if not self.ack.waiting and self.log_pane.display and self.log_pane.poll() and self.ack.answers:
            self.ack.ask(lambda: None)

    def say(self, text: str) -> None:
        """A reason in the hint row."""
        self.hints.say(text)
        self.set_timer(SAID, self.hints.hush)

    # -- what the session says ----------------------------------------------------------------------------------

    def on_incident_seen(self, message: messages.IncidentSeen) -> None:
        incident = message.incident
        logs = self.session.logs()
        self.log_pane.read(next((log for log in logs if log.gap() is None), logs[0] if logs else None))
        chosen = choose.kept(incident, self.moment.chosen, self.by_person)
        must_choose = not chosen.fix and any(finding.fixes for finding in incident.findings) and self.moment.incident is None
        now = self.clock() if self.moment.live else incident.evidence.taken_at
        self.change(incident=incident, chosen=chosen, now=now)
        if must_choose and not self.by_person:
            self.action_pane(4)

    def on_progress_seen(self, message: messages.ProgressSeen) -> None:
        progress = message.progress
        if progress.id == self.left:
            return
        first = self.moment.progress is None
        diff = self.moment.diff if self.moment.staged and self.moment.staged.id == progress.change.id else _diff(progress.change)
        self.leaving = False
        self.change(progress=progress, staged=progress.change, diff=diff, busy="", now=self.clock())
        if first or progress.phase == "done":
            self.fix_pane.top = 0
            self._reveal_fix()

    def on_change_staged(self, message: messages.ChangeStaged) -> None:
        if self.moment.progress is not None:
            self.left = self.moment.progress.id
        self.fix_pane.top = 0
        self.change(staged=message.change, diff=message.diff, tested=None, progress=None, busy="", refusal="")
        self._reveal_fix()
        if message.ask:
            self.do_ask()

    def on_change_tested(self, message: messages.ChangeTested) -> None:
        staged = self.moment.staged
        self.change(busy="")
        if staged is None or message.tested.change != staged.id:
            return
        self.change(tested=message.tested, tested_at=self.clock())
        ask, self.ask_when_tested = self.ask_when_tested, False
        if ask and message.tested.ok:
            self._ask()
        elif ask:
            self.say("a: the test failed, nothing can be applied")

    def on_change_refused(self, message: messages.ChangeRefused) -> None:
        self.ask_when_tested = False
        self.change(busy="", refusal=message.text)
        self.say(f"REFUSED: {neutral(message.text)}")

    def _reveal_fix(self) -> None:
        if self.focus_at != 4:
            self.back = self.focus_at if self.focus_at != WHY else self.back
        self._focus(4)

    # -- what the person does -----------------------------------------------------------------------------------

    def on_node_chosen(self, message: messages.NodeChosen) -> None:
        if self.moment.incident is not None:
            self._choose(choose.by_node(self.moment.incident, message.key, self.moment.chosen))

    def on_record_chosen(self, message: messages.RecordChosen) -> None:
        if self.moment.incident is not None:
            self._choose(choose.by_record(self.moment.incident, message.line, self.moment.chosen))

    def on_place_chosen(self, message: messages.PlaceChosen) -> None:
        if self.moment.incident is not None:
            self._choose(choose.by_place(self.moment.incident, message.where, self.moment.chosen))

    def on_offer_chosen(self, message: messages.OfferChosen) -> None:
        if self.moment.incident is not None:
            self._choose(choose.by_fix(self.moment.incident, message.fix))

    def _choose(self, chosen: Chosen) -> None:
        self.by_person = True
        self.change(chosen=chosen)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click may have moved the focus."""
        if isinstance(event.widget, Pane) and event.widget.number != self.focus_at:
            self._focus(event.widget.number)

    def _focus(self, number: int) -> None:
        self.focus_at = number
        if number in (2, 3, 4):
            self.lower = number
        self.place()

    def action_do(self, name: str) -> None:
        """Do an action, or say why it can do nothing."""
        if name not in ("quit",):
            self.leaving = False
        why = refusal(name, self.moment)
        if why:
            self.say(f"{named(name).shown}: {why}")
            return
        verb, _, argument = name.partition("(")
        method = getattr(self, f"do_{verb}")
        method(int(argument[:-1])) if argument else method()

    def action_pane(self, number: int) -> None:
        self.do_pane(number)

    def do_pane(self, number: int) -> None:
        self.zoomed = self.zoomed and number == self.focus_at
        self.tree_pane.folded = not self.zoomed
        if self.focus_at not in (number, WHY):
            self.back = self.focus_at
        self._focus(number)

    def do_turn(self, by: int) -> None:
        self.do_pane((self.focus_at - 1 + by) % 4 + 1 if self.focus_at != WHY else self.back)

    def do_why(self) -> None:
        self.do_pane(WHY if self.focus_at != WHY else self.back)

    def do_zoom(self) -> None:
        if self.focus_at != WHY:
            self.zoomed = not self.zoomed
            self.tree_pane.folded = not self.zoomed
            self.place()

    def do_close(self) -> None:
        """Close the topmost thing; never the program."""
        pane = self.panes[self.focus_at]
        if pane.close_detail():
            self.paint()
        elif self.zoomed:
            self.do_zoom()
        elif self.focus_at == WHY:
            self.do_pane(self.back)
        elif self.moment.receipt is not None:
            self.left = self.moment.progress.id if self.moment.progress else ""
            self.change(progress=None, staged=None, tested=None, diff="")
            self.do_pane(self.back)
        elif self.focus_at == 4 and self.moment.repairing:
            self.do_pane(self.back)
        else:
            self.say("esc: nothing to close, q quits")

    def do_next(self) -> None:
        self._matter(1)

    def do_previous(self) -> None:
        self._matter(-1)

    def _matter(self, by: int) -> None:
        moment = self.moment
        must_choose = moment.offer is None and len(moment.offers) > 1 and not moment.repairing
        why = (self.fix_pane if must_choose else self.panes[self.focus_at]).matter(by)
        if why:
            self.say(f"{'.' if by > 0 else ','}: {why}")

    def do_detail(self) -> None:
        why = self.panes[self.focus_at].open_detail()
        if why:
            self.say(f"enter: {why}")
        self.paint()

    def do_pause(self) -> None:
        self.log_pane.pause(self.log_pane.following)

    def do_raw(self) -> None:
        self.log_pane.raw = not self.log_pane.raw
        self.log_pane.paint()

    def do_probe(self) -> None:
        self.run_worker(self.session.probe, thread=True, group="probe", exclusive=True)
        self.say("looking again")

    def do_copy(self) -> None:
        text = mask(self.panes[self.focus_at].copied().encode()).decode("utf-8", "replace")
        if not text.strip():
            self.say("y: no line is selected")
            return
        self.copy_to_clipboard(text)
        self.say(f"{len(text.encode())} bytes by OSC 52")

    def do_help(self) -> None:
        from tui502.ui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.moment, self.focus_at, self.ascii))

    def do_quit(self) -> None:
        if self.moment.changing and not self.leaving:
            self.leaving = True
            self.say("q again leaves; the runner goes on and decides without this screen")
        else:
            self.exit(0)

    def do_quit_now(self) -> None:
        self.exit(0)

    # -- the repair ---------------------------------------------------------------------------------------------

    def do_stage(self) -> None:
        offer = self.moment.offer
        if offer is not None:
            self.change(busy="staging", refusal="")
            self._work(partial(self._stage, (offer.fix,)))

    def _stage(self, fixes: tuple[Fix, ...]) -> messages.Message:
        change = self.session.stage(fixes)
        return messages.ChangeStaged(change, _diff(change), False)

    def do_unstage(self) -> None:
        self.change(staged=None, tested=None, progress=None, diff="", refusal="")

    def do_test(self) -> None:
        staged = self.moment.staged
        if staged is not None:
            self.change(busy="testing", refusal="")
            self._work(partial(self._test, staged))

    def _test(self, change: StagedChange) -> messages.Message:
        return messages.ChangeTested(self.session.test(change))

    def do_ask(self) -> None:
        """Ask to apply; what was not tested yet is tested first."""
        tested, staged = self.moment.tested, self.moment.staged
        if staged is None:
            return
        if tested is None or tested.change != staged.id:
            self.ask_when_tested = True
            self.do_test()
        elif not tested.ok:
            self.say("a: the test failed, nothing can be applied; t tests again")
        else:
            self._ask()

    def _ask(self) -> None:
        from tui502.ui.render.question import Question
        from tui502.ui.screens.question import QuestionScreen

        staged, tested = self.moment.staged, self.moment.tested
        if staged is None or tested is None:
            return
        self._reveal_fix()
        screen = QuestionScreen(Question(self.moment, staged), self.ack.ask, self.clock, self.ascii)
        self.change(asking=True)
        self.push_screen(screen, partial(self._answered, staged, tested))

    def _answered(self, change: StagedChange, tested: Tested, yes: bool | None) -> None:
        self.change(asking=False)
        self.place()
        if not yes:
            self.say("no: nothing was changed")
            return
        self.change(busy="applying")
        self._work(partial(self._apply, change, tested))

    def _apply(self, change: StagedChange, tested: Tested) -> None:
        self.session.apply(change, tested)

    def do_keep(self) -> None:
        self._work(self.session.keep, "decide")
        self.say("K: the change is kept")

    def do_put_back(self) -> None:
        self._work(self.session.put_back, "decide")
        self.say("U: it is put back")

    def do_undo(self) -> None:
        self.change(busy="staging", refusal="")
        self._work(self._undo)

    def _undo(self) -> messages.Message:
        change = self.session.undo()
        return messages.ChangeStaged(change, _diff(change), True)

    def _work(self, job: Callable[[], messages.Message | None], group: str = "change") -> None:
        """Run a job of the session in a thread; a refusal is told, anything else is a bug."""
        self.run_worker(partial(self._told, job), thread=True, group=group)

    def _told(self, job: Callable[[], messages.Message | None]) -> None:
        try:
            message = job()
        except Refused as refused:
            message = messages.ChangeRefused(str(refused))
        if message is not None:
            self._post(message)

    # -- the terminal -------------------------------------------------------------------------------------------

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        self.set_timer(seconds, call)

    def send(self, text: str) -> None:
        """Write to the terminal."""
        driver = self._driver
        if driver is not None:
            driver.write(text)
            driver.flush()

    def on_cursor_position(self) -> None:
        self.ack.answered()

    def _print_error_renderables(self) -> None:
        """A bug is told in one line by `run`, after the terminal is restored."""

    @property
    def bug(self) -> Exception | None:
        """What ended the program, if it was a bug."""
        return self._exception


def _put(widget: HeadBar | HintBar | Pane, rect: Rect | None) -> None:
    widget.display = rect is not None
    if rect is not None:
        widget.styles.offset = (rect.x, rect.y)
        widget.styles.width, widget.styles.height = rect.width, rect.height


def _diff(change: StagedChange) -> str:
    from tui502 import engine

    return engine.diff_text(change)


