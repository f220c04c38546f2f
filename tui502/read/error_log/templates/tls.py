"""TLS between nginx and a peer. Alert numbers and X509 codes tell the reasons apart, never the level: it changed over the versions."""

from __future__ import annotations

from tui502.read.error_log.template import rows

# fmt: off
TEMPLATES = (
    *rows(
        "protocol_mismatch", "502", "SSL handshaking to upstream",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:wrong version number)",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:packet length too long)",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:record layer failure)",
    ),
    *rows(
        "tls_handshake", "502", "SSL handshaking to upstream",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:sslv3 alert handshake failure:SSL alert number 40)",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:tlsv1 alert protocol version:SSL alert number 70)",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:tlsv1 unrecognized name:SSL alert number 112)",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:%reason:SSL alert number %n)",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:unsupported protocol)",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:dh key too small)",
        "SSL_do_handshake() failed (SSL: error:%hex:SSL routines:%func:unsafe legacy renegotiation disabled)",
        "SSL_do_handshake() failed (SSL: %sslerr)",
        "SSL_do_handshake() failed (%errno: %errtext)",
        "peer closed connection in SSL handshake",
        "peer closed connection in SSL handshake (%errno: %errtext)",
    ),
    *rows(
        "tls_verify", "502", "SSL handshaking to upstream",
        "upstream SSL certificate verify error: (%n:%text)",
        'upstream SSL certificate does not match "%name"',
    ),
    *rows(
        "tls_handshake", "502|truncated", "reading response header from upstream|reading upstream",
        "SSL_read() failed (SSL: %sslerr)",
    ),
    *rows(
        "connection_reset", "502|truncated", "reading response header from upstream|reading upstream",
        "SSL_read() failed (%errno: %errtext)",
    ),
    *rows(
        "tls_handshake", "502", "sending request to upstream",
        "SSL_write() failed (SSL: %sslerr)",
    ),
    *rows(
        "connection_reset", "502", "sending request to upstream",
        "SSL_write() failed (%errno: %errtext)",
    ),
    *rows(
        "tls_handshake", "500", "connecting to upstream",
        'SSL_set_tlsext_host_name("%name") failed (SSL: %sslerr)',
        "SSL_set_alpn_protos() failed (SSL: %sslerr)",
    ),
    *rows(
        "kernel_resources", "500", "connecting to upstream",
        "SSL_new() failed (SSL: %sslerr)",
    ),
    *rows(
        "tls_local_certificate", "500", "connecting to upstream|proxying connection",
        'cannot load certificate "%path": %text (SSL: %sslerr)',
    ),
    *rows(
        "tls_local_certificate", "500", "connecting to upstream",
        'cannot load certificate key "%path": %text (SSL: %sslerr)',
        'SSL_use_PrivateKey("%path") failed (SSL: %sslerr)',
    ),
    *rows(
        "informational", "none", "*",
        "ignoring stale global SSL error (SSL: %sslerr)",
        "SSL_shutdown() failed (SSL: %sslerr)",
    ),
    *rows(
        "tls_local_certificate", "500", "connecting to upstream|SSL handshaking to upstream|proxying connection",
        'cannot load certificate key "%path": PEM_read_bio_PrivateKey() failed (SSL: %sslerr)',
    ),
)
