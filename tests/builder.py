"""A host built by hand: evidence as the collector would have gathered it, from a few lines of a test."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tui502.model.evidence import (
    NOT_YET,
    SCHEMA,
    AccessSeen,
    CommandSeen,
    Evidence,
    Exchange,
    FileSeen,
    Flip,
    Gap,
    Listener,
    LogSeen,
    PathPart,
    PathSeen,
    Process,
    Seen,
    Tally,
    View,
)  # fmt: skip
from tui502.model.facts import Request
from tui502.read import keys
from tui502.read.access import state_of

NOW = 1_795_313_647.0
"""2026-11-22 02:14:07 UTC, 03:14:07 in the local time of these tests."""

OFFSET = -3600
MASTER, WORKER = 1187, 1204
NET = 4026531840
CONF, SITE = "/etc/nginx/nginx.conf", "/etc/nginx/sites-enabled/app"
ERRORS, ACCESS = "/var/log/nginx/error.log", "/var/log/nginx/access.log"

V = (
    b"nginx version: nginx/1.22.1\nbuilt with OpenSSL 3.0.9\n"
    b"configure arguments: --with-cc-opt='-g -O2' --prefix=/usr/share/nginx --conf-path=/etc/nginx/nginx.conf "
    b"--http-log-path=/var/log/nginx/access.log --error-log-path=/var/log/nginx/error.log --pid-path=/run/nginx.pid --with-debug\n"
)
MAIN = """user www-data;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 768; }
http {
    access_log /var/log/nginx/access.log;
    include /etc/nginx/sites-enabled/*;
}
"""
APP = """upstream app {
    # node, app.service
    server 127.0.0.1:3000;
}
server {
    listen 80;
    server_name app.example.com;
    location / {
        proxy_pass http://app;
    }
}
"""


@dataclass
class Host:
    """Change it, then ask for its `evidence()`. nginx runs unless `running` is False. Of the files, `links` are links (path → what they hold), and
    `changed` says which changed when. `names` are the host names that were looked up, `own` the addresses of the host where those are known."""

    sites: dict[str, str] = field(default_factory=lambda: {"app": APP})
    running: bool = True
    euid: int = 0
    probing: bool = True
    url: str = ""
    test: bytes = b"nginx: configuration file /etc/nginx/nginx.conf test is successful\n"
    test_code: int = 0
    units: dict[str, dict[str, str]] = field(default_factory=dict)
    extra_files: dict[str, bytes] = field(default_factory=dict)
    extra_commands: dict[str, bytes] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    exchanges: dict[str, Seen[Exchange]] = field(default_factory=dict)
    tallies: list[Tally] = field(default_factory=list)
    requests: dict[str, int] = field(default_factory=dict)
    flips: list[Flip] = field(default_factory=list)
    in_memory: dict[str, bytes] | None = None
    gaps: dict[str, Gap] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    changed: dict[str, float] = field(default_factory=dict)
    newest: tuple[bytes, ...] = ()
    paths: dict[str, Seen[PathSeen]] = field(default_factory=dict)
    access: dict[str, Seen[AccessSeen]] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    own: tuple[str, ...] = ()

    def process(self, pid: int, name: str, *, cwd: str = "/", cgroup: str = "", ppid: int = 1, started: float = NOW - 3600, argv: tuple[str, ...] = ()) -> None:
        self.processes.append(Process(pid, started, ppid, 1000, (1000,), name, f"/usr/bin/{name}", argv or (name,), cwd, cgroup))

    def unit(self, name: str, state: str = "active", *, pid: int = 0, **properties: str) -> None:
        sub = {"active": "running", "inactive": "dead", "failed": "failed"}.get(state, "start")
        self.units[name] = {"Id": name, "LoadState": "loaded", "ActiveState": state, "SubState": sub, "Result": "success", "MainPID": str(pid), **properties}

    def listen(self, address: str, pid: int = 0, *, v6only: bool = False) -> None:
        host, _, port = address.rpartition(":")
        pids, family = (pid,) if pid else (), "inet6" if host.startswith("[") else "inet"
        self.listeners.append(Listener(family, host.strip("[]"), int(port), "", 7000 + len(self.listeners), 0, 511, pids, NET, v6only))

    def service(self, name: str, pid: int, address: str, *, process: str = "node", cwd: str = "/", started: float = NOW - 3600, **properties: str) -> None:
        """A running service of systemd with one process that listens."""
        self.unit(name, pid=pid, **properties)
        self.process(pid, process, cwd=cwd, cgroup=f"/system.slice/{name}", started=started)
        self.listen(address, pid)

    def listen_unix(self, path: str, pid: int = 0) -> None:
        self.listeners.append(Listener("unix", "", 0, path, 7000 + len(self.listeners), 0, 511, (pid,) if pid else (), NET))

    def way(self, path: str, *parts: PathPart, end: str = "found") -> PathSeen:
        """The way to `path`: open directories of root, but for those among `parts`; the last of `parts` is the socket itself where it is found."""
        given, names = {part.path: part for part in parts}, path.strip("/").split("/")
        ways = ["/", *("/" + "/".join(names[: n + 1]) for n in range(len(names) if end == "found" else len(names) - 1))]
        usual = {path: PathPart(path, "socket", 0o660, 33, 33)}
        steps = tuple(given.get(each, usual.get(each, PathPart(each, "dir", 0o755, 0, 0))) for each in ways)
        found = PathSeen(path, steps, end, "" if end == "found" else path)
        self.paths[keys.path_key(path)] = seen(found)
        return found

    def tried(self, path: str, end: str) -> None:
        """A connect with the rights of the worker (uid and group 33), under the rights along the path as they are known now."""
        state, code = state_of(self.paths[keys.path_key(path)].value), {"denied": 13, "connected": None}[end]
        self.access[keys.access_key(f"unix:{path}")] = seen(AccessSeen(f"unix:{path}", 33, (33,), state, end, code))

    def connect(self, peer: str, end: str, *, ago: float = 1.0) -> None:
        self._exchange(keys.connect_key(peer), Exchange(peer, "connect", b"", b"", False, 0.0002 if end == "connected" else None, None, end, None), ago)

    def ask(self, peer: str, status: int, *, host: str = "app.example.com", uri: str = "/cart", ago: float = 1.0) -> None:
        answer = b"HTTP/1.1 %d X\r\nServer: Express\r\n\r\n<title>Your cart</title>" % status
        self._exchange(keys.http_key(peer, "GET", host, uri), Exchange(peer, "http", b"GET", answer, False, 0.0002, 0.004, "answered", None), ago)

    def replay(self, status: int, *, host: str = "app.example.com", uri: str = "/cart", ago: float = 1.0) -> None:
        request = Request("GET", "http", "127.0.0.1", 80, "", host, uri)
        answer = b"HTTP/1.1 %d X\r\nServer: nginx\r\n\r\n" % status
        self._exchange(keys.replay_key(request), Exchange("127.0.0.1:80", "replay", b"GET", answer, False, 0.0002, 0.004, "answered", None), ago)

    def fails(
        self, peer: str = "127.0.0.1:3000", *, symptom: str = "connection_refused", server: str = "app.example.com", uri: str = "/cart", count: int = 451,
        lasting: float = 716.0, ago: float = 1.0, method: str = "GET", host: str = "app.example.com",
    ) -> None:  # fmt: skip
        """Failures in the error log, evenly spread over `lasting` seconds, the newest `ago` seconds old."""
        raw = (
            b"2026/11/22 03:14:05 [error] 1204#1204: *88123 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.24, "
            + f'server: {server}, request: "{method} {uri} HTTP/1.1", upstream: "http://{peer}{uri}", host: "{host}"'.encode()
        )
        self.tallies.append(tally(symptom, peer, server, count, NOW - ago - lasting, NOW - ago, (raw,)))

    def supervised(self, conf: str, programs: str, status: str) -> None:
        argv = ("/usr/bin/python3", "/usr/bin/supervisord", "-n", "-c", conf)
        self.processes.append(Process(900, NOW - 3600, 1, 0, (0,), "supervisord", "/usr/bin/python3.11", argv, "/", ""))
        self.extra_files[conf] = programs.encode()
        self.extra_commands[keys.supervisor_key(conf)] = status.encode()

    def evidence(self) -> Evidence:
        processes = list(self.processes)
        if self.running:
            group = "/system.slice/nginx.service"
            processes += [
                Process(MASTER, NOW - 90000, 1, 0, (0,), "nginx", "/usr/sbin/nginx", ("nginx: master process /usr/sbin/nginx",), "/", group),
                Process(WORKER, NOW - 80000, MASTER, 33, (33,), "nginx", "/usr/sbin/nginx", ("nginx: worker process",), "/", group),
            ]
        view = View(MASTER, 1, "/", 1, NET, "/usr/sbin/nginx", ("/usr/sbin/nginx",), "/", True)
        files = {CONF: MAIN.encode(), **{f"/etc/nginx/sites-enabled/{name}": text.encode() for name, text in self.sites.items()}, **self.extra_files}
        listeners = [*self.listeners, *([Listener("inet", "0.0.0.0", 80, "", 1, 0, 511, (MASTER, WORKER), NET)] if self.running else [])]
        return Evidence(
            schema=SCHEMA, taken_at=NOW, utc_offset=OFFSET, host="web-03", euid=self.euid, conf="", probing=self.probing,
            view=seen(view) if self.running else Seen(NOW - 2, 0.0, None, Gap("nginx", "absent", "")),
            other_masters=(),
            files={path: seen(replace(file(data, self.changed.get(path, NOW - 95000)), link=self.links.get(path, ""))) for path, data in files.items()},
            dirs={"/etc/nginx/sites-enabled": seen(tuple(sorted(self.sites)))},
            commands=self._commands(),
            exchanges=dict(self.exchanges),
            listeners=self._or_gap("listeners", tuple(listeners)),
            processes=self._or_gap("processes", tuple(processes)),
            names={name: self._or_gap(name, found) for name, found in self.names.items()},
            logs=self._logs(),
            running=seen(self.in_memory) if self.in_memory is not None else Seen(NOW - 2, 0.0, None, Gap("running configuration", "denied", "sudo")),
            flips=tuple(self.flips),
            masked=False,
            url=self.url,
            paths=dict(self.paths),
            access=dict(self.access),
            addresses=seen(self.own) if self.own else NOT_YET,
        )  # fmt: skip

    def _exchange(self, key: str, exchange: Exchange, ago: float) -> None:
        self.exchanges[key] = Seen(NOW - ago, 0.001, exchange)

    def _or_gap(self, name: str, value):  # type: ignore[no-untyped-def]
        return Seen(NOW - 2, 0.0, None, self.gaps[name]) if name in self.gaps else seen(value)

    def _commands(self) -> dict[str, Seen[CommandSeen]]:
        show = "\n\n".join("\n".join(f"{name}={value}" for name, value in unit.items()) for unit in self.units.values())
        said = {keys.SYSTEMD_SHOW: show.encode(), keys.SYSTEMD_UNITS: "\n".join(self.units).encode(), **self.extra_commands}
        commands = {key: seen(CommandSeen((key,), 0, out, b"", False)) for key, out in said.items()}
        commands[keys.NGINX_V] = seen(CommandSeen(("nginx", "-V"), 0, b"", V, False))
        commands[keys.NGINX_T] = seen(CommandSeen(("nginx", "-t"), self.test_code, b"", self.test, False))
        return commands

    def _logs(self) -> dict[str, Seen[LogSeen]]:
        access = [tally(status, "", "", count, NOW - 716, NOW - 1, ()) for status, count in self.requests.items()]
        logs = {ERRORS: log(ERRORS, self.tallies, self.newest), ACCESS: log(ACCESS, access, ())}
        return {path: Seen(NOW - 2, 0.0, None, self.gaps[path]) if path in self.gaps else seen(value) for path, value in logs.items()}


def seen(value):  # type: ignore[no-untyped-def]
    return Seen(NOW - 2, 0.001, value)


def file(data: bytes, changed: float = NOW - 95000) -> FileSeen:
    when = int(changed * 1e9)
    return FileSeen("", data, False, "file", 0o644, 0, 0, 1, 1, 1, len(data), when, when)


def log(path: str, tallies: list[Tally], newest: tuple[bytes, ...]) -> LogSeen:
    return LogSeen(path, 0, 1000, 1, tuple(tallies), 0, newest)


def tally(symptom: str, peer: str, server: str, count: int, first: float, last: float, samples: tuple[bytes, ...]) -> Tally:
    steps = int(last // 10) - int(first // 10) + 1
    per = [count // steps + (1 if n < count % steps else 0) for n in range(steps)][-720:]
    return Tally(symptom, "connecting to upstream", peer, server, count, first, last, tuple(per), samples)


def without(evidence: Evidence, what: str, why: str = "denied") -> Evidence:
    """The same evidence with one piece taken away: "listeners", "processes", or the key of an exchange, command or log."""
    gap = Gap(what, why, f"closes {what}")  # type: ignore[arg-type]
    if what in ("listeners", "processes", "running"):
        return replace(evidence, **{what: Seen(NOW - 2, 0.0, None, gap)})
    for name in ("exchanges", "commands", "logs", "paths", "access", "files"):
        mapping = getattr(evidence, name)
        if what in mapping:
            return replace(evidence, **{name: {**mapping, what: Seen(NOW - 2, 0.0, None, gap)}})
    raise KeyError(what)


def moved(**more: str) -> Host:
    """app.service listens on 3001 while nginx dials 3000; refused now, and 3001 answers the failing request."""
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:3001", started=NOW - 718, **more)
    host.fails()
    host.connect("127.0.0.1:3000", "refused")
    host.ask("127.0.0.1:3001", 200)
    host.replay(502)
    host.requests = {"502": 451, "200": 276}
    return host


def stopped(**more: str) -> Host:
    """app.service, which names 127.0.0.1:3000, was stopped at 03:02:09."""
    host = Host()
    properties = {
        "ExecStart": "{ path=/usr/bin/gunicorn ; argv[]=/usr/bin/gunicorn --bind 127.0.0.1:3000 app:app ; ignore_errors=no ; start_time=[n/a] }",
        "InactiveEnterTimestamp": "Sun 2026-11-22 03:02:09 CET", "UnitFileState": "enabled", **more,
    }  # fmt: skip
    host.unit("app.service", "inactive", **properties)
    host.fails()
    host.connect("127.0.0.1:3000", "refused")
    host.replay(502)
    return host
