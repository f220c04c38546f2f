"""Passes and their peers, and which of them answers a request: checked beside a real nginx."""

from __future__ import annotations

import http.client
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.real_nginx import eventually, free_port, system_nginx
from tui502.model.config import Config
from tui502.model.evidence import FileSeen, Seen
from tui502.model.facts import Pass, Request
from tui502.model.route import Known
from tui502.read.nginx_conf import load
from tui502.read.routing import locate, located, routes, way
from tui502.read.routing.pcre import Undecided, search


def config(text: str) -> Config:
    data = text.encode()
    found = load("/n.conf", {"/n.conf": Seen(1.0, 0.0, FileSeen("/n.conf", data, False, "file", 0o644, 0, 0, 1, 1, 1, len(data), 0, 0))}, {})
    assert found.problems == ()
    return found


def passes(location: str, upstream: str = "") -> tuple[Pass, ...]:
    return routes(config(f"http {{ {upstream} server {{ listen 80; server_name a b; location /x {{ {location} }} }} }}")).passes


@pytest.mark.parametrize(
    ("directive", "family", "address", "host", "port"),
    [
        ("proxy_pass http://127.0.0.1:3000/x", "http", "127.0.0.1:3000", "127.0.0.1", 3000),
        ("proxy_pass http://127.0.0.1", "http", "127.0.0.1:80", "127.0.0.1", 80),
        ("proxy_pass https://app.local/", "https", "app.local:443", "app.local", 443),
        ("proxy_pass HTTP://localhost:3000", "http", "localhost:3000", "localhost", 3000),
        ("proxy_pass http://127.0.0.1:3000$request_uri", "http", "127.0.0.1:3000", "127.0.0.1", 3000),
        ("proxy_pass 'http://[0:0::1]:8080?q'", "http", "[::1]:8080", "::1", 8080),
        ("proxy_pass http://unix:/run/a.sock:/uri", "http", "unix:/run/a.sock", "", 0),
        ("fastcgi_pass unix:/run/php/a.sock", "fastcgi", "unix:/run/php/a.sock", "", 0),
        ("fastcgi_pass 127.0.0.1:9000", "fastcgi", "127.0.0.1:9000", "127.0.0.1", 9000),
        ("uwsgi_pass suwsgi://[::1]:9000", "uwsgi", "[::1]:9000", "::1", 9000),
        ("scgi_pass app:9000", "scgi", "app:9000", "app", 9000),
        ("grpc_pass grpcs://127.0.0.1:50051", "grpcs", "127.0.0.1:50051", "127.0.0.1", 50051),
        ("memcached_pass 127.0.0.1:11211", "memcached", "127.0.0.1:11211", "127.0.0.1", 11211),
    ],
)
def test_the_peer_is_written_as_nginx_logs_it(directive: str, family: str, address: str, host: str, port: int) -> None:
    """Log lines are matched to peers by this text."""
    (found,) = passes(directive + ";")
    (peer,) = found.peers
    assert (found.family, peer.address, peer.host, peer.port, found.undecided) == (family, address, host, port, "")


@pytest.mark.parametrize(
    "directive", ["proxy_pass http://$app", "proxy_pass http://app_$x:80", "proxy_pass $u", "proxy_pass http://a${b}", "fastcgi_pass $php"]
)
def test_a_variable_leaves_the_peers_undecided(directive: str) -> None:
    (found,) = passes(directive + ";")
    assert found.peers == ()
    assert "variable" in found.undecided


@pytest.mark.parametrize(
    "directive",
    ["proxy_pass 127.0.0.1:80", "proxy_pass http://:80", "proxy_pass http://a:99999", "proxy_pass http://a:8x", "fastcgi_pass 127.0.0.1", "proxy_pass http://"],
)
def test_what_nginx_refuses_has_no_peer(directive: str) -> None:
    (found,) = passes(directive + ";")
    assert found.peers == ()
    assert found.undecided


