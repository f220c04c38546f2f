"""Staging, testing, applying and undoing an offered fix, through the functions that a front end calls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from incident_of import incident_of
from site_to_mend import Site

from tests.real_nginx import eventually
from tui502.apply import disk, history, journal, launch, stage, tester
from tui502.apply.window import LONGEST
from tui502.model.changes import Receipt
from tui502.model.evidence import LogSeen, Seen, Tally
from tui502.model.facts import Drift
from tui502.model.session import Refused


def finished(place: Path) -> Receipt:
    assert eventually(lambda: journal.receipt(place) is not None, 30)
    receipt = journal.receipt(place)
    assert receipt is not None
    return receipt


def test_from_the_offer_to_verified_and_back_again(site: Site, state: Path) -> None:
    """If this fails, stage, test, apply, history or undo do not fit together."""
    before = site.file.read_bytes()
    incident = incident_of(site)
    change = stage.stage(incident.findings[0].fixes, incident)
    assert site.file.read_bytes() == before
    tested = tester.test(change)
    assert tested.ok, tested.said
    receipt = finished(launch.apply(change, tested))
    assert receipt.outcome == "VERIFIED", receipt.why
    assert site.status() == 200
    assert receipt.id in history.text()

    back = history.undo("", incident_of_mended(site))
    assert back.undoes == receipt.id
    taken = finished(launch.apply(back, tester.test(back)))
    assert taken.outcome == "KEPT", taken.why
    assert site.file.read_bytes() == before
    assert site.status() == 502
    with pytest.raises(Refused, match="no change of ours"):
        history.undo("", incident_of(site))


def incident_of_mended(site: Site):  # type: ignore[no-untyped-def]
    """The incident is about the file as it is now; the fix in it is not used."""
    return incident_of(replace(site, dead=site.living, living=site.dead))


def test_undo_does_not_touch_what_somebody_changed_since(site: Site, state: Path) -> None:
    """If this fails, undo destroys a colleague's edit."""
    incident = incident_of(site)
    change = stage.stage(incident.findings[0].fixes, incident)
    assert finished(launch.apply(change, tester.test(change))).outcome == "VERIFIED"
    site.file.write_bytes(site.file.read_bytes() + b"# theirs\n")
    with pytest.raises(Refused, match="not as that change left it"):
        history.undo("", incident_of_mended(site))


def test_what_changed_after_the_look_is_not_staged(site: Site) -> None:
    """If this fails, an edit is applied to a file that nobody looked at."""
    incident = incident_of(site)
    site.file.write_bytes(b"# later\n" + site.file.read_bytes())
    with pytest.raises(Refused, match="changed on disk"):
        stage.stage(incident.findings[0].fixes, incident)


def test_what_is_agreed_to_and_who_must_answer_is_written_down(site: Site) -> None:
    """If this fails, the runner cannot tell what a reload would load besides, or does not ask the rest of a group."""
    group = f"upstream shop {{ server 127.0.0.1:{site.dead}; server 127.0.0.1:1; server 127.0.0.1:2 down; }}\n"
    site.file.write_text(group + site.text(site.dead).decode().replace(f"http://127.0.0.1:{site.dead}", "http://shop"))
    incident = incident_of(site)
    change = stage.stage(incident.findings[0].fixes, incident)
    assert change.peers == (f"127.0.0.1:{site.living}", f"127.0.0.1:{site.dead}", "127.0.0.1:1")
    assert change.conf == str(site.directory / "nginx.conf")
    assert change.loads == {change.conf: disk.sha((site.directory / "nginx.conf").read_bytes()), str(site.file): disk.sha(site.file.read_bytes())}
    assert disk.would_load(change) == change.loads


