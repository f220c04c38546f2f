"""wrong_port: the fix points nginx at another listener, so it must be the right one and never a port that merely answers."""

from dataclasses import replace

import pytest

from tests.builder import ACCESS, APP, ERRORS, NOW, SITE, Host, moved, without
from tui502.causes import managed, wrong_port
from tui502.fix.edits import apply_edits
from tui502.investigate import investigate
from tui502.read import keys
from tui502.read.facts import read_facts

RANK = {"proven": 3, "likely": 2, "possible": 1}


def opinion(host: Host):
    evidence = host.evidence()
    return wrong_port.judge(evidence, read_facts(evidence))


def test_moved_application_is_proven():
    (finding,) = opinion(moved()).findings
    assert finding.certainty == "proven"
    assert finding.summary == "app.example.com is down: nginx dials 127.0.0.1:3000, but node (app.service) listens on 127.0.0.1:3001"
    assert finding.outages == ("connection_refused 127.0.0.1:3000 app.example.com",)
    assert finding.decider is None


def test_fix_changes_the_port_and_nothing_else():
    (fix,) = opinion(moved()).findings[0].fixes
    assert apply_edits(APP.encode(), fix.edits) == APP.replace("127.0.0.1:3000", "127.0.0.1:3001").encode()
    assert (fix.kind, fix.edits[0].file, fix.peer, fix.alternative_to) == ("config", SITE, "127.0.0.1:3001", ())
    assert fix.tie == "app.service bears the name of group app"
    assert fix.there == 'GET /cart answers 200, "Your cart", Server: Express'
    assert "+    server 127.0.0.1:3001;" in fix.diff


def test_address_in_the_pass_itself_keeps_its_uri():
    host = moved()
    host.sites["app"] = "server {\n    listen 80;\n    server_name app.example.com;\n    location / { proxy_pass http://127.0.0.1:3000/v1/; }\n}\n"
    (fix,) = opinion(host).findings[0].fixes
    assert b"proxy_pass http://127.0.0.1:3001/v1/;" in apply_edits(host.sites["app"].encode(), fix.edits)


def test_same_dead_address_in_two_locations_is_one_finding_with_two_edits():
    host = moved()
    two = "".join(f"    location {path} {{ proxy_pass http://127.0.0.1:3000; }}\n" for path in ("/", "/api/"))
    host.sites["app"] = f"server {{\n    listen 80;\n    server_name app.example.com;\n{two}}}\n"
    host.fails(uri="/api/x", count=5)
    (finding,) = opinion(host).findings
    assert len(finding.fixes[0].edits) == 2
    assert finding.summary.startswith("app.example.com is down:")


def test_another_site_with_the_same_dead_address_is_left_alone():
    """It may be another application that is missing there."""
    host = moved()
    host.sites["stale"] = "server { listen 80; server_name stale.example.net; location / { proxy_pass http://127.0.0.1:3000; } }\n"
    assert {edit.file for edit in opinion(host).findings[0].fixes[0].edits} == {SITE}


@pytest.mark.parametrize("unit", ["admin.service", "postgresql.service", "app-admin.service"])
def test_neighbour_that_merely_answers_is_silent(unit):
    host = moved()
    host.units.clear()
    host.processes.clear()
    host.unit(unit, pid=1872)
    host.process(1872, "node", cgroup=f"/system.slice/{unit}")
    found = opinion(host)
    assert found.findings == ()
    assert "nothing ties it" in found.ruled_out[0].why


def test_what_has_no_tie_is_said_once_and_of_whom():
    """Three dead peers beside one stranger are not three strangers."""
    host = moved()
    host.units.clear()
    host.processes.clear()
    host.sites["app"] = host.sites["app"].replace("server 127.0.0.1:3000;", "server 127.0.0.1:3000;\n    server 127.0.0.1:3005;")
    host.fails("127.0.0.1:3005")
    host.connect("127.0.0.1:3005", "refused")
    (said,) = opinion(host).ruled_out
    assert said.why == "a process listens on 127.0.0.1:3001, but nothing ties it to what nginx dials as 127.0.0.1:3000, 127.0.0.1:3005"


def test_peer_on_another_host_is_silent():
    host = moved()
    host.sites["app"] = host.sites["app"].replace("127.0.0.1:3000", "10.0.4.11:3000")
    host.tallies.clear()
    host.fails("10.0.4.11:3000")
    host.connect("10.0.4.11:3000", "refused")
    assert opinion(host).findings == ()


def test_yesterdays_failures_are_silent():
    host = moved()
    host.tallies.clear()
    host.exchanges.clear()
    host.fails(ago=80000.0)
    assert opinion(host).findings == ()


