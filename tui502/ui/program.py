"""The program: what the session says and what the person does, each as one method."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui502.text import mask, neutral
from tui502.ui import messages
from tui502.ui.actions import named, nothing_bound, refusal
from tui502.ui.hearing import Desk
from tui502.ui.outside import Outside
from tui502.ui.render.layout import WATCH, WHOLE, WHY

if TYPE_CHECKING:
    from textual import events

    from tui502.model.findings import Incident
    from tui502.ui.moment import Chosen

FRAMES = 15
"""Frames of a busy log in a second, at most."""


class Program(Outside):
    """The program as a person has it. `unseen`: another offer is selected than the one that the terminal shows, so `s` would mean another thing."""

    BINDINGS: ClassVar = []
    unseen = False

    def on_mount(self) -> None:
        self.tick()
        self.place()
        self.app_resume_signal.subscribe(self, lambda _: self.do_redraw())
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Start looking once the first frame is out."""
        self.ack.ask(self._listen)
        self.run_worker(self._start, thread=True, group="session")
        self.set_interval(1.0, self.tick)
        self.set_interval(1 / FRAMES, self.poll)

    def _listen(self) -> None:
        """All that the terminal was asked before has been answered by now."""
        self.deaf = False

    def _start(self) -> None:
        self.session.start(
            lambda incident: self.hand_over(messages.IncidentSeen(incident)),
            lambda progress: self.hand_over(messages.ProgressSeen(progress)),
            lambda error: self.hand_over(messages.SessionFailed(error)),
        )
        pending = self.session.pending()
        if pending is not None:
            self.hand_over(messages.ProgressSeen(pending))

    def on_session_failed(self, message: messages.SessionFailed) -> None:
        """A bug in the session ends the screen as one of the screen does."""
        raise message.error

    def tick(self) -> None:
        self.change(now=self._now(self.moment.incident))

    def _now(self, incident: Incident | None) -> float:
        return self.clock() if self.moment.live or incident is None else incident.evidence.taken_at

    def poll(self) -> None:
        """Draw new records of the log, one frame in flight."""
        if not self.ack.waiting and self.log_pane.display and self.log_pane.poll() and self.ack.answers:
            self.ack.ask(lambda: None)

    def on_incident_seen(self, message: messages.IncidentSeen) -> None:
        from tui502.ui import choose

        incident, first = message.incident, self.moment.incident is None
        self.take_log()
        chosen = choose.kept(incident, self.moment.chosen, self.by_person)
        order = self.moment.ordered(incident) if self.by_person or self.moment.repairing else ()
        before = self.moment.chosen.fix
        self.change(incident=incident, chosen=chosen, now=self._now(incident), order=order)
        if before not in ("", chosen.fix):
            self.unseen = True
            self.ack.ask(self._see)
        if first and not self.by_person and not chosen.fix and self.moment.offers:
            self.focus_pane(4)

    def _see(self) -> None:
        """The terminal has drawn which offer is selected now."""
        self.unseen = False

    def on_said(self, message: messages.Said) -> None:
        self.say(message.text)

    def on_node_chosen(self, message: messages.NodeChosen) -> None:
        from tui502.ui import choose

        if self.moment.incident is not None:
            self._choose(choose.by_node(self.moment.incident, message.key, self.moment.chosen))

    def on_record_chosen(self, message: messages.RecordChosen) -> None:
        from tui502.ui import choose

        if self.moment.incident is not None:
            self._choose(choose.by_record(self.moment.incident, message.line, self.moment.chosen))

    def on_place_chosen(self, message: messages.PlaceChosen) -> None:
        from tui502.model.config import Where
        from tui502.ui import choose

        if self.moment.incident is not None:
            where = Where(message.file, message.line, message.start, message.end)
            self._choose(choose.by_place(self.moment.incident, where, self.moment.chosen))

    def on_offer_chosen(self, message: messages.OfferChosen) -> None:
        from tui502.ui import choose

        if self.moment.incident is not None:
            self._choose(choose.by_fix(self.moment.incident, message.fix))

    def _choose(self, chosen: Chosen) -> None:
        self.come(chosen)

    def on_key(self, event: events.Key) -> None:
        """A key that means nothing here says so."""
        if isinstance(self.screen, Desk):
            plain = event.character and event.is_printable and "+" not in event.key
            why = nothing_bound(event.key, event.character if plain and event.character else event.key, self.focus_at)
            if why:
                self.say(neutral(why))

    def action_do(self, name: str) -> None:
        self.do(name)

    def do(self, name: str) -> None:
        """Do an action, or say why it can do nothing."""
        self.leaving = self.leaving and name == "quit"
        why = refusal(name, self.moment) or ("the offer has just changed: look at it, then again" if name == "stage" and self.unseen else "")
        if why:
            self.say(f"{named(name).shown}: {why}")
            return
        verb, _, argument = name.partition("(")
        method = getattr(self, f"do_{verb}")
        method(int(argument[:-1])) if argument else method()

    def do_pane(self, number: int) -> None:
        self.remember()
        self.focus_pane(number)
        self.meet()
        self.remember()

    def do_turn(self, by: int) -> None:
        self.do_pane((self.focus_at - 1 + by) % 4 + 1 if self.focus_at not in WHOLE else self.back)

    def do_why(self) -> None:
        self.do_pane(WHY if self.focus_at != WHY else self.back)

    def do_zoom(self) -> None:
        if self.focus_at in WHOLE:
            self.say("z: this view is whole already")
            return
        self.zoomed = not self.zoomed
        self.place()

    def do_close(self) -> None:
        """Close the topmost thing; never the program."""
        if self.end_search():
            self.say("/: ended")
        elif self.pane.close_detail():
            self.paint()
        elif self.pane.marks is not None:
            self.pane.mark(None)
        elif self.zoomed:
            self.do_zoom()
        elif self.leave_whole():
            return
        elif self.moment.receipt is not None:
            self.leave()
            self.focus_pane(self.back)
        elif self.focus_at == 4 and self.moment.repairing:
            self.focus_pane(self.back)
        else:
            self.say("esc: nothing to close, q quits")

    def do_next(self) -> None:
        self._matter(1)

    def do_previous(self) -> None:
        self._matter(-1)

    def _matter(self, by: int) -> None:
        """Where a person must choose between offers, the keys choose from every pane."""
        moment = self.moment
        self.remember(jump=True)
        self.trail.jump = True
        must_choose = moment.offer is None and bool(moment.offers) and not moment.repairing
        why = (self.fix_pane if must_choose else self.pane).matter(by)
        if why:
            self.trail.jump = False
            self.say(f"{'.' if by > 0 else ','}: {why}")

    def do_detail(self) -> None:
        why = self.pane.open_detail()
        if why:
            self.say(f"enter: {why}")
        self.paint()

    def do_copy(self) -> None:
        text = mask(self.pane.copied().encode()).decode("utf-8", "replace")
        if not text.strip():
            self.say("y: no line is selected")
            return
        self.copy_to_clipboard(text)
        self.say(f"{len(text.encode())} bytes by OSC 52")

    def do_help(self) -> None:
        from tui502.ui.screens.help import HelpScreen

        screen = HelpScreen(self.moment, self.focus_at)
        self.show_box(screen)
        self.push_screen(screen)

    def do_quit(self) -> None:
        if self.focus_at == WATCH:
            self.leave_whole()
        elif self.moment.changing and not self.leaving:
            self.leaving = True
            self.say("q again leaves; the runner goes on and decides without this screen")
        else:
            self.exit(0)

    def do_quit_now(self) -> None:
        self.exit(0)
