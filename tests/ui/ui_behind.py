"""The made-up incident with what stands behind its peers: exchanges, listeners, processes, services, the way to a socket."""

from __future__ import annotations

from dataclasses import replace

from tests.ui.ui_sample import BEGAN, NOW, REQUEST, FakeSession, flips, incident, place, progress, staged
from tui502.model.evidence import Exchange, Listener, LogSeen, PathPart, PathSeen, Process, Seen, Tally
from tui502.model.facts import Candidate, Node, Peer, PeerState, Unit
from tui502.model.findings import Incident
from tui502.read import keys

ASKED = b"GET /cart HTTP/1.1\r\nHost: app.example.com\r\nUser-Agent: tui502\r\nConnection: close\r\n\r\n"
SAID = b"HTTP/1.1 200 OK\r\nServer: Express\r\nSet-Cookie: sid=hunter22; HttpOnly\r\nX-Odd: \x1b[31mred\r\n\r\n<title>Your cart</title>"
FOUND = Candidate("127.0.0.1:3001", 1872, "node", "app.service", ("app.service names this backend", "its directory is /opt/app"), 200, "Your cart", "Express")
UNIT = Unit(
    "app.service", "systemd", "active", "running", "success", False, 2, BEGAN - 2, 1872, "app", "/opt/app", "/usr/bin/node /opt/app/server.js", "",
    "/etc/systemd/system/app.service", (":3001",), ("systemctl", "start", "app.service"), ("systemctl", "stop", "app.service"), enabled="enabled",
)  # fmt: skip
WORDS = b"Nov 22 03:02:09 web-03 node[1872]: listening on 3001\nNov 22 03:02:10 web-03 node[1872]: token=hunter22 \x1b[2Jready\n"


def behind() -> Incident:
    """The dead peer, and the backend that listens elsewhere, with all that is known of both."""
    base = incident()
    said = Exchange("127.0.0.1:3001", "http", ASKED, SAID, False, 0.0003, 0.004, "answered", None, 0.004, len(SAID))
    refused = Exchange("127.0.0.1:3000", "connect", b"", b"", False, None, None, "refused", 111, 0.0002)
    exchanges = {
        keys.http_key("127.0.0.1:3001", "GET", "app.example.com", "/cart"): Seen(NOW - 4, 0.004, said),
        keys.connect_key("127.0.0.1:3000"): Seen(NOW - 3, 0.001, refused),
    }
    node = Process(
        1872,
        BEGAN - 2,
        1,
        1001,
        (1001,),
        "node",
        "/usr/bin/node",
        ("node", "/opt/app/server.js", "--token", "hunter22"),
        "/opt/app",
        "/system.slice/app.service",
    )
    listener = Listener("inet", "127.0.0.1", 3001, "", 77, 0, 511, (1872,), 1)
    evidence = replace(base.evidence, exchanges=exchanges, processes=Seen(NOW, 0.0, (node,)), listeners=Seen(NOW, 0.0, (listener,)))
    dead = replace(base.facts.peers[0], candidates=(FOUND,), connect="refused", listening=False, expected_units=("app.service",))
    nodes = tuple(replace(each, label="127.0.0.1:3001") if each.key == "found" else each for each in base.facts.nodes)
    return replace(base, evidence=evidence, facts=replace(base.facts, peers=(dead, *base.facts.peers[1:]), nodes=nodes, units=(UNIT,)))


def socket() -> Incident:
    """A socket that nginx's worker may not write."""
    base, path = incident(), "/run/php/shop.sock"
    parts = (
        PathPart("/", "dir", 0o755, 0, 0), PathPart("/run", "dir", 0o755, 0, 0), PathPart("/run/php", "dir", 0o755, 33, 33),
        PathPart(path, "socket", 0o600, 0, 0),
    )  # fmt: skip
    worker = Process(1204, NOW - 9000, 1187, 33, (33,), "nginx", "/usr/sbin/nginx", ("nginx: worker process",), "/", "/system.slice/nginx.service")
    people = Seen(NOW, 0.0, (worker,))
    peer = Peer(f"unix:{path}", "", 0, path, "", False, False, place(b"127.0.0.1:3000"))
    route = replace(base.facts.routes.passes[0], peers=(peer,), family="fastcgi", target=f"unix:{path}")
    state = PeerState(peer.address, "DENIED", "nginx may not write it", NOW - 420, "denied", None, None, True, 0, "", "", (), ())
    nodes = (
        Node("s", "", "server", "shop.example.com:443", "DOWN", NOW - 420, "", place(b"server {")),
        Node("s / p", "s", "peer", peer.address, "DENIED", NOW - 420, "nginx may not write it", peer.where),
    )
    evidence = replace(base.evidence, processes=people, paths={keys.path_key(path): Seen(NOW, 0.0, PathSeen(path, parts, "found", ""))})
    routes = replace(base.facts.routes, passes=(route,))
    facts = replace(base.facts, nginx=replace(base.facts.nginx, workers=(1204,)), routes=routes, peers=(state,), nodes=nodes)
    return replace(base, evidence=evidence, facts=facts)


def watched(outcome: str = "VERIFIED") -> FakeSession:
    """After a repair: the peer answers, one of the other group flaps."""
    change, base = staged(), flips()
    gone = ("listener", "found", "process", "unit")
    nodes = tuple(
        replace(each, state="UP", why="200 in 4 ms" if each.kind == "peer" else "", since=NOW - 840) if each.key.startswith("server") else each
        for each in base.facts.nodes if each.key not in gone
    )  # fmt: skip
    log = base.evidence.logs["/var/log/nginx/error.log"].value
    assert log
    ended = tuple(replace(tally, last=NOW - 30) for tally in log.tallies[:1])
    access = LogSeen("/var/log/nginx/access.log", 0, 9, 1, (Tally("200", "", "", "", 132, NOW - 130, NOW, (10,) * 13, ()),), 0, ())
    logs = {**base.evidence.logs, log.source: Seen(NOW, 0.0, replace(log, tallies=(*ended, *log.tallies[1:]))), access.source: Seen(NOW, 0.0, access)}
    outages = tuple(replace(each, now=False, last=NOW - 30) for each in base.facts.outages)
    targets = (*base.facts.logs, replace(base.facts.logs[0], path=access.source, kind="access"))
    peers = tuple(replace(each, state="UP") if each.peer == "127.0.0.1:3000" else each for each in base.facts.peers)
    facts = replace(base.facts, nodes=nodes, outages=outages, logs=targets, peers=peers)
    said = Exchange("127.0.0.1:443", "replay", ASKED, SAID, False, 0.001, 0.017, "answered", None, 0.018, len(SAID))
    evidence = replace(base.evidence, logs=logs, exchanges={keys.replay_key(REQUEST): Seen(NOW - 7, 0.02, said)})
    session = FakeSession(replace(base, findings=(), verdict="no_fault", facts=facts, evidence=evidence))
    session.found = progress(change, "done", outcome)  # type: ignore[arg-type]
    return session
