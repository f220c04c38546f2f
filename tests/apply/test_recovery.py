"""kill -9 of the runner, at every point where it matters: the next start ends the change, and nothing is left half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from site_to_mend import PASSED, Site, change

from tests.real_nginx import eventually
from tui502.apply import journal, launch, recovery, runner
from tui502.host import change as host

DYING = """
import os, signal, sys
from pathlib import Path
from tui502.apply import journal, runner
from tui502.host import change as host
from tui502.host.paths import start_ticks

place, point = Path(sys.argv[1]), sys.argv[2]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def wrap(module, name, when, matches=lambda args: True):
    inner = getattr(module, name)
    def outer(*args, **kwargs):
        if when == "before" and matches(args): die()
        result = inner(*args, **kwargs)
        if when == "after" and matches(args): die()
        return result
    setattr(module, name, outer)

when, _, name = point.partition(" ")
if name.startswith("note "):
    wrap(journal, "note", when, lambda args: args[1] == name[5:])
else:
    wrap(host, name, when, lambda args: not str(args[0]).startswith(str(place)))
with host.locked(str(place.parent / journal.LOCK)):
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    runner.carry_through(place)
"""

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
)


def killed_at(point: str, place: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DYING, str(place), point], capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_runner_leaves_everything_as_it_was(site: Site, point: str) -> None:
    """If this fails, a crash in the middle leaves somebody's configuration half changed, or nginx running what nobody decided on."""
    before = site.snapshot()
    place = journal.create(change(site, site.text(site.living), keep_after=30), PASSED, "tester")
    killed_at(point, place)
    journal.note(place, "runner", pid=os.getpid(), started=0)
    receipt = runner.resume(place)
    assert receipt.outcome in ("REFUSED", "PUT BACK"), receipt.why
    assert site.snapshot() == before
    assert eventually(lambda: site.status() == 502), receipt.why


def test_what_was_decided_before_the_kill_stands(site: Site) -> None:
    """If this fails, a verified repair is taken back because the runner died while it wrote the receipt."""
    place = journal.create(change(site, site.text(site.living), keep_after=30), PASSED, "tester")
    killed_at("after note decided", place)
    assert runner.resume(place).outcome == "VERIFIED"
    assert site.status() == 200


def test_a_conflict_touches_nothing_at_all(site: Site) -> None:
    """If this fails, recovery overwrites what somebody wrote after the crash."""
    place = journal.create(change(site, site.text(site.living), keep_after=30), PASSED, "tester")
    killed_at("after note deciding", place)
    site.file.write_bytes(b"# by hand\n" + site.text(site.living))
    receipt = runner.resume(place)
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
