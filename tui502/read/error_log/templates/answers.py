"""Response headers and bodies that nginx cannot accept."""

from __future__ import annotations

from tui502.read.error_log.template import rows

# fmt: off
TEMPLATES = (
    *rows(
        "header_too_big", "502", "reading response header from upstream",
        "upstream sent too big header",
    ),
    *rows(
        "protocol_mismatch", "009", "reading response header from upstream",
        "upstream sent no valid HTTP/1.0 header",
        "upstream sent no valid HTTP/1.1 header",
    ),
    *rows(
        "invalid_header", "502", "reading response header from upstream",
        'upstream sent invalid header: "%text\\x%hex..."',
        "upstream sent invalid header",
        'upstream sent duplicate header line: "%header: %value", previous value: "%header: %value"',
        'upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time',
        'upstream sent invalid "Content-Length" header: "%header: %value"',
        'upstream sent unknown "Transfer-Encoding": "%value"',
        "upstream sent HTTP/1.0 response with early hints",
        'upstream sent invalid status "%value"',
    ),
    *rows(
        "invalid_header", "none", "reading response header from upstream",
        'upstream sent duplicate header line: "%header: %value", previous value: "%header: %value", ignored',
    ),
    *rows(
        "invalid_body", "truncated", "reading upstream|reading response header from upstream",
        "upstream sent invalid chunked response",
    ),
    *rows(
        "header_too_big", "truncated", "reading upstream",
        "upstream sent too big trailers",
    ),
    *rows(
        "invalid_header", "truncated", "reading upstream",
        'upstream sent invalid trailer: "%text\\x%hex..."',
    ),
    *rows(
        "invalid_body", "none", "reading upstream|reading response header from upstream",
        'upstream sent more data than specified in "Content-Length" header',
    ),
    *rows(
        "invalid_body", "none", "reading upstream",
        "upstream sent data after final chunk",
        "upstream sent data after trailers",
    ),
    *rows(
        "protocol_mismatch", "500", "reading response header from upstream",
        "connection upgrade in subrequest",
    ),
    *rows(
        "invalid_header", "404", "reading response header from upstream",
        'unsafe URI "%uri" was detected',
    ),
    *rows(
        "header_too_big", "500", "sending to client|",
        "too big subrequest response: %n",
        "too big subrequest response",
    ),
    *rows(
        "header_too_big", "500", "",
        "%module_buffer_size %n is not enough for cache key, it should be increased to at least %n",
    ),
    *rows(
        "auth_backend", "500", "sending to client|",
        "auth request unexpected status: %n",
    ),
    *rows(
        "invalid_header", "truncated", "reading response header from upstream|reading upstream",
        "unexpected status code %n in slice response",
        "unexpected range in slice response: %text",
        "invalid range in slice response",
        "no complete length in slice response",
        "etag mismatch in slice response",
    ),
)
