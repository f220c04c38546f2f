"""--log-file: what tui502 itself does, written to the end of a file that a person named."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from tui502 import __version__
from tui502.cli import Stop, say


class _Handler(logging.Handler):
    """Says nothing while the screen is up: what could not be written is told afterwards."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self.failed = ""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            os.write(self._descriptor, f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))
        except OSError as error:
            self.failed = self.failed or str(error.strerror)


@contextmanager
def kept(path: str) -> Iterator[None]:
    """Write what is logged meanwhile to `path`, '' for nowhere. Raises OSError or Stop where that cannot be."""
    if not path:
        yield
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, 0o600)
    handler = _Handler(descriptor)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    top = logging.getLogger()
    level = top.level
    top.addHandler(handler)
    top.setLevel(logging.INFO)
    try:
        logging.getLogger("tui502.cli").info("started: tui502 %s", __version__)
        if handler.failed:
            raise Stop(f"{path}: {handler.failed}")
        yield
    finally:
        top.setLevel(level)
        top.removeHandler(handler)
        os.close(descriptor)
    if handler.failed:
        say(f"{path}: not everything could be written: {handler.failed}")
