"""The way in and every way out: run the program, and leave the terminal as it was. Textual is loaded by `run` only."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import termios
import threading
from typing import TYPE_CHECKING, Any

from tui502.text import neutral
from tui502.ui import background

if TYPE_CHECKING:
    from tui502.model.session import Session
    from tui502.ui.program import Program

BUG = 70
"""Exit code for a bug of ours."""

PATIENCE = 3.0
"""Seconds that a terminal which takes no more bytes can hold up the end after a signal."""

CALM = 1.0
"""Seconds until garbage is collected again: not while the first screens are drawn."""

ENDS = (signal.SIGTERM, signal.SIGHUP)
"""Signals that end the program in order."""

_LOG = logging.getLogger("tui502.ui")


def run(session: Session, *, ascii: bool, mouse: bool, log_path_hint: str = "") -> int:
    """Show the session until the person leaves; the exit code. Ends by SIGTERM and SIGHUP with 128 + number, by a bug with 70 and one line on
    standard error (the traceback goes to the log `tui502.ui`, level INFO)."""
    before = _modes()
    ended: list[int] = []
    for number in ENDS:
        signal.signal(number, _leave)
    gc.disable()
    try:
        asked = background.ask(sys.stdin.fileno(), sys.stderr.fileno()) if before and background.wanted(dict(os.environ)) else None
        from tui502.ui.program import Program

        theme, whole = background.answer(sys.stdin.fileno(), asked) if asked is not None else ("", True)
        program = Program(session, ascii=ascii, theme=theme)
        program.deaf = not whole
        asyncio.run(_run(program, mouse, ended, before))
    finally:
        gc.enable()
        session.stop()
        _restore(before)
    if program.bug is not None:
        _LOG.info("the screen ended by a bug", exc_info=program.bug)
        where = f"; details: {log_path_hint}" if log_path_hint else ""
        print(f"tui502: a bug of its own ended the screen: {type(program.bug).__name__}: {neutral(str(program.bug))}{where}", file=sys.stderr)
        return BUG
    if program.again and not ended:
        os.execvp(program.again[0], program.again)  # noqa: S606 - what a person asked for by S
    return 128 + ended[0] if ended else program.return_value or 0


async def _run(program: Program, mouse: bool, ended: list[int], before: list[Any] | None) -> None:
    loop = asyncio.get_running_loop()

    def end(number: int, _frame: object) -> None:
        """Not a handler of the loop's: that may wait for a terminal which is gone, and for ever."""
        ended.append(number)
        watchdog = threading.Timer(PATIENCE, _give_up, (number, before))
        watchdog.daemon = True
        watchdog.start()
        loop.call_soon_threadsafe(program.exit, 128 + number)

    for number in ENDS:
        signal.signal(number, end)
    loop.call_later(CALM, gc.enable)
    try:
        await program.run_async(mouse=mouse)
    finally:
        for number in ENDS:
            signal.signal(number, _leave)


def _leave(number: int, _frame: object) -> None:
    """A signal before the screen stands, or when it stands no more."""
    raise SystemExit(128 + number)


def _modes() -> list[Any] | None:
    try:
        return termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, OSError, ValueError):
        return None


def _restore(modes: list[Any] | None) -> None:
    """The line discipline as it was; the terminal may be gone by now."""
    if modes is None:
        return
    try:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, modes)
    except (termios.error, OSError, ValueError):
        _LOG.info("the terminal is gone")


def _give_up(number: int, modes: list[Any] | None) -> None:
    _restore(modes)
    os._exit(128 + number)
