"""nginx's own defaults for directives that are not about backends. Source: the merge functions of its modules, 1.14 to 1.31, with pages of 4k and cache lines
of 64 bytes, as on nearly every machine. What depends on how nginx was built is left out."""

from __future__ import annotations

from collections.abc import Mapping

_SAID = """
on: absolute_redirect add_header_inherit add_trailer_inherit autoindex_exact_size chunked_transfer_encoding daemon etag http3 ignore_invalid_headers
on: lingering_close log_not_found master_process merge_slashes mirror_request_body msie_padding port_in_redirect server_tokens
on: ssl_object_cache_inheritable ssl_session_tickets sub_filter_once tcp_nodelay uninitialized_variable_warn
off: accept_mutex aio aio_write auth_basic auth_request autoindex autoindex_localtime charset client_body_in_file_only client_body_in_single_buffer
off: directio disable_symlinks expires gunzip gzip gzip_proxied gzip_static gzip_vary http2 http3_hq limit_conn_dry_run limit_req_dry_run
off: log_subrequest mirror msie_refresh multi_accept open_file_cache open_file_cache_errors open_log_file_cache pcre_jit proxy_half_close proxy_protocol
off: proxy_ssl quic_gso quic_retry real_ip_recursive recursive_error_pages reset_timedout_connection rewrite_log sendfile server_name_in_redirect ssi
off: ssl_certificate_cache ssl_certificate_compression ssl_early_data ssl_ocsp ssl_ocsp_cache ssl_prefer_server_ciphers ssl_preread ssl_reject_handshake
off: ssl_stapling ssl_stapling_verify ssl_verify_client sub_filter_last_modified tcp_nopush underscores_in_headers
0: auth_delay keepalive_min_timeout limit_rate limit_rate_after proxy_download_rate proxy_requests proxy_upload_rate read_ahead send_lowat slice
0: timer_resolution worker_shutdown_timeout
1: gzip_comp_level open_file_cache_min_uses ssl_verify_depth worker_processes
20: gzip_min_length
32: worker_aio_requests
64: map_hash_bucket_size server_names_hash_bucket_size types_hash_bucket_size variables_hash_bucket_size
128: http2_max_concurrent_streams http3_max_concurrent_streams
512: connection_pool_size directio_alignment epoll_events server_names_hash_max_size worker_connections
1000: max_headers
1024: types_hash_max_size variables_hash_max_size
1460: postpone_output
2048: map_hash_max_size
1k: client_header_buffer_size
4k: request_pool_size subrequest_output_buffer_size
8k: client_body_buffer_size http2_chunk_size
16k: preread_buffer_size ssl_buffer_size
64k: http2_body_preread_size http3_stream_buffer_size
256k: http2_recv_buffer_size
1m: client_max_body_size
4 8k: large_client_header_buffers
2 32k: output_buffers
32 4k: gunzip_buffers gzip_buffers
500ms: accept_mutex_delay
5s: lingering_timeout
30s: lingering_time preread_timeout proxy_protocol_timeout resolver_timeout
60s: client_body_timeout client_header_timeout open_file_cache_valid send_timeout ssl_handshake_timeout
75s: keepalive_timeout
5m: ssl_session_timeout
10m: proxy_timeout
1h: keepalive_time
1.1: gzip_http_version
503: limit_conn_status limit_req_status
2: quic_active_connection_id_limit
all: satisfy
auto: ssl_ecdh_curve
error: limit_conn_log_level limit_req_log_level
exact: if_modified_since
html: autoindex_format root
index.html: index
msie6: keepalive_disable
none: ssl_session_cache
text/html: gzip_types sub_filter_types
text/plain: default_type
HIGH:!aNULL:!MD5: ssl_ciphers
X-Real-IP: real_ip_header
"""
"""A default, and the directives that have it."""

ORDINARY: Mapping[str, str] = {name: value for value, _, names in (line.rpartition(": ") for line in _SAID.split("\n")) for name in names.split()}
"""Name → default."""

IN_GROUP: Mapping[str, str] = {"keepalive_timeout": "60s"}
"""The same where another holds in a group of peers."""

CHANGED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "keepalive": (("", ""), ("1.29.7", "32 local")),
    "keepalive_requests": (("", "100"), ("1.19.10", "1000")),
    "sendfile_max_chunk": (("", "0"), ("1.21.4", "2m")),
    "ssl_protocols": (("", "TLSv1 TLSv1.1 TLSv1.2"), ("1.23.4", "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"), ("1.27.3", "TLSv1.2 TLSv1.3")),
}
"""Defaults that another version changed: (since, value), oldest first."""
