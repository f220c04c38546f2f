"""bound_elsewhere and address_family: the right port at another address. The repair points nginx there, so it must be the same backend."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import APP, NOW, Host, without
from tui502.causes import wrong_port
from tui502.fix.edits import apply_edits
from tui502.investigate import investigate
from tui502.model.findings import Finding, Incident
from tui502.read import keys

LAN = "10.0.0.5"
REQUEST = "http {} GET app.example.com/cart"


def bound(dialled: str, *listens: str, unit: str = "app.service", status: int | None = 200, v6only: bool = False) -> Host:
    """nginx dials port 3000 of an address; the service listens on port 3000 (or what is given) of others."""
    host = Host(sites={"app": APP.replace("127.0.0.1:3000", dialled)}, own=("127.0.0.1", "::1", LAN))
    host.unit(unit, pid=1872)
    host.process(1872, "node", cgroup=f"/system.slice/{unit}", started=NOW - 718)
    for address in listens:
        host.listen(address, 1872, v6only=v6only)
    host.fails(dialled)
    host.connect(dialled, "refused")
    host.replay(502)
    for address in listens if status else ():
        host.ask(address, status or 0)
    return host


def found(host: Host) -> Incident:
    return investigate(host.evidence())


def only(host: Host) -> Finding:
    (finding,) = found(host).findings
    return finding


def test_ipv6_only_backend_is_proven_and_pointed_at() -> None:
    finding = only(bound("127.0.0.1:3000", "[::1]:3000"))
    assert (finding.cause, finding.certainty) == ("address_family", "proven")
    assert finding.summary == "app.example.com is down: nginx dials 127.0.0.1:3000, but node (app.service) listens on [::1]:3000"
    first, other = finding.fixes
    assert apply_edits(APP.encode(), first.edits) == APP.replace("127.0.0.1:3000", "[::1]:3000").encode()
    assert (first.kind, first.peer, first.alternative_to) == ("config", "[::1]:3000", ())
    assert first.there == 'GET /cart answers 200, "Your cart", Server: Express'
    assert (other.kind, other.title) == ("advice", "have app.service listen on 127.0.0.1:3000")


def test_ipv4_only_backend_is_the_same_cause() -> None:
    finding = only(bound("[::1]:3000", "127.0.0.1:3000"))
    assert (finding.cause, finding.certainty, finding.fixes[0].peer) == ("address_family", "proven", "127.0.0.1:3000")


@pytest.mark.parametrize(("dialled", "listens"), [(f"{LAN}:3000", "127.0.0.1:3000"), ("127.0.0.1:3000", f"{LAN}:3000"), ("127.0.0.1:3000", "127.0.0.2:3000")])
def test_another_address_of_the_same_family(dialled: str, listens: str) -> None:
    finding = only(bound(dialled, listens))
    assert (finding.cause, finding.certainty, finding.fixes[0].peer) == ("bound_elsewhere", "proven", listens)


def test_an_address_that_is_not_known_to_be_ours_is_silent() -> None:
    """It may be another host, which refuses."""
    host = bound(f"{LAN}:3000", "127.0.0.1:3000")
    host.own = ()
    assert found(host).findings == ()


def test_a_wildcard_of_ipv6_serves_ipv4_unless_it_is_for_ipv6_only() -> None:
    """If this fails, a backend on every address is called one of IPv6, or one of IPv6 only is called up."""
    host = bound("127.0.0.1:3000", "[::]:3000", v6only=True, status=None)
    host.ask("[::1]:3000", 200)
    assert (only(host).cause, only(host).certainty, only(host).fixes[0].peer) == ("address_family", "proven", "[::1]:3000")
    host.listeners = [replace(each, v6only=False) for each in host.listeners]
    assert found(host).findings == ()


def test_a_wildcard_of_ipv4_does_not_serve_ipv6() -> None:
    host = bound("[::1]:3000", "0.0.0.0:3000", status=None)
    host.ask("127.0.0.1:3000", 200)
    assert (only(host).cause, only(host).fixes[0].peer) == ("address_family", "127.0.0.1:3000")


def test_both_families_listen() -> None:
    """Nothing is bound elsewhere: what was refused is the firewall's word, or is over."""
    assert found(bound("127.0.0.1:3000", "127.0.0.1:3000", "[::1]:3000")).findings == ()


