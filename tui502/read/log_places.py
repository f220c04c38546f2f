"""Where the lines of a log are to be read. A place is "/path" (a file, as nginx sees it), "journal:MATCH MATCH" (systemd's journal), "syslog:TAG:/path" (lines
of that tag in a syslog daemon's file), "container:/path" (the log that a container runtime keeps), "output:/path" (a file into which somebody writes what
nginx prints) or "held:PID/FD:DEVICE:INODE" (a file of the first place that nginx has open under a name that it lost)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from tui502.model.evidence import Evidence, Gap, OpenFile
from tui502.model.facts import LogTarget, Nginx
from tui502.read import journal_place, keys, syslogs
from tui502.read.memo import Memo

STANDARD = {"stderr": 2, "/dev/stderr": 2, "/proc/self/fd/2": 2, "/dev/fd/2": 2, "/dev/stdout": 1, "/proc/self/fd/1": 1, "/dev/fd/1": 1}
JOURNAL_STDOUT = "/run/systemd/journal/stdout"
DELETED = " (deleted)"

_CONTAINER = re.compile(r"(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?(?:/|\Z)")
_ROTATED = re.compile(r"[-.](?=(?:\d[\w.-]*|old|bak|orig|prev|save)\Z)")
"""Where a name ends that a rotation, or a person, has lengthened."""

_UNIT = re.compile(rf"/({journal_place.UNIT}\.service)(?=/|\Z)", re.ASCII)
_SCRIPT = (
    r"set $log = ngx_cycle->log\nwhile $log->writer != ngx_log_memory_writer\nset $log = $log->next\nend\n"
    r"set $buf = (ngx_log_memory_buf_t *) $log->wdata\ndump binary memory /tmp/nginx-memory.log $buf->start $buf->end\n"
)
"""How gdb takes a log out of a process: nginx's own documentation ("A debugging log", logging to a cyclic memory buffer)."""


_lost: Memo[dict[str, list[OpenFile]]] = Memo()


def held_of(args: Iterable[str]) -> tuple[str, ...]:
    """The descriptors among the places of a look."""
    return tuple(place.removeprefix("held:") for place in args if place.startswith("held:"))


def places(evidence: Evidence, nginx: Nginx, target: LogTarget, logs: tuple[LogTarget, ...] = ()) -> tuple[str, ...] | Gap:
    """Where a log may be read, the likeliest first; or why it can be read nowhere. () where nothing is written, or it is not known yet. `logs` are all that
    are configured: what bears the name of one of them is that one, not what a rotation made of another."""
    path = target.path
    if path == "off" or (path == "/dev/null" and target.kind == "access"):
        return ()
    if path == "/dev/null":
        return Gap("the error log goes to /dev/null", "absent", "error_log /var/log/nginx/error.log;")
    if path.startswith("memory:"):
        pid = next(iter(nginx.workers), nginx.pid)
        return Gap(f"error_log {path}: it stands in the memory of each process", "unreadable", f"printf '{_SCRIPT}' | sudo gdb --batch -p {pid} -x /dev/stdin")
    if path.startswith("syslog:"):
        return syslogs.places(evidence, path, target.kind, (_uid(evidence, nginx), nginx.worker_uid))
    if "$" in path:
        names = re.sub(r"\$(?:\w+|\{\w+\})", "*", path)
        return Gap(f"access_log {path}: its name depends on the request", "not_asked", f"ls -t {names}")
    number = STANDARD.get(path) or STANDARD.get(_link(evidence, path))
    return _output(evidence, nginx, number, target.kind) if number else (path, *_held(evidence, nginx, path, logs))


def is_awaited(evidence: Evidence, nginx: Nginx, target: LogTarget) -> bool:
    """Whether a log can be read and was not yet."""
    found = places(evidence, nginx, target)
    return bool(found) and not isinstance(found, Gap) and target.key not in evidence.logs


def gaps(evidence: Evidence, nginx: Nginx, targets: Iterable[LogTarget]) -> Iterator[Gap]:
    """What of the logs cannot be read, or says nothing of upstreams by its level."""
    for target in targets:
        found = places(evidence, nginx, target)
        if isinstance(found, Gap):
            yield found
        elif target.hides and target.kind == "error":
            says = "this level leaves out what nginx says of upstreams"
            yield Gap(f"error_log {target.path} {target.level}: {says}", "absent", f"error_log {target.path} error;")


def wanted_paths(evidence: Evidence, targets: Iterable[LogTarget]) -> tuple[str, ...]:
    """The ways that tell where a log leads: those to what is no file though its name is one, and to the socket of a syslog daemon."""
    found: list[str] = []
    for target in targets:
        seen = evidence.logs.get(target.key)
        if target.path.startswith("/") and ((seen and seen.gap and seen.gap.why != "denied") or keys.path_key(target.path) in evidence.paths):
            found.append(target.path)
        elif target.path.startswith("syslog:") and (server := syslogs.parameters(target.path)["server"]).startswith("unix:"):
            found.append(server.removeprefix("unix:"))
    return tuple(dict.fromkeys(found))


