"""Connecting to a peer, choosing one, and the connection to it breaking or falling silent.

Sources: ngx_event_connect.c, ngx_http_upstream.c, ngx_recv.c and kin.
"""

from __future__ import annotations

from tui502.read.error_log.template import rows

_READING = "reading response header from upstream|reading upstream|sending request to upstream|proxying and reading from upstream"
_ATTEMPT = "connecting to upstream|reading response header from upstream|SSL handshaking to upstream|sending request to upstream|proxying connection"

# fmt: off
TEMPLATES = (
    *rows(
        "connection_refused", "502", "connecting to upstream",
        "connect() to %addr failed (111: %errtext)",
        "connect() failed (111: %errtext)",
        "kevent() reported that connect() failed (%errno: %errtext)",
    ),
    *rows(
        "socket_missing", "502", "connecting to upstream",
        "connect() to %addr failed (2: %errtext)",
        "connect() to %addr failed (20: %errtext)",
        "connect() to %addr failed (40: %errtext)",
        "connect() to %addr failed (36: %errtext)",
    ),
    *rows(
        "socket_permission", "502", "connecting to upstream",
        "connect() to %addr failed (13: %errtext)",
        "connect() to %addr failed (1: %errtext)",
    ),
    *rows(
        "listen_queue_full", "502", "connecting to upstream",
        "connect() to %addr failed (11: %errtext)",
    ),
    *rows(
        "protocol_mismatch", "502", "connecting to upstream",
        "connect() to %addr failed (91: %errtext)",
    ),
    *rows(
        "address_not_available", "502", "connecting to upstream",
        "connect() to %addr failed (99: %errtext)",
    ),
    *rows(
        "no_route", "502", "connecting to upstream",
        "connect() to %addr failed (101: %errtext)",
        "connect() to %addr failed (113: %errtext)",
        "connect() to %addr failed (100: %errtext)",
        "connect() to %addr failed (112: %errtext)",
        "connect() to %addr failed (22: %errtext)",
        "connect() failed (113: %errtext)",
        "connect() failed (101: %errtext)",
        "connect() failed (100: %errtext)",
        "connect() failed (112: %errtext)",
    ),
    *rows(
        "connection_reset", "502", "connecting to upstream",
        "connect() to %addr failed (104: %errtext)",
        "connect() failed (104: %errtext)",
    ),
    *rows(
        "upstream_timeout_connect", "502", "connecting to upstream",
        "connect() to %addr failed (110: %errtext)",
        "connect() failed (110: %errtext)",
    ),
    *rows(
        "kernel_resources", "502", "connecting to upstream",
        "connect() to %addr failed (105: %errtext)",
        "connect() to %addr failed (12: %errtext)",
    ),
    *rows(
        "connect_other", "502", "connecting to upstream",
        "connect() to %addr failed (%errno: %errtext)",
        "connect() failed (%errno: %errtext)",
    ),
    *rows(
        "fd_limit", "500", "connecting to upstream",
        "socket() failed (24: %errtext)",
        "socket() failed (23: %errtext)",
    ),
    *rows(
        "no_route", "500", "connecting to upstream",
        "socket() failed (97: %errtext)",
    ),
    *rows(
        "kernel_resources", "500", "connecting to upstream",
        "socket() failed (%errno: %errtext)",
        "could not send PROXY protocol header at once",
    ),
    *rows(
        "address_not_available", "500", "connecting to upstream",
        "bind(%addr) failed (%errno: %errtext)",
    ),
    *rows(
        "permission_capability", "500", "connecting to upstream",
        "setsockopt(IP_TRANSPARENT) failed (%errno: %errtext)",
    ),
    *rows(
        "informational", "none", "connecting to upstream",
        "setsockopt(%opt) failed (%errno: %errtext), ignored",
    ),
    *rows(
        "fd_limit", "none", "",
        "%n worker_connections exceed open file resource limit: %n",
    ),
    *rows(
        "no_live_upstream", "502", "connecting to upstream",
        "no live upstreams",
    ),
    *rows(
        "peer_marked_down", "", _ATTEMPT,
        "upstream server temporarily disabled",
    ),
    *rows(
        "config_error", "500", "",
        "no upstream configuration",
    ),
    *rows(
        "config_error", "none", "connecting to upstream",
        "balancer does not support sticky",
    ),
    *rows(
        "upstream_timeout_connect", "504", "connecting to upstream",
        "upstream timed out (110: %errtext)",
    ),
    *rows(
        "upstream_timeout_connect", "504", "SSL handshaking to upstream",
        "upstream timed out (110: %errtext)",
    ),
    *rows(
        "upstream_timeout_send", "504", "sending request to upstream",
        "upstream timed out (110: %errtext)",
    ),
    *rows(
        "upstream_timeout_read", "504", "reading response header from upstream",
        "upstream timed out (110: %errtext)",
    ),
    *rows(
        "upstream_timeout_read", "truncated", "reading upstream",
        "upstream timed out (110: %errtext)",
    ),
    *rows(
        "upstream_timeout_read", "101", "proxying upgraded connection",
        "upstream timed out (110: %errtext)",
    ),
    *rows(
        "upstream_timeout_connect", "502", "proxying connection",
        "upstream timed out (110: %errtext)",
    ),
    *rows(
        "informational", "200", "proxying connection",
        "connection timed out (110: %errtext)",
        "disconnected on shutdown",
        "shutdown timeout",
    ),
    *rows(
        "connection_reset", "502", "reading response header from upstream",
        "recv() failed (104: %errtext)",
    ),
    *rows(
        "connection_reset", "truncated", "reading upstream",
        "recv() failed (104: %errtext)",
        "readv() failed (104: %errtext)",
        "readv() failed (%errno: %errtext)",
        "kevent() reported that upstream closed connection (%errno: %errtext)",
    ),
    *rows(
        "connection_reset", "502", "sending request to upstream",
        "send() failed (104: %errtext)",
        "send() failed (32: %errtext)",
        "writev() failed (104: %errtext)",
        "writev() failed (32: %errtext)",
        "sendfile() failed (104: %errtext)",
        "sendfile() failed (32: %errtext)",
        "writev() failed (%errno: %errtext)",
    ),
    *rows(
        "upstream_timeout_read", "502|truncated", _READING,
        "recv() failed (110: %errtext)",
    ),
    *rows(
        "connection_refused", "502|truncated", _READING,
        "recv() failed (111: %errtext)",
    ),
    *rows(
        "no_route", "502|truncated", _READING,
        "recv() failed (113: %errtext)",
    ),
    *rows(
        "connection_reset", "502|truncated", _READING,
        "recv() failed (107: %errtext)",
    ),
    *rows(
        "io_other", "502|truncated", "reading response header from upstream|reading upstream",
        "recv() failed (%errno: %errtext)",
    ),
    *rows(
        "connection_reset", "502", "sending request to upstream",
        "send() failed (%errno: %errtext)",
    ),
    *rows(
        "local_disk", "502|truncated", "sending request to upstream|sending to client",
        'sendfile() reported that "%path" was truncated at %n',
    ),
    *rows(
        "kernel_resources", "500", "sending request to upstream",
        "setsockopt(!TCP_CORK) failed (%errno: %errtext)",
    ),
    *rows(
        "premature_close", "502", "reading response header from upstream",
        "upstream prematurely closed connection",
    ),
    *rows(
        "premature_close", "truncated", "reading upstream|sending to client",
        "upstream prematurely closed connection",
    ),
    *rows(
        "protocol_mismatch", "502", "reading response header from upstream|connecting to upstream",
        "upstream prematurely sent response",
    ),
    *rows(
        "connection_reset", "502", "reading response header from upstream|sending request to upstream",
        "kevent() reported about an closed connection (%errno: %errtext)",
    ),
    *rows(
        "connection_reset", "502", "proxying and reading from upstream",
        "recv() failed (%errno: %errtext)",
    ),
    *rows(
        "connection_reset", "502", "proxying and sending to upstream",
        "send() failed (%errno: %errtext)",
    ),
    *rows(
        "nginx_bug", "500", "connecting to upstream",
        "buffered data on next upstream",
    ),
    *rows(
        "informational", "200", "",
        "udp timed out, packets from/to client:%n/%n, bytes from/to client:%n/%n, bytes from/to upstream:%n/%n",
        "udp done, packets from/to client:%n/%n, bytes from/to client:%n/%n, bytes from/to upstream:%n/%n",
        "upstream disconnected, bytes from/to client:%n/%n, bytes from/to upstream:%n/%n",
    ),
    *rows(
        "client_side", "200", "",
        "client disconnected, bytes from/to client:%n/%n, bytes from/to upstream:%n/%n",
    ),
)
