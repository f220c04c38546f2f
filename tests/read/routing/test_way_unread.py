"""What could not be read may lead a request elsewhere, and that is said."""

from __future__ import annotations

import pytest

from tui502.model.config import Config
from tui502.model.evidence import FileSeen, Gap, Seen
from tui502.model.facts import Request
from tui502.model.route import Known, Way
from tui502.read.nginx_conf import load
from tui502.read.routing import way

MAIN = """http {
    upstream u { server 127.0.0.1:1; include u.conf; }
    server { listen 80; server_name a; include in_a.conf; location / { proxy_pass http://u; } location /x { include in_x.conf; return 200; } }
    server { listen 80; server_name b; include in_b.conf; return 200 b; }
    include sites/*;
}
"""
INCLUDED = ("u.conf", "in_a.conf", "in_x.conf", "in_b.conf", "sites/s")


def seen(data: bytes) -> FileSeen:
    return FileSeen("", data, False, "file", 0o644, 0, 0, 1, 1, 1, len(data), 0, 0)


def conf(unread: str) -> Config:
    """All of it, but for one file or directory, "" for none."""
    gap = Gap("it", "denied", "sudo")
    files = {f"/{name}": Seen(1.0, 0.0, None, gap) if name == unread else Seen(1.0, 0.0, seen(b"")) for name in INCLUDED}
    files["/n.conf"] = Seen(1.0, 0.0, seen(MAIN.encode()))
    return load("/n.conf", files, {"/sites": Seen(1.0, 0.0, None, gap) if unread == "sites" else Seen(1.0, 0.0, ("s",))})


def go(config: Config, uri: str = "/", host: str = "a", port: int = 80) -> Way:
    return way(config, Request("GET", "http", "127.0.0.1", port, "", host, uri), Known())


@pytest.mark.parametrize(
    ("unread", "uri", "host", "doubted"),
    [
        ("", "/", "a", False), ("sites/s", "/", "a", True), ("sites/s", "/", "b", True), ("sites", "/", "a", True), ("in_a.conf", "/", "a", True),
        ("in_a.conf", "/", "b", False), ("in_b.conf", "/", "a", False), ("in_x.conf", "/", "a", False), ("in_x.conf", "/x", "a", True),
        ("u.conf", "/", "a", True), ("u.conf", "/x", "a", False),
    ],
)  # fmt: skip
def test_what_was_not_read_is_a_doubt_where_it_may_count(unread: str, uri: str, host: str, doubted: bool) -> None:
    """If this fails, another server is named with certainty, because the right to read the one that answers is missing."""
    found = go(conf(unread), uri, host)
    assert found.server is not None
    assert (f"/{unread}: there is no right to read it" in found.undecided) if doubted else found.undecided == ""


def test_that_nobody_listens_is_not_certain_then() -> None:
    found = go(conf("sites"), port=81).undecided
    assert found.startswith("no server listens on 127.0.0.1:81; /sites: there is no right to read it")


def test_a_main_file_that_was_not_read_is_a_doubt_too() -> None:
    config = load("/n.conf", {"/n.conf": Seen(1.0, 0.0, None, Gap("it", "denied", "sudo"))}, {})
    assert "/n.conf: there is no right" in go(config).undecided
    absent = load("/n.conf", {"/n.conf": Seen(1.0, 0.0, None, Gap("it", "absent", ""))}, {})
    assert go(absent).undecided == "no server listens on 127.0.0.1:80", "what is not there holds no server"


def test_a_listen_that_wants_a_proxy_header_says_so() -> None:
    """If this fails, an answer is shown to who gets none: nginx closes the connection without that header."""
    text = b"http { server { listen 80 proxy_protocol; return 200 x; } server { listen 81; return 200 y; } }"
    config = load("/n.conf", {"/n.conf": Seen(1.0, 0.0, seen(text))}, {})
    (guard,) = go(config).guards
    assert "wants a PROXY header" in guard.to
    assert (go(config).doubt, go(config, port=81).guards) == ("", ()), "who speaks to that port sends one"
