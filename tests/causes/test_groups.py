"""upstream_partly_down and group_exhausted: who of a group fails, who saves the request, and when nobody is asked although all would answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import ACCESS, APP, CONF, MAIN, NOW, SITE, Host, without
from tui502.causes import group_exhausted, upstream_partly_down
from tui502.fix.edits import apply_edits, check
from tui502.fix.forbidden import forbidden
from tui502.investigate import investigate
from tui502.model.evidence import Gap
from tui502.model.findings import Fix, Incident
from tui502.report import site

THREE = "upstream app {\n    server 127.0.0.1:3000;\n    server 127.0.0.1:3100;\n    server 127.0.0.1:3200;\n}\n"
GUNICORN = "{ path=/usr/bin/gunicorn ; argv[]=/usr/bin/gunicorn --bind 127.0.0.1:%d app:app ; ignore_errors=no ; start_time=[n/a] }"
PORTS = (3000, 3100, 3200)


def three(text: str = THREE) -> Host:
    return Host(sites={"app": text + APP[APP.index("server {") :]})


def answers(host: Host, *ports: int) -> Host:
    for port in ports:
        host.service(f"app{port}.service", port, f"127.0.0.1:{port}", started=NOW - 9000)
        host.connect(f"127.0.0.1:{port}", "connected")
    return host


def stopped(host: Host, *ports: int) -> Host:
    for port in ports:
        host.unit(f"app{port}.service", "inactive", ExecStart=GUNICORN % port, InactiveEnterTimestamp="Sun 2026-11-22 03:02:09 CET")
        host.fails(f"127.0.0.1:{port}", count=60)
        host.connect(f"127.0.0.1:{port}", "refused")
    return host


def one_stopped() -> Host:
    host = answers(stopped(three(), 3000), 3100, 3200)
    host.replay(200)
    host.requests = {"200": 400}
    return host


def all_stopped() -> Host:
    host = stopped(three(), *PORTS)
    host.fails("app", symptom="no_live_upstream", count=300)
    host.replay(502)
    host.requests = {"200": 100, "502": 300}
    return host


def benched(text: str = THREE, ago: float = 4.0) -> Host:
    """All peers failed a moment ago, all answer now, and nginx still asks none of them."""
    host = answers(three(text), *PORTS)
    for port in PORTS:
        host.fails(f"127.0.0.1:{port}", count=1, lasting=0.0, ago=ago)
    host.fails("app", symptom="no_live_upstream", count=20, lasting=3.0)
    host.replay(502, ago=0.5)
    host.exchanges = {key: replace(seen, at=NOW - 0.5) for key, seen in host.exchanges.items()}
    return host


def causes(found: Incident) -> list[str]:
    return [finding.cause for finding in found.findings]


def test_one_of_three_names_what_to_start_and_is_not_down():
    """Clients got their answers: it is degraded, and the service to start stands first."""
    found = investigate(one_stopped().evidence())
    first, second = found.findings
    assert causes(found) == ["backend_stopped", "upstream_partly_down"]
    assert first.explains == (second.id,)
    assert site.word(found) == "DEGRADED"
    assert first.summary == "app.example.com is degraded: nothing listens on 127.0.0.1:3000; app3000.service is stopped since 03:02:09"
    assert second.summary == "1 of 3 peers of app fails; clients of app.example.com are saved by the others"
    assert second.certainty == "proven"
    assert any(clue.text == "1 of 3 peers of app fails" for clue in first.clues)
    assert any(clue.text == "of 60 failed tries 60 were saved by another peer" for clue in second.clues)


def test_without_an_access_log_nobody_is_called_saved():
    """Whether clients saw it is not known then."""
    evidence = without(one_stopped().evidence(), ACCESS)
    second = investigate(evidence).findings[1]
    assert second.summary == "1 of 3 peers of app fails; the others answer"
    assert all("saved" not in clue.text for clue in second.clues)


def test_failures_that_clients_saw_are_told():
    host = one_stopped()
    host.requests = {"200": 100, "502": 50}
    first, second = investigate(host.evidence()).findings
    assert first.summary.startswith("app.example.com fails: nothing listens on 127.0.0.1:3000")
    assert second.summary == "app.example.com fails 3 times a minute: 1 of 3 peers of app fails"


def test_a_peer_on_another_host_is_found_without_a_cause_of_its_own():
    host = answers(three(THREE.replace("127.0.0.1:3000", "10.0.4.12:8080")), 3100, 3200)
    host.fails("10.0.4.12:8080", symptom="upstream_timeout_connect", count=40)
    host.connect("10.0.4.12:8080", "timeout")
    host.requests = {"200": 400}
    (finding,) = investigate(host.evidence()).findings
    assert (finding.cause, finding.certainty) == ("upstream_partly_down", "proven")
    assert "server 10.0.4.12:8080 down;" in edited(host, finding.fixes[0])
    assert finding.fixes[0].alternative_to == ()


def edited(host: Host, fix: Fix) -> str:
    """The site's file after the repair, which must be allowed and read as intended."""
    data = host.sites["app"].encode()
    after = apply_edits(data, fix.edits)
    check(data, after, fix.edits)
    assert not forbidden(fix, {edit.file: data for edit in fix.edits})
    return after.decode()


