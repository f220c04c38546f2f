"""A real site to break and mend: nginx in a directory of its own, two backends, and the changes that a person could make to it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.real_nginx import eventually, free_port, system_nginx
from tui502.apply import stage
from tui502.collect.replay import replay
from tui502.host.masters import master
from tui502.model.changes import Baseline, FileChange, StagedChange, Tested
from tui502.model.evidence import View
from tui502.model.facts import Request
from tui502.model.findings import Command, Fix

CONF = """
daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log; worker_processes 2;
{user}
events {{ worker_connections 64; }}
http {{
    access_log {dir}/access.log;
    client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
    include sites/*.conf;
}}
"""
SITE = "# the shop\nserver {{\n    listen 127.0.0.1:{port};\n    server_name {name};\n    location / {{ proxy_pass http://127.0.0.1:{to}; }}\n}}\n"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@dataclass
class Site:
    """nginx serves `name` on `port`; its backend is said to be on `dead`, where nobody listens; one listens on `living`."""

    directory: Path
    view: View
    port: int
    dead: int
    living: int
    name: str = "shop.test"

    @property
    def file(self) -> Path:
        return self.directory / "sites/shop.conf"

    @property
    def error_log(self) -> Path:
        return self.directory / "error.log"

    def text(self, to: int, port: int = 0) -> bytes:
        return SITE.format(port=port or self.port, name=self.name, to=to).encode()

    def status(self) -> int:
        seen = replay(f"127.0.0.1:{self.port}", "http", "GET", self.name, "/", 5.0)
        return int(seen.received[9:12] or b"0")

    def snapshot(self) -> dict[str, tuple[int, int, bytes]]:
        """Name, mode, time and content of every file but the logs."""
        files = (path for path in sorted(self.directory.rglob("*")) if path.is_file() and path.suffix != ".log")
        return {str(path): (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@contextmanager
def backend(port: int) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", port), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join(5)


@contextmanager
def running(directory: Path) -> Iterator[Site]:
    """The broken site: it answers 502."""
    (directory / "sites").mkdir()
    (directory / "nginx.conf").write_text(CONF.format(dir=directory, user="user root;" if os.geteuid() == 0 else ""))
    port, dead, living = free_port(), free_port(), free_port()
    (directory / "sites/shop.conf").write_text(SITE.format(port=port, name="shop.test", to=dead))
    command = [system_nginx(), "-c", str(directory / "nginx.conf"), "-e", str(directory / "error.log")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with backend(living):
            assert eventually(lambda: master(process.pid) is not None), (directory / "error.log").read_text()
            view = master(process.pid)
            assert view is not None
            site = Site(directory, view, port, dead, living)
            assert eventually(lambda: site.status() == 502), (directory / "error.log").read_text()
            yield site
    finally:
        process.terminate()
        process.wait(10)


def fix(kind: str = "config", commands: tuple[Command, ...] = ()) -> Fix:
    return Fix("f" * 12, "wrong_port", "point nginx at the backend", "", "", kind, (), commands, ())  # type: ignore[arg-type]


def change(site: Site, after: bytes | None, *, keep_after: float = 2.0, commands: tuple[Command, ...] = (), proves: bool = True) -> StagedChange:
    """The site's file with another content (None: not touched), and commands, ready to be applied."""
    before = site.file.read_bytes()
    files = () if after is None else (FileChange(str(site.file), str(site.file), before, after, hashlib.sha256(before).hexdigest()),)
    request = Request("GET", "http", "127.0.0.1", site.port, "", site.name, "/") if proves else None
    key = f"connection_refused 127.0.0.1:{site.dead} {site.name}"
    return StagedChange(
        id="20260102-030405",
        view=site.view,
        exe=f"/proc/{site.view.pid}/exe",
        test_argv=("-t", "-c", str(site.directory / "nginx.conf"), "-e", str(site.error_log)),
        fixes=(fix("config" if files else "command", commands),),
        files=files,
        steps=stage.steps(files, commands, site.view if files else None, request),
        baseline=Baseline(request, (), {key: 5}, None, 300.0),
        foreign={},
        exact=True,
        reload=bool(files),
        peer="",
        error_logs=(str(site.error_log),),
        keep_after=keep_after,
        mends=(key,),
        listens=(f"127.0.0.1:{site.port}",),
        dirs=(str(site.directory),),
    )


PASSED = Tested("20260102-030405", "namespace", True, (), (), (), "")