def test_the_figures_before_are_what_the_logs_counted(site: Site) -> None:
    """If this fails, a receipt tells of failures that nobody counted."""
    incident = incident_of(site)
    log = str(site.error_log)
    key = incident.facts.outages[0].key
    counted = Tally("connection_refused", "", f"127.0.0.1:{site.dead}", site.name, 4, 960.0, 995.0, (1, 0, 2, 1), ())
    seen = Seen(1000.0, 0.0, LogSeen(log, 0, 1, 1, (counted,), 0, ()))
    evidence = replace(incident.evidence, taken_at=1000.0, logs={log: seen})
    change = stage.stage(incident.findings[0].fixes, replace(incident, evidence=evidence))
    assert (change.baseline.failures, change.baseline.window, change.baseline.requests) == ({key: 4}, 40.0, None)
    assert stage.stage(incident.findings[0].fixes, incident).baseline.failures == {}, "no log, no figures"


def test_no_decision_takes_a_day(site: Site) -> None:
    """If this fails, a time-out of a day keeps a change undecided, and every other one waiting, for a day."""
    site.file.write_text(site.text(site.dead).decode().replace("location / {", "location / { proxy_read_timeout 1d;"))
    incident = incident_of(site)
    late = replace(incident.facts.outages[0], symptoms=("upstream_timeout_read",))
    route = incident.facts.routes.passes[0]
    late = replace(late, target=replace(late.target, where=route.where))
    change = stage.stage(incident.findings[0].fixes, replace(incident, facts=replace(incident.facts, outages=(late,))))
    assert change.keep_after == LONGEST


def test_advice_and_rivals_cannot_be_staged(site: Site) -> None:
    """If this fails, something is carried out that a person should only read, or two fixes that contradict each other."""
    incident = incident_of(site)
    fix = incident.findings[0].fixes[0]
    with pytest.raises(Refused, match="advice"):
        stage.stage((replace(fix, kind="advice"),), incident)
    with pytest.raises(Refused, match="alternatives"):
        stage.stage((fix, replace(fix, id="b" * 12, alternative_to=(fix.id,))), incident)


def test_a_reload_that_would_load_other_edits_says_so(site: Site) -> None:
    """If this fails, a person agrees to one line and nginx loads another as well."""
    incident = incident_of(site, Drift("differs", (str(site.file),), False, "by times"))
    change = stage.stage(incident.findings[0].fixes, incident)
    assert list(change.foreign) == [str(site.file)]


def test_a_staged_state_that_nginx_rejects_fails_its_test_and_cannot_be_applied(site: Site) -> None:
    """If this fails, a live file is overwritten with what nginx does not accept."""
    incident = incident_of(site)
    before = site.snapshot()
    change = stage.stage(incident.findings[0].fixes, incident)
    broken = replace(change, files=(replace(change.files[0], after=b"server { bogus; }\n"),))
    tested = tester.test(broken)
    assert not tested.ok
    assert 'unknown directive "bogus"' in tested.said
    with pytest.raises(Refused, match="not passed"):
        launch.apply(broken, tested)
    assert site.snapshot() == before


def test_a_new_warning_and_a_new_port_are_told_before_applying(site: Site) -> None:
    """If this fails, a person is not warned of what nginx -t lets pass."""
    incident = incident_of(site)
    change = stage.stage(incident.findings[0].fixes, incident)
    after = (change.files[0].after or b"") * 2 + b"server { listen 127.0.0.1:%d; }\n" % site.dead
    tested = tester.test(replace(change, files=(replace(change.files[0], after=after),)))
    assert tested.ok, tested.said
    assert any("conflicting server name" in warning for warning in tested.new_warnings)
    assert any(str(site.dead) in text for text in tested.restart_needed)


def test_a_change_of_another_nginx_is_not_taken_back_here(site: Site) -> None:
    """If this fails, `undo` writes the files of one nginx, and tests and reloads another."""
    before = incident_of(site)
    change = stage.stage(before.findings[0].fixes, before)
    done = finished(launch.apply(change, tester.test(change)))
    incident = incident_of_mended(site)
    view = incident.evidence.view.value
    strange = replace(view, argv=(view.argv[0], "-c", "/srv/other/nginx.conf"))
    other = replace(incident, evidence=replace(incident.evidence, view=replace(incident.evidence.view, value=strange)))
    for wanted in ("", done.id):
        with pytest.raises(Refused, match="changed another nginx"):
            history.undo(wanted, other)
    assert history.undo("", incident).undoes == done.id
