"""Directives that crossplane does not know: where they may stand, what they take, the version that brought them. Source: nginx's own tables of commands,
1.31.5, and its change log; '' where a directive is older than both tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_HTTP, _SERVERS, _STREAM, _MAIL = ("http", "server", "location"), ("http", "server"), ("stream", "server of stream"), ("mail", "server of mail")
_FLAG, _ONE, _THREE, _MORE = "on or off", "1 argument", "1 to 3 arguments", "1 or more arguments"


class _Rows(NamedTuple):
    """Names that stand in the same blocks and take the same, by the version that brought them."""

    contexts: tuple[str, ...]
    takes: str
    since: Mapping[str, str]


_TABLE = (
    _Rows(("events",), _ONE, {"": "epoll_events"}),
    _Rows(("main",), _FLAG, {"1.27.4": "ssl_object_cache_inheritable", "1.25.0": "quic_bpf"}),
    _Rows(_HTTP, _ONE, {
        "": "gzip_window gzip_hash postpone_gzipping uwsgi_string", "1.17.10": "auth_delay", "1.27.4": "keepalive_min_timeout",
        "1.31.0": "tunnel_connect_timeout tunnel_send_timeout tunnel_send_lowat tunnel_buffer_size tunnel_read_timeout tunnel_next_upstream_tries "
                  "tunnel_next_upstream_timeout",
        "1.31.3": "fastcgi_socket_rcvbuf fastcgi_socket_sndbuf grpc_socket_rcvbuf grpc_socket_sndbuf scgi_socket_rcvbuf scgi_socket_sndbuf "
                  "tunnel_socket_rcvbuf tunnel_socket_sndbuf uwsgi_socket_rcvbuf uwsgi_socket_sndbuf",
    }),
    _Rows(_HTTP, "1 or 2 arguments", {"1.31.0": "tunnel_bind"}),
    _Rows(_HTTP, _THREE, {"1.19.3": "userid_flags", "1.27.4": "grpc_ssl_certificate_cache uwsgi_ssl_certificate_cache"}),
    _Rows(_HTTP, "1 to 4 arguments", {"1.19.3": "proxy_cookie_flags"}),
    _Rows(_HTTP, "2 arguments", {"1.19.4": "grpc_ssl_conf_command uwsgi_ssl_conf_command"}),
    _Rows(_HTTP, _MORE, {"1.29.0": "early_hints", "1.31.0": "tunnel_next_upstream"}),
    _Rows(_HTTP, _FLAG, {
        "": "gzip_no_buffer ssi_ignore_recycled_buffers open_file_cache_events", "1.21.4": "mp4_start_key_frame", "1.27.2": "proxy_pass_trailers",
        "1.31.0": "tunnel_socket_keepalive", "1.31.3": "xml_external_entities",
    }),
    _Rows((*_HTTP, "if in location"), _ONE, {"": "post_action", "1.29.3": "add_header_inherit add_trailer_inherit"}),
    _Rows(("server", "location", "if in location"), "at most 1 argument", {"1.31.0": "tunnel_pass"}),
    _Rows((*_HTTP, "upstream"), _ONE, {"1.19.10": "keepalive_time"}),
    _Rows((*_HTTP, *_STREAM), _ONE, {"1.31.3": "proxy_socket_rcvbuf proxy_socket_sndbuf"}),
    _Rows((*_HTTP, *_STREAM), _THREE, {"1.27.4": "proxy_ssl_certificate_cache"}),
    _Rows((*_HTTP, *_STREAM), "2 arguments", {"1.19.4": "proxy_ssl_conf_command"}),
    _Rows(_SERVERS, _ONE, {
        "1.25.0": "http3_max_concurrent_streams http3_stream_buffer_size quic_host_key quic_active_connection_id_limit", "1.29.8": "max_headers",
    }),
    _Rows(_SERVERS, _MORE, {"1.31.5": "client_body_early_read"}),
    _Rows(_SERVERS, _FLAG, {"1.25.0": "http3 http3_hq quic_retry quic_gso", "1.25.1": "http2"}),
    _Rows((*_SERVERS, *_STREAM), _ONE, {"1.19.0": "ssl_ocsp ssl_ocsp_responder ssl_ocsp_cache", "1.29.4": "ssl_ech_file"}),
    _Rows((*_SERVERS, *_STREAM), _THREE, {"1.27.4": "ssl_certificate_cache"}),
    _Rows((*_SERVERS, *_STREAM), _FLAG, {"1.19.4": "ssl_reject_handshake"}),
    _Rows((*_SERVERS, *_STREAM, *_MAIL), _FLAG, {"1.29.1": "ssl_certificate_compression"}),
    _Rows((*_SERVERS, *_STREAM, *_MAIL), "2 arguments", {"1.19.4": "ssl_conf_command"}),
    _Rows(_STREAM, _ONE, {"": "proxy_downstream_buffer proxy_upstream_buffer"}),
    _Rows(_STREAM, _FLAG, {"1.21.4": "proxy_half_close"}),
    _Rows(_STREAM, _MORE, {"1.21.4": "ssl_alpn", "1.31.0": "proxy_ssl_alpn"}),
    _Rows(("server of stream",), _ONE, {"1.25.5": "pass"}),
    _Rows(_MAIL, _ONE, {"1.21.0": "max_errors"}),
    _Rows(_MAIL, _FLAG, {"": "proxy", "1.19.4": "proxy_smtp_auth"}),
)  # fmt: skip

NEWER: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    name: (rows.contexts, rows.takes, since) for rows in _TABLE for since, names in rows.since.items() for name in names.split()
}
"""Name → (blocks, arguments in words, version)."""
