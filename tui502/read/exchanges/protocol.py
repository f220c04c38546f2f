"""Which protocol a peer speaks, as far as the bytes that it sent prove it."""

from __future__ import annotations

import re

from tui502.model.evidence import Exchange
from tui502.model.facts import Family
from tui502.read.exchanges import fastcgi, http2, tls

HTTP, TLS, FASTCGI, HTTP2 = "HTTP", "TLS", "FastCGI", "HTTP/2"

SPEAKS: dict[Family, str] = {
    "http": HTTP, "https": TLS, "fastcgi": FASTCGI, "uwsgi": "uwsgi", "scgi": "SCGI", "grpc": HTTP2, "grpcs": TLS, "memcached": "memcached",
}  # fmt: skip
"""What nginx speaks first to a target of each family, in the words of `spoken`."""

ASKED: dict[Family, str] = {"http": "http", "https": "https", "fastcgi": "fastcgi"}
"""How a target of a family is asked in its own protocol (`Exchange.speak`); of the other families only the connection is tried."""

_BEGINNINGS = (
    (re.compile(rb"HTTP/\d(?:\.\d)? \d{3}\b"), HTTP),
    (re.compile(rb"SSH-\d"), "SSH"),
    (re.compile(rb"220[ -][^\r\n]*\b(?:SMTP|ESMTP)\b", re.I), "SMTP"),
    (re.compile(rb"220[ -]"), "FTP or SMTP"),
    (re.compile(rb"\* OK\b"), "IMAP"),
    (re.compile(rb"\+OK\b"), "POP3"),
    (re.compile(rb"-(?:ERR|NOAUTH|DENIED|MISCONF)\b"), "Redis"),
    (re.compile(rb"(?:CLIENT_|SERVER_)?ERROR\b[^\r\n]*\r\n"), "memcached"),
    (re.compile(rb".{3}\0(?:\x0a[\d.]+|\xff.{2})", re.S), "MySQL"),
)
_WANTS_TLS = re.compile(rb"plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL-enabled", re.I)


def spoken(received: bytes) -> str:
    """The protocol that these first bytes of a server belong to, '' when that cannot be said."""
    if tls.is_record(received):
        return TLS
    if fastcgi.is_record(received):
        return FASTCGI
    if http2.is_frame(received):
        return HTTP2
    return next((name for pattern, name in _BEGINNINGS if pattern.match(received)), "")


def found(exchange: Exchange) -> str:
    """The protocol that an exchange proves its peer to speak on the wire, '' when it proves none."""
    if exchange.tls and exchange.tls.version:
        return TLS
    if exchange.speak == "http" and _WANTS_TLS.search(exchange.received):
        return TLS
    return spoken(exchange.received)


def as_asked(exchange: Exchange) -> bool:
    """Whether the peer answered in the protocol in which it was asked."""
    if exchange.speak == "tls":
        return exchange.tls is not None and bool(exchange.tls.version)
    if exchange.speak == "https":
        return exchange.tls is not None and bool(exchange.tls.version) and spoken(exchange.received) == HTTP
    return found(exchange) == {"http": HTTP, "replay": HTTP, "fastcgi": FASTCGI}.get(exchange.speak)
