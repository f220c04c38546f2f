"""gunicorn's error log (sources: arbiter.py, sock.py, workers/base.py; lines of versions 20.1 and later)."""

from __future__ import annotations

import re

from tui502.read.neighbours.event import Program, rule

_WORKER = r"Worker \(pid:\s?(?P<pid>\d{1,9})\) "

# fmt: off
PROGRAM = Program(
    "gunicorn",
    ("gunicorn", "python"),
    re.compile(r"\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] \[\d{1,9}\] \[(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL)\] "),
    (
        rule("worker_timeout", r"WORKER TIMEOUT \(pid:\s?(?P<pid>\d{1,9})\)",
            "gunicorn killed a worker that was silent for its --timeout (30 s by default): premature close, 502 and not 504.",
            "--timeout; what the slow request waits for"),
        rule("worker_killed", _WORKER + r"was sent (?:SIGKILL|code 9)",
            "A worker was killed, perhaps for memory: its request broke off (104 or a premature close, 502).", "the kernel log at that second: Out of memory"),
        rule("worker_killed", _WORKER + r"was terminated due to signal (?P<signal>9)\b",
            "A worker was killed, perhaps for memory: its request broke off (104 or a premature close, 502).", "the kernel log at that second: Out of memory"),
        rule("worker_signal", _WORKER + r"was (?:terminated due to signal (?P<signal>\d+)|sent (?P<detail>SIG[A-Z0-9]+))",
            "A worker was ended by a signal: its request broke off (502).", "SIGSEGV, SIGABRT: a crash, coredumpctl; SIGTERM: a restart"),
        rule("worker_exit", _WORKER + r"exited with code (?P<code>\d+)",
            "A worker gave up: its request broke off (premature close, 502).",
            "the traceback before it; code 3: it failed to boot, 4: the application failed to load"),
        rule("boot_failed", r"(?:Reason: )?(?:Worker|App) failed to (?:boot|load)\.?",
            "gunicorn does not start: nginx is refused, or finds no socket.", "the traceback before it"),
        rule("boot_failed", r"Exception in worker process", "A worker could not load the application; gunicorn gives up soon.", "the traceback that follows"),
        rule("address_in_use", r"Connection in use: (?P<name>.*)", "Another process has gunicorn's address: it does not start.", "ss -ltnxp: who holds it"),
        rule("bind_failed", r"(?:Can't connect to|connection to) (?P<name>\(.*?\)|\S+)(?: failed: (?P<detail>.*))?",
            "gunicorn could not take its address: nginx is refused, or finds no socket.", "the address and the directory of the socket"),
        rule("request_failed", r"Error handling request (?P<detail>.*)",
            "The application failed at this request; the client got 500, or 502 when it broke off.", "the traceback that follows"),
        rule("bad_request", r"Invalid (?:request|HTTP|header|method)[^:]*(?::? ?(?P<detail>.*))",
            "gunicorn did not accept what it was sent.", "does nginx speak HTTP to it"),
        rule("stopping", r"Handling signal: (?P<detail>term|quit|int)|Shutting down: Master",
            "gunicorn stops: nginx is refused from here on.", "systemctl status: who stopped it"),
        rule("reloading", r"Handling signal: (?P<detail>hup|usr2|winch|ttin|ttou)", "gunicorn replaces its workers.", "a deploy"),
        rule("worker_exiting", r"Worker exiting \(pid:\s?(?P<pid>\d{1,9})\)", "A worker ends.", "the lines before"),
        rule("worker_started", r"Booting worker with pid: (?P<pid>\d{1,9})", "A new worker began.", "nothing"),
        rule("ready", r"Listening at: (?P<name>\S+)", "gunicorn takes connections from here on.", "nothing"),
        rule("starting", r"Starting gunicorn (?P<detail>\S+)", "gunicorn begins.", "nothing"),
    ),
)