def test_a_group_gives_its_servers_with_their_places() -> None:
    """The span of the word is where an address would be edited."""
    upstream = "upstream App { server 127.0.0.1:3001 weight=2; server 127.0.0.1 down; server unix:/a.sock backup; keepalive 4; }"
    (found,) = passes("proxy_pass https://app;", upstream)
    assert (found.group, found.family) == ("App", "https")
    assert [(peer.address, peer.group, peer.down, peer.backup) for peer in found.peers] == [
        ("127.0.0.1:3001", "App", False, False),
        ("127.0.0.1:80", "App", True, False),
        ("unix:/a.sock", "App", False, True),
    ]
    where = found.peers[0].where
    data = ("http { " + upstream).encode()
    assert data[where.start : where.end] == b"127.0.0.1:3001"


def test_passes_in_if_and_nested_blocks_belong_to_the_location_around_them() -> None:
    text = """http { server { listen 8080; location /a { proxy_pass http://a; if ($x) { proxy_pass http://a; }
        limit_except GET { proxy_pass http://b; } location ~ \\.x$ { proxy_pass http://c; } } location @n { proxy_pass http://d; } } }"""
    found = routes(config(text)).passes
    assert [(one.location, one.target) for one in found] == [
        ("/a", "http://a"),
        ("/a", "http://a"),
        ("/a", "http://b"),
        ("~ \\.x$", "http://c"),
        ("@n", "http://d"),
    ]
    assert len({one.key for one in found}) == len(found)


def test_the_key_of_a_pass_outlives_edits_above_it() -> None:
    """The selection on the screen follows it."""
    one = config("http { server { listen 80; server_name a; location / { proxy_pass http://b; } } }")
    two = config("# more\nuser x;\nhttp { server { server_name z; } server { listen 80; server_name a; root /; location / { proxy_pass http://b; } } }")
    assert routes(one).passes[0].key == routes(two).passes[0].key == "*:80|a|/|http://b"


def test_listens_in_every_form() -> None:
    text = """http { server { listen 8080 default_server; listen 127.0.0.1 ssl; listen [::]:443; listen unix:/s; listen 9000-9002;
        location / { proxy_pass http://a; } } server { location / { proxy_pass http://a; } } }"""
    first, second = routes(config(text)).passes
    assert [(one.address, one.port) for one in first.listens] == [
        ("*", 8080),
        ("127.0.0.1", 80),
        ("[::]", 443),
        ("unix:/s", 0),
        ("*", 9000),
        ("*", 9001),
        ("*", 9002),
    ]
    assert (first.listens[0].default, first.listens[1].ssl) == (True, True)
    assert [(one.address, one.port) for one in second.listens] == [("*", 80)]


