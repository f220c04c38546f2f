"""What passes nginx -t and is refused by the reload is said beforehand, and nothing else is."""

from __future__ import annotations

import pytest

from tui502.apply.traps import restart_needed


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("listen 8080;", "listen 127.0.0.1:8080;", "only when it is restarted"),
        ("listen 127.0.0.1:8080;", "listen *:8080;", "only when it is restarted"),
        ("listen 8080;", "listen 8080; listen 8081;", "another process holds it"),
        ("limit_req_zone $a zone=x:1m rate=1r/s;", "limit_req_zone $b zone=x:1m rate=1r/s;", "another key"),
        ("proxy_cache_path /a keys_zone=c:1m;", "proxy_cache_path /b keys_zone=c:1m;", "another path"),
        ("pid /run/a.pid;", "pid /run/b.pid;", "pid changes"),
        ("limit_req_zone $a zone=x:1m rate=1r/s;", "limit_req_zone $a zone=x:2m rate=9r/s;", ""),
        ("proxy_cache_path /a keys_zone=c:1m;", "proxy_cache_path /a keys_zone=c:9m;", ""),
        ("listen 8080; proxy_pass http://a;", "listen 8080; proxy_pass http://b;", ""),
    ],
)
def test_traps(before: str, after: str, wanted: str) -> None:
    """If a row fails, a person applies what only a restart can do, or is frightened of what works."""
    found = " ".join(restart_needed("/etc/nginx/nginx.conf", before.encode(), after.encode()))
    assert wanted in found if wanted else not found
