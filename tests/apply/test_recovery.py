"""kill -9 of the runner, at every point where it matters: the next start ends the change, and nothing is left half done."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest
from dying import killed_at
from site_to_mend import PASSED, Site, backend, change

from tests.real_nginx import eventually
from tui502.apply import history, journal, launch, recovery
from tui502.apply.resume import resume
from tui502.host import change as host
from tui502.host.processes import runs
from tui502.host.workers import workers
from tui502.model.findings import Command
from tui502.report.outcome import commands_run

POINTS = (
    "before note applying",
    "after note applying",
    "before _fill",
    "after _fill",
    "before atomic_replace",
    "after atomic_replace",
    "before note reloading",
    "before signal",
    "after signal",
    "after note applied",
    "after note deciding",
    "after note putting_back",
    "before set_time",
    "after set_time",
    "before put_back.reload",
    "after put_back.reload",
    "after note decided",
)


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_runner_leaves_everything_as_it_was(site: Site, point: str) -> None:
    """If this fails, a crash in the middle leaves somebody's configuration half changed, or nginx running what nobody decided on."""
    before = site.snapshot()
    useless = POINTS.index(point) > POINTS.index("after note deciding")
    text, keep_after = (site.text(site.dead) + b"# x\n", 0.5) if useless else (site.text(site.living), 30)
    place = journal.create(change(site, text, keep_after=keep_after), PASSED, "tester")
    killed_at(point, place)
    journal.note(place, "runner", pid=os.getpid(), started=0)
    receipt = resume(place)
    assert receipt.outcome in ("REFUSED", "PUT BACK"), receipt.why
    assert site.snapshot() == before
    assert eventually(lambda: site.status() == 502), receipt.why


def test_what_was_decided_before_the_kill_stands(site: Site) -> None:
    """If this fails, a verified repair is taken back because the runner died while it wrote the receipt."""
    place = journal.create(change(site, site.text(site.living), keep_after=30), PASSED, "tester")
    killed_at("after note decided", place)
    assert resume(place).outcome == "VERIFIED"
    assert site.status() == 200


def kills_its_runner(tmp_path: Path) -> Command:
    script = tmp_path / "kills.py"
    script.write_text("import os, signal; os.kill(os.getppid(), signal.SIGKILL)\n")
    return Command((sys.executable, str(script)), "", "", "", ("stop", "it"), None)


def test_killed_during_a_command_the_edit_goes_back_and_the_command_is_named(site: Site, tmp_path: Path) -> None:
    """If this fails, the receipt says that nothing was changed although a command was at work."""
    before = site.snapshot()
    place = journal.create(change(site, site.text(site.living), commands=(kills_its_runner(tmp_path),)), PASSED, "tester")
    killed_at("never", place)
    receipt = resume(place)
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert "1 of the commands had been begun and stays" in receipt.why
    assert "stop it" in receipt.undo
    assert site.snapshot() == before


def test_killed_during_its_only_command_the_change_is_watched_on(site: Site, tmp_path: Path) -> None:
    """If this fails, a service that was being started is forgotten."""
    place = journal.create(change(site, None, commands=(kills_its_runner(tmp_path),), keep_after=0.5), PASSED, "tester")
    killed_at("never", place)
    receipt = resume(place)
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert "time is up" in receipt.why
    assert receipt.undo == ("stop it",)
    assert commands_run(receipt) == 1, 'it is not called "not run"'
    assert [result.text for result in receipt.results if result.kind == "command"] == ["begun; how it ended was not seen, the runner was ended meanwhile"]


def test_a_command_that_was_never_begun_verifies_nothing(site: Site, tmp_path: Path) -> None:
    """If this fails, what somebody else mended is called our repair."""
    place = journal.create(change(site, None, commands=(kills_its_runner(tmp_path),), keep_after=30), PASSED, "tester")
    killed_at("after note applying", place)
    with backend(site.dead):
        receipt = resume(place)
    assert (receipt.outcome, receipt.undo) == ("REFUSED", ()), receipt.why


