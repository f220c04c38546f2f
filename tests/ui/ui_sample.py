"""A made-up incident, and a session that plays it: every answer is a value, nothing is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tui502.model.changes import Baseline, FileChange, Outcome, Progress, Receipt, StagedChange, Step, StepResult, Tested
from tui502.model.config import Config, Where
from tui502.model.evidence import Evidence, FileSeen, Flip, Gap, LogSeen, Look, Seen, Tally, View
from tui502.model.facts import Drift, Facts, Listen, Loaded, LogTarget, Nginx, Node, Outage, Pass, Peer, PeerState, Request, Routes, State, Target
from tui502.model.findings import Answer, Clue, Command, Edit, Finding, Fix, Incident, RuledOut
from tui502.model.session import Back, LogLine, Refused
from tui502.read.keys import outage_key
from tui502.read.nginx_conf import load

OUTAGE_KEY = outage_key("connection_refused", "127.0.0.1:3000", "app.example.com")
NOW = 1_795_317_247.0
"""2026-11-22 03:14:07 UTC."""

BEGAN = NOW - 716
SITE = "/etc/nginx/sites-enabled/app.example.com"
CONF = b"""upstream app {
    # node, app.service
    server 127.0.0.1:3000;
}

upstream api {
    server 10.0.4.11:8080 fail_timeout=10s;
    server 10.0.4.12:8080 fail_timeout=10s;
    server 10.0.4.13:8080 fail_timeout=10s;
}

server {
    listen 443 ssl;
    server_name app.example.com;
    ssl_certificate /etc/letsencrypt/live/app.example.com/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/app.example.com/privkey.pem;

    location / {
        proxy_pass http://app;
        proxy_set_header Host $host;
    }

    location /api/ {
        proxy_pass http://api;
        proxy_read_timeout 20s;
    }
}
"""
AT = CONF.index(b"127.0.0.1:3000")
FIXED = CONF.replace(b"127.0.0.1:3000", b"127.0.0.1:3001")
REQUEST = Request("GET", "https", "127.0.0.1", 443, "app.example.com", "app.example.com", "/cart")
DIFF = f"""--- {SITE}
+++ {SITE}
@@ -1,4 +1,4 @@
 upstream app {{
     # node, app.service
-    server 127.0.0.1:3000;
+    server 127.0.0.1:3001;
 }}
"""


def turned(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The same tree with the last first, in every part of it; parents stay before their children."""
    below: dict[str, list[Node]] = {}
    for node in nodes:
        below.setdefault(node.parent, []).append(node)

    def walk(key: str) -> Iterator[Node]:
        for node in reversed(below.get(key, ())):
            yield node
            yield from walk(node.key)

    return tuple(walk(""))


def place(text: bytes) -> Where:
    start = CONF.index(text)
    return Where(SITE, CONF[:start].count(b"\n") + 1, start, start + len(text))


def _nodes() -> tuple[Node, ...]:
    root, slash, api = "server app.example.com", "server app.example.com / location /", "server app.example.com / location /api/"
    bad: State = "DOWN"
    rows: list[tuple[str, str, str, str, State, float, str, bytes]] = [
        (root, "", "server", "app.example.com:443", bad, BEGAN, "1 of 2 passes", b"server {"),
        (slash, root, "location", "location /", bad, BEGAN, "", b"location / {"),
        (f"{slash} / pass", slash, "pass", "proxy_pass http://app", bad, BEGAN, "", b"proxy_pass http://app"),
        (f"{slash} / peers", f"{slash} / pass", "group", "group app, 1 peer", bad, BEGAN, "0 of 1 up", b"upstream app"),
        (f"{slash} / peers / 127.0.0.1:3000", f"{slash} / peers", "peer", "127.0.0.1:3000", bad, BEGAN, "refused", b"127.0.0.1:3000"),
        ("listener", f"{slash} / peers / 127.0.0.1:3000", "listener", "nobody on 127.0.0.1:3000", bad, BEGAN, "", b""),
        ("found", "listener", "found", "127.0.0.1:3001", "UP", BEGAN - 2, "200 in 4 ms", b""),
        ("process", "found", "process", "node 1872", "UP", BEGAN - 2, "", b""),
        ("unit", "process", "unit", "app.service", "UP", BEGAN - 2, "active", b""),
        (api, root, "location", "location /api/", "DEGRADED", NOW - 1650, "2 of 3 up", b"location /api/"),
        (f"{api} / pass", api, "pass", "proxy_pass http://api", "DEGRADED", NOW - 1650, "", b"proxy_pass http://api"),
        (f"{api} / peers", f"{api} / pass", "group", "group api, 3 peers", "DEGRADED", NOW - 1650, "2 of 3 up", b"upstream api"),
        ("11", f"{api} / peers", "peer", "10.0.4.11:8080", "UP", NOW - 530_000, "200 in 9 ms", b"server 10.0.4.11"),
        ("12", f"{api} / peers", "peer", "10.0.4.12:8080", "FLAPPING", NOW - 1650, "6 flips", b"server 10.0.4.12"),
        ("13", f"{api} / peers", "peer", "10.0.4.13:8080", "UP", NOW - 530_000, "200 in 8 ms", b"server 10.0.4.13"),
    ]
    return tuple(Node(key, parent, kind, label, state, since, why, place(at) if at else None) for key, parent, kind, label, state, since, why, at in rows)


