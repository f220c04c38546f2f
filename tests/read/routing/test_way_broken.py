"""Ways through configurations that nginx would refuse: a broken file is the moment when they are asked for."""

from __future__ import annotations

import random

import pytest

from tests.read.routing.generated import HOSTS, URIS, http
from tui502.model.evidence import FileSeen, Seen
from tui502.model.facts import Request
from tui502.model.route import Known
from tui502.read.in_effect import in_effect
from tui502.read.layout import layout
from tui502.read.nginx_conf import load
from tui502.read.odd_servers import odd_servers
from tui502.read.routing import routes, way

PIECES = (
    *(b"{", b"}", b";", b" ", b"=", b"~", b"(", b")", b"$", b"${", b"\xff", b'"', b"include x;", b"alias;", b"listen;", b"listen [::;", b"server_name;"),
    *(b"location;", b"location ~ ( { }", b"location / ;", b"error_page;", b"error_page =;", b"return;", b"return abc;", b"set;", b"set x y;", b"if;"),
    *(b"if () { }", b"if ( { }", b"if ($a) ;", b"proxy_pass;", b"upstream;", b"upstream u { server; }", b"map;", b"map $a $b { x; y z w; }", b"rewrite;"),
    *(b"try_files a;", b"limit_except { }"),
    *(b"index;", b"root;", b"server { }", b"fastcgi_param A;", b"fastcgi_split_path_info;", b"allow;", b"listen 99999;", b"listen 9-1;"),
    *(b"listen unix:;", b"server_name ~( ~;", b"fastcgi_pass a:b:c;", b"other_pass x;", b"scgi_pass $x;", b"satisfy;", b"resolver;", b"proxy_method;"),
)


@pytest.mark.parametrize("seed", range(60))
def test_no_configuration_stops_the_program(seed: int) -> None:
    """If this fails, a half-written directive ends the diagnosis of all sites."""
    chance = random.Random(seed)
    data = b"events {}\nhttp {\n" + http(chance, (80, 81, 82, 83, 84)).encode() + b"\n}\n"
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(data))
        data = data[:at] + chance.choice(PIECES) + data[at + chance.choice((0, 0, 1, 3, 20)) :]
    read = load("/n.conf", {"/n.conf": Seen(1.0, 0.0, FileSeen("", data, False, "file", 0o644, 0, 0, 1, 1, 1, len(data), 0, 0))}, {})
    assert isinstance(layout(read).directories, tuple)
    assert isinstance((*routes(read).passes, *odd_servers(read)), tuple)
    for _ in range(8):
        address, port = chance.choice((("127.0.0.1", 80), ("127.0.0.1", 81), ("[::1]", 80), ("", 80), ("x", 0), ("unix:/s", 0)))
        asked = Request(chance.choice(("GET", "PUT")), chance.choice(("http", "https")), address, port, "", chance.choice(HOSTS), chance.choice(URIS))
        found = way(read, asked, Known())
        assert found.answer != "none" or found.undecided
        in_effect(read, found.blocks, found.family, "1.22.1")
