"""What the client did, and what nginx itself refused it."""

from __future__ import annotations

from tui502.read.error_log.template import rows

# fmt: off
TEMPLATES = (
    *rows(
        "client_side", "408", "*",
        "client timed out (110: %errtext)",
    ),
    *rows(
        "client_side", "none", "*",
        "shutdown() failed (107: %errtext)",
    ),
    *rows(
        "client_abort", "499", "*",
        "client canceled stream %n",
    ),
    *rows(
        "client_abort", "400", "*",
        "client prematurely closed stream: only %n out of %n bytes of request body received",
    ),
    *rows(
        "client_abort", "499", "connecting to upstream|sending request to upstream|reading response header from upstream|reading upstream",
        "client prematurely closed connection, so upstream connection is closed too",
        "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too",
        "kevent() reported that client prematurely closed connection, so upstream connection is closed too",
        "client prematurely closed connection",
        "epoll_wait() reported that client prematurely closed connection",
        "kevent() reported that client prematurely closed connection",
    ),
    *rows(
        "rate_limited", "503", "",
        'limiting requests, excess: %n by zone "%name"',
        'limiting connections by zone "%name"',
    ),
    *rows(
        "client_side", "413", "",
        "client intended to send too large body: %n bytes",
    ),
    *rows(
        "client_side", "400", "*",
        "client intended to send body data larger than declared",
    ),
    *rows(
        "client_side", "none", "processing HTTP/2 connection|sending to client|",
        "writev() failed (32: %errtext)",
    ),
    *rows(
        "client_side", "none", "processing HTTP/2 connection|waiting for request|keepalive|reading client request headers|",
        "recv() failed (104: %errtext)",
    ),
    *rows(
        "client_side", "none", "sending to client|returning text|",
        "SSL_write() failed (%errno: %errtext)",
    ),
)
