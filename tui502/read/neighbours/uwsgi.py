"""uWSGI's log (sources: core/master.c, core/uwsgi.c, core/protocol.c, core/writer.c; lines of version 2.0)."""

from __future__ import annotations

import re

from tui502.read.neighbours.event import Program, rule

_WORKER = r"worker (?P<name>\d{1,9}) \(pid: (?P<pid>\d{1,9})\)"

# fmt: off
PROGRAM = Program(
    "uwsgi",
    ("uwsgi",),
    re.compile(r"(?:(?P<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) - )?"),
    (
        rule("listen_queue_full", r"\*\*\* uWSGI listen queue of socket \"(?P<name>[^\"]*)\" \(fd: \d+\) full !!! \((?P<waiting>\d+)/(?P<limit>\d+)\)",
            "As many connections wait as the socket can hold: nginx gets error 11 (502) on a unix socket, a time-out (504) on TCP.",
            "busy workers; listen = and net.core.somaxconn"),
        rule("harakiri", r"\*\*\* HARAKIRI ON WORKER (?P<name>\d+) \(pid: (?P<pid>\d+), try: (?P<tries>\d+)[^)]*\)",
            "uWSGI killed a worker whose request outlasted harakiri: premature close, 502 and not 504.", "harakiri; the HARAKIRI line with the request"),
        rule("harakiri_request", r"HARAKIRI \[core \d+\] (?P<detail>.+) since (?P<since>\d+)", "This is the request that harakiri ended.", "why it is slow"),
        rule("worker_killed", r"DAMN ! " + _WORKER + r" died, killed by signal (?P<signal>9)\b",
            "A worker was killed: its request broke off (502).", "HARAKIRI just before; else the kernel log: Out of memory"),
        rule("worker_crashed", r"DAMN ! " + _WORKER + r" died(?:, killed by signal (?P<signal>\d+))?",
            "A worker died: its request broke off (502).", "the lines before; coredumpctl"),
        rule("segfault", r"!!! uWSGI process (?P<pid>\d+) got Segmentation Fault !!!",
            "A worker crashed: its request broke off (502).", "the backtrace that follows"),
        rule("respawning_fast", r"worker respawning too fast !!!", "Workers die as fast as they begin: requests fail (502).", "the lines before"),
        rule("request_block", r"invalid request block size: (?P<size>\d+) \(max (?P<limit>\d+)\)",
            "A request did not fit buffer-size, or HTTP was sent to a uwsgi socket: premature close or reset (502).", "buffer-size; uwsgi_pass or proxy_pass"),
        rule("client_gone",
            r"SIGPIPE: writing to a closed pipe/socket/fd|uwsgi_response_\w+\(\): (?:Broken pipe|Connection reset by peer)",
            "nginx, or the client behind it, had given up before the answer came.",
            "*_read_timeout of nginx against the time this request takes"),
        rule("address_in_use", r"probably another instance of uWSGI is running on the same address(?: \((?P<name>[^)]*)\))?",
            "uWSGI could not take its address: it does not start.", "ss -ltnxp: who holds it; the directory of the socket"),
        rule("address_in_use", r"bind\(\): (?P<detail>.*)", "uWSGI could not take its address: it does not start.", "ss -ltnxp: who holds it", vouched=True),
        rule("no_app", r"--- no python application found|\*\*\* no app loaded\. going in full dynamic mode \*\*\*",
            "No application is loaded: requests are answered with 500.", "the traceback before; wsgi-file or module"),
        rule("stopping", r"SIG(?:INT|TERM)\S* received\.\.\.killing workers|goodbye to uWSGI\.|SIG(?:INT|QUIT|TERM) received",
            "uWSGI stops: nginx is refused from here on.", "systemctl status: who stopped it"),
        rule("reloading", r"\.\.\.gracefully killing workers\.\.\.|binary reloading uWSGI", "uWSGI restarts: requests may wait.", "a deploy, touch-reload"),
        rule("worker_started", r"(?:spawned uWSGI worker|Respawned uWSGI worker) (?P<name>\d+) \((?:new )?pid: (?P<pid>\d+)", "A worker began.", "nothing"),
    ),
)
