"""Node.js on its standard error (lines of versions 12 to 20). A time there is only where a daemon puts one."""

from __future__ import annotations

import re

from tui502.read.neighbours.event import Program, rule

_ERROR = r"(?:Uncaught )?(?:\[?[A-Z]\w*)?Error: (?:\w+ )??"

# fmt: off
PROGRAM = Program(
    "node",
    ("node", "npm", "pm2"),
    re.compile(r""),
    (
        rule("address_in_use", _ERROR + r"EADDRINUSE(?:: address already in use)?,? (?P<name>\S+)",
            "Another process has the address: this one does not start, and what answers is not it.", "ss -ltnp: who holds the port"),
        rule("address_denied", _ERROR + r"EACCES(?:: permission denied)?,? (?P<name>\S+)",
            "The application may not take its address: it does not start.", "ports below 1024; the directory of the socket"),
        rule("heap_exhausted", r"FATAL ERROR: (?P<detail>.*)heap out of memory",
            "Node ended itself for lack of heap (signal 6): requests broke off (104 or a premature close, 502).", "--max-old-space-size; a leak"),
        rule("module_missing", r"Error: Cannot find module '(?P<detail>[^']*)'",
            "The application does not start: nginx is refused.", "npm ci; the path of the start file"),
        rule("backend_refused", _ERROR + r"ECONNREFUSED,? (?P<name>\S+)",
            "The application itself is refused by what it needs; it answers 500, 502 or not at all.", "that address: a database or another service"),
        rule("peer_gone", _ERROR + r"(?:ECONNRESET|EPIPE)\b",
            "The other side of a connection had gone: nginx after a time-out, or a service that it needs.", "time-outs of nginx; the stack that follows"),
        rule("fd_limit", _ERROR + r"(?:EMFILE|ENFILE)\b",
            "The application may open no more files or sockets: it takes no connections.", "Max open files in /proc/PID/limits"),
        rule("unhandled", r"(?:node:internal/process/promises|\[?UnhandledPromiseRejection|\(node:\d+\) UnhandledPromiseRejection)",
            "A rejected promise nobody handled: since version 15 the process ends.", "the error that follows"),
    ),
)
