"""nginx's own defaults for the directives about backends, by its version. Source: the merge functions of its modules, 1.14 to 1.31.

Names stand without the prefix of their family: `read_timeout` for proxy_read_timeout, fastcgi_read_timeout …
"""

from __future__ import annotations

from typing import NamedTuple

from tui502.read.known import CHANGED, IN_GROUP, ORDINARY
from tui502.read.values import numbers

PAGE = "4k"
"""The size of a memory page, from which nginx takes its buffers, on nearly every machine."""

_ALL, _BODIES, _TLS = "proxy fastcgi uwsgi scgi grpc memcached", "proxy fastcgi uwsgi scgi", "proxy uwsgi grpc"
_STREAMS = "proxy fastcgi uwsgi scgi grpc"


class _Known(NamedTuple):
    """Directives and their defaults ('' for none), the prefixes that have them, the version that brought them."""

    prefixes: str
    values: dict[str, str]
    since: str = ""


_TABLE = (
    _Known(_ALL, {
        "bind": "", "buffer_size": PAGE, "connect_timeout": "60s", "send_timeout": "60s", "read_timeout": "60s", "next_upstream": "error timeout",
        "next_upstream_timeout": "0", "next_upstream_tries": "0",
    }),
    _Known(_ALL, {"socket_keepalive": "off"}, "1.15.6"),
    _Known(_STREAMS, {"hide_header": "", "ignore_headers": "", "intercept_errors": "off", "pass_header": ""}),
    _Known(_STREAMS, {"socket_rcvbuf": "0", "socket_sndbuf": "0"}, "1.31.3"),
    _Known(_BODIES, {
        "buffering": "on", "buffers": f"8 {PAGE}", "busy_buffers_size": "", "cache": "off", "cache_background_update": "off", "cache_bypass": "",
        "cache_key": "", "cache_lock": "off", "cache_lock_age": "5s", "cache_lock_timeout": "5s", "cache_max_range_offset": "", "cache_methods": "GET HEAD",
        "cache_min_uses": "1", "cache_revalidate": "off", "cache_use_stale": "off", "cache_valid": "", "force_ranges": "off", "ignore_client_abort": "off",
        "limit_rate": "0", "max_temp_file_size": "1024m", "no_cache": "", "pass_request_body": "on", "pass_request_headers": "on", "request_buffering": "on",
        "store": "off", "store_access": "user:rw", "temp_file_write_size": "", "temp_path": "",
    }),
    _Known("proxy", {
        "cache_convert_head": "on", "cookie_domain": "off", "cookie_path": "off", "headers_hash_bucket_size": "64", "headers_hash_max_size": "512",
        "method": "", "redirect": "default", "send_lowat": "0", "set_body": "", "set_header": "",
    }),
    _Known("proxy", {"cookie_flags": "off"}, "1.19.3"),
    _Known("proxy", {"pass_trailers": "off"}, "1.27.2"),
    _Known("fastcgi", {"catch_stderr": "", "index": "", "keep_conn": "off", "param": "", "send_lowat": "0", "split_path_info": ""}),
    _Known("uwsgi", {"modifier1": "0", "modifier2": "0", "param": "", "string": ""}),
    _Known("scgi", {"param": ""}),
    _Known("grpc", {"set_header": ""}),
    _Known("memcached", {"gzip_flag": ""}),
    _Known(_TLS, {
        "ssl_certificate": "", "ssl_certificate_key": "", "ssl_ciphers": "DEFAULT", "ssl_crl": "", "ssl_name": "$proxy_host", "ssl_password_file": "",
        "ssl_server_name": "off", "ssl_session_reuse": "on", "ssl_trusted_certificate": "", "ssl_verify": "off", "ssl_verify_depth": "1",
    }),
    _Known(_TLS, {"ssl_conf_command": ""}, "1.19.4"),
    _Known(_TLS, {"ssl_certificate_cache": "off"}, "1.27.4"),
)  # fmt: skip

_CHANGED = {
    "http_version": (("", "1.0"), ("1.29.7", "1.1")),
    "ssl_protocols": CHANGED["ssl_protocols"],
}
"""Defaults that another version changed: (since, value), oldest first."""

_CHANGED_IN = {"http_version": "proxy", "ssl_protocols": _TLS}
_PLAIN = {name: value for known in _TABLE for name, value in known.values.items()}

GENERAL = {
    name: ORDINARY.get(name, "") for name in (
        "client_body_timeout", "client_max_body_size", "error_page", "keepalive_timeout", "resolver", "resolver_timeout", "root", "send_timeout",
    )
}  # fmt: skip
"""Directives without a family that decide about a request to a backend too, and their defaults."""


def default(name: str, version: str) -> str:
    """What nginx of this version ("1.22.1") takes when nothing sets `*_<name>`; '' where there is no such value. The oldest, where the version is unknown."""
    return _of_version(_CHANGED[name], version) if name in _CHANGED else _PLAIN.get(name, "")


def general(name: str, version: str, block: str = "") -> str:
    """The same for a directive that is not about backends, by its whole name, in a block of that name."""
    if block == "upstream" and name in IN_GROUP:
        return IN_GROUP[name]
    return _of_version(CHANGED[name], version) if name in CHANGED else ORDINARY.get(name, "")


def _of_version(known: tuple[tuple[str, str], ...], version: str) -> str:
    return [value for since, value in known if numbers(version) >= numbers(since)][-1]


def names(prefix: str, version: str) -> tuple[str, ...]:
    """The directives that this version of nginx has for a family, in alphabetical order; all that are known where the version is unknown."""
    here = numbers(version)
    found = [name for known in _TABLE if prefix in known.prefixes.split() and (not here or here >= numbers(known.since)) for name in known.values]
    return tuple(sorted((*found, *(name for name, prefixes in _CHANGED_IN.items() if prefix in prefixes.split()))))
