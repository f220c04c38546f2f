"""recovered and no_fault: a healthy host gets no advice, and nothing is called well that was not seen."""

from dataclasses import replace
from time import gmtime, strftime

import pytest

from tests.builder import ACCESS, ERRORS, NOW, WORKER, Host, moved, seen, tally, without
from tui502.causes import ALL
from tui502.investigate import investigate
from tui502.model.evidence import Gap, Tally
from tui502.report import site


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


def test_a_site_of_which_some_pages_failed_was_not_down() -> None:
    """If this fails, an owner whose front page worked all the time reads that his site was down."""
    host = healthy()
    host.fails(symptom="header_too_big", ago=301.0, lasting=831.0)
    host.replay(200)
    (finding,) = (each for each in investigate(host.evidence()).findings if each.cause == "recovered")
    assert "it failed for 13 min 51 s" in finding.summary
    assert "down" not in finding.summary


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


# what was mended halfway


def before_it_failed(uri: str, status: int, ago: float = 2000.0) -> Tally:
    """A tally of the access log whose newest line asks for `uri`."""
    line = f'203.0.113.24 - - [{strftime("%d/%b/%Y:%H:%M:%S +0000", gmtime(NOW - ago))}] "GET {uri}?a=b HTTP/1.1" {status} 12 "-" "x"'.encode()
    return tally(str(status), "", "", 9, NOW - ago, NOW - ago, (line,))


@pytest.mark.parametrize("status", [404, 500, 503, 401])
def test_a_502_that_became_another_bad_answer_is_neither_recovered_nor_no_fault(status: int) -> None:
    """If this fails, a site whose backend came back broken is called well."""
    host = recovered()
    host.replay(status)
    found = investigate(host.evidence())
    assert (found.verdict, found.findings) == ("undecided", ())
    (said,) = [each for each in found.ruled_out if each.cause == "recovered"]
    assert said.why == f"app.example.com reaches its backend again since 03:09:06, but GET /cart answers {status} now"
    assert site.sentence(found) == said.why


def test_the_status_that_it_had_before_is_no_bad_answer() -> None:
    """A page that was never there is not missing now."""
    host = recovered()
    host.replay(404)
    evidence = host.evidence()
    access = evidence.logs[ACCESS]
    for line, verdict in ((before_it_failed("/cart", 404), "recovered"), (before_it_failed("/cart", 404, ago=100.0), "undecided"),
                          (before_it_failed("/other", 404), "undecided"), (before_it_failed("/cart", 403), "undecided")):  # fmt: skip
        logs = {**evidence.logs, ACCESS: replace(access, value=replace(access.value, tallies=(line,)))}
        assert investigate(replace(evidence, logs=logs)).verdict == verdict


@pytest.mark.parametrize(("status", "verdict"), [(404, "no_fault"), (200, "no_fault"), (500, "undecided")])
def test_of_history_only_a_broken_application_counts(status: int, verdict: str) -> None:
    """Yesterday a robot asked for a page that is not there: that is no reason to doubt for ever."""
    host = healthy()
    host.fails(ago=70000.0, lasting=60.0)
    host.replay(status)
    assert investigate(host.evidence()).verdict == verdict


@pytest.mark.parametrize(("status", "well"), [(404, ["app.example.com"]), (500, [])])
def test_one_site_that_is_well_again_beside_one_that_is_not(status: int, well: list[str]) -> None:
    """While an application is broken the host is not called recovered; a page that is missing on another site does not keep this one from it."""
    host = recovered()
    host.sites["shop"] = "server { listen 80; server_name shop.example.com; location / { proxy_pass http://127.0.0.1:3000; } }"
    host.fails(ago=301.0, server="shop.example.com", host="shop.example.com")
    host.replay(status, host="shop.example.com")
    found = investigate(host.evidence())
    assert [finding.target.server for finding in found.findings] == well
    assert any("shop.example.com reaches its backend again" in each.why for each in found.ruled_out)
