"""Causes: one file each. A cause is added by its file and its line in `ALL`."""

from __future__ import annotations

from tui502.causes import backend_stopped, config_invalid, nginx_down, no_fault, recovered, wrong_port
from tui502.causes.cause import Cause

ALL: tuple[Cause, ...] = (
    nginx_down.CAUSE,
    wrong_port.CAUSE,
    backend_stopped.CAUSE,
    config_invalid.CAUSE,
    recovered.CAUSE,
    no_fault.CAUSE,
)