def _passes() -> tuple[Pass, ...]:
    listen = Listen("*", 443, True, True, place(b"listen 443"))
    dead = Peer("127.0.0.1:3000", "127.0.0.1", 3000, "", "app", False, False, place(b"127.0.0.1:3000"))
    three = tuple(Peer(f"10.0.4.{n}:8080", f"10.0.4.{n}", 8080, "", "api", False, False, place(b"10.0.4.%d:8080" % n)) for n in (11, 12, 13))
    names = ("app.example.com",)
    server, slash, api = place(b"server {"), place(b"location / {"), place(b"location /api/")
    return (
        Pass("a", names, (listen,), "/", "http", "http://app", "app", (dead,), server, slash, place(b"proxy_pass http://app"), ""),
        Pass("b", names, (listen,), "/api/", "http", "http://api", "api", three, server, api, place(b"proxy_pass http://api"), ""),
    )


def _peers() -> tuple[PeerState, ...]:
    states: dict[str, State] = {"127.0.0.1:3000": "DOWN", "10.0.4.11:8080": "UP", "10.0.4.12:8080": "FLAPPING", "10.0.4.13:8080": "UP"}
    return tuple(PeerState(peer, state, "", BEGAN, "", None, None, state != "DOWN", 0, "", "", (), ()) for peer, state in states.items())


POINT = Fix(
    "a1b2c3d4e5f6", "wrong_port", "point nginx at 127.0.0.1:3001", "nginx dials a port where nobody listens; the backend is on 3001",
    "the next release may move the port again", "config", (Edit(SITE, AT, AT + 14, b"127.0.0.1:3000", b"127.0.0.1:3001"),), (), (),
    "node 1872 is app.service (/opt/app), on port 3000 until 03:02:09", 'GET /cart answers 200 in 4 ms, "Your cart", Server: Express',
    "127.0.0.1:3001", DIFF,
)  # fmt: skip
BACK = Fix(
    "b1b2c3d4e5f6", "wrong_port", "bring the app back to port 3000", "the unit file says 3000", "open requests of the app end", "command", (),
    (Command(("systemctl", "restart", "app.service"), "restarts app.service", "the unit file names port 3000", "restarts app.service", None, None),),
    (POINT.id,),
)  # fmt: skip
FINDING = Finding(
    "f1", "wrong_port", "proven", Target("app.example.com", "*:443", "/", "http://app", "app", "127.0.0.1:3000", place(b"127.0.0.1:3000")),
    "app.example.com is down: nginx dials 127.0.0.1:3000, but node (app.service) listens on 127.0.0.1:3001",
    (
        Clue("probe", "connect 127.0.0.1:3000", None, ":3000 refused 3 of 3 just now", NOW),
        Clue("process", "", None, "node moved to :3001 at 03:02:09, GET /cart answers 200 there", BEGAN - 2),
        Clue("error_log", "", None, "451 times refused", NOW - 1),
        Clue("config", "", place(b"127.0.0.1:3000"), "the only peer of group app", None),
    ),
    (OUTAGE_KEY,), (), (POINT, BACK), None,
)  # fmt: skip
OUTAGE = Outage(OUTAGE_KEY, FINDING.target, ("connection_refused",), 451, 38.0, 0.62, BEGAN, NOW - 1, True, REQUEST, 502, 0.71)


