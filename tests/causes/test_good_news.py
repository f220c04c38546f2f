"""recovered and no_fault: a healthy host gets no advice, and nothing is called well that was not seen."""

from dataclasses import replace

import pytest

from tests.builder import ERRORS, NOW, WORKER, Host, moved, seen, without
from tui502.causes import ALL
from tui502.investigate import investigate
from tui502.model.evidence import Gap


def healthy() -> Host:
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:3000", started=NOW - 9000)
    host.connect("127.0.0.1:3000", "connected")
    host.ask("127.0.0.1:3000", 200)
    return host


def recovered() -> Host:
    host = healthy()
    host.processes.clear()
    host.process(3105, "node", cgroup="/system.slice/app.service", started=NOW - 300)
    host.listeners.clear()
    host.listen("127.0.0.1:3000", 3105)
    host.fails(ago=301.0, lasting=831.0)
    host.replay(200)
    return host


def test_healthy_host():
    found = investigate(healthy().evidence())
    assert found.verdict == "no_fault"
    (finding,) = found.findings
    assert (finding.cause, finding.certainty, finding.fixes) == ("no_fault", "proven", ())
    assert finding.summary == "nothing is wrong here: 1 of 1 backends answer, no 502 or 504 in the logs"


def test_denied_logs_make_it_possible_only():
    found = investigate(without(healthy().evidence(), ERRORS))
    assert found.findings[0].certainty == "possible"
    assert found.gaps


def test_unasked_backend_makes_it_likely():
    host = healthy()
    host.probing = False
    host.exchanges.clear()
    assert investigate(host.evidence()).findings[0].certainty == "likely"


def test_nothing_is_said_before_the_log_was_read():
    evidence = healthy().evidence()
    del evidence.logs[ERRORS]
    assert investigate(evidence).verdict == "undecided"


def test_yesterdays_failures_are_history():
    host = healthy()
    host.fails(ago=70000.0, lasting=60.0)
    assert investigate(host.evidence()).verdict == "no_fault"


def test_client_aborts_are_no_outage():
    host = healthy()
    host.fails(symptom="client_abort")
    assert investigate(host.evidence()).verdict == "no_fault"


def test_recovered_says_when_and_by_what():
    found = investigate(recovered().evidence())
    assert found.verdict == "recovered"
    finding = found.findings[0]
    assert (finding.cause, finding.certainty, finding.fixes) == ("recovered", "proven", ())
    assert finding.summary == "app.example.com answers again since 03:09:06; it was down 13 min 51 s, until node (app.service) was started"


def test_recovered_by_a_reload():
    """The peer is as old as ever; the workers of nginx are new."""
    host = healthy()
    host.fails(ago=301.0, lasting=831.0)
    host.replay(200)
    evidence = host.evidence()
    young = tuple(replace(each, started=NOW - 300) if each.pid == WORKER else each for each in evidence.processes.value)
    finding = investigate(replace(evidence, processes=seen(young))).findings[0]
    assert finding.summary == "app.example.com answers again since 03:09:06; it was down 13 min 51 s, until nginx was reloaded"
    assert any(clue.text == "nginx was reloaded at 03:09:07" for clue in finding.clues)


def test_what_happened_before_it_began_did_not_end_it():
    host = healthy()
    host.fails(ago=301.0, lasting=1.0)
    host.replay(200)
    evidence = host.evidence()
    older = tuple(replace(each, started=NOW - 310) if each.pid in (WORKER, 1872) else each for each in evidence.processes.value)
    finding = investigate(replace(evidence, processes=seen(older))).findings[0]
    assert finding.summary == "app.example.com answers again since 03:09:06; it was down 1 s"


def test_recovered_without_a_replay_is_likely():
    host = recovered()
    host.exchanges.pop(next(key for key in host.exchanges if key.startswith("replay")))
    assert investigate(host.evidence()).findings[0].certainty == "likely"


def test_still_failing_is_not_recovered():
    assert all(finding.cause != "recovered" for finding in investigate(moved().evidence()).findings)


def test_one_stray_failure_of_this_morning_is_no_news():
    host = healthy()
    host.fails(ago=20000.0, lasting=0.0, count=1)
    assert investigate(host.evidence()).verdict == "no_fault"


def test_denied_log_with_a_dead_backend_is_not_called_well():
    host = Host(euid=1000)
    host.connect("127.0.0.1:3000", "refused")
    host.gaps[ERRORS] = Gap(ERRORS, "denied", "sudo")
    assert investigate(host.evidence()).verdict == "undecided"


@pytest.mark.parametrize("cause", ALL, ids=lambda cause: cause.id)
def test_every_cause_has_its_help_page(cause):
    for part in ("What happens", "How it shows", "What tells it from its neighbours", "What mends it"):
        assert f"**{part}.**" in cause.help
