"""The tests of PHP-FPM and systemd themselves, on what a change would write, with nothing written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from site_to_mend import PASSED, Site, change, fix

from tui502.apply import checks, control, journal, runner, stage, tester
from tui502.apply.work import Stop
from tui502.fix.edits import apply_edits
from tui502.fix.ini import set_key
from tui502.host import sandbox
from tui502.host.paths import start_ticks
from tui502.model.changes import FileChange
from tui502.model.findings import Command

FPM = next((path for version in ("8.4", "8.3", "8.2", "8.1", "") if (path := shutil.which(f"php-fpm{version}", path="/usr/sbin"))), "")
php = pytest.mark.skipif(not FPM, reason="no PHP-FPM here")
systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")

MAIN = "[global]\nerror_log = {dir}/fpm.log\ninclude = {dir}/pool.d/*.conf\n"
POOL = "[shop]\nuser = nobody\nlisten = {dir}/shop.sock\nlisten.mode = 0600\npm = static\npm.max_children = 2\n"


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Path]:
    """A pool's file, included by the main one."""
    (tmp_path / "pool.d").mkdir()
    (tmp_path / "php-fpm.conf").write_text(MAIN.format(dir=tmp_path))
    file = tmp_path / "pool.d/shop.conf"
    file.write_text(POOL.format(dir=tmp_path))
    yield file
    assert [path.name for path in file.parent.iterdir()] == ["shop.conf"], "nothing of ours stays beside it"


def argv(pool: Path) -> tuple[str, ...]:
    return (FPM, "-t", "-y", str(pool.parent.parent / "php-fpm.conf"))


@php
def test_the_changed_pool_is_tested_before_it_is_written(pool: Path) -> None:
    """If this fails, a pool's file that PHP-FPM does not take is written, and the restart takes every pool down."""
    data = pool.read_bytes()
    good = apply_edits(data, (set_key(str(pool), data, "shop", "listen.mode", "0660"),))
    passed = checks.checked(argv(pool), {str(pool): good})
    assert (passed.ran, passed.ok) == (True, True), passed.said
    failed = checks.checked(argv(pool), {str(pool): good.replace(b"pm = static", b"pm = statik")})
    assert (failed.ran, failed.ok) == (True, False)
    assert "statik" in failed.said or "pm" in failed.said
    assert pool.read_bytes() == data
    assert not (pool.parent.parent / "fpm.log").exists(), "its test leaves no log behind"


@php
def test_in_place_a_file_that_does_not_pass_stops_the_change(pool: Path) -> None:
    """If this fails, the restart is tried with a file that PHP-FPM cannot read."""
    assert checks.in_place(argv(pool), None).endswith("passed")
    pool.write_text("[shop]\nlisten = \n")
    with pytest.raises(Stop, match=f"{Path(FPM).name} -t -y"):
        checks.in_place(argv(pool), None)


@php
def test_the_answer_names_the_program(pool: Path, site: Site) -> None:
    """If this fails, the screen says that no test is needed, or that nginx made it."""
    data = pool.read_bytes()
    file = FileChange(str(pool), str(pool), data, data.replace(b"0600", b"0660"), "")
    staged = replace(change(site, None), files=(file,), fixes=(replace(fix("command"), checks=(argv(pool),)),))
    tested = tester.test(staged)
    assert (tested.method, tested.ok, tested.by) == ("namespace", True, (f"{Path(FPM).name} -t -y {argv(pool)[3]}",))
    bad = tester.test(replace(staged, files=(replace(file, after=b"[shop]\n"),)))
    assert (bad.ok, bad.method) == (False, "namespace")


@php
@pytest.mark.skipif(os.geteuid() != 0, reason="only root could lend rights")
def test_a_program_that_another_user_may_write_is_not_run_as_root(pool: Path) -> None:
    """If this fails, a user has root run what he likes."""
    own = pool.parent.parent / "php-fpm"
    shutil.copy(FPM, own)
    os.chown(own, 65534, 65534)
    seen = checks.checked((str(own), *argv(pool)[1:]), {})
    assert (seen.ran, "neither root's nor ours" in seen.said) == (False, True)