SITES = """
{user} daemon off; pid {dir}/pid; error_log {dir}/error.log; worker_processes 1;
events {{ worker_connections 32; }}
http {{
  access_log off; client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server_names_hash_bucket_size 128;
  server {{ listen {a}; server_name one; location / {{ return 200 1; }} }}
  server {{ listen {a}; server_name www.ex.test .dot.test; location / {{ return 200 2; }} }}
  server {{ listen {a}; server_name *.ex.test; location / {{ return 200 3; }} }}
  server {{ listen {a}; server_name *.deep.ex.test; location / {{ return 200 4; }} }}
  server {{ listen {a}; server_name mail.* mail.dot.*; location / {{ return 200 5; }} }}
  server {{ listen {a}; server_name ~^r\\d+$ "~^(?<n>q+)x$"; location / {{ return 200 6; }} }}
  server {{ listen {a}; server_name ~^r1; location / {{ return 200 7; }} }}
  server {{ listen {a}; server_name one; location / {{ return 200 8; }} }}
  server {{ listen 127.0.0.2:{a}; server_name only; location / {{ return 200 9; }} }}
  server {{ listen {b}; server_name x; location / {{ return 200 10; }} }}
  server {{ listen {b} default_server; location / {{ return 200 11; }}
    location = /eq {{ return 200 12; }} location /eq {{ return 200 13; }}
    location ^~ /st/ {{ return 200 14; }} location /st/deep/ {{ return 200 15; }}
    location ~ \\.php$ {{ return 200 16; }} location ~* \\.(gif|PNG)$ {{ return 200 17; }}
    location /n/ {{ return 200 18; location ~ \\.png$ {{ return 200 19; }} location /n/in {{ return 200 20; location = /n/in/x {{ return 200 21; }} }} }}
    location ^~ /m/ {{ return 200 22; location ~ a$ {{ return 200 23; location ~ ba$ {{ return 200 24; }} }} location /m/c {{ return 200 25; }} }}
    location /a {{ return 200 26; location ^~ /a/b {{ return 200 27; }} location ~ y$ {{ return 200 28; }} }}
    location ~ y$ {{ return 200 29; }} location ~ x$ {{ return 200 30; }}
    location "/sp ace/" {{ return 200 31; }} location =/glued {{ return 200 32; }} location ~^/tilde {{ return 200 33; }}
    location /slash/ {{ proxy_pass http://127.0.0.1:1; }}
  }}
}}
"""
HOSTS = (
    "one",
    "ONE:80",
    "www.ex.test",
    "a.ex.test",
    "a.b.ex.test",
    "x.deep.ex.test",
    "deep.ex.test",
    "ex.test",
    "dot.test",
    "a.dot.test",
    "mail.zz",
    "mail.dot.zz",
    "mail.ex.test",
    "r1",
    "r1x",
    "qqx",
    "zz",
    "one.",
    "only",
    "",
)
URIS = (
    "/",
    "/eq",
    "/eq/",
    "/eqx",
    "/st/a.php",
    "/st/deep/a.php",
    "/x.php",
    "/x.PHP",
    "/x.png",
    "/x.GiF",
    "/n/a.png",
    "/n/a.php",
    "/n/in",
    "/n/in/x",
    "/n/inx",
    "/n/in.png",
    "/m/a",
    "/m/ba",
    "/m/c",
    "/m/ca",
    "/m/x.php",
    "/a/by",
    "/a/bx",
    "/a/cy",
    "/ay",
    "/sp%20ace/",
    "/glued",
    "/tilde/x",
    "/%6e//in",
    "/n/../eq",
    "/n/./in/x",
    "/e%71?a=.php",
    "/slash",
    "/a/b/../cy?x",
    "//eq",
    "/x/..",
    "/n/in/../",
    "/%2e%2e/eq",
    "/eq#x",
)


