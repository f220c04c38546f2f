"""The request that a person named: what takes it, and what it does to the order of things."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import APP, CONF, MAIN, SITE, Host
from tui502.investigate import investigate
from tui502.model.config import Directive
from tui502.model.evidence import Evidence, PathPart
from tui502.model.facts import Request
from tui502.read import asked, asked_url, keys, questions
from tui502.read.asked import Asked
from tui502.read.facts import read_facts
from tui502.read.plan import plan
from tui502.read.routing.listens import names
from tui502.read.way_asked import way_asked

SHOP = "server { listen 80; server_name shop.example.com *.shop.example.com; location / { proxy_pass http://127.0.0.1:8001; } }\n"
SECURE = "server { listen 443 ssl; server_name app.example.com; location /api/ { proxy_pass http://127.0.0.1:8002; } location / { return 301 /; } }\n"


def named(host: Host) -> tuple[Asked, ...]:
    evidence = host.evidence()
    facts = read_facts(evidence)
    return asked.asked(evidence, facts.config, facts.routes, facts.outages, facts.loaded)


def one(url: str, **sites: str) -> Asked:
    host = Host(url=url)
    host.sites |= sites
    (found,) = named(host)
    return found


def names_of(each: Asked) -> tuple[str, ...]:
    return each.found.pass_.names if each.found.pass_ else ()


@pytest.mark.parametrize(
    ("url", "server", "request_"),
    [
        ("http://shop.example.com/x", "shop.example.com", Request("GET", "http", "127.0.0.1", 80, "", "shop.example.com", "/x")),
        ("a.shop.example.com", "shop.example.com", Request("GET", "http", "127.0.0.1", 80, "", "a.shop.example.com", "/")),
        ("https://app.example.com/api/", "app.example.com", Request("GET", "https", "127.0.0.1", 443, "app.example.com", "app.example.com", "/api/")),
        ("app.example.com/api/", "app.example.com", Request("GET", "http", "127.0.0.1", 80, "", "app.example.com", "/api/")),
    ],
)
def test_the_server_that_bears_the_name_takes_it(url: str, server: str, request_: Request) -> None:
    """If this fails, another site is asked than the one that fails."""
    found = one(url, shop=SHOP, secure=SECURE)
    assert (found.request, found.by_default, found.found.pass_ is not None) == (request_, False, True)
    assert server in names_of(found)


def test_without_a_scheme_the_site_is_found_wherever_it_listens() -> None:
    host = Host(url="app.example.com/api/")
    host.sites = {"secure": SECURE.replace("443", "8443"), "shop": SHOP}
    (found,) = named(host)
    assert (found.request.scheme, found.request.port, found.request.host) == ("https", 8443, "app.example.com:8443")


def test_a_name_that_nobody_bears_is_taken_by_the_default_server() -> None:
    """If this fails, a site that is missing here reads as one that is broken."""
    assert (one("http://other.example.org/").by_default, names_of(one("http://other.example.org/"))) == (True, ("app.example.com",))
    regex = r"server { listen 80; server_name ~^o\w+\.example\.org$; location / { proxy_pass http://127.0.0.1:8001; } }"
    assert one("http://other.example.org/", regex=regex).by_default is False


@pytest.mark.parametrize("url", ["https://app.example.com/", "http://app.example.com:99/", ""])
def test_where_nobody_listens_nothing_is_asked(url: str) -> None:
    assert named(Host(url=url)) == ()


@pytest.mark.parametrize("url", ["ftp://x/", "***", "\x1b"])
def test_a_recording_with_a_url_that_names_nothing_can_be_read(url: str) -> None:
    assert named(Host(url=url)) == ()


def test_a_path_is_asked_of_sites_that_fail_before_others() -> None:
    """If this fails, of many sites the path is asked of those that nobody complains of."""
    host = Host(url="/cart")
    host.sites |= {f"n{n}": SHOP.replace("shop", f"n{n}") for n in range(9)}
    host.connect("127.0.0.1:8001", "refused")
    host.fails("127.0.0.1:8001", server="n7.example.com", host="n7.example.com")
    found = named(host)
    assert [names_of(each)[0] for each in found] == ["n7.example.com", "app.example.com", "n0.example.com", "n1.example.com"]
    assert {each.request.uri for each in found} == {"/cart"}


def test_it_is_replayed_and_its_name_looked_up() -> None:
    """If this fails, the one request that a person asked about is not tried."""
    wanted = {look.key: look for look in plan(Host(url="http://app.example.com/cart?a=b").evidence())}
    request = Request("GET", "http", "127.0.0.1", 80, "", "app.example.com", "/cart?a=b")
    assert wanted[keys.replay_key(request)].args == ("127.0.0.1:80", "http", "GET", "app.example.com", "/cart?a=b")
    assert wanted["app.example.com"].kind == "name"
    assert "app.example.com" not in {look.key for look in plan(Host(url="http://app.example.com/", probing=False).evidence())}, "that asks a name server"


def two_outages(url: str) -> Evidence:
    host = Host(url=url)
    host.sites["shop"] = SHOP
    for unit, port in (("app.service", 3000), ("shop.service", 8001)):
        host.unit(unit, "inactive", Environment=f"HOST=127.0.0.1 PORT={port}")
        host.connect(f"127.0.0.1:{port}", "refused")
    host.fails(count=9000)
    host.fails("127.0.0.1:8001", server="shop.example.com", host="shop.example.com", count=2)
    return host.evidence()


def test_what_it_meets_stands_first() -> None:
    """If this fails, the answer is about a louder outage than the one that was asked about."""
    assert investigate(two_outages("")).findings[0].target.server == "app.example.com"
    found = investigate(two_outages("http://shop.example.com/x"))
    assert found.findings[0].target.server == "shop.example.com"
    assert [outage.asked for outage in found.facts.outages] == [True, False]


def test_no_cause_for_it_is_undecided_whatever_else_has_one() -> None:
    """If this fails, a script reads "a cause was found" of a request for which none was."""
    host = Host(url="http://shop.example.com/x")
    host.sites["shop"] = SHOP
    host.unit("app.service", "inactive", Environment="HOST=127.0.0.1 PORT=3000")
    host.connect("127.0.0.1:3000", "refused")
    host.fails(count=9000)
    host.connect("127.0.0.1:8001", "connected")
    host.replay(502, host="shop.example.com", uri="/x")
    found = investigate(host.evidence())
    assert found.findings
    assert found.verdict == "undecided"


BOTH = "server { listen 80; server_name all.example.com; location / { proxy_pass http://127.0.0.1:8001; } }\n"
EXACT = "server { listen 10.0.0.5:80; server_name exact.example.com; location / { proxy_pass http://127.0.0.1:8002; } }\n"
LOOP = "server { listen 127.0.0.1:80; server_name loop.example.com; location / { proxy_pass http://127.0.0.1:8003; } }\n"


@pytest.mark.parametrize(
    ("url", "address", "names"),
    [
        ("http://10.0.0.5/", "10.0.0.5", "exact.example.com"),
        ("http://10.0.0.6/", "10.0.0.6", "app.example.com"),
        ("http://127.0.0.1/", "127.0.0.1", "loop.example.com"),
        ("http://far.example.com/", "10.0.0.5", "exact.example.com"),
        ("http://all.example.com/", "127.0.0.2", "all.example.com"),
        ("http://loop.example.com/", "127.0.0.1", "loop.example.com"),
        ("loop.example.com", "127.0.0.1", "loop.example.com"),
    ],
)
def test_what_is_shown_of_a_request_is_what_is_replayed(url: str, address: str, names: str) -> None:
    """If this fails, the way that is told of a URL is not that of the request which is sent for it."""
    host = Host(url=url, own=("10.0.0.5", "10.0.0.6"), names={"far.example.com": ("10.0.0.5",)})
    host.sites |= {"both": BOTH, "exact": EXACT, "loop": LOOP, "more": "server { listen 127.0.0.2:80; server_name all.example.com; }"}
    evidence = host.evidence()
    (sent,) = named(host)
    told = way_asked(evidence, read_facts(evidence), asked_url.parse(url), "", "").way
    assert told.request == sent.request
    assert told.server is not None
    assert sent.found.server is not None
    assert sent.found.server.where == told.server.where
    if url != "http://all.example.com/":
        assert (sent.request.address, sent.found.pass_ and sent.found.pass_.names) == (address, (names,))


def test_the_text_that_nginx_runs_takes_a_request() -> None:
    """If this fails, a request is sent to a port that only the files have, and its refusal is taken for an outage."""
    host = Host(url="app.example.com/")
    host.in_memory = {CONF: MAIN.encode(), SITE: APP.encode()}
    host.sites["app"] = APP.replace("listen 80", "listen 8080")
    (sent,) = named(host)
    assert sent.request.port == 80
    evidence = host.evidence()
    assert way_asked(evidence, read_facts(evidence), asked_url.parse(host.url), "", "").way.request == sent.request


def test_an_outage_of_what_is_asked_first_meets_the_request() -> None:
    """If this fails, a 500 is not understood whose reason is that the backend behind `auth_request` is down."""
    host = Host(url="http://app.example.com/cart")
    ask = "location / { auth_request /ask; proxy_pass http://app; } location = /ask { internal; proxy_pass http://127.0.0.1:9000; }"
    host.sites["app"] = APP.replace("location / {\n        proxy_pass http://app;\n    }", ask)
    host.connect("127.0.0.1:9000", "refused")
    host.connect("127.0.0.1:3000", "connected")
    host.fails("127.0.0.1:9000")
    host.replay(500)
    found = investigate(host.evidence())
    assert [(outage.target.location, outage.asked) for outage in found.facts.outages] == [("= /ask", True)]
    asked_first = next(route for route in found.facts.routes.passes if route.location == "= /ask")
    assert questions.question(found.facts, asked_first, found.facts.outages[0]).uri == "/ask"


TWO_KINDS = """server {{ listen {}; server_name first.test; return 204; }}
server {{ listen {}; server_name second.test; location / {{ proxy_pass http://127.0.0.1:8001; }} }}
"""


@pytest.mark.parametrize(
    ("listens", "url", "name"),
    [
        (("82", "[::]:82"), "http://127.0.0.1:82/", "first.test"),
        (("[::]:82", "82"), "http://[::1]:82/", "first.test"),
        (("82", "[::]:82"), "http://nobody.test:82/", "first.test"),
        (("82", "[::]:82"), "http://second.test:82/", "second.test"),
        (("82", "127.0.0.1:82"), "http://203.0.113.9:82/", "first.test"),
        (("82", "127.0.0.1:82"), "http://first.test:82/", "first.test"),
        (("127.0.0.1:82", "10.0.0.5:82"), "http://203.0.113.9:82/", "second.test"),
        (("82", "127.0.0.1:82"), "http://[::1]:82/", ""),
        (("[::]:82", "[::]:83"), "http://127.0.0.1:82/", ""),
        (("127.0.0.1:82", "[::]:83"), "http://203.0.113.9:82/", ""),
    ],
)
@pytest.mark.parametrize("own", [(), ("127.0.0.1", "::1", "10.0.0.5")])
def test_an_address_that_was_said_decides_and_a_name_leads_to_who_bears_it(listens: tuple[str, str], url: str, name: str, own: tuple[str, ...]) -> None:
    """If this fails, the IPv6 server is shown for an IPv4 address, or a server on loopback for a name that another one bears."""
    host = Host(url=url, own=own)
    host.sites["two"] = TWO_KINDS.format(*listens)
    evidence = host.evidence()
    told = way_asked(evidence, read_facts(evidence), asked_url.parse(url), "", "").way
    assert [names_of_server(told.server)] == ([name] if name else [""])
    assert [names_of_server(each.found.server) for each in named(host)] == ([name] if name else [])
    assert name or "no server listens" in told.undecided


def test_a_name_that_means_loopback_here_comes_in_there() -> None:
    """If this fails, who is led to another site by his hosts file is told that all is well."""
    host = Host(url="http://first.test:82/", names={"first.test": ("127.0.0.1",)})
    host.sites["two"] = TWO_KINDS.format("82", "127.0.0.1:82")
    assert [(names_of_server(each.found.server), each.request.address) for each in named(host)] == [("second.test", "127.0.0.1")]
    host.sites["two"] = TWO_KINDS.format("10.0.0.5:82", "[::1]:82")
    assert [names_of_server(each.found.server) for each in named(host)] == ["first.test"], "nobody listens on loopback"


def names_of_server(server: Directive | None) -> str:
    return names(server)[0] if server else ""


def test_what_the_other_kind_of_address_leads_to_is_said() -> None:
    """If this fails, nobody sees that clients over IPv6 get another site."""
    host = Host()
    host.sites["two"] = TWO_KINDS.format("82", "[::]:82")
    evidence = host.evidence()
    found = way_asked(evidence, read_facts(evidence), asked_url.parse("http://nobody.test:82/"), "", "")
    assert found.elsewhere.startswith("at any IPv6 address ([::]:82) another server answers")


@pytest.mark.parametrize(
    ("uid", "mode", "said"), [(33, 0o700, "worker (uid 33) may not enter /srv/www (mode 0700)"), (33, 0o711, ""), (0, 0o700, ""), (None, 0o700, "")]
)
def test_a_file_that_the_worker_cannot_get_at_is_not_said_to_be_answered(uid: int | None, mode: int, said: str) -> None:
    """If this fails, a 403 for want of a right is shown as 200."""
    host = Host(sites={"www": "server { listen 80; root /srv/www; }"}, running=uid is not None)
    host.way("/srv/www/a", PathPart("/srv/www", "dir", mode, 0, 0), PathPart("/srv/www/a", "file", 0o644, 0, 0))
    evidence = host.evidence()
    if uid is not None:
        workers = tuple(replace(each, uid=uid) for each in evidence.processes.value or ())
        evidence = replace(evidence, processes=replace(evidence.processes, value=workers))
    found = way_asked(evidence, read_facts(evidence), asked_url.parse("http://127.0.0.1/a"), "", "").way
    assert (found.answer, found.status) == ("file", 200)
    assert (said in found.undecided) if said else found.undecided == ""
    assert found.assumed == (() if uid is not None else ("a worker of nginx that may enter /srv/www (mode 0700)",))
