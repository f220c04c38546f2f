"""What a real nginx wrote, in several formats, against what the clients counted that got it."""

from __future__ import annotations

import http.client
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_nginx import eventually, free_port, running, system_nginx
from tests.small_servers import serving
from tui502 import engine
from tui502.model.findings import Incident

FORMATS = {
    "combined": "",
    "long": """'$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" '
        '"$upstream_addr" "$upstream_status" "$upstream_header_time" $server_name'""",
    "short": """'$msec $status "$upstream_status" "$upstream_addr" "$request" "$http_user_agent"'""",
    "json": """escape=json '{"at":"$time_iso8601","host":"$host","agent":"$http_user_agent","asked":"$request","status":$status,'
        '"tries":"$upstream_status","peers":"$upstream_addr","heads":"$upstream_header_time"}'""",
    "tabs": """'$time_iso8601\t$server_name\t$request_method\t$request_uri\t$status\t$upstream_status\t$upstream_addr\t'
        '$upstream_header_time\t$http_user_agent'""",
    "raw": """escape=none '$time_local $server_name $status ($upstream_status) ($upstream_addr) ($upstream_header_time) $http_user_agent $request'""",
    "mute": """'$remote_addr "$request" $request_time "$http_user_agent"'""",
}
DETAILED = ("long", "json", "tabs", "raw")
SERVER = """{format}
upstream pair_{name} {{ server 127.0.0.1:{dead} max_fails=0; server {alive} max_fails=0; }}
server {{
    listen 127.0.0.1:{port}; server_name {name}.test; access_log {dir}/{name}.log {name};
    location / {{ proxy_pass http://pair_{name}; }}
    location /own {{ proxy_pass http://{alive}; }}
    location /alone {{ proxy_pass http://127.0.0.1:{gone}; }}
    location /fixed {{ return 502; }}
    location /hidden {{ proxy_pass http://127.0.0.1:{gone}; error_page 502 =200 /page; }}
    location = /page {{ return 200 fine; }}
}}
"""
HOSTILE = 'x" 504 0 "y\\x22 502 \\" , 502 : 200'
ASKED = {"/": 12, "/own": 5, "/alone": 4, "/fixed": 3, "/hidden": 6}


def application(client: socket.socket) -> None:
    asked = client.recv(65536)
    status = b"502 Bad Gateway" if asked.startswith(b"GET /own") else b"200 OK"
    client.sendall(b"HTTP/1.1 %s\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok" % status)


def visit(port: int, name: str) -> Counter[int]:
    """What the clients of a server got."""
    got: Counter[int] = Counter()
    for uri, times in ASKED.items():
        for _ in range(times):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", uri, headers={"Host": f"{name}.test", "User-Agent": HOSTILE, "Referer": HOSTILE})
            got[connection.getresponse().status] += 1
            connection.close()
    return got


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Incident, dict[str, Counter[int]], dict[str, str]]]:
    """What is found on a host with a server for each format, what its clients got, and its addresses."""
    directory: Path = tmp_path_factory.mktemp("formats")
    ports = {name: free_port() for name in FORMATS}
    with serving(application) as alive:
        at = {"alive": alive, "dead": str(free_port()), "gone": str(free_port())}
        sites = "".join(
            SERVER.format(format=f"log_format {name} {text};" if text else "", name=name, port=ports[name], dir=directory, **at)
            for name, text in FORMATS.items()
        )
        with running(directory, system_nginx(), included=sites) as nginx:
            got = {name: visit(port, name) for name, port in ports.items()}
            lines = sum(ASKED.values())
            assert eventually(lambda: all((directory / f"{name}.log").read_bytes().count(b"\n") >= lines for name in FORMATS))
            yield engine.judged(engine.gather(pid=nginx.pid, probing=False)), got, at


def test_every_format_gives_what_clients_got(site: tuple[Incident, dict[str, Counter[int]], dict[str, str]]) -> None:
    """If this fails, the failures of a site are miscounted as soon as its log is not the usual one."""
    incident, got, _ = site
    for name in FORMATS.keys() - {"mute"}:
        seen = next(seen.value for path, seen in incident.evidence.logs.items() if path.endswith(f"/{name}.log"))
        assert seen is not None
        counted: Counter[int] = Counter()
        for tally in seen.tallies:
            counted[int(tally.symptom)] += tally.count
        assert (counted, seen.guessed, seen.other) == (got[name], 0, 0), name
        assert got[name] == {200: 18, 502: 12}


def test_a_format_that_does_not_tell_is_said_so(site: tuple[Incident, dict[str, Counter[int]], dict[str, str]]) -> None:
    incident, _, _ = site
    seen = next(seen.value for path, seen in incident.evidence.logs.items() if path.endswith("/mute.log"))
    assert seen
    assert (seen.tallies, seen.other) == ((), sum(ASKED.values()))
    assert [gap.hint for gap in incident.gaps if "log_format mute" in gap.source] == ["add $status in log_format mute"]


@pytest.mark.parametrize("name", DETAILED)
def test_what_was_saved_what_was_seen_and_who_answered(site: tuple[Incident, dict[str, Counter[int]], dict[str, str]], name: str) -> None:
    """If this fails, requests that a second peer answered count as failures, or those of the application as nginx's."""
    incident, _, at = site
    found = {each.target.peer + " " + each.symptoms[0]: each for each in incident.facts.outages if each.target.server == f"{name}.test"}
    dead, gone = found[f"127.0.0.1:{at['dead']} connection_refused"], found[f"127.0.0.1:{at['gone']} connection_refused"]
    assert dead.saved
    assert (dead.client_visible, 4 <= dead.saved <= ASKED["/"]) == (0, True)
    assert (gone.client_visible, gone.saved) == (ASKED["/alone"], ASKED["/hidden"])
    own, fixed = found[f"{at['alive']} backend_answers_502"], found[" nginx_answers_502"]
    assert (own.client_visible, own.now, own.saved) == (ASKED["/own"], True, 0)
    assert (fixed.client_visible, fixed.now) == (ASKED["/fixed"], True)
    assert (dead.share, own.share) == (pytest.approx(4 / 30), pytest.approx(12 / 30))
    assert own.target.location in ("/own", "")
    if name != "raw":
        assert (own.target.location, fixed.target.location) == ("/own", "/fixed")
        assert own.request
        assert (own.request.uri, own.request.host) == ("/own", f"{name}.test")


def test_without_a_time_of_headers_the_error_log_tells_whose_502_it_was(site: tuple[Incident, dict[str, Counter[int]], dict[str, str]]) -> None:
    """If this fails, an answer of the application is nginx's as soon as the format has no $upstream_header_time."""
    incident, _, at = site
    found = {(each.target.peer, each.symptoms[0]): each.client_visible for each in incident.facts.outages if each.target.server == "short.test"}
    assert found[at["alive"], "backend_answers_502"] == ASKED["/own"]
    assert found[f"127.0.0.1:{at['gone']}", "connection_refused"] == ASKED["/alone"]


def test_the_usual_format_says_no_more_than_it_has(site: tuple[Incident, dict[str, Counter[int]], dict[str, str]]) -> None:
    """If this fails, something is told of peers that stands nowhere."""
    incident, _, _ = site
    assert {each.symptoms for each in incident.facts.outages if each.target.server == "combined.test"} == {("connection_refused",)}