def test_a_decision_to_touch_nothing_stands(site: Site) -> None:
    """If this fails, a runner that died before its receipt takes back what it had left to a person."""
    text = site.text(site.dead) + b"# x\n"
    place = journal.create(change(site, text, keep_after=30), PASSED, "tester")
    dying = threading.Thread(target=killed_at, args=("after note decided", place))
    dying.start()
    assert eventually(lambda: journal.has_happened(journal.events(place), "deciding"), 20)
    os.kill(site.view.pid, signal.SIGHUP)
    dying.join(20)
    receipt = resume(place)
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert "reloaded by somebody else" in receipt.why
    assert site.file.read_bytes() == text


def test_unchanged_with_a_command_is_not_put_back_after_the_kill_either(site: Site) -> None:
    """If this fails, whether an edit stays depends on when the runner died."""
    text = site.text(site.dead) + b"# x\n"
    place = journal.create(change(site, text, commands=(Command(("true",), "", "", "", None, None),), keep_after=0.5), PASSED, "tester")
    killed_at("after note decided", place)
    receipt = resume(place)
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert "nothing is better" in receipt.why
    assert site.file.read_bytes() == text


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM])
def test_what_somebody_did_to_nginx_after_the_kill_is_left_alone(site: Site, how: int) -> None:
    """If this fails, recovery changes files of an nginx that somebody has reloaded or restarted since."""
    text = site.text(site.living)
    place = journal.create(change(site, text, keep_after=30), PASSED, "tester")
    killed_at("after note deciding", place)
    old = workers(site.view.pid)
    os.kill(site.view.pid, how)
    assert eventually(lambda: not workers(site.view.pid) & old and (how == signal.SIGTERM or len(workers(site.view.pid)) == 2))
    assert eventually(lambda: how == signal.SIGHUP or not runs(site.view.pid, site.view.started))
    receipt = resume(place)
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert "nothing was touched" in receipt.why
    assert site.file.read_bytes() == text


@pytest.mark.parametrize("back", [False, True])
def test_a_file_that_was_cut_while_it_was_written_in_place_is_ours(site: Site, back: bool) -> None:
    """If this fails, a half written file of ours is taken for somebody's edit and stays on the server."""
    new, old = b"# a new and longer beginning\n" + site.text(site.living), site.text(site.dead)
    (site.directory / "another name").hardlink_to(site.file)
    before = site.snapshot()
    place = journal.create(change(site, new), PASSED, "tester")
    for what in ("applying", "in_place"):
        journal.note(place, what)
    site.file.write_bytes(old[:40] + new[40:] if back else new[:40] + old[40:])
    receipt = resume(place)
    assert receipt.outcome == "REFUSED", receipt.why
    assert site.snapshot() == before


def test_a_mixture_that_was_not_being_written_is_somebodys(site: Site) -> None:
    """If this fails, a colleague's edit that looks half like ours is destroyed."""
    new, old = b"# a new and longer beginning\n" + site.text(site.living), site.text(site.dead)
    place = journal.create(change(site, new), PASSED, "tester")
    for what in ("applying", "in_place", "whole"):
        journal.note(place, what)
    mixed = new[:40] + old[40:]
    site.file.write_bytes(mixed)
    assert resume(place).outcome == "NEEDS HAND"
    assert site.file.read_bytes() == mixed


def test_journals_that_cannot_be_read_stop_nothing(site: Site, state: Path) -> None:
    """If this fails, one damaged journal makes every later repair impossible, and nobody is told of it."""
    before = site.file.read_bytes()
    bad = [journal.create(change(site, site.text(site.living)), PASSED, "tester") for _ in range(2)]
    good = journal.create(change(site, site.text(site.living), keep_after=30), PASSED, "tester")
    (bad[0] / "change.json").write_bytes(b'{"version":9}')
    (bad[1] / "state").write_bytes(b"")
    (state / "20000101-000000.new").write_bytes(b"no directory")
    os.utime(state / "20000101-000000.new", (1, 1))
    killed_at("after note deciding", good)
    found = recovery.recover()
    assert found is not None
    assert found.journal == good
    assert eventually(lambda: journal.receipt(good) is not None, 30)
    assert site.file.read_bytes() == before
    for place in bad:
        receipt = journal.receipt(place)
        assert receipt is not None
        assert receipt.outcome == "NEEDS HAND"
        assert str(place) in receipt.why
    assert recovery.recover() is None
    assert launch.unfinished((state,)) == ()
    assert str(bad[0]) in history.text()


