"""OpenResty (Lua), Tengine and other modules; freenginx and Angie drop lines over a rate."""

from __future__ import annotations

from tui502.read.error_log.template import rows

# fmt: off
TEMPLATES = (
    *rows(
        "upstream_timeout_connect", "", "*",
        "lua tcp socket connect timed out",
        "lua tcp socket connect timed out, when connecting to %addr",
        "proxy_connect: upstream connect timed out (peer:%addr)",
    ),
    *rows(
        "upstream_timeout_read", "", "*",
        "lua tcp socket read timed out",
    ),
    *rows(
        "upstream_timeout_send", "", "*",
        "lua tcp socket write timed out",
    ),
    *rows(
        "no_live_upstream", "500", "connecting to upstream",
        "lua balancer: no peer set",
        "no peer was returned, balancer: %name",
    ),
    *rows(
        "lua_error", "500", "connecting to upstream",
        "failed to run balancer_by_lua*: %text",
    ),
    *rows(
        "lua_error", "500", "*",
        "lua entry thread aborted: %text",
    ),
    *rows(
        "lua_error", "", "*",
        "[lua] %file:%n: %text",
    ),
    *rows(
        "tls_verify", "", "*",
        "lua ssl certificate verify error: (%n: %text)",
    ),
    *rows(
        "health_check_failed", "", "",
        "check time out with peer: %addr ",
        "check protocol %name error with peer: %addr ",
    ),
    *rows(
        "peer_marked_down", "", "",
        "disable check peer: %addr ",
    ),
    *rows(
        "informational", "", "",
        "enable check peer: %addr ",
    ),
    *rows(
        "invalid_header", "", "",
        "cgi invalid header: %text",
    ),
    *rows(
        "log_dropped", "", "",
        "too many log messages, limiting",
    ),
)
