"""Ways to look: search, filter, groups, events, back and forward, jumps, lists. Nothing of it changes anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.actions import ACTIONS, named
from tui502.ui.repair import Repair
from tui502.ui.trail import Place, Trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui502.ui.moment import Chosen


class Views(Repair):
    """`pattern` is what was searched for last; `log_path` the error log a person chose; `by_person` says that the selection is a person's."""

    pattern = ""
    log_path = ""
    by_person = False

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
        self.trail.visit(Place(self.focus_at, self.moment.chosen, self.log_pane.whole_number(line.number) if line else -1))

    def clicked(self, number: int) -> None:
        self.remember()
        super().clicked(number)
        self.remember()

    def do_back(self, by: int) -> None:
        from tui502.ui import choose

        place = self.trail.go(by)
        while place is not None and (place.pane, place.chosen) == (self.focus_at, self.moment.chosen) and place.record in (-1, self.log_pane.cursor):
            place = self.trail.go(by)
        if place is None:
            self.say("b: nothing to go back to" if by < 0 else "B: nothing to go forward to")
            return
        incident = self.moment.incident
        chosen = choose.kept(incident, place.chosen, True) if incident is not None else place.chosen
        self.focus_pane(place.pane)
        self.change(chosen=chosen)
        if place.pane == 1 and place.record >= 0:
            self.log_pane.come_to(place.record)

    def do_search(self) -> None:
        self.ask_line("Search:", self._search, left=lambda: None)

    def _search(self, text: str) -> None:
        if not text:
            self.say("/: nothing was typed")
            return
        try:
            re.compile(text)
        except re.error as error:
            at = f" at character {error.pos + 1}" if error.pos is not None else ""
            self.say(f"/: not a regular expression{at}: {neutral(error.msg)}")
            return
        self.pattern = text
        self.find(0)

    def do_again(self, by: int) -> None:
        if not self.pattern:
            self.say(f"{'n' if by > 0 else 'N'}: nothing was searched for, / searches")
        else:
            self.find(by)

    def find(self, by: int) -> None:
        """Go to a hit: the next (1), the one before (-1), or (0) the next one, this place included; round at the ends."""
        pattern, pane = re.compile(self.pattern, re.I), self.pane
        hits = pane.hits(lambda text: pattern.search(text) is not None)
        if not hits:
            self.say(f"/: not found: {neutral(self.pattern)}")
            return
        at = pane.at
        after = [hit for hit in hits if hit > at or (hit == at and not by)]
        before = [hit for hit in hits if hit < at]
        found = (before or hits)[-1] if by < 0 else (after or hits)[0]
        self.remember(jump=True)
        pane.go_to(found)
        self.trail.jump = True
        self.say(f"/: {hits.index(found) + 1} of {len(hits)} {neutral(self.pattern)}   n next  N back")

    def do_filter(self) -> None:
        if self.log_pane.filtered is not None:
            self.log_pane.only("", None)
            self.say("f: all records again")
        elif self.log_pane.base is None:
            self.say("f: no log is followed")
        else:
            self.focus_pane(1)
            self.ask_line("Filter (text, class or peer):", self._filter)

    def _filter(self, text: str) -> None:
        from tui502.ui.render.log import class_of

        wanted = text.strip().lower()
        if not wanted:
            self.say("f: nothing was typed")
            return
        why = self.log_pane.only(text.strip(), lambda line: wanted in (class_of(line.symptom), line.peer.lower()) or wanted in neutral(line.raw).lower())
        self.why_not("filter", why)
        self.paint()

    def do_groups(self) -> None:
        self.why_not("groups", self.log_pane.toggle_groups())
        self.paint()

    def do_of_class(self, by: int) -> None:
        self.remember(jump=True)
        self.trail.jump = True
        self.why_not("of_class(1)" if by > 0 else "of_class(-1)", self.log_pane.of_class(by))

    def do_time(self) -> None:
        self.ask_line("Time (03:14 or 03:14:07):", lambda text: self.why_not("time", self.log_pane.go_to_time(text)))

    def do_other_log(self) -> None:
        logs = self.session.logs()
        if len(logs) < 2:
            self.say("L: there is one error log only" if logs else "L: no log is followed")
            return
        paths = [log.path for log in logs]
        at = paths.index(self.log_pane.base.path) if self.log_pane.base and self.log_pane.base.path in paths else -1
        self.log_path = paths[(at + 1) % len(paths)]
        self.take_log()
        self.say(f"L: {neutral(self.log_path)}, {(at + 1) % len(paths) + 1} of {len(paths)}; L is the next")

    def take_log(self) -> None:
        """Show the log that was chosen, else the first one that can be read."""
        logs = self.session.logs()
        chosen = next((log for log in logs if log.path == self.log_path), None) or next((log for log in logs if log.gap() is None), None)
        chosen = chosen or (logs[0] if logs else None)
        self.log_pane.read(chosen, (next((n for n, log in enumerate(logs, 1) if log is chosen), 1), len(logs)))

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
        from tui502.ui.screens.pick import PickScreen

        config = self.moment.incident.facts.config if self.moment.incident else None
        if config is None or not config.files:
            self.say("i: no configuration was read")
            return
        paths = list(config.files)
        rows = [(str(n), neutral(path)) for n, path in enumerate(paths, 1)]
        screen = PickScreen("Files of the configuration", rows)
        self.show_box(screen)
        self.push_screen(screen, lambda n: self._open(paths[n]) if n is not None else None)

    def _open(self, path: str) -> None:
        self.remember(jump=True)
        self.trail.jump = True
        self.config_pane.open(path, 1)

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
        self.by_person = True
        self.change(chosen=chosen)
        self.remember()
