"""What leaves the screen for a moment, or for good: plain text, a recording, the shell, sudo."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui import messages
from tui502.ui.editing import Editing

if TYPE_CHECKING:
    from tui502.model.findings import Incident


class Outside(Editing):
    """`again` is the command that takes this program's place when it has ended, () for none; `mouse_on` whether clicks are heard."""

    again: tuple[str, ...] = ()
    mouse_on = True

    def do_dump(self) -> None:
        """The whole view, not only what fits, on the normal screen."""
        text = self.plain()
        if self.can_leave("D"):
            self.lend(partial(show, text))

    def plain(self) -> str:
        """Head and focused pane as plain text, masked."""
        from tui502.text import mask
        from tui502.ui.render import head as draw
        from tui502.ui.render.spans import text_of

        width = max(60, self.size.width)
        rows = [text_of(line).rstrip() for line in draw.rows(self.told(), width, 7)]
        pane = self.pane
        rows += ["", " ".join(part for part in pane.titles() if part), *(text_of(line).rstrip() for line in pane.whole(width))]
        self.paint()
        return mask("\n".join(map(neutral, rows)).rstrip().encode()).decode("utf-8", "replace")

    def do_record(self) -> None:
        self.ask_line("Record to a new file:", self._record, "incident.tui502")

    def _record(self, text: str) -> None:
        incident = self.moment.incident
        if not text.strip() or incident is None:
            self.say("R: no name was typed, nothing was written")
            return
        self.run_worker(lambda: self._save(str(Path(text.strip()).expanduser()), incident), thread=True, group="record")

    def _save(self, path: str, incident: Incident) -> None:
        from tui502.collect.recording import save

        try:
            save(path, incident.evidence)
        except FileExistsError:
            said = f"R: that file is there already, nothing was written: {path}"
        except OSError as error:
            said = f"R: {path}: {error.strerror or error}"
        else:
            said = f"R: recorded to {path}, secrets masked; tui502 replay {path} shows it"
        self.hand_over(messages.Said(neutral(said)))

    def do_sudo(self) -> None:
        import shutil

        if shutil.which("sudo") is None:
            self.say("S: sudo is not installed; start tui502 as root")
            return
        self.again = ("sudo", *own_argv(sys.argv, dict(os.environ)))
        self.exit(0)

    def do_mouse(self) -> None:
        driver = self._driver
        switch = getattr(driver, "_disable_mouse_support" if self.mouse_on else "_enable_mouse_support", None)
        if switch is None:
            self.say("M: not on this terminal")
            return
        if not self.mouse_on and driver is not None:
            driver._mouse = True
        switch()
        self.mouse_on = not self.mouse_on
        self.say(f"M: the mouse is {'on' if self.mouse_on else 'off, text can be marked with it'}")

    def do_redraw(self) -> None:
        self.refresh(repaint=True, layout=True)
        self.screen.refresh(repaint=True, layout=True)

    def do_suspend(self) -> None:
        if self.can_leave("ctrl+z"):
            self.action_suspend_process()


def show(text: str) -> None:
    """Print a text and wait until it was read: ctrl+c goes back as enter does, it is not meant for the screen."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            print(text)
            print("\nenter goes back to tui502", flush=True)
            sys.stdin.readline()
    finally:
        signal.signal(signal.SIGINT, before)


def own_argv(argv: list[str], env: dict[str, str]) -> tuple[str, ...]:
    """The command that starts this program again as it was started."""
    if env.get("PEX"):
        return (sys.executable, env["PEX"], *argv[1:])
    return (sys.executable, "-m", "tui502", *argv[1:])