def test_client_aborts_are_silent():
    host = moved()
    host.tallies.clear()
    host.fails(symptom="client_abort")
    assert opinion(host).findings == ()


def test_peer_that_listens_is_silent():
    host = moved()
    host.process(1900, "node")
    host.listen("127.0.0.1:3000", 1900)
    host.connect("127.0.0.1:3000", "connected")
    assert opinion(host).findings == ()


def test_same_port_on_another_address_is_another_cause():
    host = moved()
    host.listeners.clear()
    host.listen("127.0.0.2:3000", 1872)
    assert opinion(host).findings == ()


def test_stopped_unit_that_names_the_address_is_an_alternative():
    """The backend moved, or its service is stopped and its worker bears the name: neither is known, and nothing is chosen for the person."""
    host = moved()
    host.unit("legacy.service", "inactive", Environment="HOST=127.0.0.1 PORT=3000")
    found = investigate(host.evidence()).findings
    assert {finding.cause: finding.certainty for finding in found} == {"wrong_port": "likely", "backend_stopped": "likely"}
    one, other = (finding.fixes[0] for finding in found)
    assert (one.alternative_to, other.alternative_to) == ((other.id,), (one.id,))


def test_failed_sibling_that_names_the_address_wins():
    """shop-web is down; shop-api, whose name is that of the shop too, answers something on another port."""
    host = sibling(404)
    host.unit("shop-web.service", "failed", Result="exit-code", Environment="HOST=127.0.0.1 PORT=3000")
    found = opinion(host)
    assert found.findings == ()
    assert "shop-web.service, which is failed" in found.ruled_out[0].why
    host.units["shop-web.service"]["ActiveState"] = "activating"
    assert opinion(host).findings == ()


@pytest.mark.parametrize(("status", "certainty"), [(200, "likely"), (404, "possible")])
def test_a_sibling_is_never_proven(status, certainty):
    """What is left of a name without "api" is no name."""
    (finding,) = opinion(sibling(status)).findings
    assert finding.certainty == certainty


def sibling(status):
    host = Host(sites={"shop": "server { listen 80; server_name shop.example.com; location / { proxy_pass http://127.0.0.1:3000; } }"})
    host.service("shop-api.service", 60, "127.0.0.1:4000")
    host.fails(server="shop.example.com", host="shop.example.com")
    host.connect("127.0.0.1:3000", "refused")
    host.ask("127.0.0.1:4000", status, host="shop.example.com")
    return host


def test_application_that_is_still_starting_is_silent():
    """Its debugger listens first; the unit says which port will follow."""
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:9229", started=NOW - 5, Environment="HOST=127.0.0.1 PORT=3000")
    host.fails()
    host.connect("127.0.0.1:3000", "refused")
    host.ask("127.0.0.1:9229", 400)
    assert opinion(host).findings == ()
    assert "was started 5 s ago" in opinion(host).ruled_out[0].why
    del host.units["app.service"]["Environment"]
    assert opinion(host).findings == ()
    host.ask("127.0.0.1:9229", 200)
    assert opinion(host).findings[0].certainty == "likely"


def test_service_that_is_told_to_listen_at_the_dialled_address_is_only_possible():
    """It is told so and listens elsewhere: a person must say which of both is meant."""
    (finding,) = opinion(moved(Environment="HOST=127.0.0.1 PORT=3000")).findings
    assert finding.certainty == "possible"
    assert [fix.kind for fix in finding.fixes] == ["config", "advice"]
    assert all(fix.alternative_to for fix in finding.fixes)


@pytest.mark.parametrize(("status", "certainty"), [(200, "proven"), (302, "proven"), (404, "possible"), (500, "possible")])
def test_only_a_good_answer_to_the_failing_request_is_proof(status, certainty):
    host = moved()
    host.ask("127.0.0.1:3001", status)
    assert opinion(host).findings[0].certainty == certainty


def test_young_process_is_proven_only_by_the_words_of_its_service():
    host = moved()
    host.processes[0] = replace(host.processes[0], started=NOW - 5)
    assert opinion(host).findings[0].certainty == "likely"
    host.units["app.service"]["Environment"] = "PORT=3001"
    assert opinion(host).findings[0].certainty == "proven"


def test_services_that_were_not_seen_are_no_proof():
    """Another one may name the dialled address."""
    host = moved()
    host.supervised("/srv/supervisord.conf", "[program:app]\ncommand=/opt/app\n", "")
    evidence = without(host.evidence(), keys.supervisor_key("/srv/supervisord.conf"), "timeout")
    assert wrong_port.judge(evidence, read_facts(evidence)).findings[0].certainty == "likely"


