"""The keys under which evidence stands: written here once, used by the planner (who asks) and the readers (who look it up)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Literal

from tui502.model.evidence import Evidence
from tui502.model.facts import Request

LogKind = Literal["log", "access_log"]

NGINX_V = "nginx -V"
NGINX_T = "nginx -t"
SYSTEMD_UNITS = "systemctl units"
SYSTEMD_SHOW = "systemctl show"
GETENT_PASSWD = "getent passwd"  # noqa: S105 - a command
GETENT_GROUP = "getent group"

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
    """The configuration of each running supervisord and the argv of the supervisorctl that speaks to it."""
    for process in evidence.processes.value or ():
        script = next((n for n, word in enumerate(process.argv[:3]) if posixpath.basename(word) in ("supervisord", "supervisord.py")), None)
        module = "supervisor.supervisord" in process.argv[:4]
        if script is None and not module:
            continue
        conf = _option(process.argv, "-c", "--configuration")
        conf = posixpath.join(process.cwd, conf) if conf else SUPERVISOR_CONFS[0]
        if script is None:
            yield conf, (process.argv[0], "-m", "supervisor.supervisorctl")
        else:
            path = process.argv[script]
            ctl = posixpath.join(posixpath.dirname(path), "supervisorctl")
            yield conf, ((*process.argv[:script], ctl) if ctl.startswith("/") else ("supervisorctl",))


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


def outage_server(key: str) -> str:
    """The server name in a key of `outage_key`."""
    return key.rpartition(" ")[2]
