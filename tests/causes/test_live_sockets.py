"""The same line in nginx's log, made by different causes on a real host: real nginx, real sockets and directories, real PHP-FPM where it is installed."""

from __future__ import annotations

import grp
import os
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real_nginx import RealNginx, eventually, free_port, running, system_nginx
from tui502.collect.collector import Collector
from tui502.fix.edits import apply_edits
from tui502.investigate import investigate
from tui502.lab.place import php_fpm
from tui502.model.findings import Finding, Incident
from tui502.read.plan import plan

SITE = "server {{ listen 127.0.0.1:{port}; server_name shop.test; location / {{ proxy_pass http://unix:{socket}; }} }}\n"
WORKER = "nobody"


@dataclass
class Site:
    """nginx dials `socket`; `line` is the errno that its log names."""

    directory: Path
    socket: Path
    nginx: RealNginx
    port: int

    def status(self) -> int:
        with socket.create_connection(("127.0.0.1", self.port), 5) as client:
            client.sendall(b"GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n")
            return int(client.recv(4096)[9:12])

    def fails_with(self, errno: int) -> None:
        assert self.status() == 502
        assert f"({errno}: " in (self.directory / "error.log").read_text()

    def incident(self) -> Incident:
        return investigate(Collector(pid=self.nginx.pid).gather(plan, 20.0))

    def findings(self) -> list[Finding]:
        return [each for each in self.incident().findings if each.cause not in ("config_invalid",)]


@pytest.fixture
def site() -> Iterator[Site]:
    """The socket's directory bears the name of the site; workers are no root, else nothing would be denied."""
    with tempfile.TemporaryDirectory() as name:
        directory, port = Path(name), free_port()
        directory.chmod(0o755)
        (directory / "shop").mkdir()
        path = directory / "shop" / "app.sock"
        with running(directory, system_nginx(), included=SITE.format(port=port, socket=path), user=f"{WORKER} {grp.getgrgid(65534).gr_name}") as nginx:
            try:
                yield Site(directory, path, nginx, port)
            finally:
                (directory / "shop").chmod(0o755)


@contextmanager
def listening(path: Path, mode: int = 0o666) -> Iterator[socket.socket]:
    """A backend that answers 200 until the block ends; its file stays behind."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
        sock.listen(64)
        path.chmod(mode)
        thread = threading.Thread(target=_serve, args=(sock,), daemon=True)
        thread.start()
        try:
            yield sock
        finally:
            sock.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _serve(sock: socket.socket) -> None:
    with suppress(OSError):
        while True:
            client, _ = sock.accept()
            with client, suppress(OSError):
                if client.recv(65536):
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


def carry_out(finding: Finding) -> None:
    for command in finding.fixes[0].commands:
        subprocess.run(command.argv, check=True)


def test_13_because_of_the_socket(site: Site) -> None:
    with listening(site.socket, 0o600 if os.geteuid() == 0 else 0o400):
        site.fails_with(13)
        (finding,) = site.findings()
        assert (finding.cause, finding.certainty, finding.fixes[0].kind) == ("socket_permission", "proven", "advice")
        assert "socket_permission" in finding.outages[0]


def test_13_because_of_the_directory(site: Site) -> None:
    """The socket itself is open to everybody: nothing about it is to be changed."""
    with listening(site.socket):
        site.socket.parent.chmod(0o700 if os.geteuid() == 0 else 0o600)
        site.fails_with(13)
        (finding,) = site.findings()
        assert (finding.cause, finding.certainty) == ("directory_permission", "proven")
        carry_out(finding)
        assert site.status() == 200
        assert site.socket.parent.stat().st_mode & 0o007 == 0


def test_13_that_is_over_is_nobodys_fault(site: Site) -> None:
    with listening(site.socket, 0o000):
        site.fails_with(13)
        site.socket.chmod(0o666)
        assert {each.cause for each in site.findings()} <= {"recovered", "no_fault"}


def test_2_because_it_listens_elsewhere(site: Site) -> None:
    with listening(site.socket.with_name("web.sock")):
        site.fails_with(2)
        (finding,) = site.findings()
        assert (finding.cause, finding.certainty, finding.fixes[0].peer) == ("wrong_socket_path", "likely", f"unix:{site.socket.with_name('web.sock')}")
        file = site.directory / "conf.d/one.conf"
        file.write_bytes(apply_edits(file.read_bytes(), finding.fixes[0].edits))
        os.kill(site.nginx.pid, signal.SIGHUP)
        assert eventually(lambda: site.status() == 200)


def test_2_because_the_file_was_deleted(site: Site) -> None:
    """Its owner listens behind it still, and another socket lies beside it: it did not move."""
    with listening(site.socket), listening(site.socket.with_name("web.sock")):
        site.socket.unlink()
        site.fails_with(2)
        assert not {"wrong_socket_path", "stale_socket", "backend_stopped"}.intersection(each.cause for each in site.findings())


def test_2_with_a_strangers_socket_elsewhere(site: Site) -> None:
    with listening(site.directory / "other.sock"):
        site.fails_with(2)
        assert site.findings() == []
        assert site.incident().verdict == "undecided"


def test_111_on_a_leftover(site: Site) -> None:
    with listening(site.socket):
        assert site.status() == 200
    site.fails_with(111)
    (finding,) = site.findings()
    assert (finding.cause, finding.certainty) == ("stale_socket", "proven")


def test_111_on_a_leftover_of_what_moved(site: Site) -> None:
    with listening(site.socket):
        pass
    with listening(site.socket.with_name("web.sock")):
        site.fails_with(111)
        assert [each.cause for each in site.findings()] == ["wrong_socket_path"]


@pytest.fixture
def fpm() -> str:
    binary = php_fpm()
    if not binary:
        pytest.skip("PHP-FPM is not installed")
    return binary


POOL = "[{name}]\nlisten = {socket}\nlisten.mode = {mode}\npm = static\npm.max_children = 1\n"


@contextmanager
def master(binary: str, directory: Path, pool: str) -> Iterator[int]:
    """The pid of PHP-FPM in the background: a child of our own would be left out of the table of processes."""
    account = f"user = {WORKER}\ngroup = {grp.getgrgid(65534).gr_name}\n" if os.geteuid() == 0 else ""
    conf, file = directory / "fpm.conf", directory / "fpm.pid"
    conf.write_text(f"[global]\npid = {file}\nerror_log = {directory}/fpm.log\ninclude = {directory}/pool.d/*.conf\n")
    (directory / "pool.d").mkdir(exist_ok=True)
    (directory / "pool.d/a.conf").write_text(pool + account)
    subprocess.run([binary, "-n", "-D", "-y", str(conf)], check=True, stderr=subprocess.DEVNULL)
    assert eventually(file.exists)
    pid = int(file.read_text())
    try:
        yield pid
    finally:
        pid = int(file.read_text())  # a reload in the background makes another process
        os.kill(pid, signal.SIGTERM)
        assert eventually(lambda: _has_ended(pid))


def _has_ended(pid: int) -> bool:
    """Gone, or a zombie that init has yet to collect."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text("latin-1").rpartition(")")[2].split()[0] in "ZX"
    return True


