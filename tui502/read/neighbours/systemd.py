"""systemd about units (sources: core/unit.c, core/service.c, journal-messages; lines of versions 219 to 252)."""

from __future__ import annotations

import re

from tui502.read.neighbours.event import Program, rule

_UNIT = r"(?P<name>[\w@:.\\-]{1,255}\.(?:service|socket|scope|slice)): "

# fmt: off
PROGRAM = Program(
    "systemd",
    ("systemd",),
    re.compile(r""),
    (
        rule("main_killed", _UNIT + r"Main process exited, code=killed, status=(?P<signal>\d+)/(?P<detail>\w+)",
            "The service's main process was killed: requests broke off (104, premature close), then nginx is refused.",
            "the kernel log: Out of memory; who stopped it"),
        rule("main_crashed", _UNIT + r"Main process exited, code=dumped, status=(?P<signal>\d+)/(?P<detail>\w+)",
            "The service's main process crashed: requests broke off (104, premature close), then nginx is refused.", "coredumpctl"),
        rule("main_exited", _UNIT + r"Main process exited, code=exited, status=(?P<code>\d+)(?:/(?P<detail>[\w-]+))?",
            "The service's main process ended: nginx is refused, or finds no socket.",
            "the service's lines before it; 203/EXEC: the program, 217/USER: the user, 226: the namespace"),
        rule("oom", _UNIT + r"A process of this unit has been killed by the OOM killer",
            "The kernel killed a process of the service for memory: its requests broke off (104, premature close).",
            "MemoryMax of the unit; memory of the host"),
        rule("oom", _UNIT + r"Failed with result '(?P<detail>oom-kill)'",
            "The service ended because the kernel killed a process of it for memory.", "MemoryMax of the unit; memory of the host"),
        rule("oom", r"Killed (?P<name>/\S{1,255}) due to memory (?:used|pressure)",
            "systemd-oomd killed a service for memory: its requests broke off (104, premature close).", "memory of the host; ManagedOOMMemoryPressure"),
        rule("watchdog", _UNIT + r"Watchdog timeout \(limit (?P<detail>[^)]*)\)",
            "systemd killed a service that gave no sign of life.", "WatchdogSec; what it waits for"),
        rule("failed", _UNIT + r"Failed with result '(?P<detail>[\w-]+)'",
            "The service failed: nginx is refused, or finds no socket.", "journalctl -u of the unit: its own last lines"),
        rule("failed", _UNIT + r"(?:Unit entered failed state|Failed at step (?P<detail>\w+))",
            "The service failed: nginx is refused, or finds no socket.", "journalctl -u of the unit: its own last lines"),
        rule("restarting",
            _UNIT + r"(?:Scheduled restart job, restart counter is at (?P<restarts>\d+)|Service (?:hold-off|RestartSec=\S+) .*scheduling restart)",
            "systemd starts the service anew: nginx is refused until it is up.",
            "why it ended: the lines before"),
        rule("start_limit", r"(?:" + _UNIT + r")?Start request repeated too quickly",
            "systemd gave up starting the service: it does not come back by itself.", "why it ended; then systemctl reset-failed and start"),
        rule("start_timeout", _UNIT + r"[Ss]tart(?:-pre|-post)? operation timed out",
            "The service did not get ready in time and was ended.", "TimeoutStartSec; Type= of the unit; its own lines"),
        rule("stop_timeout", _UNIT + r"State '[\w-]+' timed out\. (?:Killing|Terminating)|" + _UNIT.replace("?P<name>", "") + r"Stopping timed out",
            "The service did not stop in time and is killed: requests in work break off.", "TimeoutStopSec; what it waits for"),
        rule("stopped", _UNIT + r"(?:Deactivated successfully|Succeeded)",
            "The service stopped as asked: nginx is refused, or finds no socket.", "who stopped it; a deploy"),
        rule("stopped", r"Stop(?:ped|ping) (?P<name>[\w@:.\\-]{1,255}\.(?:service|socket))\b",
            "The service stopped as asked: nginx is refused, or finds no socket.", "who stopped it; a deploy"),
        rule("stopped", r"Stop(?:ped|ping) (?P<detail>.{1,255})",
            "The service stopped as asked: nginx is refused, or finds no socket.", "who stopped it; a deploy", vouched=True),
        rule("start_failed", r"Failed to start (?P<name>[\w@:.\\-]{1,255}\.(?:service|socket))\b",
            "The service did not start: nginx is refused, or finds no socket.", "journalctl -u of the unit"),
        rule("start_failed", r"Failed to start (?P<detail>.{1,255})",
            "The service did not start: nginx is refused, or finds no socket.", "journalctl -u of the unit", vouched=True),
        rule("started", r"Start(?:ed|ing) (?P<name>[\w@:.\\-]{1,255}\.(?:service|socket))\b", "The service was started.", "nothing"),
        rule("started", r"Start(?:ed|ing) (?P<detail>.{1,255})", "The service was started.", "nothing", vouched=True),
    ),
    strict=True,
)