def incident(findings: tuple[Finding, ...] = (FINDING,), **changes: object) -> Incident:
    """The incident with other findings, or with other fields."""
    tally = Tally("connection_refused", "connecting to upstream", "127.0.0.1:3000", "app.example.com", 451, BEGAN, NOW - 1, (6,) * 60, ())
    saved = replace(tally, symptom="upstream_timeout_read", peer="10.0.4.12:8080", count=17)
    log = LogSeen("/var/log/nginx/error.log", 0, 1000, 1, (tally, saved), 0, ())
    view = View(1187, 1, "/", 1, 1, "/usr/sbin/nginx", ("nginx",), "/", True)
    evidence = Evidence(
        1, NOW, 0, "web-03", 0, "", True, Seen(NOW, 0.0, view), (), {}, {}, {}, {}, Seen(NOW, 0.0, ()), Seen(NOW, 0.0, ()), {},
        {log.source: Seen(NOW, 0.0, log)}, Seen(NOW, 0.0, {}), (), False,
    )  # fmt: skip
    nginx = Nginx(
        True, 1187, "/usr/sbin/nginx", "1.22.1", False, "/etc/nginx", "/etc/nginx/nginx.conf", "/var/log/nginx/error.log", "/run/nginx.pid",
        "www-data", (1204, 1205), (), 33, NOW - 3_550_000, "ok", "", None, "",
    )  # fmt: skip
    facts = Facts(
        nginx, Config(SITE, {SITE: CONF}, (), (), (), ()), Routes(_passes()), (LogTarget(log.source, "error", "error", False, None),),
        Drift("same", (), True, ""), (), _peers(), (OUTAGE,) if findings else (), _nodes(),
    )  # fmt: skip
    ruled_out = (RuledOut("backend_stopped", "app.service is active since 03:02:09", ()),)
    made = Incident(evidence, facts, "cause_found" if findings else "no_fault", findings, ruled_out, (Gap("access log", "absent", "access_log in nginx.conf"),))
    return replace(made, **changes)  # type: ignore[arg-type]


BLOG = "/etc/nginx/conf.d/blog.conf"
BLOG_CONF = b"""server {
    listen 80;
    server_name blog.example.org;
    location / {
        proxy_pass http://127.0.0.1:9000;
    }
}
"""
FLAPS = Fix(
    "c1b2c3d4e5f6", "upstream_partly_down", "take 10.0.4.12:8080 out of group api", "it flaps", "two peers carry the load", "config",
    (Edit(SITE, CONF.index(b"    server 10.0.4.12"), CONF.index(b"    server 10.0.4.13"), b"", b""),), (), (),
)  # fmt: skip
SLOW = Fix(
    "d1b2c3d4e5f6", "backend_slow", "proxy_read_timeout 120s in location /", "the page needs 80 s", "a worker is busy longer", "config",
    (Edit(BLOG, BLOG_CONF.index(b"    }"), BLOG_CONF.index(b"    }"), b"", b"        proxy_read_timeout 120s;\n"),), (), (), peer="127.0.0.1:9000",
)  # fmt: skip


def several() -> Incident:
    """Three outages: the site that is down, a peer of another group that flaps, and a slow site in another file."""
    base = incident()
    at = BLOG_CONF.index(b"proxy_pass")
    there = Where(BLOG, 5, at, at + 32)
    flaps = replace(
        FINDING, id="f2", cause="upstream_partly_down", fixes=(FLAPS,), outages=("flaps",), summary="app.example.com: 1 of 3 peers of api fails",
        target=replace(FINDING.target, location="/api/", upstream="api", peer="10.0.4.12:8080", where=place(b"10.0.4.12:8080")),
    )  # fmt: skip
    slow = replace(
        FINDING, id="f3", cause="backend_slow", fixes=(SLOW,), outages=("slow",), summary="blog.example.org times out on /: the backend needs 80 s",
        target=Target("blog.example.org", "*:80", "/", "http://127.0.0.1:9000", "", "127.0.0.1:9000", there),
    )  # fmt: skip
    root = Node("server blog", "", "server", "blog.example.org:80", "SLOW", BEGAN, "", Where(BLOG, 1, 0, 6))
    peer = Node("server blog / 127.0.0.1:9000", "server blog", "peer", "127.0.0.1:9000", "SLOW", BEGAN, "80 s", there)
    outages = (OUTAGE, replace(OUTAGE, key="flaps", target=flaps.target), replace(OUTAGE, key="slow", target=slow.target))
    config = replace(base.facts.config, files={SITE: CONF, BLOG: BLOG_CONF})
    facts = replace(base.facts, nodes=(*base.facts.nodes, root, peer), outages=outages, config=config)
    return replace(base, findings=(FINDING, flaps, slow), facts=facts)


