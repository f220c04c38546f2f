"""Which symptoms of the error log mean that a request failed, and which of them come from the attempt to connect."""

from __future__ import annotations

CONNECTING = frozenset(
    {
        "connection_refused", "socket_missing", "socket_permission", "no_route", "upstream_timeout_connect", "listen_queue_full", "connect_other",
        "address_not_available", "no_live_upstream",
    }
)  # fmt: skip
"""Nobody was reached: over as soon as the peer accepts again."""

FAILING = CONNECTING | {
    "connection_reset", "fd_limit", "header_too_big", "host_not_found", "http2_protocol_error", "invalid_body", "invalid_header", "kernel_resources",
    "permission_capability", "premature_close", "protocol_mismatch", "resolver", "tls_handshake", "tls_verify", "upstream_timeout_read",
    "upstream_timeout_send", "worker_connections",
}  # fmt: skip
"""The client got 500, 502 or 504 unless a retry saved it. What a client did itself, hints and warnings are none of these."""

OWN_ANSWERS = frozenset({"backend_answers_502", "backend_answers_504", "nginx_answers_502", "nginx_answers_504"})
"""The client got 502 or 504 and no try failed: the application or nginx itself answered so. Of these access logs alone tell."""

WORDS = {
    "connection_refused": "refused", "socket_missing": "no file", "socket_permission": "denied", "no_live_upstream": "no live", "premature_close": "closed",
    "connection_reset": "reset", "upstream_timeout_connect": "timeout", "upstream_timeout_read": "timeout", "upstream_timeout_send": "timeout",
    "header_too_big": "too big", "invalid_header": "bad head", "protocol_mismatch": "protocol", "tls_handshake": "tls", "tls_verify": "tls",
    "host_not_found": "no name", "resolver": "no name", "no_route": "no route", "listen_queue_full": "queue", "backend_answers_502": "its own",
    "backend_answers_504": "its own", "nginx_answers_502": "nginx's", "nginx_answers_504": "nginx's",
}  # fmt: skip
"""The class as the log pane writes it."""

SAYS = {
    "connection_refused": "{peer} refuses the connection", "socket_missing": "there is no socket {peer}", "socket_permission": "nginx is denied {peer}",
    "no_live_upstream": "all peers of {peer} are set aside", "premature_close": "{peer} closes before it answers",
    "connection_reset": "{peer} resets the connection",
    "upstream_timeout_connect": "{peer} does not answer a connect in time", "upstream_timeout_read": "{peer} accepts and sends nothing in time",
    "upstream_timeout_send": "{peer} does not take the request in time", "header_too_big": "the answer of {peer} has too big a header",
    "invalid_header": "{peer} sends a header nginx refuses", "protocol_mismatch": "{peer} speaks another protocol", "tls_handshake": "TLS to {peer} fails",
    "tls_verify": "the certificate of {peer} is not accepted", "host_not_found": "a host name does not resolve", "resolver": "a host name does not resolve",
    "no_route": "no route leads to {peer}", "listen_queue_full": "the accept queue of {peer} is full", "worker_connections": "nginx has no connection left",
    "fd_limit": "nginx has no file descriptor left", "not_served": "nobody listens where nginx should",
    "backend_answers_502": "the application itself answered 502 ({peer})", "backend_answers_504": "the application itself answered 504 ({peer})",
    "nginx_answers_502": "nginx answered 502 and asked no backend", "nginx_answers_504": "nginx answered 504 and asked no backend",
}  # fmt: skip
"""What a symptom says, as the fact of a sentence while no cause is known."""

TIMEOUT = "upstream_timeout_read"
"""The symptom of a page that takes longer than nginx waits."""

TIMEOUTS = frozenset({"upstream_timeout_connect", TIMEOUT, "upstream_timeout_send"})
"""nginx's own timers: the client gets 504."""


def says(symptom: str, peer: str) -> str:
    return SAYS.get(symptom, f"{symptom.replace('_', ' ')} at {{peer}}" if peer else symptom.replace("_", " ")).format(peer=peer)
