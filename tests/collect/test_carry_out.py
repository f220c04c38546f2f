"""Every kind of look has something that carries it out, and ends as a value or a gap."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from tui502.collect import carry_out as module
from tui502.collect.carry_out import TABLE, carry_out
from tui502.model.evidence import CommandSeen, Exchange, FileSeen, Gap, Look, LookKind, View

CONTAINER = View(os.getpid(), 1, "/", 1, 1, "/usr/sbin/nginx", ("nginx",), "/", False)


def look(kind: str, *args: str, deadline: float = 3.0) -> Look:
    return Look("key", kind, args, 0, deadline, None, "")  # type: ignore[arg-type]


def test_no_kind_of_look_is_forgotten() -> None:
    """If this fails, a look that the planner wants stops the collector."""
    assert set(TABLE) == set(get_args(LookKind))


def test_looks_give_values(tmp_path: Path) -> None:
    """If this fails, a kind of look never gives anything."""
    (tmp_path / "f").write_text("x")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        peer = f"127.0.0.1:{server.getsockname()[1]}"
        assert isinstance(carry_out(look("exchange", peer, "connect", "", "", ""), None).value, Exchange)
    assert isinstance(carry_out(look("file", str(tmp_path / "f")), None).value, FileSeen)
    assert carry_out(look("dir", str(tmp_path)), None).value == ("f",)
    assert isinstance(carry_out(look("command", "true"), None).value, CommandSeen)
    assert carry_out(look("name", "127.0.0.1"), None).value == ("127.0.0.1",)
    for kind in ("nginx", "processes", "listeners"):
        assert isinstance(carry_out(look(kind), None).value, tuple)


def test_gaps_give_the_way_out(tmp_path: Path) -> None:
    """If this fails, what could not be seen is told without a reason."""
    assert carry_out(look("file", str(tmp_path / "none")), None).gap == Gap(str(tmp_path / "none"), "absent", "")
    assert carry_out(look("running"), None).gap == Gap("key", "absent", "")
    hung = carry_out(look("command", "sleep", "60", deadline=0.1), None)
    assert (hung.value, hung.gap) == (None, Gap("sleep 60", "timeout", "sleep 60"))
    assert hung.took < 2
    asked = carry_out(look("replay", "127.0.0.1:1", "http", "POST", "h", "/"), None).gap
    assert asked == Gap("key", "not_asked", "curl -X POST http://h/")
    assert carry_out(look("exchange", "127.0.0.1:1", "http", "POST", "h", "/"), None).gap == Gap("key", "not_asked", "")


def test_without_probing_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, --no-probe connects to backends all the same."""
    monkeypatch.setattr(module, "TABLE", {})
    for kind in ("exchange", "replay", "test"):
        gap = carry_out(look(kind, "127.0.0.1:1"), None, probing=False).gap
        assert gap
        assert gap.why == "not_asked"


def test_a_program_in_a_container_is_not_run_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a hostile image gets root on the host when somebody looks at its nginx."""
    monkeypatch.setattr(module, "same_root", lambda view: False)
    gap = carry_out(look("command", "/usr/sbin/nginx", "-V"), CONTAINER).gap
    assert gap == Gap("key", "not_asked", f"sudo nsenter --target {os.getpid()} --all --root /usr/sbin/nginx -V")
    test = carry_out(look("test", "/usr/sbin/nginx", "-t"), CONTAINER).gap
    assert test == Gap("key", "denied", f"sudo nsenter --target {os.getpid()} --all --root /usr/sbin/nginx -t")


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: only root has rights to lend")
def test_root_does_not_test_with_another_users_binary(tmp_path: Path) -> None:
    """If this fails, a user's program is run as root because its process is named like nginx."""
    binary = tmp_path / "nginx"
    binary.write_text("#!/bin/sh\ntouch " + str(tmp_path / "ran"))
    binary.chmod(0o755)
    os.chown(binary, 12345, 12345)
    gap = carry_out(look("test", str(binary), "-t"), None).gap
    assert gap
    assert gap.why == "denied"
    assert not (tmp_path / "ran").exists()


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: only root can start what belongs to another")
@pytest.mark.parametrize("uid", [65534, 0])
def test_root_tests_no_configuration_of_another_users_master(tmp_path: Path, uid: int) -> None:
    """If this fails, a module that a user's nginx names is loaded as root, because the nginx binary itself is root's."""
    from tests.real_nginx import eventually, system_nginx
    from tui502.host.masters import master

    conf = tmp_path / "nginx.conf"
    conf.write_text(f"pid {tmp_path}/pid; error_log {tmp_path}/error.log;\nevents {{}}\n")
    title = f"nginx: master process /usr/sbin/nginx -c {conf}"
    with subprocess.Popen([title], executable="/bin/cat", stdin=subprocess.PIPE, user=uid, group=uid, extra_groups=[]) as process:
        assert eventually(lambda: master(process.pid) is not None)
        seen = carry_out(look("test", system_nginx(), "-t", "-c", str(conf), "--", str(tmp_path), deadline=20), master(process.pid))
        assert process.stdin
        process.stdin.close()
    if uid:
        assert seen.gap == Gap("key", "denied", f"sudo -u '#65534' {system_nginx()} -t -c {conf}")
    else:
        assert seen.value or (seen.gap and seen.gap.hint.startswith("sudo " + system_nginx())), "the lab's nginx, which root started, is tested"