def several_log() -> FakeLog:
    """Records of all three, in turns; the newest is of the site that is down."""
    log = FakeLog([])
    for n in range(4):
        log.add("connection_refused", f"/cart/{n}")
        log.add("connection_refused", f"/api/{n}", "10.0.4.12:8080")
        log.add("upstream_timeout_read", f"/post/{n}", "127.0.0.1:9000", "blog.example.org")
    log.add("connection_refused", "/last")
    return log


SHOP, BLOG_LOG = "/var/log/nginx/shop.error.log", "syslog:server=unix:/dev/log,tag=blog"


def merged(names: tuple[str, ...] = (SHOP, BLOG_LOG)) -> Incident:
    """Error logs in several places, one of them a syslog daemon's file; an access log of which some lines did not fit."""
    base = several()
    seen = base.evidence.logs["/var/log/nginx/error.log"].value
    assert seen is not None
    within = {name: Seen(NOW, 0.0, replace(seen, source=name, place="" if name.startswith("/") else "/var/log/syslog, as blog")) for name in names}
    access = {"/var/log/nginx/access.log": Seen(NOW, 0.0, replace(seen, source="/var/log/nginx/access.log", tallies=(), guessed=12))}
    targets = (*(LogTarget(name, "error", "error", False, None) for name in names), LogTarget("/var/log/nginx/access.log", "access", "main", False, None))
    return replace(base, evidence=replace(base.evidence, logs={**within, **access}), facts=replace(base.facts, logs=targets))


def merged_log() -> FakeLog:
    """Records of both logs in turns, some of them from before the failures; one log was rotated."""
    log = several_log()
    log.path = "all error logs"
    log.kept = [replace(line, source=BLOG_LOG if line.server.startswith("blog") else SHOP) for line in log.kept]
    calm = LogLine(0, BEGAN - 60, "notice", "", "", "", "", b"2026/11/22 03:01:11 [notice] 1187#1187: reopening logs", source=SHOP)
    first = replace(log.kept[0], at=BEGAN)
    log.read_back(calm, replace(calm, at=BEGAN - 30), first, replace(first, at=BEGAN + 2))
    log.said = (f"{SHOP}: rotated: the path leads to a new file",)
    return log


def flips() -> Incident:
    """A peer went down, up and down again."""
    base = incident()
    peer = "10.0.4.12:8080"
    seen = (Flip(NOW - 216, peer, "answered", "refused"), Flip(NOW - 176, peer, "refused", "answered"), Flip(NOW - 16, peer, "answered", "refused"))
    return replace(base, evidence=replace(base.evidence, flips=seen))


def drifted() -> Incident:
    """Line 25 is not loaded; the configuration is parsed."""
    base = incident()
    text = CONF.replace(b"read_timeout 20s", b"read_timeout 45s")
    at = NOW - 3000
    files = {SITE: Seen(at, 0.0, FileSeen(SITE, CONF, False, "file", 0o644, 0, 0, 0, 0, 1, len(CONF), 0, 0))}
    old = {SITE: Seen(at, 0.0, FileSeen(SITE, text, False, "file", 0o644, 0, 0, 0, 0, 1, len(text), 0, 0))}
    config, running = load(SITE, files, {}), load(SITE, old, {})
    drift = Drift("differs", (SITE,), True, "the text in nginx's memory is not that on disk", 1)
    facts = replace(base.facts, config=config, drift=drift, loaded=Loaded(running, base.facts.routes, ()))
    return replace(base, evidence=replace(base.evidence, running=Seen(NOW, 0.0, {SITE: text})), facts=facts)