@pytest.mark.parametrize("unit", ["admin.service", "postgresql.service", "app-admin.service"])
@pytest.mark.parametrize(("listens", "cause"), [("[::1]:3000", "address_family"), ("127.0.0.2:3000", "bound_elsewhere")])
def test_an_unrelated_process_on_the_same_port_is_named_and_not_offered(listens: str, cause: str, unit: str) -> None:
    incident = found(bound("127.0.0.1:3000", listens, unit=unit))
    assert incident.findings == ()
    (said,) = [each for each in incident.ruled_out if "nothing ties it" in each.why]
    assert (said.cause, said.why) == (cause, f"node ({unit}) listens on {listens}, but nothing ties it to what nginx dials as 127.0.0.1:3000")


@pytest.mark.parametrize(("status", "certainty"), [(200, "proven"), (302, "proven"), (None, "likely"), (404, "possible"), (500, "possible")])
def test_only_a_good_answer_to_the_failing_request_is_proof(status: int | None, certainty: str) -> None:
    finding = only(bound("127.0.0.1:3000", "[::1]:3000", status=status))
    assert (finding.certainty, (finding.decider is not None) == (status is None)) == (certainty, True)


def test_a_sibling_is_never_proven() -> None:
    """shop-api on [::1], and the shop that is dialled has no service."""
    host = bound("127.0.0.1:3000", "[::1]:3000", unit="shop-api.service")
    host.sites["app"] = "server { listen 80; server_name shop.example.com; location / { proxy_pass http://127.0.0.1:3000; } }"
    host.tallies.clear()
    host.fails(server="shop.example.com", host="shop.example.com")
    host.ask("[::1]:3000", 200, host="shop.example.com")
    assert only(host).certainty == "likely"


@pytest.mark.parametrize("gone", ["connect 127.0.0.1:3000", REQUEST.format("[::1]:3000"), keys.SYSTEMD_SHOW])
def test_less_evidence_is_less_certain(gone: str) -> None:
    incident = investigate(without(bound("127.0.0.1:3000", "[::1]:3000").evidence(), gone))
    assert all(finding.certainty != "proven" for finding in incident.findings)


def test_the_dialled_port_says_more_than_another_port() -> None:
    """Its metrics listen on the dialled address: no other port is offered."""
    host = bound("127.0.0.1:3000", "[::1]:3000")
    host.listen("127.0.0.1:9464", 1872)
    host.ask("127.0.0.1:9464", 200)
    assert [(each.cause, each.certainty) for each in found(host).findings] == [("address_family", "proven")]


def test_another_service_that_answers_as_well_is_no_proof() -> None:
    host = bound("127.0.0.1:3000", "[::1]:3000")
    host.service("app@2.service", 1900, "127.0.0.1:3001")
    host.ask("127.0.0.1:3001", 200)
    assert [(each.cause, each.certainty) for each in found(host).findings] == [("address_family", "likely")]


def test_a_port_that_answers_well_beside_one_that_does_not_is_the_port() -> None:
    host = bound("127.0.0.1:3000", "[::1]:3000", status=404)
    host.listen("127.0.0.1:3001", 1872)
    host.ask("127.0.0.1:3001", 200)
    assert only(host).cause == wrong_port.ID


def test_two_equal_addresses_are_alternatives() -> None:
    finding = only(bound("127.0.0.1:3000", "[::1]:3000", f"{LAN}:3000"))
    assert (finding.cause, finding.certainty) == ("bound_elsewhere", "possible")
    one, other, _ = finding.fixes
    assert (one.alternative_to, other.alternative_to) == ((other.id,), (one.id,))


def test_a_service_that_names_the_dialled_address_is_down() -> None:
    """What bears the name elsewhere is another installation."""
    host = bound("127.0.0.1:3000", "127.0.0.9:3000")
    host.unit("web.service", "failed", Environment="HOST=127.0.0.1 PORT=3000")
    incident = found(host)
    assert [(each.cause, each.certainty) for each in incident.findings] == [("backend_stopped", "possible")]
    assert any("web.service, which is failed (failed), names 127.0.0.1:3000: the address is right" in each.why for each in incident.ruled_out)


