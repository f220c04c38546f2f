"""The keys under which evidence stands: written here once, used by the planner (who asks) and the readers (who look it up)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Literal

from tui502.model.evidence import Evidence, Gap, Process
from tui502.model.facts import Request
from tui502.read.memo import Memo

LogKind = Literal["log", "access_log"]

MAPPINGS = {
    "file": "files", "dir": "dirs", "command": "commands", "test": "commands", "exchange": "exchanges", "replay": "exchanges",
    "name": "names", "log": "logs", "access_log": "logs", "path": "paths", "access": "access", "process": "details",
}  # fmt: skip
"""The mapping of Evidence in which the answer to a look of that kind stands; the other kinds have a field of their own."""

NGINX_V = "nginx -V"
NGINX_T = "nginx -t"
SYSTEMD_UNITS = "systemctl units"
SYSTEMD_SHOW = "systemctl show"
GETENT_PASSWD = "getent passwd"  # noqa: S105 - a command
GETENT_GROUP = "getent group"

_running: Memo[tuple[tuple[Process, str, tuple[str, ...]], ...]] = Memo()

SUPERVISOR_CONFS = ("/etc/supervisor/supervisord.conf", "/etc/supervisord.conf")
"""Where supervisord looks when it is started without -c (Debian's and upstream's place)."""


def connect_key(peer: str) -> str:
    return f"connect {peer}"


def http_key(peer: str, method: str, host: str, uri: str) -> str:
    return f"http {peer} {method} {host}{uri}"


def https_key(peer: str, method: str, host: str, uri: str, name: str) -> str:
    return f"https {peer} {method} {host}{uri} for {name}" if name else f"https {peer} {method} {host}{uri}"


def tls_key(peer: str, name: str) -> str:
    return f"tls {peer} for {name}" if name else f"tls {peer}"


def fastcgi_key(peer: str, method: str, host: str, uri: str, told: tuple[str, ...]) -> str:
    return " ".join((f"fastcgi {peer} {method} {host}{uri}", *told[:1]))


def replay_key(request: Request) -> str:
    return f"replay {request.method} {request.scheme}://{request.host}{request.uri} @{request.address}:{request.port}"


def path_key(path: str) -> str:
    return f"path {path}"


def access_key(peer: str) -> str:
    return f"access {peer}"


def process_key(pid: int) -> str:
    return f"process {pid}"


def supervisor_key(conf: str) -> str:
    return f"supervisorctl {conf}"


def unit_names(evidence: Evidence) -> tuple[str, ...]:
    """The services and sockets that systemd knows, templates left out; () until it was asked."""
    seen = evidence.commands.get(SYSTEMD_UNITS)
    if not seen or not seen.value:
        return ()
    names = (line.split(None, 1)[0].decode("utf-8", "replace") for line in seen.value.out.splitlines() if line.strip())
    return tuple(name for name in names if "@." not in name and not name.startswith("-"))


def supervisors(evidence: Evidence) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The configuration of each running supervisord that may be asked, and the argv of the supervisorctl that speaks to it.

    Asked are root's and our own: what another user's says it runs would be his program with our rights. The argv has a fixed shape; a command line is
    chosen by whoever starts a process, so no word of it is taken over but the interpreter's or the script's path, whose writers `host.run` looks at.
    """
    for process, conf, ctl in _supervisors(evidence):
        if _may_be_asked(process, conf, evidence):
            yield conf, ctl


def supervisors_not_asked(evidence: Evidence) -> Iterator[Gap]:
    """Those of other users."""
    for process, conf, _ in _supervisors(evidence):
        if not _may_be_asked(process, conf, evidence):
            yield Gap(f"supervisord {process.pid} of user {process.uid} ({conf})", "denied", f"sudo -u '#{process.uid}' tui502")


def _may_be_asked(process: Process, conf: str, evidence: Evidence) -> bool:
    return process.uid in (0, evidence.euid) and conf.startswith("/")


def _supervisors(evidence: Evidence) -> tuple[tuple[Process, str, tuple[str, ...]], ...]:
    processes = evidence.processes.value or ()
    return _running((processes,), lambda: tuple(_among(processes)))


def _among(processes: tuple[Process, ...]) -> Iterator[tuple[Process, str, tuple[str, ...]]]:
    for process in processes:
        started = _started(process.argv)
        if not started or (process.exe and not _PYTHON.match(_name(process.exe)) and not _is_supervisord((process.exe,))):
            continue
        conf = _option(started[1:], "-c", "--configuration")
        yield process, posixpath.join(process.cwd, conf) if conf else SUPERVISOR_CONFS[0], _supervisorctl(process, started[0])


def _started(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The command line of a supervisord from its script or module on: "supervisord …", "python [flags] supervisord …" or
    "python [flags] -m supervisor.supervisord …"; () for any other."""
    if _is_supervisord(argv[:1]):
        return argv
    rest = argv[next((n for n, word in enumerate(argv) if n and not _FLAGS.match(word)), len(argv)) :]
    if rest[:2] == ("-m", _MODULE):
        return rest[1:]
    return rest if _is_supervisord(rest[:1]) else ()


def _is_supervisord(words: tuple[str, ...]) -> bool:
    return bool(words) and _name(words[0]) in ("supervisord", "supervisord.py")


def _name(path: str) -> str:
    return posixpath.basename(path.removesuffix(" (deleted)"))


def _supervisorctl(process: Process, script: str) -> tuple[str, ...]:
    """The supervisorctl that belongs to a supervisord started as `script` (a path or module): the one beside it, or the same interpreter's; where the
    process may not be looked into, or was started by a relative path, the host's own. The resolved interpreter would not do: it knows no venv."""
    if process.exe and script.startswith("/"):
        return (posixpath.join(posixpath.dirname(script), "supervisorctl"),)
    if process.exe and script == _MODULE and process.argv[0].startswith("/"):
        return (process.argv[0], "-m", "supervisor.supervisorctl")
    return ("supervisorctl",)


_MODULE = "supervisor.supervisord"
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*\Z")
_FLAGS = re.compile(r"-[bBdEIOqsSuv]+\Z")
"""Options of Python that take no value."""


def _option(argv: tuple[str, ...], *names: str) -> str:
    for n, word in enumerate(argv):
        if word in names and n + 1 < len(argv):
            return argv[n + 1]
        for name in names:
            if name.startswith("--") and word.startswith(name + "="):
                return word.partition("=")[2]
    return ""


_REPLAY = re.compile(r"replay (GET|HEAD) (https?)://([^/ ]+)(/\S*) @(\S+):(\d+)\Z")


def replayed(key: str) -> Request | None:
    """The request behind a key of `replay_key`, None for another key. The server name of TLS is the host without its port."""
    found = _REPLAY.match(key)
    if not found:
        return None
    method, scheme, host, uri, address, port = found.groups()
    return Request(method, scheme, address, int(port), host.partition(":")[0] if scheme == "https" else "", host, uri)


def outage_key(symptom: str, peer: str, server: str) -> str:
    """The name of an outage: what is logged, at which peer, for which server."""
    return f"{symptom} {peer} {server}"


def outage_peer(key: str) -> str:
    """The peer in a key of `outage_key`."""
    return key.partition(" ")[2].rpartition(" ")[0]


def outage_server(key: str) -> str:
    """The server name in a key of `outage_key`."""
    return key.rpartition(" ")[2]