def undecided() -> Incident:
    """Two causes fit; one look decides."""
    args = ("127.0.0.1:8100", "http", "GET", "report.example.com", "/daily")
    look = Look("http 127.0.0.1:8100 GET report.example.com/daily", "exchange", args, 1187, 35.0, None, "does the backend close it itself")
    target = Target("report.example.com", "*:443", "/", "http://report", "report", "127.0.0.1:8100", None)
    key = outage_key("premature_close", "127.0.0.1:8100", "report.example.com")
    first = replace(
        FINDING, id="u1", cause="backend_worker_timeout", certainty="possible", fixes=(), decider=look, target=target, outages=(key,),
        summary="report.example.com fails 4 times a minute: gunicorn ends its workers after 30 s",
        clues=(
            Clue("error_log", "", None, "31 of 52 closes are on one page, GET /daily", NOW - 60),
            Clue("unit", "", None, "no WORKER TIMEOUT line, but its log goes to /dev/null", None, "against"),
        ),
        answers=(Answer("closed at 30 s", "proven"), Answer("answers", "ruled out")),
    )  # fmt: skip
    second = replace(
        first, id="u2", cause="keepalive_race", summary="report.example.com fails 4 times a minute: gunicorn closes connections nginx reuses", decider=None,
        clues=(
            Clue("config", "", place(b"proxy_pass http://api"), "keepalive 16 in group report; gunicorn keeps them 2 s, nginx 60 s", None),
            Clue("error_log", "", None, "GET is retried once on a reused connection; 31 were GET", None, "against"),
        ),
        answers=(),
    )  # fmt: skip
    made = incident((first, second))
    outage = replace(OUTAGE, key=key, target=target, symptoms=("premature_close",), rate=4.0, share=0.06, peak=0.09, first=NOW - 7200, replay=None)
    ruled_out = (
        RuledOut("down", "connect 3 of 3 in 0.2 ms, GET /health 200", ()), RuledOut("out of memory", "kernel log since boot: nobody was killed", ()),
        RuledOut("crash", "no signal in the journal of report.service since 00:00", ()),
    )  # fmt: skip
    gaps = (Gap("gunicorn's own log", "absent", "--log-file=/dev/null, report.service:9"), Gap("how long requests took", "absent", "log_format"))
    return replace(made, facts=replace(made.facts, outages=(outage,)), ruled_out=ruled_out, gaps=gaps)


def not_root() -> Incident:
    """Logs denied, started by a user."""
    base = incident((replace(FINDING, certainty="likely", fixes=(POINT,)),))
    gaps = (Gap("/var/log/nginx/error.log", "denied", "sudo tui502, or a user of group adm"), Gap("/var/log/nginx/access.log", "denied", "sudo tui502"))
    return replace(base, gaps=gaps, evidence=replace(base.evidence, euid=1000, logs={}))


def two_offers() -> Incident:
    """Alternatives of equal worth: a person chooses."""
    return incident((replace(FINDING, fixes=(replace(POINT, alternative_to=(BACK.id,)), BACK)),))


def healthy() -> Incident:
    """Nothing fails."""
    base = incident(())
    gone = ("listener", "found", "process", "unit")
    nodes = tuple(replace(node, state="UP", why="", since=NOW - 530_000) for node in base.facts.nodes if node.key not in gone)
    peers = tuple(replace(peer, state="UP") for peer in base.facts.peers)
    evidence = replace(base.evidence, logs={})
    return replace(base, evidence=evidence, facts=replace(base.facts, nodes=nodes, peers=peers), ruled_out=(), gaps=())


