"""Peers that are written as a name are those that nginx dials for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import APP, NOW, Host
from tui502.model.evidence import Evidence, Gap, Look, Seen
from tui502.model.facts import Facts
from tui502.read.facts import read_facts
from tui502.read.plan import plan, unanswered


def named(name: str = "localhost", *found: str) -> Host:
    """app.service serves 127.0.0.1:3000, which nginx dials by a name."""
    host = Host(sites={"app": APP.replace("127.0.0.1", name)})
    host.service("app.service", 1872, "127.0.0.1:3000", started=NOW - 9000)
    if found:
        host.names[name] = found
    return host


def looks(evidence: Evidence, kind: str) -> list[Look]:
    return [look for look in plan(evidence) if look.kind == kind]


def facts_of(host: Host) -> Facts:
    return read_facts(host.evidence())


def test_a_name_is_looked_up_from_where_nginx_is_and_only_then_asked() -> None:
    """If this fails, a backend written as localhost is never asked, or asked by a name that is no address."""
    host = named()
    (look,) = looks(host.evidence(), "name")
    assert (look.args, look.view, look.every) == (("localhost",), host.evidence().view.value.pid, None)  # type: ignore[union-attr]
    assert looks(host.evidence(), "exchange") == []
    host.names["localhost"] = ("127.0.0.1",)
    assert {look.args[0] for look in looks(host.evidence(), "exchange")} == {"127.0.0.1:3000"}


def test_every_address_is_a_peer_at_the_place_of_the_name() -> None:
    """If this fails, a refusal on one of the two addresses of localhost is not seen."""
    found = facts_of(named("localhost", "127.0.0.1", "::1"))
    peers = found.routes.passes[0].peers
    assert [(peer.address, peer.host) for peer in peers] == [("127.0.0.1:3000", "localhost"), ("[::1]:3000", "localhost")]
    assert peers[0].where == peers[1].where
    assert [(state.peer, state.listening) for state in found.peers] == [("127.0.0.1:3000", True), ("[::1]:3000", False)]


def test_a_name_in_the_pass_with_two_addresses_is_a_group_of_its_own() -> None:
    """nginx spreads requests over them and sets them aside as it does in a group; it logs the bare name when none is left."""
    host = named("localhost", "127.0.0.1", "::1")
    host.sites["app"] = "server { listen 80; server_name app.example.com; location / { proxy_pass http://localhost:3000; } }"
    host.fails("localhost", symptom="no_live_upstream")
    found = facts_of(host)
    assert (found.routes.passes[0].group, found.routes.passes[0].upstream) == ("", "localhost:3000")
    assert found.outages[0].target.upstream == "localhost:3000"
    assert [node.label for node in found.nodes if node.kind == "group"] == ["group localhost:3000, 2 peers"]


def test_records_of_both_addresses_belong_to_the_pass() -> None:
    host = named("localhost", "127.0.0.1", "::1")
    host.fails("[::1]:3000")
    (outage,) = facts_of(host).outages
    assert (outage.target.location, outage.target.peer) == ("/", "[::1]:3000")


def test_a_name_that_was_not_resolved_keeps_nothing_waiting() -> None:
    """If this fails, a dead DNS server leaves the screen at LOOKING for ever."""
    host = named("backend.example.com", "0.0.0.0")
    host.gaps["backend.example.com"] = Gap("address of backend.example.com", "timeout", "")
    (state,) = facts_of(host).peers
    assert (state.peer, state.state, state.why) == ("backend.example.com:3000", "UNSEEN", "its name was not resolved")
    assert not any(look.kind in ("name", "exchange") for look in unanswered(host.evidence()))


def test_no_name_means_no_look_and_the_same_objects() -> None:
    evidence = Host().evidence()
    assert looks(evidence, "name") == []
    again = replace(evidence, names={"other": Seen(NOW, 0.0, ("10.0.0.1",))})
    assert read_facts(again).routes.passes[0] is read_facts(evidence).routes.passes[0]


@pytest.mark.parametrize(("own", "listening"), [((), None), (("127.0.0.1", "10.0.0.5"), False)])
def test_a_peer_at_an_address_of_this_host_is_seen_whole(own: tuple[str, ...], listening: bool | None) -> None:
    """If this fails, a backend dialled at the host's own address is taken for one on another host, of which nothing can be said."""
    host = Host(sites={"app": APP.replace("127.0.0.1", "10.0.0.5")}, own=own)
    host.connect("10.0.0.5:3000", "refused")
    (state,) = facts_of(host).peers
    assert state.listening is listening
