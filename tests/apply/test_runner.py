"""The runner on a real nginx: every way a change can end, and that nothing is left behind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from site_to_mend import PASSED, Site, backend, change

from tests.real_nginx import eventually
from tui502.apply import control, journal, launch, runner
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
    """If this fails, a person is not told why the service does not start."""
    script = tmp_path / "fails.py"
    script.write_text("import sys; sys.exit('no such unit')\n")
    receipt = carried(change(site, None, commands=(Command((sys.executable, str(script)), "", "", "", None, None),)))
    assert receipt.outcome == "REFUSED"
    assert "no such unit" in receipt.why


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
