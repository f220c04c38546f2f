"""nginx masters are found by their title and described as views; a debug build gives up the configuration it runs."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.host.connects import connect_all
from tests.real_nginx import eventually, running, system_nginx, wheel_nginx
from tui502.host.look import read_file
from tui502.host.masters import find_masters, main_conf, master, option, split_title
from tui502.host.memory import running_configuration
from tui502.host.paths import is_same_process, same_root, start_ticks
from tui502.host.run import run
from tui502.host.sockets import listeners
from tui502.model.evidence import CommandSeen, FileSeen, Gap, View


def test_a_running_master_is_found_and_told_from_its_workers(tmp_path: Path) -> None:
    """If this fails, a running nginx is not seen, and everything else with it."""
    with running(tmp_path, system_nginx(), ("-g", "worker_rlimit_nofile 512; ")) as nginx:
        found = [view for view in find_masters() if view.pid == nginx.pid]
        assert len(found) == 1
        view = found[0]
        assert view.argv == (nginx.binary, "-c", str(nginx.conf), "-e", str(tmp_path / "error.log"), "-g", "worker_rlimit_nofile 512;")
        assert view.exe == os.path.realpath(nginx.binary)
        assert (view.local, view.root, view.started) == (True, "/", start_ticks(nginx.pid))
        assert main_conf(view) == str(nginx.conf)
        assert is_same_process(view)
        assert same_root(view)
        assert [pid for pid in children(nginx.pid) if master(pid)] == []
    assert not is_same_process(view)
    assert master(nginx.pid) is None


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_worker_is_no_master_even_before_it_has_its_title() -> None:
    """If this fails, a second nginx is reported now and then while workers start."""
    code = "import os; os.fork() and print(flush=True); os.read(0, 1)"
    with subprocess.Popen(["nginx: master process x", "-c", code], executable=sys.executable, stdin=-1, stdout=-1) as child:
        assert child.stdout
        child.stdout.readline()
        assert [view.pid for view in find_masters() if view.argv[:1] == ("x",)] == [child.pid]
        assert len(children(child.pid)) == 1
        child.communicate(b"12")


@pytest.mark.parametrize(
    ("title", "argv"),
    [
        ("nginx", ("nginx",)),
        ("/usr/sbin/nginx -g daemon on; master_process on;", ("/usr/sbin/nginx", "-g", "daemon on; master_process on;")),
        ("nginx -c /etc/my conf/nginx.conf -p /srv/x", ("nginx", "-c", "/etc/my conf/nginx.conf", "-p", "/srv/x")),
        ("nginx -c/etc/n.conf -q -e stderr", ("nginx", "-c/etc/n.conf", "-q", "-e", "stderr")),
    ],
)
def test_the_command_line_is_split_before_the_options_of_nginx(title: str, argv: tuple[str, ...]) -> None:
    """If this fails, the wrong configuration file is read, or `-g "daemon off;"` is tested as several words."""
    assert split_title(title) == argv


def test_the_main_file_follows_prefix_and_option() -> None:
    """If this fails, a relative -c is looked for in our directory instead of nginx's prefix."""
    view = View(1, 1, "/", 0, 0, "", ("nginx", "-p", "site", "-c", "conf/a.conf"), "/srv", True)
    assert main_conf(view) == "/srv/site/conf/a.conf"
    bare = dataclasses.replace(view, argv=("nginx",))
    assert main_conf(bare) == ""
    assert main_conf(bare, "/usr/share/nginx", "/etc/nginx/nginx.conf") == "/etc/nginx/nginx.conf"
    assert main_conf(bare, "/opt/nginx", "conf/nginx.conf") == "/opt/nginx/conf/nginx.conf"
    assert option(("nginx", "-c"), "-c") == ""


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make namespaces")
def test_an_nginx_in_namespaces_of_its_own_is_seen_from_inside(tmp_path: Path) -> None:
    """If this fails, sockets, files and peers of an nginx in a container or under PrivateTmp are looked for in the wrong place."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("no unshare and ip programs to make namespaces with")
    inside = "ip link set lo up && mount -t tmpfs none %s && echo inside > %s/only && exec %s -c %s"
    with running(tmp_path, system_nginx()) as nginx:
        private = tmp_path / "private"
        private.mkdir()
        command = inside % (private, private, nginx.binary, nginx.conf)
        child = subprocess.Popen(["unshare", "--net", "--mount", "--", "sh", "-c", command], stderr=subprocess.DEVNULL)
        try:
            if not eventually(lambda: child.poll() is not None or ((view := master(child.pid)) and not view.local)) or child.poll() is not None:
                pytest.skip("no namespaces may be made here")
            view = master(child.pid)
            assert view
            assert same_root(view)
            assert eventually(lambda: connect_all([f"127.0.0.1:{nginx.port}"], 1, view)[f"127.0.0.1:{nginx.port}"].end == "connected")
            seen = read_file(str(private / "only"), view)
            assert isinstance(seen, FileSeen)
            assert (seen.data, seen.real) == (b"inside\n", str(private / "only"))
            assert isinstance(read_file(str(private / "only")), Gap)
            both = listeners(view)
            assert not isinstance(both, Gap)
            assert {row.net_ns for row in both if row.port == nginx.port} == {view.net_ns, Path("/proc/self/ns/net").stat().st_ino}
        finally:
            child.terminate()
            child.wait(10)


def debug_nginx() -> str:
    binary = system_nginx()
    seen = run((binary, "-V"), 5)
    if not isinstance(seen, CommandSeen) or b"--with-debug" not in seen.err:
        pytest.skip("the nginx of this system is no debug build: it keeps no configuration text")
    return binary


def test_the_running_configuration_is_read_from_memory(tmp_path: Path) -> None:
    """If this fails, "does nginx run what is on disk" is answered by guess, or wrongly."""
    with running(tmp_path, debug_nginx()) as nginx:
        view = master(nginx.pid)
        assert view
        found = running_configuration(view)
        if isinstance(found, Gap) and found.why == "denied":
            pytest.skip("no right to read the memory of another process here")
        one = tmp_path / "conf.d" / "one.conf"
        loaded = {str(nginx.conf): nginx.conf.read_bytes(), str(one): one.read_bytes()}
        assert found == loaded
        one.write_text("# edited\n")
        assert running_configuration(view) == loaded
        os.kill(nginx.pid, signal.SIGHUP)
        assert eventually(lambda: running_configuration(view) == loaded | {str(one): b"# edited\n"})
        nginx.conf.write_text("events {}\nhttp { nonsense; }\n")
        os.kill(nginx.pid, signal.SIGHUP)
        assert eventually(lambda: b"nonsense" in (tmp_path / "error.log").read_bytes())
        assert running_configuration(view) == loaded | {str(one): b"# edited\n"}


def test_the_paths_in_memory_are_those_under_which_the_files_are_read(tmp_path: Path) -> None:
    """If this fails, an nginx that was started with -p and relative paths seems to run other files than those on disk."""
    with running(tmp_path, debug_nginx(), relative=True) as nginx:
        view = master(nginx.pid)
        assert view
        found = running_configuration(view)
        if isinstance(found, Gap) and found.why == "denied":
            pytest.skip("no right to read the memory of another process here")
        assert found == {str(nginx.conf): nginx.conf.read_bytes(), str(tmp_path / "conf.d" / "one.conf"): b"# the one\n"}


def test_the_memory_is_read_after_the_binary_was_replaced(tmp_path: Path) -> None:
    """If this fails, an upgrade of the package without a restart hides what nginx runs."""
    binary = tmp_path / "nginx"
    shutil.copy(debug_nginx(), binary)
    with running(tmp_path, str(binary)) as nginx:
        binary.unlink()
        shutil.copy("/bin/true", binary)
        view = master(nginx.pid)
        assert view
        assert view.exe.endswith(" (deleted)")
        found = running_configuration(view)
        if isinstance(found, Gap) and found.why == "denied":
            pytest.skip("no right to read the memory of another process here")
        assert isinstance(found, dict)
        assert found[str(nginx.conf)] == nginx.conf.read_bytes()


def test_any_doubt_about_the_memory_is_a_gap(tmp_path: Path) -> None:
    """If this fails, bytes found by chance pass for the running configuration, and a reload is judged by them."""
    with running(tmp_path, debug_nginx()) as nginx:
        view = master(nginx.pid)
        assert view
        if isinstance(found := running_configuration(view), Gap) and found.why == "denied":
            pytest.skip("no right to read the memory of another process here")
        other = dataclasses.replace(view, argv=("nginx", "-c", "/etc/another.conf"))
        for doubted in (other, dataclasses.replace(view, started=1)):
            gap = running_configuration(doubted)
            assert isinstance(gap, Gap)
            assert (gap.source, gap.why) == ("running configuration", "unreadable")
            assert gap.hint.endswith("only the times of the files tell what is loaded")
    assert running_configuration(view) == Gap("running configuration", "absent", "")
    not_nginx = dataclasses.replace(view, pid=os.getpid(), started=start_ticks(os.getpid()))
    assert isinstance(running_configuration(not_nginx), Gap)


def test_a_stripped_build_is_a_gap_not_an_error(tmp_path: Path) -> None:
    """If this fails, an nginx without symbols breaks the investigation."""
    with running(tmp_path, wheel_nginx()) as nginx:
        view = master(nginx.pid)
        assert view
        found = running_configuration(view)
        assert isinstance(found, Gap) or found[str(nginx.conf)] == nginx.conf.read_bytes()
