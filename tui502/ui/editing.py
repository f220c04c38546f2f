"""The editor: on the file at the line, or on what is staged. The screen is lent to it and comes back whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui import messages
from tui502.ui.looks import Looks
from tui502.ui.moment import OWN
from tui502.ui.repair import diff_of

if TYPE_CHECKING:
    from textual.message import Message

    from tui502.model.changes import StagedChange


class Editing(Looks):
    def can_leave(self, key: str) -> bool:
        """Whether this terminal can be lent to something else; says so when not."""
        if self._driver is not None and self._driver.can_suspend:
            return True
        self.say(f"{key}: not on this terminal")
        return False

    def lend(self, job: Callable[[], None]) -> None:
        """Do a job on the normal screen, once the terminal has answered all it was asked: its answers would be keys there."""

        def begin() -> None:
            with self.suspend():
                job()

        self.ack.ask(begin)

    def do_editor(self) -> None:
        """The staged text in pane 4, the file at the selected line elsewhere."""
        from tui502.ui import editor
        from tui502.ui.render import drifted

        moment = self.moment
        view = moment.incident.evidence.view.value if moment.incident else None
        staged = self.focus_at == 4 and moment.staged is not None and moment.progress is None
        if why := editor.missing(os.environ):
            self.say(f"e: {neutral(why)}")
        elif staged and (moment.letters == OWN or moment.offer is None or moment.offer.letter == moment.letters):
            self._edit_staged()
        elif moment.incident is None or moment.chosen.where is None:
            self.say("e: no line is selected")
        elif drifted.gone(moment.incident, moment.chosen.where.file):
            self.say("e: this file is gone from disk, nginx runs what it has loaded of it")
        elif view is not None and not view.local:
            self.say("e: this nginx has files of its own (another namespace), the editor would open ours")
        elif self.can_leave("e"):
            self.lend(partial(self._edit, editor.argv(os.environ, moment.chosen.where.file, moment.chosen.where.line)))

    def _edit(self, argv: list[str]) -> None:
        from tui502.ui import editor

        try:
            code = editor.run(argv)
        except OSError as error:
            self.say(f"e: {neutral(argv[0])}: {neutral(error.strerror or str(error))}")
            return
        self.run_worker(self.session.probe, thread=True, group="probe", exclusive=True)
        self.say("e: the files are read again" if not code else f"e: the editor ended with {code}; the files are read again")

    def _edit_staged(self) -> None:
        """One of the staged texts; which one is asked where there are several."""
        from tui502.ui.screens.pick import PickScreen

        staged = self.moment.staged
        if staged is None or self.moment.busy:
            self.say(f"e: {self.moment.busy} still")
            return
        texts = [n for n, file in enumerate(staged.files) if file.after is not None and not file.link]
        if staged.undoes or not texts:
            self.say("e: the way back is not edited" if staged.undoes else "e: no text is staged, it is run as it stands")
        elif not self.can_leave("e"):
            return
        elif len(texts) == 1:
            self.lend(partial(self._edit_text, staged, texts[0]))
        else:
            screen = PickScreen("Edit which staged file", [(str(n), neutral(staged.files[at].path)) for n, at in enumerate(texts, 1)])
            self.show_box(screen)
            self.push_screen(screen, lambda n: self.lend(partial(self._edit_text, staged, texts[n])) if n is not None else None)

    def _edit_text(self, staged: StagedChange, number: int) -> None:
        """The editor on a copy of a staged text; what comes back is staged anew."""
        from tui502.ui import editor

        file = staged.files[number]
        offered = file.after or b""
        try:
            text, code = editor.edited(offered, file.path, editor.first_difference(file.before or b"", offered), os.environ)
        except OSError as error:
            self.say(f"e: {neutral(error.strerror or str(error))}; what is staged stays")
            return
        if code:
            self.say(f"e: the editor ended with {code}; what is staged stays")
        elif text == offered:
            self.say("e: the text was not changed; what is staged stays")
        else:
            self.then = ""
            self.change(busy="staging", refusal="")
            self._work(partial(self._restage, staged, number, text))

    def _restage(self, staged: StagedChange, number: int, text: bytes) -> Message:
        change = self.session.stage_text(staged, number, text)
        return messages.ChangeStaged(change, diff_of(change), OWN)
