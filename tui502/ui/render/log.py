"""What a record of the log is called: its class, its level, what the client got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from tui502.read.symptoms import FAILING

if TYPE_CHECKING:
    from tui502.model.facts import Facts
    from tui502.model.session import LogLine

CLASSES: Mapping[str, str] = {
    "connection_refused": "refused",
    "socket_missing": "no file",
    "socket_permission": "denied",
    "upstream_timeout_connect": "timeout",
    "upstream_timeout_read": "timeout",
    "upstream_timeout_send": "timeout",
    "connection_reset": "reset",
    "premature_close": "closed",
    "no_live_upstream": "no live",
    "peer_marked_down": "benched",
    "header_too_big": "too big",
    "invalid_header": "bad head",
    "protocol_mismatch": "protocol",
    "http2_protocol_error": "protocol",
    "invalid_body": "protocol",
    "peer_goaway": "protocol",
    "tls_handshake": "tls",
    "tls_verify": "tls",
    "tls_local_certificate": "tls",
    "host_not_found": "no name",
    "resolver": "no name",
    "no_route": "no route",
    "listen_queue_full": "queue",
    "address_not_available": "limit",
    "fd_limit": "limit",
    "worker_connections": "limit",
    "kernel_resources": "limit",
    "local_disk": "disk",
    "buffered_to_disk": "disk",
    "config_error": "config",
    "listen_conflict": "config",
    "permission_capability": "config",
    "worker_crash": "crash",
    "client_abort": "client",
    "client_side": "client",
    "request_too_big": "client",
    "rate_limited": "client",
}
"""Symptom → class word, at most 8 cells. What is not here is "other"."""

_LEVELS = {"emerg": "M", "alert": "A", "crit": "C", "error": "E", "warn": "W", "notice": "N", "info": "I", "debug": "D"}
_WORSE = "MACE"
_TIMEOUTS = {"upstream_timeout_connect", "upstream_timeout_read", "upstream_timeout_send"}


def class_of(symptom: str) -> str:
    return CLASSES.get(symptom, "other")


def fails(line: LogLine) -> bool:
    """Whether the record tells of an upstream failure."""
    return line.symptom in FAILING


class Ends(NamedTuple):
    """How requests end: `sole` are peers without an alternative, what fails there the client sees; `lost` and `saved` are pairs of symptom and peer of which
    the client saw every failure, or none because another peer answered."""

    sole: frozenset[str] = frozenset()
    lost: frozenset[tuple[str, str]] = frozenset()
    saved: frozenset[tuple[str, str]] = frozenset()

    def with_facts(self, facts: Facts | None) -> Ends:
        """With what these facts say. A peer that was the only one stays so: its records were written then."""
        if facts is None:
            return self
        sole = frozenset(pass_.peers[0].address for pass_ in facts.routes.passes if len(pass_.peers) == 1)
        pairs = [((symptom, each.target.peer), each) for each in facts.outages for symptom in each.symptoms]
        some_saved = {pair for pair, each in pairs if each.saved is None or each.saved}
        some_lost = {pair for pair, each in pairs if each.saved is None or each.client_visible}
        known = {pair for pair, _ in pairs}
        return Ends(self.sole | sole, frozenset(known - some_saved), frozenset(known - some_lost))


def client(line: LogLine, ends: Ends) -> str:
    """What the client got: its status, "saved" when a retry was answered, "?" when it was not seen, "-" when no request is concerned."""
    if not line.request:
        return "-"
    if fails(line) and (line.peer in ends.sole or line.symptom == "no_live_upstream" or (line.symptom, line.peer) in ends.lost):
        return status_of(line.symptom)
    if (line.symptom, line.peer) in ends.saved:
        return "saved"
    return "?" if line.symptom else "-"


def status_of(symptom: str) -> str:
    """What nginx answers for a symptom."""
    return "504" if symptom in _TIMEOUTS else "502"


def level_span(level: str) -> tuple[str, str]:
    letter = _LEVELS.get(level, "?")
    return letter, "failing" if letter in _WORSE else "degraded" if letter == "W" else ""


def request_words(request: str) -> str:
    """The request line without its protocol."""
    words = request.split(" ")
    return " ".join(words[:-1]) if len(words) > 2 and words[-1].startswith("HTTP/") else request
