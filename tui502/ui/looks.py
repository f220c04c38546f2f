"""Looks that a person takes: a probe now, the one that decides, the watch; and the way from a clue to where it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui import messages
from tui502.ui.log_keys import LogKeys
from tui502.ui.render.layout import WATCH, WHOLE, WHY

if TYPE_CHECKING:
    from tui502.model.evidence import Look


class Looks(LogKeys):
    """Keys of the panes 0 and 5, and of the probe."""

    def do_probe(self) -> None:
        """The look that decides, where one is wanted; the selected thing in the tree; else everything once more."""
        wanted = self._wanted()
        incident = self.moment.incident
        from tui502.report.looks import SENDS, does

        if incident is not None and not incident.evidence.probing and (isinstance(wanted, str) or wanted.kind in SENDS):
            self.say("r: --no-probe is set")
        elif isinstance(wanted, str):
            self.run_worker(lambda: self.session.probe(wanted), thread=True, group="probe", exclusive=True)
            self.say(f"r: looking at {neutral(wanted)} again" if wanted else "r: looking again")
        else:
            self.run_worker(lambda: self.session.take(wanted), thread=True, group="probe")
            self.say(f"r: taken: {neutral(does(wanted))}")

    def _wanted(self) -> Look | str:
        """The look that is to be taken, or the peer that is to be asked ('' for everything)."""
        incident = self.moment.incident
        if incident is None:
            return ""
        from tui502.report import site

        if self.focus_at == WHY:
            own = next((finding.decider for finding in incident.findings if finding.id == self.moment.chosen.finding), None)
            return own or site.decider(incident) or ""
        if (look := site.decider(incident)) or self.focus_at != 2:
            return look or ""
        from tui502.ui.render.node.behind import wished

        return wished(incident, self.tree_pane.key)

    def do_watch(self) -> None:
        """Watch since the change took effect, else since now."""
        if self.focus_at == WATCH:
            self.focus_pane(self.back)
            return
        since = self.moment.now
        if self.moment.progress is not None:
            from tui502.report.outcome import live_since

            since = live_since(self.moment.progress) or since
        self.watch_pane.frozen = False
        self.change(watched=since)
        self.do_pane(WATCH)

    def do_pane(self, number: int) -> None:
        """Go to a pane."""
        raise NotImplementedError

    def do_freeze(self) -> None:
        self.watch_pane.frozen = not self.watch_pane.frozen
        self.paint()

    def do_all_events(self) -> None:
        self.watch_pane.toggle_events()

    def on_finding_chosen(self, message: messages.FindingChosen) -> None:
        from tui502.ui import choose

        incident = self.moment.incident
        finding = next((each for each in incident.findings if each.id == message.finding), None) if incident else None
        if incident is not None and finding is not None:
            fix = finding.fixes[0] if finding.fixes and not finding.fixes[0].alternative_to else None
            self.come(choose.by_finding(incident, finding, fix))

    def on_clue_opened(self, message: messages.ClueOpened) -> None:
        """Go where it was seen: the log, the tree with its detail, the configuration."""
        from tui502.ui import choose
        from tui502.ui.render.times import clock

        incident = self.moment.incident
        finding = next((each for each in incident.findings if each.id == message.finding), None) if incident else None
        if incident is None or finding is None:
            return
        clue = finding.clues[message.n] if 0 <= message.n < len(finding.clues) else None
        pane, chosen = choose.by_clue(incident, finding, clue, self.moment.chosen)
        self.remember(jump=True)
        self.change(chosen=chosen)
        if pane == 2:
            self.tree_pane.detail = clue is not None
        self.focus_pane(pane)
        if pane == 1 and clue is not None and clue.at:
            self.why_not("detail", self.log_pane.go_to_time(clock(clue.at, self.moment.utc_offset)))
        self.remember()

    def leave_whole(self) -> bool:
        """Leave a pane that has the room of all; whether one was left."""
        left = self.focus_at in WHOLE
        if left:
            self.focus_pane(self.back)
        return left
