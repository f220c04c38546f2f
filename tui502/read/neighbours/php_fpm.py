"""PHP-FPM's own log (sources: fpm_children.c, fpm_process_ctl.c, fpm_request.c, fpm_sockets.c, fpm_process.c; lines of version 8.2)."""

from __future__ import annotations

import re

from tui502.read.neighbours.event import Program, rule

_POOL = r"\[pool (?P<name>[^\]]{1,255})\] "
_CHILD = _POOL + r"child (?P<pid>\d{1,9})"
_SCRIPT = _CHILD + r", script '(?P<detail>[^']*)' \(request: \"[^\"]*\"\) "

# fmt: off
PROGRAM = Program(
    "php-fpm",
    ("php-fpm", "php", "fpm"),
    re.compile(
        r"(?:\[(?P<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d)(?:\.\d+)?\] )?"
        r"(?:\[?(?P<level>DEBUG|NOTICE|WARNING|ERROR|ALERT)(?:\] |: ))?(?:pid \d+, \w+\(\), line \d+: )?"
    ),
    (
        rule("max_children", _POOL + r"server reached (?:pm\.)?max_children setting \((?P<limit>\d+)\)",
            "All workers of the pool were busy: on a unix socket nginx got error 11 (502), on TCP a time-out (504). It is said once until the pool recovers.",
            "the slow log of the pool; pm.max_children against memory"),
        rule("busy", _POOL + r"seems busy \(.*?spawning (?P<spawning>\d+) children, there are (?P<idle>\d+) idle, and (?P<total>\d+) total",
            "The pool runs short of idle workers; requests wait soon.", "pm.start_servers and pm.min_spare_servers; slow scripts"),
        rule("child_killed", _CHILD + r" exited on signal (?P<signal>9) .*?after (?P<seconds>[\d.]+) seconds",
            "A worker was killed with SIGKILL: its request broke off (104 or a premature close, 502).",
            "the kernel log at that second: Out of memory; else a person"),
        rule("child_crashed", _CHILD + r" exited on signal (?P<signal>4|6|7|8|11|31) .*?after (?P<seconds>[\d.]+) seconds",
            "A worker crashed: its request broke off (104 or a premature close, 502).", "extensions and JIT of PHP; coredumpctl"),
        rule("child_signal", _CHILD + r" exited on signal (?P<signal>\d+) .*?after (?P<seconds>[\d.]+) seconds",
            "A worker was ended by a signal; a request that it had broke off (502).", "the line before: request_terminate_timeout sends signal 15"),
        rule("child_ended", _CHILD + r" exited with code (?P<code>0) after (?P<seconds>[\d.]+) seconds",
            "A worker ended as planned, for instance after pm.max_requests.", "nothing"),
        rule("child_failed", _CHILD + r" exited with code (?P<code>\d+) after (?P<seconds>[\d.]+) seconds",
            "A worker gave up: its request broke off (premature close, 502).", "the worker's lines before; code 255 is a fatal error, 70 a software error"),
        rule("execution_timed_out", _SCRIPT + r"execution timed out \((?P<seconds>[\d.]+) sec\)",
            "request_terminate_timeout ended a slow script: nginx got a broken connection, 502 and not 504.",
            "request_terminate_timeout; why the script is slow"),
        rule("too_slow", _SCRIPT + r"executing too slow \((?P<seconds>[\d.]+) sec\)",
            "A script is slow; when it outlasts fastcgi_read_timeout, 504 follows.", "the slow log has its stack"),
        rule("worker_stderr", _CHILD + r" said into (?:stderr|stdout): \"(?P<detail>.*)",
            "A script or library wrote a message; by itself that fails no request.", "the text in the line"),
        rule("child_started", _CHILD + r" started", "A new worker began.", "nothing"),
        rule("bind_failed", r"unable to bind listening socket for address '(?P<name>[^']*)': (?P<detail>.*)",
            "PHP-FPM did not start: nginx is refused, or finds no socket.", "who has the address: ss -ltnxp; the directory of the socket"),
        rule("bind_failed", r"Couldn't create FastCGI listen socket on port (?P<name>\S+)",
            "php-cgi did not start: nginx is refused, or another program answers at that port.", "ss -ltnp: who has the port"),
        rule("already_running", r"An(?:other| another) FPM instance seems to already listen on (?P<name>.*)",
            "A second PHP-FPM did not start because another one serves the socket.", "systemctl list-units 'php*'; ps"),
        rule("chown_failed", r"(?:\[pool [^\]]*\] )?failed to (?:chown|chmod|set posix acl)[^'\"]*(?:'(?P<name>[^']*)')?",
            "The socket kept other rights than wanted: nginx may get error 13.", "listen.owner, listen.group and listen.mode"),
        rule("start_failed", r"FPM initialization failed|unable to allocate (?P<bytes>\d+) bytes in shared memory|failed to post process the configuration",
            "PHP-FPM did not start: nginx is refused, or finds no socket.", "php-fpm -t; the lines before"),
        rule("emergency_restart", r"failed processes threshold \((?P<limit>\d+) in (?P<seconds>\d+) sec\) is reached",
            "So many workers crashed that PHP-FPM restarts itself: a burst of 502.", "the crashes before; emergency_restart_threshold"),
        rule("process_max", r"The maximum number of processes has been reached",
            "No pool may start a worker any more: requests wait or fail as with max_children.", "process.max"),
        rule("reloading", r"reloading: execvp\(|Reloading in progress", "PHP-FPM restarts itself: requests in work break off.", "who reloaded it; a deploy"),
        rule("stopping", r"Terminating \.\.\.|Finishing \.\.\.|exiting, bye-bye!",
            "PHP-FPM stopped and removed its unix socket: nginx finds none, or is refused.", "systemctl status: who stopped it", vouched=True),
        rule("started", r"fpm is running, pid (?P<pid>\d{1,9})", "PHP-FPM began.", "nothing", vouched=True),
        rule("ready", r"ready to handle connections", "PHP-FPM takes requests from here on.", "nothing", vouched=True),
    ),
)
