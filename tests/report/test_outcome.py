"""How a change ended, in words: no more is said than what was done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import NOW, moved, stopped
from tests.report.changes import ended, progress, undoing
from tui502.apply.decide import Observed, decide, question
from tui502.investigate import investigate
from tui502.model.changes import Baseline, FileChange, StepResult
from tui502.model.findings import Incident
from tui502.report import as_markdown
from tui502.report.outcome import can_be_undone, commands_run, offers_undo
from tui502.report.verdict import Head, head

SITE_TWO = "server {\n    listen 80;\n    server_name two.example.com;\n    location / { proxy_pass http://127.0.0.1:3900; }\n}\n"
PUT_BACK = StepResult(9, "put_back", NOW, 0.1, True, "every file is as it was before")


@pytest.fixture
def incident() -> Incident:
    return investigate(moved().evidence())


def told(incident: Incident, outcome: str, **how: object) -> Head:
    return head(incident, ended(incident, outcome, **how), None, None, 80)


def test_an_undo_is_no_improvement(incident: Incident) -> None:
    """If this fails, what makes the site fail again is reported as "failures 320 → 0", and an undo is offered that finds nothing."""
    change = undoing(incident)
    figures = {"change": change, "before": change.baseline, "after": Baseline(None, (), {}, None, 1.0), "rule": "undone"}
    found = told(incident, "KEPT", why="the earlier change is taken back", **figures)
    assert found.sentence == "change 20261122-031431 is undone: take back: point nginx at 127.0.0.1:3001"
    assert found.next == "esc  look again: what was mended fails again"
    assert found.since == "03:15:08 it is undone"
    assert "→" not in found.sentence + found.known
    receipt = ended(incident, "KEPT", **figures).receipt
    assert receipt
    assert not offers_undo(receipt)
    assert "320" not in as_markdown.report(incident, (receipt,))


def test_a_reload_that_was_kept_offers_no_undo(incident: Incident) -> None:
    """If this fails, a key is shown that is refused when it is pressed."""
    change = replace(progress(incident).change, files=(), fixes=())
    assert not can_be_undone(change)
    assert told(incident, "KEPT", change=change).next == "W  watch whether it stays so · q  quit"
    started = replace(change, fixes=investigate(stopped().evidence()).findings[0].fixes)
    assert can_be_undone(started)
    assert "u  undo it" in told(incident, "KEPT", change=started).next


@pytest.mark.parametrize(
    ("outcome", "how", "said"),
    [
        ("PUT BACK", {"rule": "unchanged"}, "the change did not help and is undone: GET /cart 502 → 200; "),
        ("PUT BACK", {"rule": "unproven"}, "the change could not be proven and is undone: "),
        ("PUT BACK", {"rule": "progress"}, "the change brought another failure and is undone: "),
        ("PUT BACK", {"rule": "asked"}, "the change was put back by hand: GET /cart 502 → 200; "),
        ("PUT BACK", {"rule": "worse", "why": "shop fails now; every file"}, "the change made something worse and is undone: shop fails now; every file is"),
        ("PUT BACK", {"rule": "", "why": "the runner was ended"}, "the change is undone before it was decided; "),
        ("REFUSED", {}, "nothing was changed: the reason"),
        ("REFUSED", {"results": (PUT_BACK,)}, "every file is as it was before: the reason"),
        ("NEEDS HAND", {"rule": "foreign"}, "somebody else changed it meanwhile, so nothing more was touched: the reason"),
        ("NEEDS HAND", {"rule": "unchanged"}, "the change did not help, and it stays until a person takes it back: "),
        ("NEEDS HAND", {"rule": "unchanged", "results": (PUT_BACK,)}, "neither the old nor the new state could be reached: the reason"),
        ("NEEDS HAND", {"rule": ""}, "neither the old nor the new state could be reached: the reason"),
    ],
)
def test_the_sentence_is_that_of_the_rule(incident: Incident, outcome: str, how: dict[str, object], said: str) -> None:
    """If this fails, a change that was never live "did not help", or a foreign reload passes for a state that could not be reached."""
    assert said in told(incident, outcome, **how).sentence


def test_failures_are_told_with_the_time_they_were_counted_in(incident: Incident) -> None:
    """If this fails, five minutes of failures are compared with ten seconds as if they were the same."""
    before = Baseline(None, (), {"a b c": 320}, None, 300.0)
    after = Baseline(None, (), {"a b c": 1}, None, 12.0)
    found = told(incident, "PUT BACK", rule="unchanged", before=before, after=after)
    assert "320 failures in 5 min → 1 failure in 12 s" in found.sentence


def test_what_was_left_live_can_be_taken_back(incident: Incident) -> None:
    """If this fails, a change that did not help stays, and nobody is told of the key that takes it back."""
    receipt = ended(incident, "NEEDS HAND", rule="unchanged", why="nothing is better").receipt
    assert receipt
    change = replace(receipt.change, files=(FileChange("/etc/nginx/app", "/etc/nginx/app", b"a", b"b", ""),))
    assert offers_undo(replace(receipt, change=change))
    assert "u  take it back" in told(incident, "NEEDS HAND", rule="unchanged", change=change).next
    assert not offers_undo(replace(receipt, change=change, rule="foreign"))
    assert not offers_undo(replace(receipt, change=change, results=(PUT_BACK,)))


@pytest.mark.parametrize("outcome", ["REFUSED", "PUT BACK", "NEEDS HAND"])
def test_a_failure_that_goes_on_has_no_end(incident: Incident, outcome: str) -> None:
    """If this fails, "03:02 to 03:15" says that it is over."""
    assert told(incident, outcome).since == head(incident, None, None, None, 80).since


@pytest.mark.parametrize("outcome", ["VERIFIED", "KEPT"])
def test_another_site_that_is_down_is_not_forgotten(outcome: str) -> None:
    """If this fails, a person is told to quit while a second site is down."""
    host = moved()
    host.sites["two"] = SITE_TWO
    host.fails("127.0.0.1:3900", server="two.example.com", host="two.example.com", uri="/two")
    both = investigate(host.evidence())
    first = next(outage.target.server for outage in both.facts.outages if outage.key in ended(both, outcome).change.mends)
    (other,) = {"app.example.com", "two.example.com"} - {first}
    live = {"results": (StepResult(2, "reload", NOW - 30, 0.0, True, ""),)}
    assert told(both, outcome, **live).next.startswith(f"esc  look again: {other} fails still")
    assert "esc" not in told(investigate(moved().evidence()), outcome, **live).next


def test_what_is_stopped_half_way_goes_back_as_far_as_it_can(incident: Incident) -> None:
    """If this fails, U promises to put back a service that was started."""
    applying = progress(incident, "applying")
    file = FileChange("/etc/a", "/etc/a", b"old", b"new", "00")
    commands = investigate(stopped().evidence()).findings[0].fixes[:1]
    for files, fixes, said in (
        ((file,), (), "U  stop here and put back what was written"),
        ((), commands, "U  stop here; what a command did stays"),
        ((file,), commands, "U  stop here and put back what was written; what a command did stays"),
    ):
        now = replace(applying, change=replace(applying.change, files=files, fixes=fixes))
        assert head(incident, now, None, None, 120).next == said


def test_commands_that_were_not_run_are_not_counted(incident: Incident) -> None:
    """If this fails, a receipt says that something was started which was not."""
    receipt = ended(incident, "REFUSED").receipt
    assert receipt
    assert commands_run(receipt) == 0
    assert commands_run(replace(receipt, results=(StepResult(4, "command", NOW, 0.1, True, ""), StepResult(5, "command", NOW, 0.1, False, "")))) == 1


@pytest.mark.parametrize(("statuses", "after"), [((), ()), ((502, 502, 502), (504,))])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_question_never_hides_its_keys(incident: Incident, width: int, statuses: tuple[int, ...], after: tuple[int, ...]) -> None:
    """If this fails, a person is asked and cannot read which key answers."""
    now = progress(incident)
    before = replace(now.change.baseline, statuses=statuses)
    asked = question(before, Observed(replace(before, statuses=after), {}, 30.0))
    assert asked
    found = head(incident, replace(now, question=asked), None, None, width)
    assert found.next == "K  keep it · U  put it back · X  watch for longer"
    assert asked in found.sentence
    assert len(found.sentence) <= 110


def test_the_rules_are_those_of_the_decision(incident: Incident) -> None:
    """If this fails, the words above belong to rules that there are no more."""
    before = progress(incident).change.baseline
    failing = replace(before, statuses=(502,))
    seen = {rule: decide(before, replace(Observed(failing, {}, 0.0), **how)) for rule, how in {
        "foreign": {"foreign": "x"}, "worse": {"workers": False}, "asked": {"asked": "put_back"}, "undone": {"undoes": True}, "unchanged": {},
    }.items()}  # fmt: skip
    assert {rule: decision.rule for rule, decision in seen.items() if decision} == {rule: rule for rule in seen}
