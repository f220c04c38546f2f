"""The protocols in which nginx speaks to backends, by the directives that belong to them."""

from __future__ import annotations

from tui502.model.facts import Family

PASSES = ("proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass")

PREFIXES: dict[Family, str] = {
    "http": "proxy", "https": "proxy", "fastcgi": "fastcgi", "uwsgi": "uwsgi", "scgi": "scgi", "grpc": "grpc", "grpcs": "grpc", "memcached": "memcached",
}  # fmt: skip
"""How the directives of a family begin: proxy_buffer_size, fastcgi_buffer_size …"""
