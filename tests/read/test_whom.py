"""Who is asked where few, and where many peers are dialled."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.builder import ACCESS, Host, seen, without
from tui502.investigate import investigate
from tui502.model.evidence import Evidence
from tui502.read import facts, keys, lookup, memo, questions, whom
from tui502.read.plan import plan

SITE = """upstream g{n} {{ server 127.0.0.1:{port}; server 127.0.0.2:{port} backup; }}
server {{ listen 80; server_name s{n}.example.com; location / {{ proxy_pass http://g{n}; }} }}
"""
MANY = whom.MANY // 2 + 10


def large(sites: int = MANY) -> Host:
    """So many sites of two peers each, all listening but the first."""
    host = Host(sites={f"s{n:04}": SITE.format(n=n, port=20000 + n) for n in range(sites)})
    for n in range(1, sites):
        host.listen(f"127.0.0.1:{20000 + n}")
        host.listen(f"127.0.0.2:{20000 + n}")
    return host


def asked(evidence: Evidence) -> set[str]:
    return {look.args[0] for look in plan(evidence) if look.kind == "exchange" and look.args[1] == "http"}


def tried(evidence: Evidence) -> set[str]:
    return {look.args[0] for look in plan(evidence) if look.kind == "exchange"}


def test_few_peers_are_all_asked():
    """If this fails, a backend that answers 500 without anybody having failed is not seen on an ordinary host."""
    assert len(asked(large(20).evidence())) == 40


def test_of_many_peers_those_are_asked_whose_group_failed():
    """If this fails, every look at a large host sends a request to each of its backends, or the one that fails is not asked."""
    host = large()
    host.fails("127.0.0.1:20005", server="s5.example.com")
    assert asked(host.evidence()) == {"127.0.0.1:20005", "127.0.0.2:20005"}


def test_of_many_peers_those_are_asked_that_a_named_request_comes_to():
    evidence = replace(large().evidence(), url="http://s7.example.com/")
    assert asked(evidence) == {"127.0.0.1:20007", "127.0.0.2:20007"}


def test_of_many_peers_the_kernel_tells_who_listens_and_the_others_are_tried():
    """If this fails, what nobody can see to listen is taken for well, or is never looked at."""
    evidence = large().evidence()
    assert tried(evidence) == {"127.0.0.1:20000", "127.0.0.2:20000"}
    states = lookup.states(facts.read_facts(evidence))
    assert (states["127.0.0.1:20003"].state, states["127.0.0.1:20003"].why) == ("UP", "listens")
    assert states["127.0.0.1:20000"].state == "DOWN"


def test_many_that_merely_listen_are_no_proof_that_nothing_is_wrong():
    """If this fails, "all backends answer" is said of backends that nobody talked to."""
    host = large()
    host.listen("127.0.0.1:20000")
    host.listen("127.0.0.2:20000")
    finding = next(finding for finding in investigate(host.evidence()).findings if finding.cause == "no_fault")
    assert finding.certainty == "likely"
    assert f"{2 * MANY} of {2 * MANY} backends listen" in finding.summary


@pytest.mark.parametrize(("answered", "visible", "saved"), [(None, 0, None), (200, 0, None), (500, 40, 0)])
def test_a_peer_that_merely_listens_may_have_saved_requests_or_not(answered: int | None, visible: int, saved: int | None) -> None:
    """If this fails, of many peers one that nobody asked settles what clients got of the failures of another: that it saved them, or that it cannot have."""
    host = large()
    host.listen("127.0.0.2:20000")
    host.fails("127.0.0.1:20000", server="s0.example.com", host="s0.example.com", count=40)
    if answered:
        host.ask("127.0.0.2:20000", answered, host="s0.example.com")
    (outage,) = facts.read_facts(without(host.evidence(), ACCESS)).outages
    assert (outage.client_visible, outage.saved) == (visible, saved)


def test_routes_are_read_once_for_a_configuration_whatever_else_comes_in(monkeypatch: pytest.MonkeyPatch):
    """If this fails, a host with ten thousand sites is read from the beginning whenever a file comes in that its configuration does not consist of."""
    memo.forget()
    times: Counter[str] = Counter()

    def counted(name: str, original: Any) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            times[name] += 1
            return original(*args, **more)

        return call

    monkeypatch.setattr(facts.routing, "routes", counted("routes", facts.routing.routes))
    monkeypatch.setattr(questions, "_found", counted("front page", questions._found))
    host = large()
    host.fails("127.0.0.1:20005", server="s5.example.com")
    evidence = host.evidence()
    for n in range(3):
        evidence = replace(evidence, taken_at=evidence.taken_at + 1, files={**evidence.files, f"/etc/default/{n}": seen(None)})
        plan(evidence)
        investigate(evidence)
    assert times["routes"] == 1
    assert times["front page"] <= 2, "a request is followed for the peers that are asked only"
    assert keys.NGINX_T in {look.key for look in plan(evidence)}
