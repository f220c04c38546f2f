"""FastCGI, uwsgi, SCGI and memcached."""

from __future__ import annotations

from tui502.read.error_log.template import rows

# fmt: off
TEMPLATES = (
    *rows(
        "fastcgi_script_missing", "404", "reading response header from upstream",
        'FastCGI sent in stderr: "Primary script unknown"',
        'FastCGI sent in stderr: "Unable to open primary script: %path (%errtext)"',
    ),
    *rows(
        "fastcgi_script_missing", "403", "reading response header from upstream",
        'FastCGI sent in stderr: "Unable to open primary script: %path (Permission denied)"',
        'FastCGI sent in stderr: "Access to the script \'%path\' has been denied (see security.limit_extensions)"',
    ),
    *rows(
        "fastcgi_stderr", "", "reading response header from upstream|reading upstream",
        'FastCGI sent in stderr: "%text"',
    ),
    *rows(
        "premature_close", "502|truncated", "reading response header from upstream|reading upstream",
        "upstream prematurely closed FastCGI stdout",
    ),
    *rows(
        "premature_close", "truncated", "reading upstream|reading response header from upstream",
        "upstream prematurely closed FastCGI request",
    ),
    *rows(
        "protocol_mismatch", "502", "reading response header from upstream",
        "upstream sent unexpected FastCGI record: %n",
        'memcached sent invalid key in response "%text" for key "%key"',
        'memcached sent invalid flags in response "%text" for key "%key"',
        'memcached sent invalid length in response "%text" for key "%key"',
        'memcached sent invalid response: "%text"',
    ),
    *rows(
        "protocol_mismatch", "502", "reading response header from upstream|reading upstream",
        "upstream sent unsupported FastCGI protocol version: %n",
        "upstream sent invalid FastCGI record type: %n",
        "upstream sent unexpected FastCGI request id high byte: %n",
        "upstream sent unexpected FastCGI request id low byte: %n",
    ),
    *rows(
        "invalid_header", "500", "reading response header from upstream",
        "invalid header after joining FastCGI records",
    ),
    *rows(
        "request_too_big", "500", "",
        "fastcgi request record is too big: %n",
        "uwsgi request is too big: %n",
    ),
    *rows(
        "config_error", "500", "",
        "fastcgi request length mismatch",
        "uwsgi request is too little: %n",
        "uwsgi request length mismatch",
        "scgi request length mismatch",
        "suwsgi protocol requires SSL support",
        'the "$memcached_key" variable is not set',
    ),
    *rows(
        "config_error", "truncated", "reading response header from upstream",
        "memcached sent invalid trailer",
    ),
    *rows(
        "informational", "404", "reading response header from upstream",
        'key: "%key" was not found by memcached',
    ),
)
