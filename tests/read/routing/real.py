"""Requests to a real nginx, and what we say that it answers, in the same words."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.real_nginx import eventually
from tui502.model.config import Config
from tui502.model.evidence import FileSeen, Seen
from tui502.model.facts import Request
from tui502.model.route import FileKind, Known, Way
from tui502.read.nginx_conf import load
from tui502.read.routing import way

HEAD = """daemon off; pid {dir}/pid; error_log {dir}/error.log emerg; worker_processes 1; {user}
events {{ worker_connections 256; }}
http {{
 access_log off; server_tokens off; absolute_redirect off; server_names_hash_bucket_size 128; root {dir}/html;
 client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
"""
UNDECIDED = "undecided"


class OnDisk(Mapping[str, FileKind]):
    """What lies at any path of this machine, looked at when asked for."""

    def __getitem__(self, path: str) -> FileKind:
        found = Path(path)
        return "dir" if found.is_dir() else "file" if found.is_file() else "absent"

    def get(self, path: str, default: object = None) -> FileKind:
        return self[path]

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def parsed(text: str) -> Config:
    data = text.encode()
    found = load("/n.conf", {"/n.conf": Seen(1.0, 0.0, FileSeen("/n.conf", data, False, "file", 0o644, 0, 0, 1, 1, 1, len(data), 0, 0))}, {})
    assert found.problems == ()
    return found


def version_of(binary: str) -> str:
    said = subprocess.run([binary, "-v"], stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=30).stderr.decode()
    found = re.search(r"nginx/([\d.]+)", said)
    assert found
    return found[1]


@contextmanager
def serving(directory: Path, binary: str, http: str, port: int) -> Iterator[Config | None]:
    """nginx with what stands in `http`, and that as we read it; None when nginx refuses it."""
    text = HEAD.format(dir=directory, user="user root;" if os.geteuid() == 0 else "") + http + "\n}\n"
    (directory / "html").mkdir(parents=True, exist_ok=True)
    (directory / "n.conf").write_text(text)
    argv = [binary, "-p", str(directory), "-c", str(directory / "n.conf"), "-e", str(directory / "error.log")]
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: process.poll() is not None or ((directory / "pid").exists() and _listens(port))), text
        yield parsed(text) if process.poll() is None else None
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def answer(request: Request, headers: Mapping[str, str] | None = None) -> str:
    """What nginx answers: status, and the body or where it redirects to; nothing more of nginx's own pages."""
    lines = [f"{request.method} {request.uri} HTTP/{'1.1' if request.host else '1.0'}", "Connection: close"]
    lines += [f"Host: {request.host}"] if request.host else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    with socket.create_connection((request.address, request.port), 5) as connection:
        connection.sendall("\r\n".join((*lines, "", "")).encode())
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = data.decode("utf-8", "surrogateescape").partition("\r\n\r\n")
    status = head.split(" ", 2)[1] if " " in head else "closed"
    found = re.search(r"^location: *([^\r]*)", head, re.I | re.M)
    if found:
        return f"{status} to {found[1]}"
    if "chunked" in head.lower():
        body = re.sub(r"(?:\A|\r\n)[0-9a-f]+\r\n", "", body).removesuffix("\r\n")
    return f"{status} {body}".strip() if "<html>" not in body else status


def foretold(read: Config, request: Request, directory: Path, version: str, dead: frozenset[str] = frozenset()) -> str:
    """What we say that nginx answers, or "undecided: why"."""
    known = Known(OnDisk(), {}, version, str(directory))
    return told(read, way(read, request, known), known, dead)


def told(read: Config, found: Way, known: Known, dead: frozenset[str]) -> str:
    if found.undecided:
        return f"{UNDECIDED}: {found.undecided}"
    for branch in found.branches:
        asked = {member.peer.address for member in branch.way.group.members if member.peer} if branch.way.group else set()
        if branch.refused is not None and asked <= dead:
            return told(read, branch.refused, known, dead)
    if found.answer == "pass":
        return _through(read, found, known, dead)
    if found.answer == "redirect":
        return f"{found.status} to {found.text}"
    if found.answer == "file":
        return f"{found.status} {Path(found.text).read_text()}".strip() if Path(found.text).is_file() else str(found.status)
    return f"{found.status} {found.text}".strip() if found.answer == "text" else str(found.status) if found.status != 444 else "closed"


def _through(read: Config, found: Way, known: Known, dead: frozenset[str]) -> str:
    """The answer of a backend that is one of our own servers, asked as nginx would ask it."""
    assert found.group
    assert found.sent
    peer = next(member.peer for member in found.group.members if member.peer)
    if peer.address in dead:
        return "502" if found.failing is None else told(read, found.failing, known, dead)
    method, _, rest = found.sent.line.partition(" ")
    uri, _, protocol = rest.rpartition(" ")
    headers = {header.name.lower(): header.value or "" for header in found.sent.headers}
    if not found.sent.host and protocol == "HTTP/1.1":
        return "400"
    asked = Request(method, "http", peer.host, peer.port, "", found.sent.host, uri)
    inner = way(read, asked, Known(known.files, headers, known.version, known.prefix))
    said = told(read, inner, known, dead).replace("HTTP/1.1", protocol)
    if (page := dict(found.instead).get(int(said[:3]))) is not None:
        return told(read, page, known, dead)
    return said if found.status is None else f"{found.status}{said[3:]}"