def test_a_stopped_service_of_that_address_is_an_alternative() -> None:
    host = bound("127.0.0.1:3000", "[::1]:3000")
    host.unit("legacy.service", "inactive", Environment="HOST=127.0.0.1 PORT=3000")
    assert {each.cause: each.certainty for each in found(host).findings} == {"address_family": "likely", "backend_stopped": "likely"}


@pytest.mark.parametrize(("told", "certainty"), [("PORT=3000", "proven"), ("HOST=localhost PORT=3000", "proven"), ("HOST=127.0.0.1 PORT=3000", "possible")])
def test_what_the_service_is_told(told: str, certainty: str) -> None:
    """One that is told the dialled address and is not there may not have been restarted."""
    host = bound("127.0.0.1:3000", "[::1]:3000")
    host.units["app.service"]["Environment"] = told
    assert only(host).certainty == certainty


def test_a_service_that_was_just_started_and_answers_badly_may_come_up_yet() -> None:
    host = bound("127.0.0.1:3000", "[::1]:3000", status=503)
    host.processes[0] = replace(host.processes[0], started=NOW - 5)
    assert found(host).findings == ()


# names


def by_name(*dead: str, site: str = APP) -> Host:
    """nginx is told localhost, which means both; app.service serves IPv4, and `dead` of the two are refused."""
    host = Host(sites={"app": site.replace("127.0.0.1:3000", "localhost:3000")}, names={"localhost": ("127.0.0.1", "::1")})
    host.service("app.service", 1872, "127.0.0.1:3000" if len(dead) == 1 else "127.0.0.1:3001")
    host.connect("127.0.0.1:3000", "connected")
    for peer in dead:
        host.fails(peer)
        host.connect(peer, "refused")
    return host


def test_localhost_of_which_one_address_is_served() -> None:
    """Nothing is down: every second request is tried in vain first, or fails where it may not be sent twice."""
    host = by_name("[::1]:3000")
    host.ask("127.0.0.1:3000", 200)
    host.requests = {"200": 5000}
    finding, echo = found(host).findings
    assert (finding.cause, finding.certainty, echo.cause, finding.explains) == ("address_family", "proven", "upstream_partly_down", (echo.id,))
    assert finding.summary == "app.example.com is degraded: localhost:3000 is [::1]:3000 too, and app.service serves only 127.0.0.1:3000"
    assert apply_edits(host.sites["app"].encode(), finding.fixes[0].edits) == APP.encode()


def test_localhost_in_the_pass_itself() -> None:
    host = by_name("[::1]:3000", site="server { listen 80; server_name app.example.com; location / { proxy_pass http://127.0.0.1:3000/v1/; } }")
    (finding, *_) = found(host).findings
    assert finding.cause == "address_family"
    assert b"proxy_pass http://127.0.0.1:3000/v1/;" in apply_edits(host.sites["app"].encode(), finding.fixes[0].edits)


def test_localhost_of_which_no_address_is_served_is_one_peer() -> None:
    """If this fails, one wrong port is two findings with the same edit."""
    host = by_name("127.0.0.1:3000", "[::1]:3000")
    host.ask("127.0.0.1:3001", 200)
    finding = only(host)
    assert (finding.cause, len(finding.outages)) == ("wrong_port", 2)
    assert finding.summary == "app.example.com is down: nginx dials localhost:3000, but node (app.service) listens on 127.0.0.1:3001"
    assert apply_edits(host.sites["app"].encode(), finding.fixes[0].edits) == APP.replace("3000", "3001").encode()


def test_stopped_service_behind_localhost_is_one_finding() -> None:
    host = by_name("127.0.0.1:3000", "[::1]:3000")
    host.listeners.clear()
    host.processes.clear()
    host.unit("app.service", "inactive", Environment="HOST=127.0.0.1 PORT=3000")
    assert [(each.cause, each.certainty) for each in found(host).findings] == [("backend_stopped", "proven")]