def staged(foreign: dict[str, str] | None = None, fix: Fix = POINT) -> StagedChange:
    files = (FileChange(SITE, SITE.replace("enabled", "available"), CONF, FIXED, "00"),) if fix.edits else ()
    texts = [
        ("precheck", "nothing changed since it was staged"), ("backup", "the old file and how to undo"),
        *([("write", SITE), ("test", "nginx -t with the new file"), ("reload", "SIGHUP to nginx master 1187")] if fix.edits else []),
        *(("command", " ".join(command.argv)) for command in fix.commands),
        ("verify", "GET /cart through nginx"), ("decide", "60 s, then kept or put back"),
    ]  # fmt: skip
    steps = tuple(Step(n, kind, text, None, None) for n, (kind, text) in enumerate(texts, 1))  # type: ignore[arg-type]
    before = Baseline(REQUEST, (502, 502, 502), {OUTAGE_KEY: 38}, 61, 60.0)
    view = View(1187, 1, "/", 1, 1, "/usr/sbin/nginx", ("nginx",), "/", True)
    return StagedChange(
        "c1", view, "/usr/sbin/nginx", ("/usr/sbin/nginx", "-t", "-c", "/etc/nginx/nginx.conf"), (fix,), files, steps, before, foreign or {}, True,
        bool(fix.edits), fix.peer, (), 60.0, mends=(OUTAGE_KEY,),
    )  # fmt: skip


TAKEN = "master 1187, workers 1204 1205 → 3310 3311 in 14 ms"
TESTED = Tested("c1", "namespace", True, (), (), (), "")


def progress(change: StagedChange, phase: str = "deciding", outcome: Outcome | None = None) -> Progress:
    """A change under way: being applied at its reload, being decided with 38 s left, or done."""
    after = Baseline(REQUEST, (200, 200, 200, 200), {OUTAGE_KEY: 0}, 23, 22.0)
    done = [StepResult(step.n, step.kind, NOW - 22, 0.004, True, TAKEN if step.kind == "reload" else step.text) for step in change.steps]
    if phase == "applying":
        return Progress("20261122-031431", change, 3298, "applying", tuple(done[:4]), 5, None, None, "", None)
    if phase == "deciding":
        so_far = "GET /cart 502 → 200, 4 of 5 · no failure since · the backend answers"
        return Progress(
            "20261122-031431", change, 3298, "deciding", tuple(done[:-1]), len(done), NOW + 38, after, "", None, change.baseline, "VERIFIED", so_far, 5
        )
    return Progress("20261122-031431", change, 3298, "done", tuple(done), None, None, after, "", receipt(change, outcome or "VERIFIED"))


def receipt(change: StagedChange, outcome: Outcome) -> Receipt:
    good = outcome in ("VERIFIED", "KEPT")
    after = Baseline(REQUEST, (200,) * 6 if good else (502,) * 6, {OUTAGE_KEY: 0 if good else 40}, 62, 60.0)
    why = "GET /cart 502 → 200, 6 of 6; no failure in 60 s; nothing is worse" if good else "unchanged when the time was up: GET /cart 502 → 502, 6 of 6"
    done = tuple(StepResult(step.n, step.kind, NOW + step.n, 0.004, True, step.text) for step in change.steps)
    if outcome == "PUT BACK":
        done = (*done, StepResult(len(done) + 1, "put_back", NOW + 61, 0.02, True, "the old file is back, nginx reloaded"))
    kept = "/var/lib/tui502/20261122-031431"
    undo = (f"cp -p {kept}/1.old {SITE}", "nginx -t && kill -HUP 1187")
    return Receipt("20261122-031431", change, TESTED, "anna, root through sudo", done, change.baseline, after, outcome, why, NOW + 62, (f"{kept}/1.old",), undo)


URIS = ("/health", "/cart", "/login", "/", "/cart", "/", "/login", "/cart", "/static/app.js", "/health", "/cart", "/p/4711", "/cart", "/")


