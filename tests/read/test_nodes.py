"""The tree: every hop with its state, keys that never change, states that roll up."""

from tests.builder import APP, Host, moved, stopped
from tui502.read.facts import read_facts
from tui502.read.nodes import alternatives, worst


def nodes(host: Host):
    return read_facts(host.evidence()).nodes


def test_every_hop_of_a_dead_peer():
    found = nodes(moved())
    assert [(node.kind, node.label, node.state) for node in found] == [
        ("server", "app.example.com:80", "DOWN"),
        ("location", "location /", "DOWN"),
        ("pass", "proxy_pass http://app", "DOWN"),
        ("group", "group app, 1 peer", "DOWN"),
        ("peer", "127.0.0.1:3000", "DOWN"),
        ("listener", "nobody on 127.0.0.1:3000", "DOWN"),
        ("unit", "app.service", "UP"),
        ("found", "127.0.0.1:3001", "UP"),
        ("process", "node 1872", "UP"),
        ("unit", "app.service", "UP"),
    ]


def test_parents_stand_before_their_children_and_keys_are_unique():
    found = nodes(moved())
    seen: set[str] = set()
    for node in found:
        assert node.key not in seen
        assert node.parent == "" or node.parent in seen
        seen.add(node.key)


def test_keys_survive_an_edit_above():
    """The selection follows keys; a new line in the file must not move it."""
    host = moved()
    before = [node.key for node in nodes(host)]
    host.sites["app"] = "# a comment\n" + host.sites["app"]
    assert [node.key for node in nodes(host)] == before


def test_stopped_unit_stands_under_its_listener():
    assert [(node.label, node.state) for node in nodes(stopped()) if node.kind == "unit"] == [("app.service", "DOWN")]


def test_listener_without_a_tie_has_no_place():
    host = Host()
    host.service("admin.service", 1, "127.0.0.1:3001")
    host.connect("127.0.0.1:3000", "refused")
    assert [node for node in nodes(host) if node.kind == "found"] == []


def test_roll_up():
    assert worst(("UP", "DOWN", "DEGRADED")) == "DOWN"
    assert alternatives(("UP", "DOWN")) == "DEGRADED"
    assert alternatives(("DOWN", "DOWN")) == "DOWN"
    assert alternatives(("UP", "OFF")) == "UP"
    assert alternatives(("OFF",)) == "OFF"


def test_a_dead_peer_shows_the_service_that_names_its_address():
    """If this fails, every dead peer of a group is said to be served by the group's first service."""
    host = Host(sites={"app": APP.replace("server 127.0.0.1:3000;", "server 127.0.0.1:3000;\n    server 127.0.0.1:3100;")})
    for number, port in ((1, 3000), (2, 3100)):
        start = f"{{ path=/usr/bin/gunicorn ; argv[]=/usr/bin/gunicorn --bind 127.0.0.1:{port} app:app ; ignore_errors=no ; start_time=[n/a] }}"
        host.unit(f"app@{number}.service", "inactive", ExecStart=start)
        host.connect(f"127.0.0.1:{port}", "refused")
    assert [node.label for node in nodes(host) if node.kind == "unit"] == ["app@1.service", "app@2.service"]
