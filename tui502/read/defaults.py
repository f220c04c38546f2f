"""What holds at a place of the configuration, nginx's own default included."""

from __future__ import annotations

from typing import NamedTuple

from tui502.model.config import Config, Where
from tui502.model.facts import Effective, Family
from tui502.read.effective import effective

PREFIXES: dict[Family, str] = {
    "http": "proxy", "https": "proxy", "fastcgi": "fastcgi", "uwsgi": "uwsgi", "scgi": "scgi", "grpc": "grpc", "grpcs": "grpc", "memcached": "memcached",
}  # fmt: skip
"""How the directives of a family begin: proxy_buffer_size, fastcgi_buffer_size …"""

PAGE = "4k"
"""The size of a memory page, from which nginx takes its buffers, on nearly every machine."""

_DEFAULTS = {
    "connect_timeout": "60s", "send_timeout": "60s", "read_timeout": "60s", "buffer_size": PAGE, "buffers": f"8 {PAGE}", "buffering": "on",
    "request_buffering": "on", "next_upstream": "error timeout", "ssl_server_name": "off", "ssl_verify": "off", "ssl_verify_depth": "1",
    "max_temp_file_size": "1024m", "intercept_errors": "off", "ssl_name": "$proxy_host", "keep_conn": "off",
}  # fmt: skip
_HTTP_1_1_SINCE = (1, 29, 7)
"""The version since which requests to peers are HTTP/1.1 and their connections kept, when nothing else is said."""


class Setting(NamedTuple):
    """A value in effect, and where it is set: None for nginx's own default. `value` is '' where nothing is set and there is no default."""

    value: str
    set_at: Effective | None


def setting(config: Config, at: Where, family: Family, name: str, version: str) -> Setting:
    """The value of `<prefix of the family>_<name>` at a place, for a version of nginx ("1.22.1")."""
    found = effective(config, at, f"{PREFIXES[family]}_{name}")
    return Setting(found.value, found) if found else Setting(default(name, version), None)


def default(name: str, version: str) -> str:
    """What nginx takes when nothing sets `*_<name>`; '' where there is no such value."""
    if name == "http_version":
        return "1.1" if numbers(version) >= _HTTP_1_1_SINCE else "1.0"
    return _DEFAULTS.get(name, "")


def numbers(version: str) -> tuple[int, ...]:
    """ "1.22.1" as numbers, () where it is none."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdigit() and part.isascii() for part in parts) else ()
