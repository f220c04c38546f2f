"""Keys of the log: filter, groups, raw, wrap, first and last of a class, a time, other logs, older files."""

from __future__ import annotations

import re

from tui502.text import neutral
from tui502.ui.searching import Searching

_AROUND = re.compile(r"(.*?)(?:\s+\+(\d{1,2}))?\s*\Z", re.S)


class LogKeys(Searching):
    """`log_path` is the error log that a person chose."""

    log_path = ""

    def do_pause(self) -> None:
        self.log_pane.pause(self.log_pane.following)

    def do_filter(self) -> None:
        if self.log_pane.filtered is not None:
            self.log_pane.unfilter()
            self.say("f: all records again")
        elif self.log_pane.base is None:
            self.say("f: no log is followed")
        else:
            self.focus_pane(1)
            self.ask_line("Filter (text, +2 with lines around):", self._filter)

    def _filter(self, typed: str) -> None:
        """Only records of a class, or with a text; of a peer that is the text of its address."""
        from tui502.ui.render.log import CLASSES, class_of

        found = _AROUND.match(typed)
        text, around = (found[1].strip(), int(found[2] or 0)) if found else ("", 0)
        wanted = text.lower()
        if not wanted:
            self.say("f: nothing was typed")
            return
        says = f"{text}, {around} around" if around else text
        if wanted in {*CLASSES.values(), "other"}:
            why = self.log_pane.only(says, None, lambda line: class_of(line.symptom) == wanted, around)
        else:
            why = self.log_pane.only(says, lambda each: wanted in each.lower(), None, around)
            self.log_pane.mark(re.compile(re.escape(text), re.I))
        self.why_not("filter", why)
        self.paint()

    def do_groups(self) -> None:
        self.why_not("groups", self.log_pane.toggle_groups())
        self.paint()

    def do_raw(self) -> None:
        self.why_not("raw", self.log_pane.toggle_raw())

    def do_wrap(self) -> None:
        self.why_not("wrap", self.log_pane.toggle_wrap())

    def do_of_class(self, by: int) -> None:
        self.remember(jump=True)
        self.trail.jump = True
        self.why_not("of_class(1)" if by > 0 else "of_class(-1)", self.log_pane.of_class(by))

    def do_time(self) -> None:
        self.ask_line("Time (03:14, 03:14:07 or 11-22 03:14):", lambda text: self.why_not("time", self._to_time(text)))

    def _to_time(self, text: str) -> str:
        self.remember(jump=True)
        self.trail.jump = True
        return self.log_pane.go_to_time(text)

    def do_older(self) -> None:
        self.why_not("older", self.log_pane.read_older())
        self.paint()

    def do_cancel(self) -> None:
        """Cancel what runs; when nothing does, leave."""
        if self.end_search():
            self.say("/: ended")
        elif self.log_pane.seeking:
            self.log_pane.close_detail()
        elif self.log_pane.reading_older:
            self.do_older()
        else:
            self.do("quit")

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