@php
def test_without_a_private_view_it_is_asked_once_the_file_is_written(pool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a host without namespaces says that it tested what it did not."""

    def none(*_: object) -> None:
        raise sandbox.NoSandbox("forbidden here")

    monkeypatch.setattr(sandbox, "check", none)
    seen = checks.checked(argv(pool), {str(pool): b"[shop]\n"})
    assert (seen.ran, "forbidden here" in seen.said) == (False, True)
    assert checks.in_place(argv(pool), None).endswith("passed")


@systemd
def test_a_drop_in_is_verified_by_systemd(tmp_path: Path) -> None:
    """If this fails, a setting that systemd does not know is written and changes nothing."""
    unit = tmp_path / "box.socket"
    unit.write_text(f"[Socket]\nListenStream={tmp_path}/box.sock\nSokketMode=0600\n")
    (tmp_path / "box.service").write_text("[Service]\nExecStart=/bin/true\n")
    verify, drop_in = ("systemd-analyze", "verify", str(unit)), f"{unit}.d/override.conf"
    good = checks.checked(verify, {drop_in: b"[Socket]\nSocketUser=daemon\n"})
    assert (good.ran, good.ok) == (True, True), good.said
    wrong = checks.checked(verify, {drop_in: b"[Socket]\nSocketUsr=nobody\n"})
    assert (wrong.ran, wrong.ok) == (True, False)
    assert "SocketUsr" in wrong.said
    assert "SokketMode" not in wrong.said, "what was wrong before is not ours"
    assert not Path(f"{unit}.d").exists()


@pytest.fixture
def verify(tmp_path: Path) -> tuple[str, ...]:
    """systemd's test of a socket unit of which it has much to say already."""
    unit = tmp_path / "box.socket"
    odd = "".join(f"Odd{n}=1\n" for n in range(30))
    unit.write_text(f"[Socket]\nListenStream={tmp_path}/box.sock\n{odd}")
    (tmp_path / "box.service").write_text("[Service]\nExecStart=/bin/true\n")
    return "systemd-analyze", "verify", str(unit)


def drop_in_of(verify: tuple[str, ...], text: str) -> None:
    folder = Path(f"{verify[2]}.d")
    folder.mkdir(exist_ok=True)
    (folder / "override.conf").write_text(text)


@systemd
def test_in_place_systemd_is_compared_with_what_it_said_before(verify: tuple[str, ...]) -> None:
    """If this fails, the test of a written drop-in can never fail, and its socket is restarted with a setting that systemd passes over; or no drop-in is
    ever written where something else was wrong before."""
    before = checks.said_before(verify)
    assert before is not None
    assert len(before) > checks.SHOWN
    drop_in_of(verify, "[Socket]\nSocketUser=daemon\n")
    assert checks.in_place(verify, before).endswith("passed")
    drop_in_of(verify, "[Socket]\nSocketUsr=daemon\n")
    with pytest.raises(Stop, match="SocketUsr"):
        checks.in_place(verify, before)
    assert checks.in_place(verify, None) == "not made: what it says without the change is not known"


@systemd
def test_what_systemd_says_first_counts_however_much_follows(verify: tuple[str, ...]) -> None:
    """If this fails, a setting that systemd does not know hides behind twenty complaints from before."""
    unit = Path(verify[2])
    seen = checks.checked(verify, {str(unit): unit.read_bytes().replace(b"[Socket]\n", b"[Socket]\nSokketMode=0600\n")})
    assert (seen.ran, seen.ok, seen.said.count("\n")) == (True, False, 0), "what merely moved by a line was said before"
    assert "SokketMode" in seen.said


@systemd
def test_the_runner_compares_with_what_was_said_before_it_wrote(site: Site, verify: tuple[str, ...]) -> None:
    """If this fails, a drop-in that systemd does not understand stays when the test before was not possible; or a right one is refused."""
    path, ran = f"{verify[2]}.d/override.conf", site.directory / "ran"
    touch = Command(("touch", str(ran)), "", "", "nothing", None, None)
    for text, outcome in (("SocketUsr", "REFUSED"), ("SocketUser", "KEPT")):
        new = FileChange(path, path, None, f"[Socket]\n{text}=daemon\n".encode(), "", made=(f"{verify[2]}.d",))
        staged = change(site, None, commands=(touch,), proves=False, keep_after=0.5)
        steps = stage.steps((new,), (touch,), None, None, (verify,))
        place = journal.create(replace(staged, files=(new,), steps=steps, mends=()), PASSED, "tester")
        journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
        control.ask(place, "keep") if outcome == "KEPT" else None
        receipt = runner.carry_through(place)
        assert (receipt.outcome, ran.exists(), Path(path).exists()) == (outcome, outcome == "KEPT", outcome == "KEPT"), receipt.why
        assert outcome == "KEPT" or "SocketUsr" in receipt.why


def test_a_program_that_is_not_here_is_said_so() -> None:
    """If this fails, a host without systemd-analyze cannot be repaired, or a test is claimed."""
    seen = checks.checked(("no-such-program-here", "verify", "/x"), {"/x.d/o.conf": b""})
    assert (seen.ran, seen.said) == (False, "no-such-program-here is not on this host")
    assert checks.in_place(("no-such-program-here", "verify", "/x"), ()) == "not made: no-such-program-here is not on this host"
