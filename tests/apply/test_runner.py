"""The runner on a real nginx: every way a change can end, and that nothing is left behind."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from site_to_mend import PASSED, Site, backend, change

from tests.real_nginx import eventually
from tui502.apply import back, control, disk, foreign, journal, launch, replays, runner
from tui502.apply.ending import stopped
from tui502.apply.live import make_live
from tui502.apply.work import Run, Stop
from tui502.host import change as host
from tui502.host.paths import start_ticks
from tui502.model.changes import Receipt, StagedChange
from tui502.model.findings import Command
from tui502.model.session import Refused


def carried(staged: StagedChange) -> Receipt:
    """The change carried through in this process, as the runner does it."""
    place = journal.create(staged, PASSED, "tester")
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    return runner.carry_through(place)


def test_a_right_change_is_verified_and_stays(site: Site) -> None:
    """If this fails, a repair that works is not recognised, or a file loses its mode."""
    site.file.chmod(0o640)
    receipt = carried(change(site, site.text(site.living), keep_after=20))
    assert receipt.outcome == "VERIFIED", receipt.why
    assert site.status() == 200
    assert site.file.stat().st_mode & 0o777 == 0o640
    assert receipt.before.statuses == (502, 502, 502)
    assert receipt.after.statuses[-5:] == (200,) * 5
    assert all(result.ok for result in receipt.results), receipt.results
    assert "502 → 200" in receipt.why
    assert sorted(path.name for path in site.file.parent.iterdir()) == ["shop.conf"]


def test_a_change_that_helps_nothing_goes_back_byte_for_byte(site: Site) -> None:
    """If this fails, a useless edit stays on somebody's server."""
    before = site.snapshot()
    receipt = carried(change(site, site.text(site.dead).replace(b"# the shop", b"# a shop"), keep_after=1))
    assert receipt.outcome == "PUT BACK", receipt.why
    assert site.snapshot() == before
    assert site.status() == 502


def test_a_change_that_breaks_a_healthy_site_goes_back_at_once(site: Site) -> None:
    """If this fails, a healthy site is down until the time of the decision is up."""
    receipt = carried(change(site, site.text(site.dead, port=site.dead), keep_after=60))
    assert receipt.outcome == "PUT BACK", receipt.why
    assert "no longer answers" in receipt.why
    assert site.status() == 502


def test_a_reload_that_nginx_refuses_leaves_the_old_files(site: Site) -> None:
    """If this fails, the disk holds what nginx would not run, and the next restart takes the host down."""
    before = site.snapshot()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        receipt = carried(change(site, site.text(site.living) + b"server { listen 127.0.0.1:%d; }\n" % taken))
    assert receipt.outcome == "REFUSED", receipt.why
    assert "Address already in use" in receipt.why
    assert site.snapshot() == before
    assert site.status() == 502


def test_a_file_changed_since_staging_is_not_overwritten(site: Site) -> None:
    """If this fails, a colleague's edit is lost."""
    staged = change(site, site.text(site.living))
    site.file.write_bytes(b"# edited meanwhile\n" + site.file.read_bytes())
    receipt = carried(staged)
    assert receipt.outcome == "REFUSED"
    assert "changed on disk" in receipt.why
    assert site.file.read_bytes().startswith(b"# edited meanwhile")


def test_an_edit_by_somebody_else_during_the_decision_is_left_alone(site: Site) -> None:
    """If this fails, putting back destroys what a colleague wrote after us."""
    place = journal.create(change(site, site.text(site.dead) + b"# x\n", keep_after=30), PASSED, "tester")
    work = threading.Thread(target=runner.carry_through, args=(place,))
    work.start()
    assert eventually(lambda: deciding(place))
    site.file.write_bytes(b"# theirs\n" + site.text(site.dead))
    work.join(20)
    receipt = journal.receipt(place)
    assert receipt is not None
    assert receipt.outcome == "NEEDS HAND"
    assert site.file.read_bytes().startswith(b"# theirs")
    assert any(line.startswith("cp -p") for line in receipt.undo)


