"""A configuration that nginx refuses at start or reload, or a pass that cannot be worked out for a request."""

from __future__ import annotations

from tui502.read.error_log.template import rows

# fmt: off
TEMPLATES = (
    *rows(
        "config_error", "500", "",
        '%urlerr in upstream "%value"',
        'invalid URL prefix in "%value"',
        'no port in upstream "%host"',
        "zero length URI to proxy",
        'cache "%name" not found',
        'rewrite or internal redirection cycle while internally redirecting to "%uri"',
        'rewrite or internal redirection cycle while processing "%uri"',
    ),
    *rows(
        "config_error", "none", "",
        'invalid local address "%value"',
        'using uninitialized "%name" variable',
    ),
    *rows(
        "config_error", "500", "*",
        'thread pool "%name" not found',
    ),
    *rows(
        "host_not_found", "no start", "",
        'host not found in upstream "%host"',
        'host not found in resolver "%host"',
    ),
    *rows(
        "config_error", "no start", "",
        "no servers are inside upstream",
        'no servers in upstream "%name"',
        '%urlerr in upstream "%value"',
        "invalid URL prefix",
        'duplicate upstream "%name"',
        'upstream "%name" may not have port %n',
        'no port in upstream "%name"',
        'invalid parameter "%value"',
        'balancing method does not support parameter "%value"',
        'resolving names at run time requires upstream "%name" in %file:%n to be in shared memory',
        'no resolver defined to resolve names at run time in upstream "%name" in %file:%n',
        '"proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer',
        '"proxy_busy_buffers_size" must be equal to or greater than the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"',
        '"proxy_max_temp_file_size" must be equal to zero to disable temporary files usage or must be equal to or greater than '
        'the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"',
        'unknown directive "%name"',
    ),
    *rows(
        "tls_verify", "no start", "",
        "no proxy_ssl_trusted_certificate for proxy_ssl_verify",
    ),
    *rows(
        "tls_local_certificate", "no start", "",
        'no "proxy_ssl_certificate_key" is defined for certificate "%path"',
        'cannot load certificate "%path": %text (SSL: %sslerr)',
    ),
    *rows(
        "listen_conflict", "no start", "",
        "bind() to %addr failed (98: %errtext)",
    ),
)