@contextmanager
def serving(directory: Path, a: int, b: int) -> Iterator[Config]:
    text = SITES.format(dir=directory, a=a, b=b, user="user root;" if os.geteuid() == 0 else "")
    conf = directory / "n.conf"
    conf.write_text(text)
    process = subprocess.Popen([system_nginx(), "-c", str(conf), "-e", str(directory / "error.log")], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert eventually(
            lambda: process.poll() is not None or ((directory / "pid").exists() and answer(Request("GET", "http", "127.0.0.1", a, "", "one", "/")))
        ), text
        yield config(text)
    finally:
        process.terminate()
        process.wait(10)


def answer(request: Request) -> str:
    """What nginx answers: the body with 200, else the status."""
    connection = http.client.HTTPConnection(request.address, request.port, timeout=5)
    try:
        connection.putrequest(request.method, request.uri, skip_host=True)
        if request.host:
            connection.putheader("Host", request.host)
        else:
            connection._http_vsn_str = "HTTP/1.0"  # type: ignore[attr-defined]
        connection.endheaders()
        response = connection.getresponse()
        return response.read().decode() if response.status == 200 else str(response.status)
    except OSError:
        return ""
    finally:
        connection.close()


def expected(config: Config, request: Request) -> str:
    """What we think that nginx answers: nothing lies in its document root."""
    found = way(config, request, Known())
    return found.text if found.answer == "text" else str(found.status or 404)


def test_server_and_location_are_those_that_nginx_takes(tmp_path: Path) -> None:
    """The wrong server or location would blame the wrong pass."""
    a, b = free_port(), free_port()
    asked = [Request("GET", "http", "127.0.0.1", a, "", host, "/") for host in HOSTS if host]
    asked += [Request("GET", "http", address, a, "", host, "/") for address in ("127.0.0.2",) for host in ("one", "only", "a.ex.test")]
    asked += [Request("GET", "http", "127.0.0.1", b, "", "any", uri) for uri in URIS]
    with serving(tmp_path, a, b) as read:
        assert answer(asked[0]) == "1"
        wrong = [(request.host, request.uri, answer(request), expected(read, request)) for request in asked if answer(request) != expected(read, request)]
    assert wrong == []


PASS = "http { server { listen 80; server_name s; %s location / { %s proxy_pass http://a; } } }"


@pytest.mark.parametrize(
    ("server", "location", "sure"),
    [
        ("", "", True),
        ("rewrite ^/old/ /new/;", "", True),
        ("rewrite ^/x /new/;", "", True),
        ("rewrite ^/x http://a/;", "", False),
        ("return 503;", "", False),
        ("", "return 301 /;", False),
        ("", "try_files $uri @x;", False),
        ("", "internal;", False),
        ("", "rewrite ^ /y break;", True),
        ("", "rewrite ^/x /y last;", True),
        ("", "rewrite ^ /y last;", False),
        ("rewrite (a++)+$ /y;", "", False),
    ],
)
def test_a_pass_is_named_only_where_nothing_leads_elsewhere(server: str, location: str, sure: bool) -> None:
    """ "Could not tell" is a result; a guess would send a person to the wrong line."""
    read = config(PASS % (server, location))
    found = located(read, Request("GET", "http", "127.0.0.1", 80, "", "s", "/x"))
    assert (found.pass_ is not None) is sure
    assert sure or found.undecided
    assert locate(read, routes(read), Request("GET", "http", "127.0.0.1", 80, "", "s", "/x")) == found.pass_


def test_an_if_that_could_lead_elsewhere_is_said() -> None:
    found = located(config(PASS % ("if ($http_x) { return 403; }", "")), Request("GET", "http", "127.0.0.1", 80, "", "s", "/x"))
    assert found.pass_ is not None
    assert "no header X" in found.undecided
    found = located(config(PASS % ("if ($remote_addr = 10.0.0.1) { return 403; }", "")), Request("GET", "http", "127.0.0.1", 80, "", "s", "/x"))
    assert found.pass_ is not None
    assert '"if" in line 1' in found.undecided


def test_nobody_listens_there() -> None:
    request = Request("GET", "http", "127.0.0.1", 81, "", "s", "/x")
    assert "no server listens" in located(config(PASS % ("", "")), request).undecided
    assert "no server listens" in located(config(PASS % ("", "")), replace(request, address="::1", port=80)).undecided
    assert "Host" in located(config(PASS % ("", "")), replace(request, port=80, host="a/b")).undecided


def test_patterns_that_only_pcre_can_judge_or_that_never_end_are_undecided() -> None:
    for pattern in (r"(?i)a(?R)?", r"\Kx", r"a++", "(", r"[[:^alpha:]]", r"a(?i)b", r"a{,3}", "\ufffd"):
        with pytest.raises(Undecided):
            search(pattern, b"aaaa", False)
    for pattern in ("a*a*a*a*x", r"(a+)+$", r"(.*)*x"):
        with pytest.raises(Undecided):
            search(pattern, b"a" * 1000, False)


@pytest.mark.parametrize(
    ("pattern", "subject", "ignore_case", "found"),
    [
        (r"^/(?<id>\d+)/(?:x|y)?$", b"/12/x", False, True),
        (r"\.PHP$", b"/a.php", True, True),
        (r"^/(?:[a-z]+/)*$", b"/ab/cd/", False, True),
        (r"^[[:alpha:]]+$", b"ab1", False, False),
        (r"^[^[:space:]]$", b"a", False, True),
        (r"a\z", b"a\n", False, False),
        (r"a\Z", b"a\n", False, True),
        (r"a\hb", b"a\tb", False, True),
        (r"^[[]$", b"[", False, True),
        (r"^[.]$", b".", False, True),
    ],
)
def test_patterns_mean_what_they_mean_to_pcre(pattern: str, subject: bytes, ignore_case: bool, found: bool) -> None:
    """A pattern read otherwise than nginx reads it leads to the wrong location."""
    assert search(pattern, subject, ignore_case) is found