class FakeLog:
    """A log of given lines."""

    path = "/var/log/nginx/error.log"

    def __init__(self, raw: list[bytes] | None = None, gap: Gap | None = None) -> None:
        self._gap = gap
        self.kept: list[LogLine] = []
        self.older: list[LogLine] = []
        self.status = Back()
        self.said: tuple[str, ...] = ()
        for uri in URIS if raw is None else ():
            self.add("connection_refused", uri)
        for line in raw or ():
            self.kept.append(LogLine(len(self.kept), NOW, "error", "", "", "", "", line))

    def add(self, symptom: str, uri: str, peer: str = "127.0.0.1:3000", server: str = "app.example.com") -> None:
        n = len(self.kept)
        text = f'connect() failed (111: Connection refused) while connecting to upstream, request: "GET {uri} HTTP/1.1", upstream: "http://{peer}{uri}"'
        raw = f"2026/11/22 03:13:{40 + n:02} [error] 1204#1204: *{n} {text}".encode()
        self.kept.append(LogLine(n, NOW - 26 + 2 * n, "error", symptom, peer, server, f"GET {uri} HTTP/1.1", raw, "203.0.113.24"))

    def first(self) -> int:
        return -len(self.older)

    def size(self) -> int:
        return len(self.kept)

    def lines(self, first: int, n: int) -> list[LogLine]:
        first = max(self.first(), first) - self.first()
        return [*self.older, *self.kept][first : first + n]

    def raws(self, first: int, n: int) -> list[tuple[int, bytes]]:
        return [(line.number, line.raw) for line in self.lines(first, n)]

    def read_older(self) -> None:
        self.status = replace(self.status, reading=True)

    def stop_older(self) -> None:
        self.status = replace(self.status, reading=False)

    def back(self) -> Back:
        return self.status

    def read_back(self, *lines: LogLine) -> None:
        """These stand before all others from now on."""
        older = [*lines, *self.older]
        self.older = [replace(line, number=n - len(older)) for n, line in enumerate(older)]

    def notes(self) -> tuple[str, ...]:
        return self.said

    def gap(self) -> Gap | None:
        return self._gap


class FakeSession:
    """A session whose answers are given; `calls` are the names of what was asked of it, in order."""

    def __init__(self, first: Incident | None = None, log: FakeLog | None = None, live: bool = True, read_only: bool = False) -> None:
        self.live = live
        self.read_only = read_only
        self.first = first or incident()
        self.log = log or FakeLog()
        self.calls: list[str] = []
        self.foreign: dict[str, str] = {}
        self.passes = True
        self.refuses = ""
        self.text = b""
        self.on_incident: Callable[[Incident], None] = lambda _: None
        self.on_progress: Callable[[Progress], None] = lambda _: None
        self.on_failure: Callable[[Exception], None] = lambda _: None
        self.found: Progress | None = None

    def start(self, on_incident: Callable[[Incident], None], on_progress: Callable[[Progress], None], on_failure: Callable[[Exception], None]) -> None:
        self.calls.append("start")
        self.on_incident, self.on_progress, self.on_failure = on_incident, on_progress, on_failure
        on_incident(self.first)

    def stop(self) -> None:
        self.calls.append("stop")

    def incident(self) -> Incident | None:
        return self.first

    def logs(self) -> tuple[FakeLog, ...]:
        return (self.log,)

    def probe(self, peer: str = "") -> None:
        self.calls.append(f"probe {peer}".strip())

    def take(self, look: Look) -> None:
        self.calls.append(f"take {look.key}")

    def stage(self, fixes: tuple[Fix, ...]) -> StagedChange:
        self.calls.append(f"stage {fixes[0].id}")
        if self.refuses:
            raise Refused(self.refuses)
        return staged(self.foreign, fixes[0])

    def stage_text(self, change: StagedChange, number: int, text: bytes) -> StagedChange:
        self.calls.append(f"stage_text {number}")
        self.text = text
        if self.refuses:
            raise Refused(self.refuses)
        own = replace(POINT, id="own", title="your own text of app.example.com", risk="nobody but you has judged this text", tie="", there="")
        return replace(change, id="c2", fixes=(own,), files=(replace(change.files[0], after=text),))

    def test(self, change: StagedChange) -> Tested:
        self.calls.append("test")
        return TESTED if self.passes else replace(TESTED, ok=False, said='nginx: [emerg] unexpected "}" in /etc/nginx/sites-enabled/blog:22')

    def apply(self, change: StagedChange, tested: Tested) -> str:
        self.calls.append("apply")
        self.on_progress(progress(change))
        return change.id

    def keep(self) -> None:
        self.calls.append("keep")

    def put_back(self) -> None:
        self.calls.append("put_back")

    def longer(self) -> None:
        self.calls.append("longer")

    def undo(self, receipt: str = "") -> StagedChange:
        self.calls.append("undo")
        return staged(self.foreign)

    def pending(self) -> Progress | None:
        return self.found
