"""Evidence: what was seen on the host, verbatim, or why it was not.

All times are epoch seconds, durations are seconds, sizes are bytes. In pure code "now" is `Evidence.taken_at`, never the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")

Why = Literal["denied", "absent", "timeout", "unreadable", "not_asked"]
LookKind = Literal[
    "nginx", "processes", "listeners", "file", "dir", "command", "test", "exchange", "replay", "name", "log", "access_log", "running", "path", "access",
    "addresses", "process", "open_files",
]  # fmt: skip

SCHEMA = 1
"""Version of `Evidence` as it stands in a recording."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be looked at. `hint` is the command or right that would close the gap, or ''."""

    source: str
    why: Why
    hint: str


@dataclass(frozen=True)
class Seen(Generic[T]):
    """The result of one look: exactly one of `value` and `gap` is set."""

    at: float
    took: float
    value: T | None = None
    gap: Gap | None = None


NOT_YET: Seen[Any] = Seen(0.0, 0.0, gap=Gap("not looked yet", "not_asked", ""))
"""What stands for a look that was not carried out yet."""


@dataclass(frozen=True, slots=True)
class View:
    """An nginx master, and so the place from which paths and addresses are meant.

    `started` is field 22 of /proc/PID/stat (clock ticks since boot); with `pid` it names one process for ever.
    `argv` is the command line the master was started with (taken from its process title), `exe` the file it runs.
    `root`, `mount_ns` and `net_ns` are those of the master; `local` says that both namespaces and the root are ours.
    """

    pid: int
    started: int
    root: str
    mount_ns: int
    net_ns: int
    exe: str
    argv: tuple[str, ...]
    cwd: str
    local: bool


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at. `kind` chooses the mapping of `Evidence` and `key` the place in it. `formats` are those in which an access log is written.

    args by kind: nginx, processes, listeners, addresses: () · file, dir: (path,) · log, access_log: places (`read.log_places`), the first that gives
    lines is read · open_files: pids · command: argv ·
    test: argv of `nginx -t`, answer in `commands["nginx -t"]` · exchange: (peer, speak, method, host, uri, *more) with speak
    "connect", "http", "https" (more: the server name to ask for in TLS, '' for none), "tls" (a handshake only; host is that name) or
    "fastcgi" (more: NAME=VALUE parameters) · replay: (address, scheme, method, host, uri) · name: (host,) · running: () ·
    process: (pid, when it started).
    `every` is the interval at which it is due again, None for once. `view` is the pid of the master whose paths are meant, 0 for our own.
    """

    key: str
    kind: LookKind
    args: tuple[str, ...]
    view: int
    deadline: float
    every: float | None
    reason: str
    formats: tuple[str, ...] = ()


KINDS = {"file": "a file", "dir": "a directory", "fifo": "a FIFO", "socket": "a socket", "device": "a device", "link": "a link that leads nowhere"}
"""The kinds of `FileSeen`, in words."""


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A file: `real` is its path with links resolved, `kind` one of "file", "dir", "fifo", "socket", "device", "link"
    (dangling); `data` its content, `cut` that this is not all (of a large file nothing is kept). `mode` holds the permission bits
    only. `link` is what the last part of the path holds where that is a symbolic link itself, else ''."""

    real: str
    data: bytes
    cut: bool
    kind: str
    mode: int
    uid: int
    gid: int
    dev: int
    ino: int
    links: int
    size: int
    mtime_ns: int
    ctime_ns: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class PathPart:
    """One step on the way to a file: `path` is where it lies with all links before it resolved, `kind` as in `FileSeen`, `target` where a link points to.
    `mode` holds the permission bits only, `acl` the raw bytes of its POSIX access list (b"" where it has none)."""

    path: str
    kind: str
    mode: int
    uid: int
    gid: int
    target: str = ""
    acl: bytes = b""