def test_two_equal_listeners_are_alternatives():
    host = moved()
    host.listen("127.0.0.1:9464", 1872)
    (finding,) = opinion(host).findings
    assert finding.certainty == "possible"
    first, second = finding.fixes
    assert first.alternative_to == (second.id,)
    assert second.alternative_to == (first.id,)
    assert finding.decider.key == keys.http_key("127.0.0.1:9464", "GET", "app.example.com", "/cart")


def test_listener_on_the_dialled_address_stands_before_one_elsewhere():
    """Only the port is wrong; the namesake on another address is another installation."""
    host = moved()
    host.process(50, "node", cgroup="/system.slice/app.service")
    host.listen("127.0.0.9:3001", 50)
    (finding,) = opinion(host).findings
    assert [fix.peer for fix in finding.fixes] == ["127.0.0.1:3001"]
    assert finding.certainty == "proven"


def test_second_listener_that_answers_404_is_none():
    host = moved()
    host.listen("127.0.0.1:9464", 1872)
    host.ask("127.0.0.1:9464", 404)
    (finding,) = opinion(host).findings
    assert [fix.peer for fix in finding.fixes] == ["127.0.0.1:3001"]


def test_file_that_a_tool_owns_gets_advice():
    host = moved()
    host.sites["app"] = "# Ansible managed, do not edit\n" + host.sites["app"]
    evidence = host.evidence()
    (fix,) = managed.advised(evidence, opinion(host).findings[0]).fixes
    assert fix.kind == "advice"
    assert fix.edits == ()
    assert fix.title == "in ansible: point nginx at 127.0.0.1:3001"


def test_part_of_a_group_is_not_called_down():
    host = moved()
    host.sites["app"] = host.sites["app"].replace("server 127.0.0.1:3000;", "server 127.0.0.1:3000;\n    server 127.0.0.1:3007;")
    host.process(1900, "node")
    host.listen("127.0.0.1:3007", 1900)
    host.connect("127.0.0.1:3007", "connected")
    assert " is down:" not in opinion(host).findings[0].summary


def test_location_is_named_when_only_it_fails():
    host = moved()
    host.sites["app"] = host.sites["app"].replace("location / {", "location /shop/ {")
    assert opinion(host).findings[0].summary.startswith("app.example.com fails on /shop/: nginx dials")


@pytest.mark.parametrize(
    "gone",
    ["connect 127.0.0.1:3000", "http 127.0.0.1:3001 GET app.example.com/cart", "listeners", "processes", "systemctl show", ERRORS, ACCESS, "nginx -t"],
)
def test_less_evidence_never_makes_more_certain(gone):
    whole = investigate(moved().evidence())
    less = investigate(without(moved().evidence(), gone))
    before = {finding.id: RANK[finding.certainty] for finding in whole.findings}
    for finding in less.findings:
        assert finding.cause in ("wrong_port", "config_invalid")
        assert RANK[finding.certainty] <= before[finding.id]


@pytest.mark.parametrize(("gone", "certainty"), [("http 127.0.0.1:3001 GET app.example.com/cart", "likely"), ("connect 127.0.0.1:3000", "likely")])
def test_unseen_proof_weakens(gone, certainty):
    (finding,) = investigate(without(moved().evidence(), gone)).findings
    assert finding.certainty == certainty


@pytest.mark.parametrize("gone", ["listeners", "processes"])
def test_without_a_seen_tie_no_cause_is_named(gone):
    found = investigate(without(moved().evidence(), gone))
    assert found.verdict == "undecided"
    assert found.findings == ()
    assert any(gap.source == gone for gap in found.gaps)


def test_renaming_everything_changes_nothing():
    """No port, path or name of these tests is known to the code."""
    host = Host(sites={"kiosk": "server { listen 80; server_name kiosk.corp.test; location / { proxy_pass http://127.0.0.1:7431; } }"})
    host.service("kiosk.service", 60, "127.0.0.1:8222", process="java")
    host.fails("127.0.0.1:7431", server="kiosk.corp.test", host="kiosk.corp.test", uri="/x")
    host.connect("127.0.0.1:7431", "refused")
    host.ask("127.0.0.1:8222", 200, host="kiosk.corp.test", uri="/x")
    (finding,) = opinion(host).findings
    assert finding.certainty == "proven"
    assert finding.fixes[0].peer == "127.0.0.1:8222"


def test_hostile_names_are_neutral():
    host = moved()
    host.processes[0] = host.processes[0].__class__(1872, NOW, 1, 0, (), "no\x1b[2Jde", "", (), "/", "/system.slice/app.service")
    finding = opinion(host).findings[0]
    assert "\x1b" not in finding.summary + "".join(clue.text for clue in finding.clues)
    assert len(finding.summary) <= 110
