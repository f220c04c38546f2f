"""The workers and what they need from the host: descriptors, memory, disk, log receivers."""

from __future__ import annotations

from tui502.read.error_log.template import rows

# fmt: off
TEMPLATES = (
    *rows(
        "worker_connections", "500", "connecting to upstream|",
        "%n worker_connections are not enough",
    ),
    *rows(
        "worker_connections", "none", "",
        "%n worker_connections are not enough, reusing connections",
    ),
    *rows(
        "worker_connections", "no start", "",
        "%n worker_connections are not enough for %n listening sockets",
    ),
    *rows(
        "fd_limit", "500", "connecting to upstream|",
        "the new socket has number %n, but only %n files are available",
    ),
    *rows(
        "fd_limit", "dropped", "",
        "accept4() failed (24: %errtext)",
        "accept() failed (24: %errtext)",
    ),
    *rows(
        "kernel_resources", "dropped", "",
        "accept4() failed (%errno: %errtext)",
        "accept() failed (%errno: %errtext)",
        'fork() failed while spawning "%process" (%errno: %errtext)',
    ),
    *rows(
        "fd_limit", "none", "",
        "setrlimit(RLIMIT_NOFILE, %n) failed (%errno: %errtext)",
    ),
    *rows(
        "informational", "none", "reading response header from upstream",
        "upstream sent too big early hints",
    ),
    *rows(
        "local_disk", "500", "*",
        'cache file "%path" contains invalid header',
        "thread operation took too long",
    ),
    *rows(
        "worker_crash", "truncated", "",
        "worker process %pid exited on signal %n",
    ),
    *rows(
        "worker_crash", "", "",
        "worker process %pid exited on signal %n (core dumped)",
        "cache manager process %pid exited on signal %n",
        "cache loader process %pid exited on signal %n",
        'shared memory zone "%name" was locked by %pid',
    ),
    *rows(
        "worker_crash", "dropped", "",
        "worker process %pid exited with fatal code %n and cannot be respawned",
        "could not respawn %process",
    ),
    *rows(
        "informational", "", "",
        "worker process %pid exited with code %n",
    ),
    *rows(
        "informational", "none", "",
        "open socket #%n left in connection %n",
        "epoll_wait() failed (4: %errtext)",
    ),
    *rows(
        "nginx_bug", "truncated", "sending to client|reading upstream",
        "zero size buf in output t:%n r:%n f:%n %text",
        "zero size buf in writer",
        "zero size buf in chain writer",
        "negative size buf in",
    ),
    *rows(
        "kernel_resources", "500|truncated", "*",
        "malloc(%n) failed (12: %errtext)",
        "posix_memalign(%n, %n) failed (12: %errtext)",
    ),
    *rows(
        "informational", "none", "*",
        "cache lock timeout",
    ),
    *rows(
        "log_dropped", "none", "logging to syslog",
        "send() failed (%errno: %errtext)",
    ),
    *rows(
        "log_dropped", "none", "logging request",
        "send() to syslog failed",
    ),
    *rows(
        "buffered_to_disk", "none", "reading upstream|reading response header from upstream",
        "an upstream response is buffered to a temporary file %path",
    ),
    *rows(
        "buffered_to_disk", "none", "",
        "a client request body is buffered to a temporary file %path",
    ),
    *rows(
        "local_disk", "500|truncated", "reading upstream|",
        'open() "%path" failed (13: %errtext)',
        'open() "%path" failed (%errno: %errtext)',
        'pwrite() "%path" failed (%errno: %errtext)',
    ),
    *rows(
        "local_disk", "500|truncated", "reading upstream",
        'mkdir() "%path" failed (%errno: %errtext)',
    ),
    *rows(
        "local_disk", "truncated", "reading upstream",
        'pwritev() "%path" failed (%errno: %errtext)',
        'write() "%path" failed (%errno: %errtext)',
        'writev() "%path" failed (%errno: %errtext)',
    ),
    *rows(
        "informational", "404", "sending to client|sending response to client|",
        'open() "%path" failed (2: %errtext)',
    ),
)
