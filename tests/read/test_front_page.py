"""A site whose front page works is not down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import Host
from tui502.investigate import investigate
from tui502.model.evidence import Exchange, Flip, Seen
from tui502.model.facts import Request
from tui502.read import keys
from tui502.report import site

DEAD, ALIVE = "127.0.0.1:3000", "127.0.0.1:3002"
SERVER = """upstream both {{ server 127.0.0.1:3000; server 127.0.0.1:3002; }}
server {{
    listen 80;
    {name}
    {front}
    location /api/ {{ proxy_pass http://127.0.0.1:3000; }}
    location ~ [.]php$ {{ proxy_pass http://127.0.0.1:3000; }}
}}
"""


def host(front: str, name: str = "server_name app.example.com;", server: str = "app.example.com") -> Host:
    found = Host(sites={"app": SERVER.format(front=front, name=name)})
    found.fails(DEAD, server=server, host=server or "192.0.2.1", uri="/api/x")
    found.connect(DEAD, "refused")
    found.connect(ALIVE, "connected")
    found.unit("app.service", "inactive", Environment="PORT=3000")
    return found


WORKS = [
    "location / { root /var/www; }",
    "location / { return 200 ok; }",
    "location = / { return 301 /home; }",
    "location / { root /var/www; index index.html; try_files $uri $uri/ =404; }",
    "location / { root /var/www; try_files $uri /index.html; }",
    "location / { proxy_pass http://both; }",
    "location / { proxy_pass http://127.0.0.1:3002; }",
]
FAILS = [
    "location / { proxy_pass http://127.0.0.1:3000; }",
    "location / { root /var/www; try_files $uri /index.php; }",
    "location / { root /var/www; try_files $uri @app; }",
    "location / { root /var/www; index index.php; }",
]


@pytest.mark.parametrize("name", ["server_name app.example.com;", ""])
@pytest.mark.parametrize("front", WORKS)
def test_a_site_is_not_down_while_its_front_page_works(front: str, name: str) -> None:
    """If this fails, "is down" is said of a site that its owner sees working."""
    found = investigate(host(front, name, "app.example.com" if name else "").evidence())
    assert site.word(found) == "DEGRADED"
    assert "is down" not in site.sentence(found)
    assert "fails on /api/:" in site.sentence(found)


@pytest.mark.parametrize("front", FAILS)
def test_what_may_be_answered_by_the_dead_backend_is_down(front: str) -> None:
    """If this fails, a dead site is only degraded."""
    assert site.word(investigate(host(front).evidence())) == "DOWN"


@pytest.mark.parametrize(("status", "word"), [(200, "DEGRADED"), (502, "DOWN")])
def test_an_answer_seen_counts_more_than_the_configuration(status: int, word: str) -> None:
    found = host("location / { root /var/www; index index.php; }" if status == 200 else "location / { root /var/www; }")
    request = Request("GET", "http", "127.0.0.1", 80, "", "app.example.com", "/")
    found.replay(status, uri="/")
    assert keys.replay_key(request) in found.exchanges
    assert site.word(investigate(found.evidence())) == word


def test_an_answer_from_before_the_backend_was_gone_says_nothing() -> None:
    """If this fails, a site that was up a minute ago is "degraded" while none of its pages works."""
    found = host("location / { proxy_pass http://127.0.0.1:3000; }")
    found.replay(200, uri="/", ago=60.0)
    evidence = found.evidence()
    gone = Flip(evidence.taken_at - 30.0, DEAD, "connected", "refused")
    assert site.word(investigate(evidence)) == "DEGRADED"
    assert site.word(investigate(replace(evidence, flips=(gone,)))) == "DOWN"


def test_a_backend_that_fails_on_one_page_only_is_asked_for_its_front_page_itself() -> None:
    """If this fails, a site of which one page makes its application hang up is called down."""
    found = Host()
    found.fails(symptom="premature_close", uri="/list")
    found.connect(DEAD, "connected")
    found.listen(DEAD)
    found.ask(DEAD, 200, uri="/")
    closes = Exchange(DEAD, "http", b"GET /list", b"", False, 0.0002, None, "closed", None)
    evidence = found.evidence()
    evidence = replace(evidence, exchanges={**evidence.exchanges, keys.http_key(DEAD, "GET", "app.example.com", "/list"): Seen(evidence.taken_at, 0.1, closes)})
    assert site.word(investigate(evidence)) == "DEGRADED"
