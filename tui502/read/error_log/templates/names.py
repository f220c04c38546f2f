"""The resolver. The number after "could not be resolved" is a DNS rcode, not an errno."""

from __future__ import annotations

from tui502.read.error_log.template import rows

# fmt: off
TEMPLATES = (
    *rows(
        "resolver", "502", "",
        "no resolver defined to resolve %host",
        "%host could not be resolved (2: Server failure)",
        "%host could not be resolved (4: Unimplemented)",
        "%host could not be resolved (5: Operation refused)",
        "%host could not be resolved (110: Operation timed out)",
        "%host could not be resolved (%n: Unknown error)",
    ),
    *rows(
        "host_not_found", "502", "",
        "%host could not be resolved (3: Host not found)",
        "%host could not be resolved (1: Format error)",
    ),
    *rows(
        "resolver", "none", "",
        "service %service of %host could not be resolved (%n: %text)",
        "%host could not be resolved (%n: %text) while resolving service %service of %host",
        "DNS error (%n: %text), query id:%n",
        "invalid %proto DNS response %n fl:%hex",
        "wrong ident %n in DNS response for %host, expect %n",
        "unexpected DNS response for %host",
        "short DNS response",
        "name is out of DNS response",
        "no A or CNAME types in DNS response",
        "no SRV type in DNS response",
        "unexpected RR class %n in DNS response",
        "unexpected RR type %n in DNS response",
        "unknown query class %n in DNS response",
        "unknown query type %n in DNS response",
        'DNS error (%n: %text), query id:%n, name:"%host"',
    ),
    *rows(
        "config_error", "none", "",
        'cannot add new server to upstream "%name", memory exhausted',
    ),
    *rows(
        "resolver", "none", "resolving",
        "recv() failed (%errno: %errtext)",
        "send() failed (%errno: %errtext)",
        "connect() failed (%errno: %errtext)",
        "connect() to %addr failed (%errno: %errtext)",
        "send() incomplete",
    ),
)