@dataclass(frozen=True, slots=True)
class PathSeen:
    """The way to a file as the kernel goes it: every directory and link from "/" on, the thing itself last.

    `end` is "found", "absent" (`stopped` is the first name that is not there), "denied" (we may not look at `stopped`), "loop" or "error".
    """

    path: str
    parts: tuple[PathPart, ...]
    end: str
    stopped: str


@dataclass(frozen=True, slots=True)
class AccessSeen:
    """A connect to a unix socket tried with the rights of another user, by a process that had taken his uid and groups.

    `state` names the rights along the path at that time (`read.access.state_of`): what was tried under others says nothing any more. `end` as in `Exchange`."""

    peer: str
    uid: int
    gids: tuple[int, ...]
    state: str
    end: str
    errno: int | None


@dataclass(frozen=True, slots=True)
class CommandSeen:
    """A command and what it printed; `code` is negative when a signal ended it."""

    argv: tuple[str, ...]
    code: int
    out: bytes
    err: bytes
    cut: bool


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a TLS handshake came to. `name` is the server name that was asked for ('' for none). `version` and `cipher` are OpenSSL's words, '' when it
    did not finish; `failure` is OpenSSL's reason then. `certificate` is the server's own, DER, b"" when none was seen. Nothing is verified."""

    name: str
    version: str
    cipher: str
    certificate: bytes
    failure: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One connection: what was sent and what came back.

    `peer` as nginx writes it ("127.0.0.1:3000", "[::1]:80", "unix:/run/app.sock"); `speak` as in `Look`, or "replay". `received` of "tls", and of
    "https" when the handshake did not finish, are the bytes on the wire; else those inside. `tls` is the handshake where there was one.
    `connected` and `first_byte` are seconds from the start, None when it did not come so far. `end` is "connected" (a mere
    connect that worked), "answered", "refused", "absent" (no such socket file), "denied", "timeout", "reset", "closed" (before any byte),
    "unreachable", "full" (accept queue), "skipped" (accept queue already full, or not asked) or "error". `errno` where the kernel gave one.
    `ended` is seconds from the start to the end. `head` counts the bytes of the answer up to the end of its header, as they came (in a recording the
    header itself may be masked); 0 when that end was not seen.
    """

    peer: str
    speak: str
    sent: bytes
    received: bytes
    cut: bool
    connected: float | None
    first_byte: float | None
    end: str
    errno: int | None
    ended: float | None = None
    head: int = 0
    tls: Handshake | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket. `family` is "inet", "inet6" or "unix"; `queue` connections wait of `backlog`; `pids` hold it (as far as visible).

    `path` is "@name" for an abstract unix socket. `v6only` False: a listener on "::" takes IPv4 connections too. The queue is full when
    `queue` > `backlog`.
    """

    family: str
    address: str
    port: int
    path: str
    ino: int
    queue: int
    backlog: int
    pids: tuple[int, ...]
    net_ns: int
    v6only: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """A process; `exe` and `cwd` are '' where the right to read them is missing. `cgroup` is the v2 path (or systemd's v1 one)."""

    pid: int
    started: float
    ppid: int
    uid: int
    gids: tuple[int, ...]
    name: str
    exe: str
    argv: tuple[str, ...]
    cwd: str
    cgroup: str


@dataclass(frozen=True, slots=True)
class ProcessSeen:
    """More of one process than is asked of all: `user` is the account's name (its number where it has none), `terminal` "pts/1" or ''. `cpu` is how much of a
    core it used while it was watched (1.0: one core), `memory` its resident bytes, `open_files` how many descriptors it has and `most_open` how many it may
    have: None where the right to see that is missing. `files` are regular files that it holds open, () where they are many or may not be seen."""

    pid: int
    user: str
    terminal: str
    cpu: float
    memory: int | None
    open_files: int | None
    most_open: int | None
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A descriptor into which a process may write. `target` is the kernel's text for it ("/var/log/x (deleted)", "pipe:[12]"), `kind` as in `FileSeen` or
    "pipe"; `dev` and `ino` are those of what is open. `peer` is the name of the socket at the other end of a unix stream socket, `readers` are the processes
    that read from a pipe (as far as visible)."""

    pid: int
    fd: int
    target: str
    kind: str
    dev: int
    ino: int
    peer: str = ""
    readers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one thing was logged. Error log: per symptom × phase × peer × server. Access log: symptom is the status ("502") that
    the client got, `phase` what became of the tries at backends (`read.access_log.tries`: "answered", "failed", "tried", "saved", "hidden", "unasked"), `peer`
    those at which they failed, joined by ", ", or the one that answered, `server` the name of the server or, by `LogSeen.server_by`, the host that was
    asked for; each '' where the format of the log does not tell it.

    `per_10s` counts the newest two hours in steps of ten seconds, the last one holds `last`. `samples` are the newest raw records, oldest first; `oldest`
    those with which it began, of an error log only.
    """

    symptom: str
    phase: str
    peer: str
    server: str
    count: int
    first: float
    last: float
    per_10s: tuple[int, ...]
    samples: tuple[bytes, ...]
    oldest: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class LogSeen:
    """A log: bytes [start, end) of `source` are tallied, `other` records belong to no tally, `newest` are the last raw records.
    `classifier` is the version of the classifying rules, so that a recording says what counted it. `notes` say what happened (rotated, truncated).
    `place` is where it is read where that is no file of the name of `source`: then the bytes are those that were read of it.
    Of an access log, `guessed` records had none of its formats and were read by what most formats have in common; `server_by` is the variable by which its
    formats name the server ("server_name", "host"), or ''."""

    source: str
    start: int
    end: int
    classifier: int
    tallies: tuple[Tally, ...]
    other: int
    newest: tuple[bytes, ...]
    notes: tuple[str, ...] = ()
    place: str = ""
    guessed: int = 0
    server_by: str = ""


@dataclass(frozen=True, slots=True)
class Flip:
    """A peer that went from one state to another, `was` and `now` being ends of an `Exchange` or "listening"/"gone"."""

    at: float
    peer: str
    was: str
    now: str


@dataclass(frozen=True)
class Evidence:
    """All that was seen. Keys of the mappings are `Look.key`: path for files, dirs and logs, the joined argv for commands.

    `view` is the one nginx master this evidence is about; `running` the configuration text which that master holds in memory (path → bytes).
    `utc_offset` is what local log times are behind UTC by, in seconds. `masked` says that secrets were replaced.
    `conf` is the main configuration file asked for on the command line, '' for that of the running master.
    `url` is the request that was said to fail, or ''. `names` are host names with the addresses that nginx would dial for them; `addresses` those of this
    host itself, loopback among them, as nginx's network has them. `open_files` are what nginx's master and a worker write into, and who reads from them.
    """

    schema: int
    taken_at: float
    utc_offset: int
    host: str
    euid: int
    conf: str
    probing: bool
    view: Seen[View]
    other_masters: tuple[View, ...]
    files: Mapping[str, Seen[FileSeen]]
    dirs: Mapping[str, Seen[tuple[str, ...]]]
    commands: Mapping[str, Seen[CommandSeen]]
    exchanges: Mapping[str, Seen[Exchange]]
    listeners: Seen[tuple[Listener, ...]]
    processes: Seen[tuple[Process, ...]]
    names: Mapping[str, Seen[tuple[str, ...]]]
    logs: Mapping[str, Seen[LogSeen]]
    running: Seen[Mapping[str, bytes]]
    flips: tuple[Flip, ...]
    masked: bool
    url: str = ""
    paths: Mapping[str, Seen[PathSeen]] = field(default_factory=dict)
    access: Mapping[str, Seen[AccessSeen]] = field(default_factory=dict)
    addresses: Seen[tuple[str, ...]] = NOT_YET
    details: Mapping[str, Seen[ProcessSeen]] = field(default_factory=dict)
    open_files: Seen[tuple[OpenFile, ...]] = NOT_YET
