"""The same refused connection on a real host: a backend on another port, another address, the other family; dialled by address and by name."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real_nginx import RealNginx, eventually, free_port, running, system_nginx
from tui502.collect.collector import Collector
from tui502.fix.edits import apply_edits
from tui502.investigate import investigate
from tui502.model.findings import Finding, Incident
from tui502.read.plan import plan

SITE = "server {{ listen 127.0.0.1:{port}; server_name {name}.test; location / {{ proxy_pass http://{dialled}/base/; }} }}\n"
BACKEND = """
import socket, sys
host, port, v6only = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "v6only"
server = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if ":" in host:
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
server.bind((host, port))
server.listen()
print("listening", flush=True)
while True:
    client, _ = server.accept()
    with client:
        asked = client.recv(65536)
        status = b"200 OK" if asked.startswith((b"GET /base/ ", b"GET /base/cart ")) else b"404 Not Found"
        client.sendall(b"HTTP/1.1 %s\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok" % status)
"""


@dataclass
class Site:
    directory: Path
    name: str
    nginx: RealNginx
    port: int

    def status(self) -> int:
        with socket.create_connection(("127.0.0.1", self.port), 5) as client:
            client.sendall(f"GET /cart HTTP/1.0\r\nHost: {self.name}.test\r\n\r\n".encode())
            return int(client.recv(4096)[9:12])

    def incident(self) -> Incident:
        return investigate(Collector(pid=self.nginx.pid).gather(plan, 20.0))

    def only(self) -> Finding:
        assert self.status() == 502
        (finding,) = [each for each in self.incident().findings if each.cause != "config_invalid"]
        return finding

    def mended(self, finding: Finding) -> bool:
        (edit,) = finding.fixes[0].edits
        Path(edit.file).write_bytes(apply_edits(Path(edit.file).read_bytes(), (edit,)))
        os.kill(self.nginx.pid, signal.SIGHUP)
        return eventually(lambda: self.status() == 200)


@contextmanager
def dialling(dialled: str) -> Iterator[Site]:
    """nginx with one site of a name that nothing else here bears; its backend is the one that works in a directory of that name."""
    with tempfile.TemporaryDirectory() as folder:
        directory, port, name = Path(folder), free_port(), f"kiosk{secrets.token_hex(4)}"
        (directory / name).mkdir()
        with running(directory, system_nginx(), included=SITE.format(port=port, dialled=dialled, name=name)) as nginx:
            yield Site(directory, name, nginx, port)


@contextmanager
def backend(site: Site, host: str, port: int, v6only: bool = False) -> Iterator[None]:
    """Started by a shell: what we start ourselves is left out of all that is seen."""
    command = ["sh", "-c", '"$@" & wait', "sh", sys.executable, "-c", BACKEND, host, str(port), "v6only" if v6only else ""]
    with subprocess.Popen(command, cwd=site.directory / site.name, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout
            if not process.stdout.readline():
                assert ":" in host, f"the backend could not listen on {host}"
                pytest.skip(f"nothing can listen on {host} here")
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("dialled", "host", "v6only", "cause", "found"),
    [
        ("127.0.0.1", "::1", False, "address_family", "[::1]"), ("127.0.0.1", "::", True, "address_family", "[::1]"),
        ("[::1]", "127.0.0.1", False, "address_family", "127.0.0.1"), ("127.0.0.1", "127.0.0.2", False, "bound_elsewhere", "127.0.0.2"),
    ],
)  # fmt: skip
def test_the_right_port_at_another_address(dialled: str, host: str, v6only: bool, cause: str, found: str) -> None:
    """A working directory alone ties it: likely. What is offered must work."""
    port = free_port()
    with dialling(f"{dialled}:{port}") as site, backend(site, host, port, v6only):
        finding = site.only()
        assert (finding.cause, finding.certainty, finding.fixes[0].peer) == (cause, "likely", f"{found}:{port}")
        assert finding.fixes[0].there.startswith("GET /base/cart answers 200")
        assert site.mended(finding)


def test_an_ipv6_wildcard_serves_ipv4_too() -> None:
    port = free_port()
    with dialling(f"127.0.0.1:{port}") as site, backend(site, "::", port):
        assert site.status() == 200
        assert [finding.cause for finding in site.incident().findings if finding.cause != "config_invalid"] in ([], ["no_fault"])


def test_a_name_is_asked_as_nginx_resolved_it_and_changed_where_it_is_written() -> None:
    """If this fails, a backend that is written as localhost is never asked."""
    dialled, port = free_port(), free_port()
    with dialling(f"localhost:{dialled}") as site, backend(site, "127.0.0.1", port):
        finding = site.only()
        assert (finding.cause, finding.fixes[0].peer) == ("wrong_port", f"127.0.0.1:{port}")
        assert finding.target.peer.rpartition(":")[0] in ("127.0.0.1", "[::1]")
        assert site.mended(finding)
        states = site.incident().facts.peers
        assert [(state.peer, state.status) for state in states] == [(f"127.0.0.1:{port}", 200)]