def wanted(evidence: Evidence, nginx: Nginx, targets: Iterable[LogTarget]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(files, directories) that tell where a syslog daemon or a container's runtime writes to."""
    files, dirs = syslogs.wanted(evidence) if any(target.path.startswith("syslog:") for target in targets) else ((), ())
    return files, (*dirs, CONTAINERS) if wants_containers(evidence, nginx) else dirs


def _link(evidence: Evidence, path: str) -> str:
    """Where a log's name leads as a symbolic link, '' where it is none, or was not looked at."""
    seen = evidence.paths.get(keys.path_key(path))
    parts = seen.value.parts if seen and seen.value else ()
    return next((part.target for part in parts if part.target in STANDARD), "")


def _held(evidence: Evidence, nginx: Nginx, path: str, logs: tuple[LogTarget, ...]) -> Iterator[str]:
    """Files that nginx has open to which a rotation, or whoever removed the log, has given another name or none."""
    files = evidence.open_files.value or ()
    lost = _lost((files, nginx.pid, nginx.workers, logs), lambda: _by_name(files, (nginx.pid, *nginx.workers), {log.path for log in logs}))
    for one in lost.get(path, ()):
        yield f"held:{one.pid}/{one.fd}:{one.dev}:{one.ino}"


def _by_name(files: Iterable[OpenFile], pids: tuple[int, ...], configured: set[str]) -> dict[str, list[OpenFile]]:
    """The open logs that have lost their names, by the names that they may have had: there may be ten thousand logs."""
    found: dict[str, list[OpenFile]] = {}
    for one in files:
        if one.kind == "file" and one.pid in pids:
            name = one.target.removesuffix(DELETED)
            shorter = [] if name in configured else [name[: each.start()] for each in _ROTATED.finditer(name)]
            for each in shorter + ([name] if name != one.target else []):
                found.setdefault(each, []).append(one)
    return found


def _output(evidence: Evidence, nginx: Nginx, number: int, kind: str) -> tuple[str, ...] | Gap:
    """Where the standard output or error of the master leads."""
    name = f"{'standard error' if number == 2 else 'standard output'} of nginx"
    if evidence.open_files.gap:
        gap = evidence.open_files.gap
        return Gap(f"{name}: where it leads", gap.why, gap.hint) if evidence.open_files.at else ()
    one = next((each for each in evidence.open_files.value or () if (each.pid, each.fd) == (nginx.pid, number)), None)
    if one is None:
        return Gap(f"{name} is closed", "absent", "")
    if one.kind == "file":
        return (f"output:/proc/{one.pid}/fd/{one.fd}",)
    if one.peer == JOURNAL_STDOUT:
        return (_of_unit(evidence, nginx),)
    found = (*_of_container(evidence, nginx), *_written_by(evidence, one)) if one.kind == "pipe" else ()
    return found or Gap(f"{name} goes to {one.peer or one.target}", "unreadable", f"sudo ls -l /proc/{one.pid}/fd/{one.fd}")


def _of_unit(evidence: Evidence, nginx: Nginx) -> str:
    found = _UNIT.findall(_cgroup(evidence, nginx))
    whose = f"_SYSTEMD_UNIT={found[-1]}" if found else f"_PID={nginx.pid}"
    return journal_place.place(whose, "_TRANSPORT=stdout")


def _uid(evidence: Evidence, nginx: Nginx) -> int | None:
    """Whose the master is."""
    return next((process.uid for process in evidence.processes.value or () if process.pid == nginx.pid), None)


def _cgroup(evidence: Evidence, nginx: Nginx) -> str:
    return next((process.cgroup for process in evidence.processes.value or () if process.pid == nginx.pid), "")


def _of_container(evidence: Evidence, nginx: Nginx) -> Iterator[str]:
    """The logs that Docker, Kubernetes' runtimes and podman keep of the container in which the master runs."""
    found = _CONTAINER.search(_cgroup(evidence, nginx))
    if not found:
        return
    name = found[1]
    yield f"container:/var/lib/docker/containers/{name}/{name}-json.log"
    for log in _listed(evidence, CONTAINERS):
        if log.endswith(f"-{name}.log"):
            yield f"container:{posixpath.join(CONTAINERS, log)}"
    yield journal_place.place(f"CONTAINER_ID_FULL={name}", *journal_place.of_users((_uid(evidence, nginx),)))


CONTAINERS = "/var/log/containers"
"""Where kubelet links the logs of all containers of a node, by names that end in their ids."""


def wants_containers(evidence: Evidence, nginx: Nginx) -> bool:
    """Whether nginx runs in a container, so that its runtime's logs matter."""
    return _CONTAINER.search(_cgroup(evidence, nginx)) is not None


def _listed(evidence: Evidence, path: str) -> tuple[str, ...]:
    seen = evidence.dirs.get(path)
    return (seen.value if seen else None) or ()


def _written_by(evidence: Evidence, pipe: OpenFile) -> Iterator[str]:
    """The files into which the readers of a pipe write: supervisord, a log writer. Which of them has lines of nginx is seen when they are read."""
    for one in evidence.open_files.value or ():
        if one.kind == "file" and one.pid in pipe.readers:
            yield f"output:/proc/{one.pid}/fd/{one.fd}" if one.target.endswith(DELETED) else f"output:{one.target}"
