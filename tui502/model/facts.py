"""Facts: what the evidence means, each read by one pure reader of `read/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from tui502.model.config import Config, Where
from tui502.model.layout import Layout, Oddity

State = Literal["UP", "DOWN", "DENIED", "FAILING", "SLOW", "FULL", "DEGRADED", "STARTING", "BENCHED", "FLAPPING", "OFF", "UNSEEN", "STALE", "LOOKING"]
Family = Literal["http", "https", "fastcgi", "uwsgi", "scgi", "grpc", "grpcs", "memcached"]
Manager = Literal["systemd", "supervisord"]


@dataclass(frozen=True, slots=True)
class Nginx:
    """The nginx this is about. `running` False: nothing of it runs, `why_not` says so in words; the rest is what is known of its binary.
    `given` are the words of each directive on its command line (-g): they hold at the main level, before its file.
    Of a test that failed `test_said` is nginx's own line, `test_named` the place in it, `test_where` the place to look first and `test_why` what is wrong there
    in our words. `trap` is what nginx would do with this configuration, so that its test was not run: "crash" or "hang"."""

    running: bool
    pid: int
    exe: str
    version: str
    debug: bool
    prefix: str
    conf: str
    error_log: str
    pid_file: str
    user: str
    workers: tuple[int, ...]
    leaving: tuple[int, ...]
    worker_uid: int | None
    since: float
    test: Literal["ok", "failed", "not_run"]
    test_said: str
    test_where: Where | None
    why_not: str
    access_log: str = ""
    given: tuple[tuple[str, ...], ...] = ()
    test_named: Where | None = None
    test_why: str = ""
    trap: Literal["", "crash", "hang"] = ""

    @property
    def refuses(self) -> bool:
        """Whether nginx cannot load what is on disk."""
        return self.test == "failed" or bool(self.trap)


@dataclass(frozen=True, slots=True)
class Listen:
    """A `listen` of a server: `address` is "*", "[::]", an IP or "unix:/path" (then port 0)."""

    address: str
    port: int
    ssl: bool
    default: bool
    where: Where


@dataclass(frozen=True, slots=True)
class Peer:
    """An address that nginx dials, as nginx writes it in its log. `where` is the span of the word that holds it, `group` the upstream's name or ''.
    `host` is the name or address in that word; a name that was looked up is a peer for each of its addresses, before that `address` holds the name.
    `down` and `backup` are its parameters."""

    address: str
    host: str
    port: int
    path: str
    group: str
    down: bool
    backup: bool
    where: Where


@dataclass(frozen=True, slots=True)
class Pass:
    """A `*_pass` in effect. `location` is as written ("/api/", "~ \\.php$", "= /x", "@name"), `target` the argument as written.
    `undecided` says why the peers cannot be known (a variable, a name), or is ''."""

    key: str
    names: tuple[str, ...]
    listens: tuple[Listen, ...]
    location: str
    family: Family
    target: str
    group: str
    peers: tuple[Peer, ...]
    server_where: Where
    location_where: Where | None
    where: Where
    undecided: str

    @property
    def upstream(self) -> str:
        """What nginx spreads requests over: the group, or a name in the pass that has several addresses ("localhost:3000"); '' where it is one peer."""
        if self.group or len(self.peers) < 2:
            return self.group
        return f"{self.peers[0].host}:{self.peers[0].port}"

    @property
    def place(self) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...], str]:
        """What tells it from every other pass, whatever it dials and wherever it is written: names and listens of its server, its location."""
        return self.names, tuple(sorted((each.address, each.port) for each in self.listens)), self.location


@dataclass(frozen=True)
class Routes:
    passes: tuple[Pass, ...]

    @cached_property
    def at(self) -> Mapping[tuple[Where, Where], tuple[Pass, ...]]:
        """The passes by the places of their directive and of their server."""
        found: dict[tuple[Where, Where], list[Pass]] = {}
        for route in self.passes:
            found.setdefault((route.where, route.server_where), []).append(route)
        return {place: tuple(passes) for place, passes in found.items()}

    @cached_property
    def dialling(self) -> Mapping[str, tuple[Pass, ...]]:
        """The passes that dial a peer, by its address; where it is marked `down` they do not."""
        found: dict[str, dict[int, Pass]] = {}
        for n, route in enumerate(self.passes):
            for peer in route.peers:
                if not peer.down:
                    found.setdefault(peer.address, {})[n] = route
        return {address: tuple(routes.values()) for address, routes in found.items()}


@dataclass(frozen=True, slots=True)
class Effective:
    """The value of a directive at a place: its arguments joined by blanks, the block that sets it ("main", "http", "server", "location" …) and where."""

    name: str
    value: str
    level: str
    where: Where


@dataclass(frozen=True, slots=True)
class LogTarget:
    """An `error_log` or `access_log` in effect: absolute path, or "syslog:…", "stderr", "off". `hides` says that its level hides upstream errors.
    `level` is the least severe level that is written; of an access log it is the name of its format. `where` is the first directive that says so (None where
    it is nginx's default), `also` are the others."""

    path: str
    kind: Literal["error", "access"]
    level: str
    hides: bool
    where: Where | None
    also: tuple[Where, ...] = ()

    @property
    def key(self) -> str:
        """Where in `Evidence.logs` it stands. A place that is no file of its own may be that of an error log too."""
        return f"access {self.path}" if self.kind == "access" and (not self.path.startswith("/") or self.path.startswith(("/dev/", "/proc/"))) else self.path


@dataclass(frozen=True, slots=True)
class Unit:
    """A service of a service manager. `state` is its own word ("active", "inactive", "failed", "activating", "RUNNING", "STOPPED" …);
    `serves` are the addresses written in its start command, environment or socket unit (":3000" where no host is written); `start` is the argv that
    starts it, () when none is known, `restart` that which restarts it; `enabled` is what its manager does with it at boot ("enabled", "disabled",
    "static" …), '' when not known.
    `since` is when it came into its state, 0 when not known."""

    name: str
    manager: Manager
    state: str
    sub: str
    result: str
    masked: bool
    restarts: int
    since: float
    main_pid: int
    user: str
    directory: str
    exec_start: str
    environment: str
    path: str
    serves: tuple[str, ...]
    start: tuple[str, ...]
    stop: tuple[str, ...]
    needs_daemon_reload: bool = False
    enabled: str = ""
    restart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolSetting:
    """A line `key = value` of a PHP-FPM pool: `value` without quotes and with $pool filled in, `where` the span of the value as written."""

    key: str
    value: str
    where: Where


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of PHP-FPM as its configuration has it. `conf` is the main file of its master, `file` the one that holds its section; `master` is the pid
    of the master that runs it, 0 when none does, `exe` its binary. `listen` is the address as nginx dials it ("unix:/run/php/a.sock",
    "127.0.0.1:9000", ":9000"), '' when it cannot be told. Of settings given twice the last counts."""

    name: str
    conf: str
    file: str
    master: int
    exe: str
    listen: str
    settings: tuple[PoolSetting, ...]

    def get(self, key: str) -> str:
        """The value of a setting, '' where it is not written."""
        return next((each.value for each in reversed(self.settings) if each.key == key), "")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that listens and may be the backend of a dead peer. `ties` are the reasons in words (unit, directory, pool, name, history);
    without one it is never a fix."""

    address: str
    pid: int
    process: str
    unit: str
    ties: tuple[str, ...]
    status: int | None
    title: str
    server: str


@dataclass(frozen=True, slots=True)
class PeerState:
    """A peer, and what stands behind it now. `connect` is the end of the newest exchange ("" when none), `status` what a direct request got."""

    peer: str
    state: State
    why: str
    since: float
    connect: str
    status: int | None
    took: float | None
    listening: bool | None
    pid: int
    process: str
    unit: str
    expected_units: tuple[str, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class FileDrift:
    """A file (or a directory with files that are included) on disk against what nginx runs: "new" was not loaded, "gone" runs and is not read any more,
    "unknown" could not be told, as `why` says. `at` is when it was changed on disk, 0 where that is not known. `lines` counts what differs, where the
    running text is known."""

    path: str
    state: Literal["same", "differs", "new", "gone", "unknown"]
    why: str
    at: float = 0.0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Drift:
    """Disk against the running process. `state` "unknown" when it could not be told; `changed` are the files that differ, are new or gone, or are newer,
    `exact` says that the running text itself was read; then `lines` counts the lines on disk that do not run. `files` are all of them, each by itself."""

    state: Literal["same", "differs", "unknown"]
    changed: tuple[str, ...]
    exact: bool
    why: str
    lines: int = 0
    files: tuple[FileDrift, ...] = ()

    def outright(self, state: str) -> str:
        """What programs are told, of all or of a file: a time alone does not tell that a text differs, it may have been written anew as it was."""
        return "unknown" if state == "differs" and not self.exact else state


@dataclass(frozen=True)
class Loaded:
    """What nginx runs where that is known exactly and is not what is on disk. Places in it are those of the text it runs. `peers` are the states
    of the peers that only the running text dials."""

    config: Config
    routes: Routes
    peers: tuple[PeerState, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a client sends it to nginx."""

    method: str
    scheme: str
    address: str
    port: int
    sni: str
    host: str
    uri: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where a failure stands: server name, listen, location, pass, group, peer; '' where it is not known."""

    server: str
    listen: str
    location: str
    pass_: str
    upstream: str
    peer: str
    where: Where | None


@dataclass(frozen=True, slots=True)
class Onset:
    """How an outage began, where one page stands out: `times` failures of `method` `uri` (without query string) in a row from `began` on, before any other page
    failed (at `others`, 0 while none has). `record` is the first of them. `answered` are requests that were answered well meanwhile, of all sites and to ten
    seconds, None where no access log tells."""

    record: bytes
    method: str
    uri: str
    times: int
    began: float
    others: float
    answered: int | None


@dataclass(frozen=True, slots=True)
class Outage:
    """Failures of one symptom × peer × server. `now` says that it fails still (newest failure within 15 minutes and not disproved by a replay);
    `replay` is the newest status of `request` through nginx, None when not replayed. `client_visible` counts failures, `rate` is failures a
    minute over the last five, `share` the failing part (0 to 1) of the requests of its server, of all where access logs do not tell servers apart, of the
    last five minutes or since `first` where that is later; None where no access log tells, `peak` its worst minute. `first` and `last` are 0 where no log
    tells; `first` is when this outage began: one that was over, with requests answered well since, is another. `asked` says that the request of
    `Evidence.url` meets it. `saved` counts failed tries after which another peer answered, None where no access log tells. `onset` says with which page a
    time-out began, None where none stands out."""

    key: str
    target: Target
    symptoms: tuple[str, ...]
    client_visible: int
    rate: float
    share: float | None
    first: float
    last: float
    now: bool
    request: Request | None
    replay: int | None
    peak: float | None = None
    saved: int | None = None
    asked: bool = False
    onset: Onset | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A hop in the health tree; `key` names the thing for ever, `parent` is the key above it or ''. `kind`: server, location, pass, group,
    peer, listener, process, unit, found."""

    key: str
    parent: str
    kind: str
    label: str
    state: State
    since: float
    why: str
    where: Where | None


@dataclass(frozen=True)
class Facts:
    """All facts of one moment."""

    nginx: Nginx
    config: Config
    routes: Routes
    logs: tuple[LogTarget, ...]
    drift: Drift
    units: tuple[Unit, ...]
    peers: tuple[PeerState, ...]
    outages: tuple[Outage, ...]
    nodes: tuple[Node, ...]
    pools: tuple[Pool, ...] = ()
    loaded: Loaded | None = None
    layout: Layout = field(default_factory=lambda: Layout("main", ()))
    oddities: tuple[Oddity, ...] = ()