def test_the_dead_peer_is_taken_out_and_nothing_else():
    """If this fails, taking a peer out touches another server line, or is refused because of what was written there before."""
    lines = THREE.replace("127.0.0.1:3000;", "127.0.0.1:3000 max_fails=0;")
    host = answers(three(lines), 3100, 3200)
    host.fails("127.0.0.1:3000", count=60)
    host.connect("127.0.0.1:3000", "refused")
    (finding,) = investigate(host.evidence()).findings
    (fix,) = finding.fixes
    assert (finding.cause, fix.kind) == ("upstream_partly_down", "config")
    assert edited(host, fix) == host.sites["app"].replace("3000 max_fails=0;", "3000 max_fails=0 down;")
    assert "mends nothing" in fix.risk


def test_beside_what_mends_the_peer_taking_it_out_is_the_lesser_choice():
    """If this fails, a person must choose although one of the two mends it, or both can be carried out together."""
    first, second = investigate(one_stopped().evidence()).findings
    (start,), (out,) = first.fixes, second.fixes
    assert (start.kind, start.alternative_to) == ("command", ())
    assert (out.kind, out.alternative_to) == ("config", (start.id,))


def test_a_peer_that_is_not_seen_broken_is_not_taken_out():
    """If this fails, a peer that works loses its requests because some of them failed a while ago."""
    host = answers(three(), *PORTS)
    host.fails("127.0.0.1:3000", symptom="premature_close", count=60)
    host.requests = {"200": 400}
    (finding,) = [each for each in investigate(host.evidence()).findings if each.cause == "upstream_partly_down"]
    assert finding.certainty == "possible"
    assert [fix.kind for fix in finding.fixes] == ["advice"]


def test_peers_that_all_answer_are_no_part():
    assert upstream_partly_down.ID not in causes(investigate(answers(three(), *PORTS).evidence()))


def test_all_peers_down_is_not_partly():
    """No peer is left: the echo `no live upstreams` is no finding of its own, and all can be started at once."""
    found = investigate(all_stopped().evidence())
    assert causes(found) == ["backend_stopped"] * 3
    assert site.word(found) == "DOWN"
    first, *others = found.findings
    everything, alone = first.fixes
    assert [command.argv[-1] for command in everything.commands] == ["app3000.service", "app3100.service", "app3200.service"]
    assert everything.title == "start app3000.service, app3100.service and app3200.service"
    assert everything.alternative_to == ()
    assert alone.alternative_to == (everything.id,)
    assert [[fix.commands[0].argv[-1] for fix in finding.fixes] for finding in others] == [["app3100.service"], ["app3200.service"]]
    assert all(any(clue.text == "all 3 peers of app fail" for clue in finding.clues) for finding in found.findings)
    assert all(any("no_live_upstream" in key for key in finding.outages) for finding in found.findings)


def test_one_stopped_peer_of_many_is_started_alone():
    first = investigate(one_stopped().evidence()).findings[0]
    assert [len(fix.commands) for fix in first.fixes] == [1]
    assert first.fixes[0].alternative_to == ()


def test_benched_peers_come_back_by_themselves():
    (finding,) = investigate(benched().evidence()).findings
    assert (finding.cause, finding.certainty) == ("group_exhausted", "proven")
    assert finding.summary == "app.example.com is down: all 3 peers of app are set aside, though they answer now"
    assert (finding.fixes[0].kind, finding.fixes[0].title) == ("advice", "wait: it ends by itself at 03:14:13")


def test_what_a_peer_did_before_does_not_hide_that_nobody_is_asked():
    """Each peer failed for another page than the one that fails now: that page fails too, and the peers answer."""
    host = benched()
    host.tallies = host.tallies[-1:]
    for port in PORTS:
        host.fails(f"127.0.0.1:{port}", count=1, lasting=0.0, ago=4.0, uri=f"/{port}")
        host.replay(502, uri=f"/{port}", ago=0.5)
    (finding,) = investigate(host.evidence()).findings
    assert (finding.cause, finding.certainty) == ("group_exhausted", "proven")


def test_a_long_bench_is_worth_a_reload():
    (finding,) = investigate(benched(THREE.replace(";\n", " fail_timeout=10m;\n")).evidence()).findings
    assert (finding.fixes[0].kind, finding.fixes[0].reload, finding.fixes[0].edits) == ("config", True, ())


def test_a_bench_that_must_be_over_is_not_what_fails_now():
    assert group_exhausted.ID not in causes(investigate(benched(ago=30.0).evidence()))


def test_the_echo_of_dead_peers_is_silent():
    """The same line, another cause: some peer does not answer."""
    host = benched()
    host.connect("127.0.0.1:3000", "refused", ago=0.2)
    host.listeners = [item for item in host.listeners if item.port != 3000]
    assert group_exhausted.ID not in causes(investigate(host.evidence()))


