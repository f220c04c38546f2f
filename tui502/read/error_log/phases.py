"""The phrases after " while " that nginx puts into a record, and which side of it they concern."""

from __future__ import annotations

BEFORE_HEADER = frozenset(
    {"", "connecting to upstream", "SSL handshaking to upstream", "sending request to upstream", "reading response header from upstream", "resolving"}
)
"""The client has got nothing yet: its status is still open. Stream phases have no status line at all and count as after it."""

UPSTREAM = (BEFORE_HEADER - {""}) | {
    "reading upstream",
    "proxying upgraded connection",
    "proxying connection",
    "proxying and reading from upstream",
    "proxying and sending to upstream",
    "sending early hints to client",
    "requesting certificate status",
    "loading proxy ssl certificate by lua",
    "proxy pass SSL handshaking",
}
"""nginx is busy with a peer or with the resolver."""

CLIENT = frozenset(
    {
        "SSL handshaking",
        "waiting for request",
        "keepalive",
        "reading PROXY protocol",
        "reading client request line",
        "reading client pipelined request line",
        "reading client request headers",
        "reading client request body",
        "processing HTTP/2 connection",
        "processing HTTP/3 connection",
        "handling frames",
        "handling decrypted packet",
        "decrypting packet",
        "prereading client data",
        "initializing session",
        "delaying request",
        "sending to client",
        "sending response to client",
        "returning text",
        "closing request",
        "closing connection",
    }
)
"""nginx is busy with the client: a failing call in such a phase is the client's doing."""

SIDE = frozenset({"logging to syslog", "logging request"})

KNOWN = UPSTREAM | CLIENT | SIDE
