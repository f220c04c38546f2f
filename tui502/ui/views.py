"""Ways to look: back and forward, events, jumps, lists. Nothing of it changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.ui.actions import ACTIONS, named
from tui502.ui.repair import Repair
from tui502.ui.trail import Place, Trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui502.ui.moment import Chosen


class Views(Repair):
    """`by_person` says that the selection is a person's, `elsewhere` that it was made last in another pane than the log."""

    by_person = False
    elsewhere = False

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self.trail = Trail()

    def why_not(self, name: str, why: str) -> None:
        """Say why an action did nothing, if so."""
        if why:
            self.say(f"{named(name).shown}: {why}")

    def remember(self, jump: bool = False) -> None:
        """Keep where the person is, for the way back."""
        self.trail.jump = self.trail.jump or jump
        line = self.log_pane.selected() if self.focus_at == 1 and not self.log_pane.following else None
        self.trail.visit(Place(self.focus_at, self.moment.chosen, self.log_pane.whole_number(line.number) if line else None))

    def clicked(self, number: int) -> None:
        self.remember()
        super().clicked(number)
        self.meet()
        self.remember()

    def do_back(self, by: int) -> None:
        from tui502.ui import choose

        line = self.log_pane.selected()
        record = self.log_pane.whole_number(line.number) if line else None
        place = self.trail.go(by)
        while place is not None and (place.pane, place.chosen) == (self.focus_at, self.moment.chosen) and place.record in (None, record):
            place = self.trail.go(by)
        if place is None:
            self.say("b: nothing to go back to" if by < 0 else "B: nothing to go forward to")
            return
        incident = self.moment.incident
        chosen = choose.kept(incident, place.chosen, True) if incident is not None else place.chosen
        self.focus_pane(place.pane)
        self.change(chosen=chosen)
        self.elsewhere = False
        if place.pane == 1 and place.record is not None:
            self.log_pane.come_to(place.record)

    def meet(self) -> None:
        """Come to the log with what was chosen elsewhere: the newest record of that peer, if the cursor is not on one."""
        from tui502.ui import choose

        if self.elsewhere and self.focus_at == 1 and self.moment.incident is not None:
            self.elsewhere = False
            self.log_pane.meet(choose.peer_names(self.moment.incident, self.moment.chosen))

    def do_events(self) -> None:
        self.why_not("events", self.tree_pane.toggle_events())
        self.paint()

    def do_sideways(self, by: int) -> None:
        self.why_not(f"sideways({by})", self.pane.sideways(by))

    def do_definition(self) -> None:
        self._jump("definition", self.config_pane.definition)

    def do_drift(self) -> None:
        self._jump("drift", self.config_pane.next_drift)

    def _jump(self, name: str, go: Callable[[], str]) -> None:
        self.remember(jump=True)
        self.trail.jump = True
        why = go()
        self.trail.jump = not why
        self.why_not(name, why)

    def do_includes(self) -> None:
        from tui502.ui.render import includes
        from tui502.ui.screens.pick import PickScreen

        facts = self.moment.incident.facts if self.moment.incident else None
        if facts is None or not facts.config.files:
            self.say("i: no configuration was read")
            return
        entries = includes.entries(facts)
        screen = PickScreen("Files of the configuration", [(str(n), each.text) for n, each in enumerate(entries, 1)])
        self.show_box(screen)
        self.push_screen(screen, lambda n: self._open(entries[n].file, entries[n].line) if n is not None else None)

    def _open(self, path: str, line: int) -> None:
        self.remember(jump=True)
        self.trail.jump = True
        self.config_pane.open(path, line)

    def do_palette(self) -> None:
        """Every action with its keys; the one that is chosen is done."""
        from tui502.ui.screens.pick import PickScreen

        names = [action for action in ACTIONS if action.pane in (None, self.focus_at) and action.name != "palette"]
        screen = PickScreen("Every action", [(action.shown, action.does) for action in names])
        self.show_box(screen)
        self.push_screen(screen, lambda n: self._picked(names[n].name) if n is not None else None)

    def _picked(self, name: str) -> None:
        """Do it when the box is gone."""
        self.call_later(self.do, name)

    def do(self, name: str) -> None:
        """Do an action, or say why it can do nothing."""
        raise NotImplementedError

    def come(self, chosen: Chosen) -> None:
        """A person chose this."""
        self.by_person, self.elsewhere = True, self.focus_at != 1
        self.change(chosen=chosen)
        self.remember()