def test_pools_of_a_running_php_fpm_are_read(site: Site, fpm: str) -> None:
    """Title, includes, owner of the socket: as a real master shows them."""
    (site.directory / "conf.d/one.conf").write_text(SITE.format(port=site.port, socket=site.socket).replace("proxy_pass http://unix:", "fastcgi_pass unix:"))
    os.kill(site.nginx.pid, signal.SIGHUP)
    with master(fpm, site.directory, POOL.format(name="shop", socket=site.socket, mode="0600" if os.geteuid() == 0 else "0400")) as pid:
        if os.geteuid() == 0:
            assert eventually(site.socket.exists)
            os.chown(site.socket, 0, 0)
        assert eventually(lambda: site.socket.exists() and site.status() == 502 and "(13: " in (site.directory / "error.log").read_text())
        incident = site.incident()
        pool = next(each for each in incident.facts.pools if each.name == "shop")
        assert (pool.master, pool.listen, pool.file) == (pid, f"unix:{site.socket}", f"{site.directory}/pool.d/a.conf")
        (finding,) = (each for each in incident.findings if each.cause == "socket_permission")
        assert "pool shop: listen." in finding.fixes[0].title


def test_reload_of_php_fpm_keeps_the_old_socket(site: Site, fpm: str) -> None:
    """The fix restarts, because a reload hands the listening socket on as it is. If this fails, a reload would do and interrupts less."""
    log, pool = site.directory / "fpm.log", site.directory / "pool.d/a.conf"

    def ready(times: int) -> bool:
        return eventually(lambda: log.exists() and log.read_text().count("ready to handle connections") == times)

    with master(fpm, site.directory, POOL.format(name="shop", socket=site.socket, mode="0600")) as pid:
        assert ready(1)
        pool.write_text(pool.read_text().replace("0600", "0660"))
        os.kill(pid, signal.SIGUSR2)
        assert ready(2)
        assert site.socket.stat().st_mode & 0o777 == 0o600
    with master(fpm, site.directory, pool.read_text().partition("user =")[0]):
        assert ready(3)
        assert site.socket.stat().st_mode & 0o777 == 0o660
