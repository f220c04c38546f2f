"""Who else works here, in the row SINCE."""

from __future__ import annotations

from dataclasses import replace

from tests.builder import SITE, Host, seen
from tui502.investigate import investigate
from tui502.model.evidence import ProcessSeen
from tui502.model.findings import Incident
from tui502.read import keys
from tui502.report.others import at_work
from tui502.report.verdict import head


def incident(*pids: int, name: str = "vim", user: str = "ben") -> Incident:
    host = Host()
    host.connect("127.0.0.1:3000", "refused")
    host.fails()
    for pid in pids:
        host.process(pid, name, argv=(name, SITE))
    more = {keys.process_key(pid): seen(ProcessSeen(pid, user, f"pts/{pid}", 0.0, None, None, None, ())) for pid in pids}
    return investigate(replace(host.evidence(), details=more))


def test_a_colleague_at_work_is_told() -> None:
    """If this fails, two people mend the same file at the same time."""
    found = incident(1)
    assert head(found, None, None, None, 120).since.endswith("ben (pts/1) has app in vim")
    assert head(found, None, None, None, 80).since.endswith("ben in vim")
    assert at_work(incident(), None, wide=True) == []


def test_several_are_counted() -> None:
    assert at_work(incident(1, 2, 3), None, wide=False) == ["ben in vim and 2 more"]


def test_names_of_the_host_steer_nothing() -> None:
    assert at_work(incident(1, user="\x1b[2Jben"), None, wide=False) == ["␛[2Jben in vim"]
