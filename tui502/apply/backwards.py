"""The order in which commands are taken back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from tui502.model.findings import Command


def backwards(commands: Sequence[Command]) -> tuple[Command, ...]:
    """Last first; but commands that are their own undo load what lies on the disk (daemon-reload, then a restart): those that follow each other keep their
    order, since the files are back by then."""
    runs = [list(run) for _, run in groupby(commands, key=lambda command: command.undo == command.argv)]
    return tuple(command for run in reversed(runs) for command in (run if run[0].undo == run[0].argv else reversed(run)))
