"""What is asked of peers: quiet where nothing is wrong, the configured protocol first, another one only where something points there."""

from __future__ import annotations

import pytest

from tests import answers
from tests.answers import PEER, ok, script_answer, struck
from tests.builder import Host
from tui502.read import asking
from tui502.read.facts import read_facts
from tui502.read.plan import plan


def asked(host: Host) -> dict[str, str]:
    """The exchanges that are wanted: kind of speech and what it is about → deadline."""
    return {look.key: look.args[1] for look in plan(host.evidence()) if look.kind == "exchange"}


def speaks(host: Host) -> list[str]:
    return list(asked(host).values())


def quiet(directives: str) -> Host:
    host = Host()
    host.sites["app"] = answers.site(directives, before=f"upstream pool {{ server {PEER}; }}\n")
    host.service("app.service", 1872, PEER)
    host.connect(PEER, "connected")
    return host


@pytest.mark.parametrize(
    ("directives", "wanted"),
    [
        ("proxy_pass http://pool;", ["connect", "http"]), ("proxy_pass https://pool;", ["connect", "https"]), ("fastcgi_pass pool;", ["connect", "fastcgi"]),
        ("uwsgi_pass pool;", ["connect"]), ("grpc_pass grpc://pool;", ["connect"]), ("memcached_pass pool;", ["connect"]),
    ],
)  # fmt: skip
def test_a_peer_without_failures_is_asked_in_its_own_protocol_alone(directives: str, wanted: list[str]) -> None:
    """If this fails, healthy backends get garbage from us."""
    host = quiet(directives)
    assert speaks(host) == wanted
    answers.http(host, ok(), uri="/")
    answers.https(host, ok(), uri="/")
    answers.fastcgi(host, script_answer(404), uri="/")
    assert speaks(host) == wanted


def test_a_healthy_php_pool_is_asked_to_run_nothing() -> None:
    """If this fails, each look at the screen runs a script."""
    host = quiet("root /srv; fastcgi_param SCRIPT_FILENAME /srv/index.php; fastcgi_pass pool;")
    (look,) = [look for look in plan(host.evidence()) if look.args[1:2] == ("fastcgi",)]
    assert look.args == (PEER, "fastcgi", "GET", "app.example.com", "/")


def test_the_own_protocol_comes_first() -> None:
    """If this fails, a backend that only crashes gets a TLS handshake before it was asked properly."""
    host = struck(f"proxy_pass http://{PEER};", "premature_close")
    assert set(speaks(host)) == {"connect", "http"}
    answers.http(host)
    assert speaks(host)[-1] == "tls"
    answers.handshake(host)
    assert speaks(host)[-1] == "https"


def test_what_answers_as_asked_is_not_asked_otherwise() -> None:
    host = struck(f"proxy_pass http://{PEER};", "premature_close")
    answers.http(host, ok())
    assert set(speaks(host)) == {"connect", "http"}


def test_old_failures_point_nowhere() -> None:
    host = struck(f"uwsgi_pass {PEER};", "premature_close")
    assert "http" in speaks(host)
    host.tallies.clear()
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.startswith("replay")}
    host.fails(symptom="premature_close", ago=80000.0)
    assert speaks(host) == ["connect"]


def test_a_hang_up_points_to_other_protocols_before_anything_is_logged() -> None:
    host = quiet("proxy_pass http://pool;")
    answers.http(host, uri="/")
    assert speaks(host) == ["connect", "http", "tls"]
    answers.hung_up_on(host)
    assert speaks(host) == ["connect", "http", "tls", "fastcgi"]


def test_fastcgi_behind_proxy_pass_is_asked_for_each_script_that_a_repair_could_name() -> None:
    host = struck(f"proxy_pass http://{PEER};", "premature_close", server="    root /srv;\n")
    answers.http(host)
    answers.hung_up_on(host)
    scripts = [look.args[5:6] for look in plan(host.evidence()) if look.args[1:2] == ("fastcgi",)]
    assert scripts == [(), ("SCRIPT_FILENAME=/srv/cart",), ("SCRIPT_FILENAME=/srv/index.php",)]
    answers.fastcgi(host, script_answer(404))
    files = [look.key for look in plan(host.evidence()) if look.kind == "file"]
    assert {"/etc/nginx/fastcgi.conf", "/etc/nginx/fastcgi_params"} <= set(files)


def test_names_are_tried_where_tls_fails_over_them() -> None:
    host = struck("proxy_pass https://pool;", "tls_handshake", before=f"upstream pool {{ server {PEER}; }}\n")
    answers.https(host, alert=112)
    tried = [look.args[3] for look in plan(host.evidence()) if look.args[1:2] == ("tls",)]
    assert tried == ["", "pool", "app.example.com"]
    answers.https(host, plain=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert "tls" not in speaks(host)


def deadline(directives: str, symptom: str) -> tuple[float, list[str]]:
    looks = [look for look in plan(struck(directives, symptom).evidence()) if look.kind == "exchange" and look.args[1] == "http"]
    return max(look.deadline for look in looks), [look.args[4] for look in looks]


def test_a_slow_page_is_waited_for_longer_than_nginx_does_and_asked_last() -> None:
    """If this fails, a slow backend cannot be proven, or its other pages wait for the slow one."""
    assert deadline(f"proxy_pass http://{PEER}; proxy_read_timeout 3s;", "upstream_timeout_read") == (asking.MOST_PATIENCE, ["/", "/cart"])
    assert deadline(f"proxy_pass http://{PEER}; proxy_read_timeout 3s;", "premature_close") == (asking.PATIENCE, ["/", "/cart"])
    assert deadline(f"proxy_pass http://{PEER};", "header_too_big") == (asking.PATIENCE, ["/cart"])


def test_a_backend_that_answers_other_pages_is_asked_in_no_other_protocol() -> None:
    """If this fails, a backend that is busy gets three more requests of which nothing can be learned."""
    host = struck(f"proxy_pass http://{PEER};", "upstream_timeout_read")
    answers.http(host, end="timeout", after=35.0)
    assert {"tls", "fastcgi"} & set(speaks(host))
    answers.http(host, answers.ok(), uri="/")
    assert not {"tls", "fastcgi"} & set(speaks(host))


def test_the_page_of_another_backend_is_no_other_page_of_this_one() -> None:
    host = struck(f"proxy_pass http://{PEER};", "premature_close", location="/shop/")
    host.tallies.clear()
    host.fails(symptom="premature_close", uri="/shop/x")
    facts = read_facts(host.evidence())
    assert asking.other_page(facts, PEER, facts.routes.passes[0]) is None


def test_states_say_what_a_peer_speaks_instead() -> None:
    """If this fails, a peer that answers in another protocol looks healthy."""

    def state(host: Host) -> tuple[str, str]:
        (peer,) = read_facts(host.evidence()).peers
        return peer.state, peer.why

    host = quiet("fastcgi_pass pool;")
    answers.fastcgi(host, b"HTTP/1.1 400 Bad Request\r\n\r\n", uri="/")
    assert state(host) == ("FAILING", "speaks HTTP")
    answers.fastcgi(host, script_answer(404), uri="/")
    assert state(host) == ("UP", "answers")
    host = quiet("proxy_pass http://pool;")
    answers.http(host, b"what\n", uri="/")
    assert state(host) == ("FAILING", "answers in no protocol that nginx knows")
    host = quiet("proxy_pass https://pool;")
    answers.https(host, ok(), uri="/")
    assert state(host) == ("UP", "200")
    answers.https(host, alert=112, uri="/")
    assert state(host)[0] == "FAILING"
