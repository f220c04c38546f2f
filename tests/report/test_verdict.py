"""The head: what a tired person reads first. Rows never grow beyond the terminal, words are those of the screens."""

from dataclasses import replace

import pytest

from tests.builder import APP, CONF, ERRORS, MAIN, NOW, SITE, Host, moved, stopped
from tests.causes.test_good_news import healthy, recovered
from tests.causes.test_nginx_itself import broken
from tests.report.changes import changed, ended, progress
from tui502.investigate import investigate
from tui502.model.changes import Tested
from tui502.model.evidence import Gap, Look
from tui502.model.facts import Drift, FileDrift
from tui502.report.rate import spark
from tui502.report.status import how_much
from tui502.report.verdict import clauses, head


def told(host: Host, width: int = 80):
    return head(investigate(host.evidence()), None, None, None, width)


def test_before_anything_is_known():
    found = head(None, None, None, None, 80)
    assert (found.word, found.known_word, found.since, found.next) == ("LOOKING", "SO FAR", "not known yet", "wait, or q  quit")


def test_wrong_port():
    found = told(moved())
    assert found.word == "DOWN"
    assert found.sentence == "app.example.com is down: nginx dials 127.0.0.1:3000, but node (app.service) listens on 127.0.0.1:3001"
    assert found.since == "03:02:10, 11 min · 63 % fail, peak 67 %"
    assert found.known_word == "PROVEN"
    assert found.known == ":3000 refused just now · node (app.service) listens on :3001 · 5 more"
    assert found.next == "s  stage the fix: server 127.0.0.1:3000 → 127.0.0.1:3001, one line"
    assert found.status == "web-03  nginx 1.22.1 up  all loaded  root"


def test_wide_row_says_more():
    found = told(moved(), 120)
    assert found.status == "web-03   nginx 1.22.1 up 1 d   all loaded   -t ok   root"
    assert "63 % of requests fail" in found.since


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 200])
@pytest.mark.parametrize("make", [moved, stopped, healthy, recovered, lambda: broken(moved()), lambda: Host(running=False)])
def test_rows_fit(make, width):
    found = told(make(), width)
    assert len(found.status) + len(found.rate) + 3 <= width
    for text in (found.since, found.known, found.next):
        assert len(text) <= width - 10
    assert len(found.sentence) <= 110
    assert found.rate.endswith("/min") or found.rate.endswith("not seen")


def test_lines_that_are_not_loaded_are_counted():
    host = moved()
    host.in_memory = {CONF: MAIN.encode(), SITE: APP.replace("location / {", "location / { # x").encode()}
    assert "1 line not loaded" in told(host).status
    assert "1 line on disk not loaded" in told(host, 120).status


def test_what_times_tell_is_not_said_for_certain():
    """If it fails, a file that was written anew with the same text is called not loaded, or a file that is gone a line on disk."""
    gone = FileDrift("/b", "gone", "", 0.0, 9)
    assert how_much(Drift("differs", ("/a", "/c"), False, "")) == "2 files perhaps not loaded"
    assert how_much(Drift("differs", ("/a",), True, "", 2), " on disk") == "2 lines on disk not loaded"
    assert how_much(Drift("differs", ("/a", "/b"), True, "", 2, (gone,))) == "2 lines not loaded"
    assert how_much(Drift("differs", ("/b",), True, "", 0, (gone,))) == "1 file gone, still running"


def test_failing_test_is_in_the_status():
    assert "-t fails" in told(broken(moved())).status


def test_healthy_offers_nothing():
    found = told(healthy())
    assert (found.word, found.known_word, found.next) == ("UP", "PROVEN", "nothing to do · W  watch whether it stays so")


def test_recovered():
    found = told(recovered())
    assert found.word == "RECOVERED"
    assert found.rate.endswith(" 0/min")
    assert "451 requests failed before" in found.since


def test_denied_logs_are_said():
    host = moved()
    host.gaps[ERRORS] = Gap(ERRORS, "denied", "sudo tui502")
    host.euid = 1000
    found = told(host)
    assert found.rate == "502 not seen"
    assert found.since.startswith("not seen: the logs could not be read")


def test_undecided_says_what_is_seen():
    host = Host()
    host.fails(symptom="premature_close")
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected")
    found = told(host)
    assert (found.word, found.known_word) == ("DEGRADED", "UNDECIDED")
    assert "127.0.0.1:3000 closes before it answers" in found.sentence


def test_alternatives_must_be_chosen():
    host = moved()
    host.listen("127.0.0.1:9464", 1872)
    assert told(host).next == ".  choose A or B, then s"


def test_weak_verdict_waits_while_looks_are_under_way():
    incident = investigate(healthy().evidence())
    weak = replace(incident, findings=(), verdict="undecided", looking=(Look("x", "file", (), 0, 1.0, None, ""),))
    assert head(weak, None, None, None, 80).word == "LOOKING"
    assert head(replace(weak, findings=incident.findings, verdict="no_fault"), None, None, None, 80).word == "UP"


def test_staged_and_tested():
    incident = investigate(moved().evidence())
    change = changed(incident)
    assert head(incident, None, change, None, 80).next == "a  test it, then ask to apply (or t  only test it)"
    failed = Tested(change.id, "namespace", False, (), (), (), 'nginx: [emerg] unexpected "}" in /etc/nginx/sites-enabled/blog:4\n')
    found = head(incident, None, change, failed, 80)
    assert found.known_word == "BLOCKED"
    assert 'unexpected "}"' in found.known


def test_count_down():
    incident = investigate(moved().evidence())
    now = replace(progress(incident), so_far="GET /cart 502 → 200, 4 of 5 · no failure since")
    found = head(incident, now, None, None, 80)
    assert (found.word, found.known_word) == ("CHECKING", "SO FAR")
    assert found.sentence.startswith("the change is live and is being checked: GET /cart 502 → 200, no failure since the reload at")
    assert found.known == "GET /cart 502 → 200, 4 of 5 · no failure since · nothing is worse"
    assert found.since.startswith("03:02:10 to 03:14:08")
    assert found.next == "nothing to do, or K  keep now · U  put back now"


def test_applying_can_be_stopped():
    incident = investigate(moved().evidence())
    assert head(incident, progress(incident, phase="applying"), None, None, 80).next.startswith("U  ")


@pytest.mark.parametrize(
    ("outcome", "word", "part"),
    [
        ("VERIFIED", "PROVEN", "app.example.com works again: GET /cart 502 → 200"),
        ("KEPT", "BECAUSE", "the change was kept by hand"),
        ("PUT BACK", "BECAUSE", "the change did not help and is undone"),
        ("REFUSED", "BECAUSE", "nothing was changed"),
        ("NEEDS HAND", "BECAUSE", "neither the old nor the new state could be reached"),
    ],
)
def test_outcomes(outcome, word, part):
    incident = investigate(moved().evidence())
    found = head(incident, ended(incident, outcome), None, None, 80)
    assert (found.word, found.known_word) == (outcome, word)
    assert part in found.sentence


def test_clauses_drop_whole_ones_and_count_them():
    assert clauses(["aa", "bb", "cc"], 20) == "aa · bb · cc"
    assert clauses(["aa", "bbbbb", "cc"], 12, count=True) == "aa · 2 more"
    assert clauses(["aa", "bbbbbbbb"], 6) == "aa"


def test_spark():
    assert spark([0, 1, 100]) == "▁▂█"
    assert spark([0, 0]) == "▁▁"


def test_now_is_that_of_the_evidence():
    assert investigate(moved().evidence()).evidence.taken_at == NOW