@pytest.mark.parametrize(("word", "outcome", "status"), [("keep", "KEPT", 502), ("put_back", "PUT BACK", 502)])
def test_a_person_decides_before_the_time_is_up(site: Site, word: str, outcome: str, status: int) -> None:
    """If this fails, K or U in the count-down does nothing."""
    place = journal.create(change(site, site.text(site.dead) + b"# x\n", keep_after=30), PASSED, "tester")
    work = threading.Thread(target=runner.carry_through, args=(place,))
    work.start()
    assert eventually(lambda: deciding(place))
    control.ask(place, word)
    work.join(20)
    receipt = journal.receipt(place)
    assert receipt is not None
    assert receipt.outcome == outcome, receipt.why
    assert (b"# x" in site.file.read_bytes()) == (word == "keep")
    assert site.status() == status


def test_a_person_gives_the_decision_more_time(site: Site) -> None:
    """If this fails, whoever is asked about a change that cannot prove itself has no way to go on watching, or the screen shows the old deadline."""
    place = journal.create(change(site, site.text(site.living), keep_after=3, proves=False), PASSED, "tester")
    work = threading.Thread(target=runner.carry_through, args=(place,))
    work.start()
    assert eventually(lambda: deciding(place))
    first = deadline(place)
    control.longer(place)
    control.longer(place)
    assert eventually(lambda: deadline(place) > first + 4)
    assert eventually(lambda: (seen := journal.progress(place)) is not None and "does it work now?" in seen.question)
    assert eventually(lambda: (seen := journal.progress(place)) is not None and seen.ahead == "PUT BACK"), "nobody says so, so it goes back"
    control.ask(place, "keep")
    work.join(20)
    receipt = journal.receipt(place)
    assert receipt is not None
    assert receipt.outcome == "KEPT", receipt.why


def test_the_figures_of_before_are_told_apart_from_those_since(site: Site) -> None:
    """If this fails, the count-down compares the change with itself."""
    place = journal.create(change(site, site.text(site.dead) + b"# x\n", keep_after=30), PASSED, "tester")
    work = threading.Thread(target=runner.carry_through, args=(place,))
    work.start()
    assert eventually(lambda: deciding(place) and (now := journal.progress(place)) is not None and now.after is not None)
    now = journal.progress(place)
    control.ask(place, "put_back")
    work.join(20)
    assert now is not None
    assert now.before is not None
    assert now.before.statuses == (502, 502, 502)
    assert now.after is not now.before


def deadline(place: Path) -> float:
    now = journal.progress(place)
    return (now.decides_at or 0.0) if now else 0.0


def deciding(place: Path) -> bool:
    now = journal.progress(place)
    return now is not None and now.phase == "deciding"


def starts(site: Site, tmp_path: Path) -> Command:
    """A command that brings the dead backend up: it asks the thread below through a file."""
    script = tmp_path / "start.py"
    script.write_text(f"open({str(tmp_path / 'wanted')!r}, 'w').close()\n")
    return Command((sys.executable, str(script)), "starts the backend", "", "", None, None)


def test_a_command_that_mends_is_verified_without_a_reload(site: Site, tmp_path: Path) -> None:
    """If this fails, starting a stopped backend is not recognised as the repair."""
    done = threading.Event()

    def serve() -> None:
        eventually((tmp_path / "wanted").exists, 20)
        with backend(site.dead):
            done.wait(20)

    service = threading.Thread(target=serve)
    service.start()
    try:
        receipt = carried(change(site, None, commands=(starts(site, tmp_path),), keep_after=20))
    finally:
        done.set()
        service.join(20)
    assert receipt.outcome == "VERIFIED", receipt.why
    assert [result.kind for result in receipt.results] == ["precheck", "backup", "command", "verify", "decide"]


def test_a_command_that_helps_nothing_is_not_called_put_back(site: Site, tmp_path: Path) -> None:
    """If this fails, the receipt says that something was undone which was not."""
    receipt = carried(change(site, None, commands=(starts(site, tmp_path),), keep_after=1))
    assert receipt.outcome == "NEEDS HAND"
    assert "not undone" in receipt.why