@pytest.mark.parametrize("uid", [os.geteuid(), *([65534] if os.geteuid() == 0 else [])])
def test_a_process_that_calls_itself_supervisord_makes_us_run_nothing(uid: int) -> None:
    """If this fails, any user's command line becomes code that root executes by looking at the host."""
    from tests.builder import Host
    from tests.real_nginx import eventually
    from tui502.host.processes import process
    from tui502.read.plan import plan

    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or pytest.skip("no python3 that every user can run")
    argv = [python, "-cinput()", "/supervisord"]
    found = {"user": uid, "group": uid, "extra_groups": []} if uid != os.geteuid() else {}
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, **found) as started:  # type: ignore[call-overload]
        assert eventually(lambda: (seen := process(started.pid)) and seen.argv == tuple(argv))
        seen = process(started.pid)
        assert started.stdin
        started.stdin.close()
    assert seen
    host = Host(euid=os.geteuid())
    host.processes.append(seen)
    assert not [one for one in plan(host.evidence()) if "supervisor" in one.key or "-cinput()" in one.args]


def test_a_binary_that_was_replaced_is_reached_through_its_process() -> None:
    """If this fails, an upgraded nginx that still runs cannot be asked for its version."""
    view = View(7, 1, "/", 1, 1, "/usr/sbin/nginx (deleted)", ("nginx",), "/", True)
    assert module._present(("/usr/sbin/nginx (deleted)", "-V"), view) == ("/proc/7/exe", "-V")
    assert module._present(("", "-V"), View(7, 1, "/", 1, 1, "", ("nginx",), "/", True)) == ("/proc/7/exe", "-V")
    assert module._present(("nginx", "-V"), view) == ("nginx", "-V")


def test_nginx_t_leaves_no_trace_and_tells_what_nginx_said(tmp_path: Path) -> None:
    """If this fails, looking at a host makes log files there, or the test is not run at all."""
    from tests.real_nginx import system_nginx

    conf = tmp_path / "nginx.conf"
    conf.write_text(f"pid {tmp_path}/pid; error_log {tmp_path}/error.log;\nevents {{}}\nnonsense on;\n")
    seen = carry_out(look("test", system_nginx(), "-t", "-c", str(conf), "--", str(tmp_path), deadline=20), None)
    if seen.gap:
        pytest.skip(f"no way to test a configuration here: {seen.gap.why}")
    assert isinstance(seen.value, CommandSeen)
    assert seen.value.code == 1
    assert b'unknown directive "nonsense"' in seen.value.err
    assert [path.name for path in tmp_path.iterdir()] == ["nginx.conf"]


def test_the_first_paint_waits_for_no_heavy_package() -> None:
    """If this fails, the start of the screen takes longer by the import of what is needed only later."""
    code = "import sys, tui502.collect.collector; print({'psutil', 'httpx', 'ssl', 'crossplane', 'msgspec', 'asyncio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


HIDDEN = """
import os, sys
from tui502.collect.carry_out import carry_out
from tui502.host.masters import are_hidden
from tui502.model.evidence import Look
look = Look("nginx", "nginx", (), 0, 3.0, None, "")
seen = carry_out(look, None)
print(are_hidden(), (seen.value or ()) == ())
os.setgroups([]); os.setgid(65534); os.setuid(65534)
seen = carry_out(look, None)
print(are_hidden(), seen.value, seen.gap.why, seen.gap.hint)
"""


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: only root can mount")
def test_among_hidden_processes_no_master_is_missed() -> None:
    """If this fails, a host that hides other users' processes is said to be without nginx while nginx serves."""
    line = f"mount -t proc -o hidepid=2 proc /proc && {sys.executable} -c '{HIDDEN}'; exit $?"
    done = subprocess.run(["unshare", "-m", "-p", "-f", "sh", "-c", line], capture_output=True, text=True, timeout=60)
    if done.returncode and ("unshare" in done.stderr or "mount" in done.stderr):
        pytest.skip("no mount namespace here")
    assert done.stdout == "False True\nTrue None denied sudo tui502\n", done.stderr