def test_a_journal_that_cannot_be_read_is_told_at_the_start(site: Site, state: Path) -> None:
    """If this fails, a change that may be half there is passed over in silence."""
    place = journal.create(change(site, site.text(site.living)), PASSED, "tester")
    (place / "change.json").write_bytes(b"{}")
    found = recovery.recover()
    assert found is not None
    assert found.progress.receipt is not None
    assert found.progress.receipt.outcome == "NEEDS HAND"


def test_a_conflict_touches_nothing_at_all(site: Site) -> None:
    """If this fails, recovery overwrites what somebody wrote after the crash."""
    place = journal.create(change(site, site.text(site.living), keep_after=30), PASSED, "tester")
    killed_at("after note deciding", place)
    site.file.write_bytes(b"# by hand\n" + site.text(site.living))
    receipt = resume(place)
    assert receipt.outcome == "NEEDS HAND"
    assert site.file.read_bytes().startswith(b"# by hand")


def test_the_next_start_finds_it_and_ends_it(site: Site, state: Path) -> None:
    """If this fails, a change whose runner was killed stays undecided for ever."""
    before = site.file.read_bytes()
    place = journal.create(change(site, site.text(site.living), keep_after=30), PASSED, "tester")
    killed_at("after note deciding", place)
    found = recovery.recover()
    assert found is not None
    assert found.journal == place
    assert eventually(lambda: journal.receipt(place) is not None, 30)
    assert site.file.read_bytes() == before
    assert recovery.recover() is None


def test_a_living_runner_is_left_at_work(site: Site, state: Path) -> None:
    """If this fails, opening a second screen takes back what the first one's runner still watches."""
    place = journal.create(change(site, site.text(site.dead) + b"# x\n", keep_after=3), PASSED, "tester")
    launch.start(place)
    assert eventually(lambda: journal.has_happened(journal.events(place), "deciding"), 20)
    found = recovery.recover()
    assert found is not None
    assert found.progress.phase == "deciding"
    assert found.progress.decides_at is not None
    assert sum(event.what == "runner" for event in journal.events(place)) == 1
    assert eventually(lambda: journal.receipt(place) is not None, 30)


def test_a_journal_whose_runner_never_began_is_not_carried_out(site: Site, state: Path) -> None:
    """If this fails, a change is applied at a later start, when nobody asks for it any more."""
    place = journal.create(change(site, site.text(site.living)), PASSED, "tester")
    line = (place / "state").read_bytes()
    event = journal.events(place)[0]
    (place / "state").write_bytes(line.replace(str(event.at).encode(), str(event.at - 3600).encode()))
    recovery.recover()
    receipt = journal.receipt(place)
    assert receipt is not None
    assert receipt.outcome == "REFUSED"
    assert site.status() == 502


def test_one_change_at_a_time(site: Site, state: Path) -> None:
    """If this fails, two changes are decided at once and neither can tell what it did."""
    place = journal.create(change(site, site.text(site.living)), PASSED, "tester")
    with host.locked(str(state / journal.LOCK)) as free:
        assert free
        launch.start(place)
        assert eventually(lambda: journal.receipt(place) is not None, 20)
    receipt = journal.receipt(place)
    assert receipt is not None
    assert receipt.outcome == "REFUSED"
    assert "another change" in receipt.why


def test_putting_back_does_not_reload_into_an_include_loop(site: Site) -> None:
    """If this fails, a loop that somebody else has made meanwhile crashes the master, and every site is down."""
    before, loop = site.file.read_bytes(), site.file.parent / "zz.conf"
    place = journal.create(change(site, site.text(site.living), keep_after=30), PASSED, "tester")
    killed_at("after note deciding", place)
    served = workers(site.view.pid)
    loop.write_text(f"include {loop};\n")
    receipt = resume(place)
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert f"nginx was not told to read them: nginx would crash, {loop} includes itself" in receipt.why
    assert site.file.read_bytes() == before
    assert workers(site.view.pid) == served
    assert site.status() == 200, "it runs what it ran"
