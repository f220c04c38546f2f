"""A backend is asked for what nginx asks it for: another page may be missing, slow or forbidden there, and says nothing of the one that fails."""

from __future__ import annotations

import pytest

from tests.answers import PEER, SITE
from tests.builder import Host, moved
from tui502.causes import wrong_port
from tui502.model.facts import Outage
from tui502.read import questions
from tui502.read.facts import read_facts
from tui502.read.plan import plan


def failing(location: str, inside: str, uri: str, server: str = "") -> Host:
    host = Host()
    host.sites["app"] = f"server {{ listen 80; server_name {SITE}; {server} location {location} {{ {inside} }} }}"
    host.fails(uri=uri)
    return host


def asked(host: Host) -> tuple[str, str]:
    """(the URI that the backend is asked for, why it may be another)."""
    facts = read_facts(host.evidence())
    (route,), (outage,) = facts.routes.passes, facts.outages
    assert isinstance(outage, Outage)
    return questions.question(facts, route, outage).uri, questions.doubt(facts, route, outage)


@pytest.mark.parametrize(
    ("location", "target", "uri", "sent"),
    [
        ("/", "http://127.0.0.1:3000", "/cart", "/cart"),
        ("/shop/", "http://127.0.0.1:3000/", "/shop/cart", "/cart"),
        ("/shop/", "http://127.0.0.1:3000/base/", "/shop/a/b", "/base/a/b"),
        ("/shop", "http://127.0.0.1:3000/x", "/shopping", "/xping"),
        ("= /cart", "http://127.0.0.1:3000/basket", "/cart", "/basket"),
        ("^~ /shop/", "http://127.0.0.1:3000/v1/", "/shop/x%20y", "/v1/x%20y"),
        ("~ ^/shop", "http://127.0.0.1:3000", "/shop/cart", "/shop/cart"),
        ("~ ^/shop", "http://127.0.0.1:3000$request_uri", "/shop/cart", "/shop/cart"),
        ("~ ^/shop/(.*)$", "http://127.0.0.1:3000/s/$1", "/shop/cart", "/s/cart"),
    ],
)  # fmt: skip
def test_the_uri_part_of_a_pass_takes_the_place_of_the_location(location: str, target: str, uri: str, sent: str) -> None:
    """If this fails, a right backend answers 404, and is not believed."""
    assert asked(failing(location, f"proxy_pass {target};", uri)) == (sent, "")


def test_a_rewrite_comes_before_the_uri_part() -> None:
    assert asked(failing("/shop/", "rewrite ^/shop/(.*)$ /new/$1 break; proxy_pass http://127.0.0.1:3000/ignored/;", "/shop/cart")) == ("/new/cart", "")


@pytest.mark.parametrize(
    ("inside", "server"),
    [
        ("try_files $uri @none; proxy_pass http://127.0.0.1:3000;", ""),
        ("proxy_pass http://127.0.0.1:3000;", "rewrite ^/shop/(?=x*+c) /y;"),
    ],
)
def test_what_cannot_be_told_is_asked_as_the_client_does_and_said_so(inside: str, server: str) -> None:
    uri, why = asked(failing("/shop/", inside, "/shop/cart", server))
    assert (uri, why != "") == ("/shop/cart", True)


@pytest.mark.parametrize(
    ("before", "inside", "sent"),
    [
        ("try_files $uri $uri/index.html @app;", "", "/shop/cart"),
        ("try_files $uri @app;", "rewrite ^/shop(.*)$ $1 break;", "/cart"),
        ("try_files $uri =404; error_page 404 = @app;", "", "/shop/cart"),
        ("try_files $uri @app;", "if (-f /srv/old) { rewrite ^ /old break; }", ""),
        ("if (-f $request_filename) { rewrite ^ /there break; } try_files $uri @app;", "", ""),
    ],
)
def test_what_fell_through_try_files_was_not_there(before: str, inside: str, sent: str) -> None:
    """If this fails, nothing is ever proven of a site whose files come before its application; or a file decides that nobody looked at."""
    host = failing("@app", f"{inside} proxy_pass http://127.0.0.1:3000;", "/shop/cart", f"root /srv; location / {{ {before} }}")
    uri, why = asked(host)
    assert (uri, why == "") == (sent or "/shop/cart", bool(sent)), why