def test_a_command_that_fails_says_so_in_its_own_words(site: Site, tmp_path: Path) -> None:
    """If this fails, a person is not told why the service does not start, or reads that nothing was changed after a command that did half its work."""
    script = tmp_path / "fails.py"
    script.write_text("import sys; sys.exit('no such unit')\n")
    fails, never = Command((sys.executable, str(script)), "", "", "", ("stop", "it"), None), Command(("true",), "", "", "", ("undo", "never"), None)
    receipt = carried(change(site, None, commands=(fails, never)))
    assert receipt.outcome == "NEEDS HAND"
    assert "no such unit" in receipt.why
    assert receipt.undo == ("stop it",)


def test_a_command_that_does_not_end_in_time_may_have_done_something(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a service that starts slowly is called untouched."""
    monkeypatch.setattr(back, "COMMAND_DEADLINE", 0.1)
    receipt = carried(change(site, None, commands=(Command(("sleep", "60"), "", "", "", ("stop", "it"), None),)))
    assert (receipt.outcome, receipt.undo) == ("NEEDS HAND", ("stop it",)), receipt.why


def test_a_command_that_is_not_there_has_changed_nothing(site: Site) -> None:
    """If this fails, a missing program needs a hand."""
    receipt = carried(change(site, None, commands=(Command(("no-such-program",), "", "", "", ("stop", "it"), None),)))
    assert (receipt.outcome, receipt.undo) == ("REFUSED", ()), receipt.why


def test_an_edit_that_goes_back_names_the_command_that_stays(site: Site) -> None:
    """If this fails, the receipt says PUT BACK although a service stays as the command left it."""
    silent = site.text(site.dead, port=site.dead)
    receipt = carried(change(site, silent, commands=(Command(("true",), "", "", "", ("stop", "it"), None),), keep_after=60))
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert "not undone" in receipt.why
    assert "stop it" in receipt.undo
    assert site.file.read_bytes() == site.text(site.dead)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP])
def test_what_somebody_else_does_to_nginx_is_no_fault_of_the_change(site: Site, how: int) -> None:
    """If this fails, a colleague who stops, restarts or reloads nginx has his configuration changed under his hands."""
    text = site.text(site.dead) + b"# x\n"
    place = journal.create(change(site, text, keep_after=30), PASSED, "tester")
    work = threading.Thread(target=runner.carry_through, args=(place,))
    work.start()
    assert eventually(lambda: deciding(place))
    with socket.create_connection(("127.0.0.1", site.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        os.kill(site.view.pid, how)
        work.join(20)
    receipt = journal.receipt(place)
    assert receipt is not None
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert "nginx" in receipt.why
    assert site.file.read_bytes() == text
    assert any(line.startswith("cp -p") for line in receipt.undo)


def test_a_full_disk_does_not_leave_a_change_undecided(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the runner dies on a full disk with an untested change live."""
    before, append = site.snapshot(), host.append

    def full(path: str, data: bytes, synced: bool = True) -> None:
        if b'"applied"' in data or "applied" in tried:
            tried.append("applied")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        append(path, data, synced)

    tried: list[str] = []
    monkeypatch.setattr(host, "append", full)
    receipt = carried(change(site, site.text(site.dead) + b"# x\n", keep_after=1))
    assert len(tried) > 5
    assert receipt.outcome == "PUT BACK", receipt.why
    assert site.snapshot() == before


def test_a_journal_that_cannot_be_written_changes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a change is made that nobody could take back after a crash."""
    before, append = site.snapshot(), host.append

    def full(path: str, data: bytes, synced: bool = True) -> None:
        if b'"begin"' in data and b'"write"' in data:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        append(path, data, synced)

    monkeypatch.setattr(host, "append", full)
    receipt = carried(change(site, site.text(site.living)))
    assert receipt.outcome == "REFUSED", receipt.why
    assert "No space" in receipt.why
    assert site.snapshot() == before


def test_figures_that_stay_the_same_are_not_written_again(site: Site) -> None:
    """If this fails, a decision of many minutes fills the disk."""
    place = journal.create(change(site, None, commands=(Command(("true",), "", "", "", None, None),), proves=False, keep_after=3), PASSED, "tester")
    runner.carry_through(place)
    assert sum(event.what == "figures" for event in journal.events(place)) <= 3


def loading(site: Site, staged: StagedChange) -> StagedChange:
    """With what a reload would load written down, as `stage` does."""
    conf = str(site.directory / "nginx.conf")
    return replace(staged, conf=conf, loads=disk.would_load(replace(staged, conf=conf, loads={conf: ""})))


def test_what_a_colleague_saves_after_staging_is_not_loaded_unseen(site: Site) -> None:
    """If this fails, a person agrees to one diff and nginx loads another one too."""
    staged = loading(site, change(site, site.text(site.living)))
    (site.directory / "sites/other.conf").write_text("# theirs\n")
    receipt = carried(staged)
    assert receipt.outcome == "REFUSED", receipt.why
    assert "other.conf has changed on disk" in receipt.why
    assert site.file.read_bytes() == site.text(site.dead)


def test_what_a_colleague_saves_while_requests_are_replayed_is_not_loaded_either(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, requests that take long to fail leave a minute in which anything may slip into the reload."""
    before = replays.before

    def saves(staged: StagedChange) -> tuple[int, ...]:
        (site.directory / "sites/other.conf").write_text("# theirs\n")
        return before(staged)

    monkeypatch.setattr(replays, "before", saves)
    receipt = carried(loading(site, change(site, site.text(site.living))))
    assert receipt.outcome == "REFUSED", receipt.why
    assert "other.conf has changed on disk" in receipt.why
    assert (site.file.read_bytes(), site.status()) == (site.text(site.dead), 502)


def test_what_a_colleague_saves_while_commands_run_is_not_loaded_either(site: Site, tmp_path: Path) -> None:
    """If this fails, a slow command leaves a minute in which anything may slip into the reload."""
    script = tmp_path / "saves.py"
    script.write_text(f"open({str(site.directory / 'sites/other.conf')!r}, 'w').write('# theirs')\n")
    receipt = carried(loading(site, change(site, site.text(site.living), commands=(Command((sys.executable, str(script)), "", "", "", None, None),))))
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert "other.conf has changed on disk" in receipt.why
    assert (site.file.read_bytes(), site.status()) == (site.text(site.dead), 502)


def test_what_a_colleague_saves_during_the_decision_is_not_called_put_back(site: Site) -> None:
    """If this fails, the receipt says that nginx runs what it ran before while it runs somebody's unfinished edit."""
    place = journal.create(loading(site, change(site, site.text(site.dead) + b"# x\n", keep_after=30)), PASSED, "tester")
    work = threading.Thread(target=runner.carry_through, args=(place,))
    work.start()
    assert eventually(lambda: deciding(place))
    (site.directory / "sites/other.conf").write_text("# theirs\n")
    control.ask(place, "put_back")
    work.join(20)
    receipt = journal.receipt(place)
    assert receipt is not None
    assert receipt.outcome == "NEEDS HAND"
    assert "somebody else changed too" in receipt.why
    assert site.file.read_bytes() == site.text(site.dead)


def test_a_group_is_verified_only_when_the_mended_peer_answers(site: Site) -> None:
    """If this fails, one good peer of a group makes a dead one look mended."""
    staged = replace(change(site, site.text(site.living), keep_after=4), peer=f"127.0.0.1:{site.dead}", peers=(f"127.0.0.1:{site.living}",))
    receipt = carried(staged)
    assert receipt.outcome == "PUT BACK", receipt.why
    assert "the backend does not answer" in receipt.why


def test_nginx_that_took_what_it_seemed_to_refuse_re_reads_the_old_text(site: Site) -> None:
    """If this fails, text in a log that only looks like nginx's leaves nginx on a new text that is gone from the disk."""
    place = journal.create(change(site, site.text(site.living)), PASSED, "tester")
    run = Run(place, journal.head(place), journal.head(place).change.baseline)
    served = foreign.ids(foreign.present(run.change))
    make_live(run)
    assert site.status() == 200
    receipt = stopped(run, Stop("nginx refused the reload: forged", served=served))
    assert receipt.outcome == "REFUSED", receipt.why
    assert site.file.read_bytes() == site.text(site.dead)
    assert eventually(lambda: site.status() == 502)


def test_what_cannot_be_proven_is_not_called_verified(site: Site) -> None:
    """If this fails, a change counts as proven although nothing was replayed."""
    receipt = carried(change(site, site.text(site.living), proves=False, keep_after=1))
    assert receipt.outcome == "PUT BACK"
    assert "nothing could prove it" in receipt.why


def test_the_launched_runner_outlives_its_starter_and_its_signals(site: Site) -> None:
    """If this fails, closing the terminal leaves a change undecided; or a second change begins beside the first."""
    program = (
        "import sys, pickle; from tui502.apply import launch; from pathlib import Path\n"
        "change, tested = pickle.load(sys.stdin.buffer)\n"
        "print(launch.apply(change, tested), flush=True)\n"
    )
    import pickle

    staged = change(site, site.text(site.living), keep_after=20)
    started = subprocess.run([sys.executable, "-c", program], input=pickle.dumps((staged, PASSED)), capture_output=True, timeout=60)
    assert started.returncode == 0, started.stderr.decode()
    place = Path(started.stdout.decode().strip())
    with pytest.raises(Refused, match="still being decided"):
        launch.apply(staged, PASSED)
    assert eventually(lambda: journal.receipt(place) is not None, 30)
    receipt = journal.receipt(place)
    assert receipt is not None
    assert receipt.outcome == "VERIFIED", receipt.why


def test_a_second_runner_of_the_same_change_leaves_the_first_at_work(site: Site) -> None:
    """If this fails, who starts up at the wrong moment gets a change called REFUSED that is being carried out."""
    place = journal.create(change(site, site.text(site.living)), PASSED, "tester")
    with host.locked(str(place.parent / journal.LOCK)) as free:
        assert free
        second = subprocess.Popen(launch.runner_argv(place))
        journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
        assert second.wait(30) == 0
    assert journal.receipt(place) is None
    assert site.status() == 502


def test_another_change_under_way_is_refused(site: Site) -> None:
    """If this fails, two changes are at work on one host."""
    place = journal.create(change(site, site.text(site.living)), PASSED, "tester")
    with host.locked(str(place.parent / journal.LOCK)) as free:
        assert free
        subprocess.run(launch.runner_argv(place), timeout=60, check=True)
    receipt = journal.receipt(place)
    assert receipt is not None
    assert (receipt.outcome, site.status()) == ("REFUSED", 502)


def test_a_command_does_not_inherit_deafness(site: Site, tmp_path: Path) -> None:
    """If this fails, a service started by the runner cannot be stopped with SIGTERM."""
    script, told = tmp_path / "says.py", tmp_path / "said"
    script.write_text(f"import signal; open({str(told)!r}, 'w').write(str(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL))\n")
    place = journal.create(change(site, None, commands=(Command((sys.executable, str(script)), "", "", "", None, None),), keep_after=0.5), PASSED, "tester")
    launch.start(place)
    assert eventually(lambda: journal.receipt(place) is not None, 30)
    assert told.read_text() == "True"


def test_a_runner_that_cannot_start_changes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a change that nobody carries out blocks the next one."""
    monkeypatch.setattr(launch, "runner_argv", lambda place: [sys.executable, "-c", "import sys; sys.exit('no such program')"])
    with pytest.raises(Refused, match="no such program"):
        launch.apply(change(site, site.text(site.living)), PASSED)
    assert site.status() == 502
    assert launch.unfinished((journal.state_dir(),)) == ()
