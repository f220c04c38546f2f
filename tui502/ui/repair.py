"""The repair by keys: stage, test, ask, apply, keep, put back, undo. What takes time runs in threads and comes back as a message."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui import messages
from tui502.ui.board import Board

if TYPE_CHECKING:
    from textual.message import Message

    from tui502.model.changes import StagedChange, Tested
    from tui502.model.findings import Fix


class Repair(Board):
    """`then` is what was pressed while a job was under way ("test" or "ask"); `left` the id of the change whose receipt the person has left."""

    then = ""
    left = ""
    leaving = False

    def do_stage(self) -> None:
        offer = self.moment.offer
        if offer is not None:
            self.then = ""
            self.change(busy="staging", refusal="", letters=offer.letter)
            self._work(partial(self._stage, (offer.fix,)))

    def _stage(self, fixes: tuple[Fix, ...]) -> Message:
        change = self.session.stage(fixes)
        return messages.ChangeStaged(change, diff_of(change))

    def do_unstage(self) -> None:
        self.leave()

    def leave(self) -> None:
        """Leave the receipt, or what is staged."""
        self.left = self.moment.progress.id if self.moment.progress else self.left
        self.change(progress=None, staged=None, tested=None, diff="", refusal="")

    def do_test(self) -> None:
        staged = self.moment.staged
        if self.moment.busy:
            self.then = self.then or "test"
        elif staged is not None:
            self.change(busy="testing", refusal="")
            self._work(partial(self._test, staged))

    def _test(self, change: StagedChange) -> Message:
        return messages.ChangeTested(self.session.test(change))

    def do_ask(self) -> None:
        """Ask to apply; what was not tested yet is tested first."""
        tested, staged = self.moment.tested, self.moment.staged
        if self.moment.busy:
            self.then = "ask"
        elif staged is None:
            return
        elif tested is None or tested.change != staged.id:
            self.then = "ask"
            self.change(busy="testing", refusal="")
            self._work(partial(self._test, staged))
        elif not tested.ok:
            self.say("a: the test failed, nothing can be applied; t tests again")
        else:
            self._ask(staged, tested)

    def _ask(self, staged: StagedChange, tested: Tested) -> None:
        from tui502.ui.render.question import Question
        from tui502.ui.screens.question import QuestionScreen

        self.focus_pane(4)
        self.change(asking=True)
        screen = QuestionScreen(Question(self.moment, staged), self.ack.ask, self.clock, self.say)
        self.prompt = None
        self.hints.ask("", "")
        self.show_box(screen)
        self.push_screen(screen, partial(self._answered, staged, tested))

    def _answered(self, change: StagedChange, tested: Tested, yes: bool | None) -> None:
        self.change(asking=False, busy="applying" if yes else "", before=self.moment.incident)
        self.place()
        if yes:
            self._work(partial(self._apply, change, tested))
            return
        if change.undoes:
            self.leave()
        self.say("no: nothing was changed")

    def _apply(self, change: StagedChange, tested: Tested) -> None:
        self.session.apply(change, tested)

    def do_keep(self) -> None:
        self._work(self.session.keep, "decide")
        self.say("K: keeping it")

    def do_put_back(self) -> None:
        self._work(self.session.put_back, "decide")
        self.say("U: putting it back")

    def do_longer(self) -> None:
        self._work(self.session.longer, "decide")
        self.say(f"X: {self.moment.progress.change.keep_after:.0f} s more" if self.moment.progress else "X: longer")

    def do_undo(self) -> None:
        self.then = "ask"
        self.change(busy="staging", refusal="", letters="")
        self._work(self._undo)

    def _undo(self) -> Message:
        change = self.session.undo()
        return messages.ChangeStaged(change, diff_of(change))

    def _work(self, job: Callable[[], Message | None], group: str = "change") -> None:
        """Run a job of the session in a thread; a refusal is told, and what the host does not allow (no space, say); anything else is a bug."""
        self.run_worker(partial(self._told, job), thread=True, group=group)

    def _told(self, job: Callable[[], Message | None]) -> None:
        from tui502.model.session import Refused

        try:
            message = job()
        except Refused as refused:
            message = messages.ChangeRefused(str(refused))
        except OSError as error:
            message = messages.ChangeRefused(f"{error.filename or ''} {error.strerror or error}".strip())
        if message is not None:
            self.hand_over(message)

    def hand_over(self, message: Message) -> None:
        """Post from any thread; nothing is left to tell once the app is closing."""
        if self.is_running:
            self.post_message(message)

    def on_change_staged(self, message: messages.ChangeStaged) -> None:
        self.left = self.moment.progress.id if self.moment.progress else self.left
        self.fix_pane.top = 0
        letters = message.called or self.moment.letters
        self.change(staged=message.change, diff=message.diff, letters=letters, tested=None, progress=None, busy="", refusal="")
        self.focus_pane(4)
        self._go_on()

    def on_change_tested(self, message: messages.ChangeTested) -> None:
        staged = self.moment.staged
        if staged is None or message.tested.change != staged.id:
            self.change(busy="")
            return
        self.change(busy="", tested=message.tested, tested_at=self.clock())
        self.focus_pane(4)
        self._go_on()

    def _go_on(self) -> None:
        """Do what was pressed meanwhile."""
        then, self.then = self.then, ""
        if then == "ask":
            self.do_ask()
        elif then == "test" and self.moment.tested is None:
            self.do_test()

    def on_change_refused(self, message: messages.ChangeRefused) -> None:
        self.then = ""
        self.change(busy="", refusal=message.text)
        self.say(f"REFUSED: {neutral(message.text)}")

    def on_progress_seen(self, message: messages.ProgressSeen) -> None:
        progress, moment = message.progress, self.moment
        if progress.id == self.left:
            return
        known = moment.staged is not None and moment.staged.id == progress.change.id
        self.leaving = False
        self.change(progress=progress, staged=progress.change, diff=moment.diff if known else diff_of(progress.change), busy="", now=self.clock())
        if moment.progress is None or progress.phase != moment.progress.phase:
            self.fix_pane.top = 0
            self.focus_pane(4)


def diff_of(change: StagedChange) -> str:
    from tui502 import engine

    return engine.diff_text(change)