def test_other_protocols_hand_on_what_the_client_sent() -> None:
    assert asked(failing("/shop/", f"fastcgi_pass {PEER};", "/shop/cart")) == ("/shop/cart", "")


def based(status: int) -> Host:
    """Of a moved application that nginx asks below /base/; asked for what the client asks it answers 404."""
    host = moved()
    host.sites["app"] = host.sites["app"].replace("http://app;", "http://app/base/;")
    host.ask("127.0.0.1:3001", 404)
    host.ask("127.0.0.1:3001", status, uri="/base/cart")
    return host


def test_the_peer_and_what_may_have_taken_its_place_are_asked_alike() -> None:
    looks = {look.args[0]: look.args[4] for look in plan(based(200).evidence()) if look.kind == "exchange" and look.args[1] == "http"}
    assert looks == {"127.0.0.1:3000": "/base/cart", "127.0.0.1:3001": "/base/cart"}


@pytest.mark.parametrize(("status", "certainty"), [(200, "proven"), (404, "possible")])
def test_the_answer_to_that_question_is_what_counts(status: int, certainty: str) -> None:
    host = based(status)
    (finding,) = wrong_port.judge(host.evidence(), read_facts(host.evidence())).findings
    assert finding.certainty == certainty
    assert any(clue.text == f"GET /base/cart answers {status} there" for clue in finding.clues)


def test_a_good_answer_to_what_may_be_another_question_is_no_proof() -> None:
    """nginx may look for a file first; the client's URI is asked, and the finding says so."""
    host = moved()
    host.sites["app"] = host.sites["app"].replace("proxy_pass", "try_files $uri @x; proxy_pass")
    (finding,) = wrong_port.judge(host.evidence(), read_facts(host.evidence())).findings
    assert finding.certainty == "likely"
    assert any(clue.side == "against" and "nginx may send another URI" in clue.text for clue in finding.clues)


def test_what_a_way_assumes_is_a_doubt() -> None:
    """If this fails, an answer proves something although nginx may send that client's request elsewhere."""
    decides = "if ($http_x_beta) { rewrite ^ /beta break; } proxy_pass http://127.0.0.1:3000;"
    assert asked(failing("/shop/", decides, "/shop/cart")) == ("/shop/cart", "it is taken to have no header X-Beta")
    header = "proxy_set_header Connection $http_upgrade; proxy_pass http://127.0.0.1:3000;"
    assert asked(failing("/shop/", header, "/shop/cart")) == ("/shop/cart", ""), "it decides only what that header says"


def test_a_finding_that_rests_on_an_assumed_way_is_not_proven() -> None:
    host = moved()
    host.sites["app"] = host.sites["app"].replace("proxy_pass", "if ($cookie_new) { rewrite ^ /new break; } proxy_pass")
    (finding,) = wrong_port.judge(host.evidence(), read_facts(host.evidence())).findings
    assert finding.certainty == "likely"
    assert any(clue.side == "against" and "taken to have no cookie new" in clue.text for clue in finding.clues)


def test_the_request_of_a_fallback_and_of_what_is_asked_first_is_known() -> None:
    """If this fails, nothing is proven of a backend to which nginx goes when another one fails."""
    other = "proxy_pass http://127.0.0.1:9; error_page 502 = @b;"
    host = failing("@b", "proxy_pass http://127.0.0.1:3000;", "/shop/cart?x", f"location / {{ {other} }}")
    facts = read_facts(host.evidence())
    route = next(each for each in facts.routes.passes if each.location == "@b")
    assert (questions.question(facts, route, facts.outages[0]).uri, questions.doubt(facts, route, facts.outages[0])) == ("/shop/cart", "")