def test_peers_marked_down_are_alternatives():
    host = answers(three(THREE.replace(";\n", " weight=2 down;\n")), 3000, 3200)
    host.fails("app", symptom="no_live_upstream")
    host.replay(502)
    host.in_memory = {path: seen.value.data for path, seen in host.evidence().files.items() if path.startswith("/etc/nginx") and seen.value}
    evidence = host.evidence()
    (finding,) = investigate(evidence).findings
    assert (finding.cause, finding.certainty) == ("group_exhausted", "proven")
    assert finding.summary == "app.example.com is down: all 3 peers of app are marked down, though 2 of them answer now"
    assert [fix.peer for fix in finding.fixes] == ["127.0.0.1:3000", "127.0.0.1:3200"]
    assert finding.fixes[0].alternative_to == (finding.fixes[1].id,)
    for fix in finding.fixes:
        data = evidence.files[fix.edits[0].file].value.data
        after = apply_edits(data, fix.edits)
        check(data, after, fix.edits)
        assert after.count(b" down") == 2
        assert f"server {fix.peer} weight=2;".encode() in after


@pytest.mark.parametrize("failed", [False, True])
def test_a_limit_of_connections_is_told_from_a_bench(failed: bool):
    """The same line: peers that failed just now are set aside, peers that never did are full."""
    host = benched(THREE.replace(";\n", " max_conns=1;\n"))
    if not failed:
        host.tallies = [tally for tally in host.tallies if tally.symptom == "no_live_upstream"]
    (finding,) = investigate(host.evidence()).findings
    assert finding.cause == "group_exhausted"
    assert ("max_conns" in finding.summary) == (not failed)
    assert finding.certainty == ("proven" if failed else "likely")
    assert all(fix.kind == "advice" for fix in finding.fixes)


def test_denied_listeners_and_unasked_peers_prove_nothing():
    """Never more certain than what was seen."""
    host = benched()
    host.gaps["listeners"] = Gap("listeners", "denied", "sudo")
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if key.startswith("replay")}
    assert all(finding.certainty != "proven" for finding in investigate(host.evidence()).findings)


def test_a_name_that_is_marked_down_is_one_repair():
    """Both addresses of localhost answer, and are one line of the configuration."""
    host = Host(names={"localhost": ("127.0.0.1", "::1")})
    host.sites["app"] = APP.replace("server 127.0.0.1:3000;", "server localhost:3000 down;")
    host.fails("app", symptom="no_live_upstream")
    host.replay(502)
    for peer in ("127.0.0.1:3000", "[::1]:3000"):
        host.connect(peer, "connected")
    (finding,) = [each for each in investigate(host.evidence()).findings if each.cause == "group_exhausted"]
    assert [(fix.alternative_to, len(fix.edits)) for fix in finding.fixes] == [((), 1)]


def drifted(new: str, known: bool) -> Host:
    """One of three has stopped; somebody has changed the lines of others on disk, and nginx runs what was there before."""
    host = answers(three(new), 3100, 3200)
    host.fails("127.0.0.1:3000", count=60)
    host.connect("127.0.0.1:3000", "refused")
    host.connect("127.0.0.1:3300", "refused")
    host.replay(200)
    host.requests = {"200": 400}
    if known:
        host.in_memory = {CONF: MAIN.encode(), SITE: three().sites["app"].encode()}
    else:
        host.changed = {SITE: NOW - 60}
    return host


FIRST = THREE[: THREE.index("    server 127.0.0.1:3100")]


@pytest.mark.parametrize("new", [THREE.replace("3200", "3300"), THREE.replace("3200;", "3200;\n    server 127.0.0.1:3300;"), FIRST + "}\n",
                                 FIRST + "    server 127.0.0.1:3300;\n}\n"])  # fmt: skip
def test_lines_that_are_not_loaded_hide_nothing(new: str) -> None:
    """If this fails, a change of another peer that nobody has loaded makes a site with one dead peer read as healthy, or as undecided."""
    (finding,) = [each for each in investigate(drifted(new, True).evidence()).findings if each.cause == upstream_partly_down.ID]
    assert (finding.certainty, finding.summary[:27]) == ("proven", "1 of 3 peers of app fails; ")
    said = [clue.text for clue in finding.clues if "not loaded" in clue.text or "no more on disk" in clue.text]
    assert said
    assert all(clue.side == "for" for clue in finding.clues)


@pytest.mark.parametrize("new", [THREE.replace("3200", "3300"), FIRST + "    server 127.0.0.1:3300;\n}\n"])
def test_where_only_times_tell_of_a_change_it_is_a_doubt(new: str) -> None:
    (finding,) = [each for each in investigate(drifted(new, False).evidence()).findings if each.cause == upstream_partly_down.ID]
    assert finding.certainty == "likely"
    assert any(clue.side == "against" and "may dial other peers" in clue.text for clue in finding.clues)
