"""States of peers and what stands behind them; a listener without a tie must never become an offer."""

import pytest

from tests.builder import NOW, Host, moved, without
from tui502.model.evidence import Flip, Gap, Listener
from tui502.read import addresses
from tui502.read.facts import read_facts


def state(host: Host):
    return read_facts(host.evidence()).peers[0]


@pytest.mark.parametrize(
    ("end", "word"),
    [
        ("connected", "UP"),
        ("refused", "DOWN"),
        ("denied", "DENIED"),
        ("timeout", "DOWN"),
        ("unreachable", "DOWN"),
        ("full", "FULL"),
        ("closed", "FAILING"),
        ("reset", "FAILING"),
    ],
)
def test_state_of_a_connect(end, word):
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:3000") if end not in ("refused", "timeout") else None
    host.connect("127.0.0.1:3000", end)
    assert state(host).state == word


def test_answer_of_the_application_counts_more_than_the_connect():
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected", ago=1.0)
    host.ask("127.0.0.1:3000", 500, ago=2.0)
    assert (state(host).state, state(host).status) == ("FAILING", 500)


def test_listener_process_and_unit_behind_a_peer():
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected")
    found = state(host)
    assert (found.listening, found.pid, found.process, found.unit) == (True, 1872, "node", "app.service")


def test_master_of_a_family_of_workers_is_named():
    host = Host()
    host.unit("app.service", pid=50)
    host.process(50, "gunicorn", cgroup="/system.slice/app.service", started=NOW - 100)
    host.process(51, "gunicorn", cgroup="/system.slice/app.service", ppid=50, started=NOW - 200)
    host.listeners.append(Listener("inet", "127.0.0.1", 3000, "", 9, 0, 64, (50, 51), 0))
    assert state(host).pid == 50


def test_wildcard_serves_loopback():
    host = Host()
    host.service("app.service", 1872, "0.0.0.0:3000")
    assert state(host).listening is True


def test_ipv6_wildcard_is_believed_only_until_refused():
    host = Host()
    host.process(1872, "node", cgroup="/system.slice/app.service")
    host.listen("[::]:3000", 1872)
    assert state(host).listening is True
    host.connect("127.0.0.1:3000", "refused")
    assert state(host).listening is False


def test_table_without_a_connect_says_down_but_not_up():
    host = Host(probing=False)
    assert (state(host).state, state(host).why) == ("DOWN", "nobody listens")
    host.service("app.service", 1872, "127.0.0.1:3000")
    assert state(host).state == "UNSEEN"


def test_listener_that_vanished_since_the_connect():
    """The table is read every second, the connect is not repeated."""
    host = Host()
    host.connect("127.0.0.1:3000", "connected", ago=20.0)
    assert state(host).state == "DOWN"


def test_nothing_is_said_of_another_host():
    host = Host(sites={"app": "server { listen 80; location / { proxy_pass http://10.0.4.11:8080; } }"})
    host.connect("10.0.4.11:8080", "refused")
    assert state(host).listening is None


def test_flapping():
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected")
    ends = [(200, "refused"), (100, "connected"), (5, "refused")]
    host.flips = [Flip(NOW - ago, "127.0.0.1:3000", "", end) for ago, end in ends]
    assert (state(host).state, state(host).since) == ("FLAPPING", NOW - 5)


def test_one_restart_is_no_flapping():
    """If this fails, a repaired backend is called flapping: its one recovery shows in the listeners and in two exchanges."""
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected")
    seen = [(9, "listening", "gone"), (8.9, "connected", "refused"), (3, "gone", "listening"), (2.9, "refused", "connected"), (2.8, "refused", "answered")]
    host.flips = [Flip(NOW - ago, "127.0.0.1:3000", was, now) for ago, was, now in seen]
    assert (state(host).state, state(host).since) == ("UP", NOW - 3)


def test_candidate_is_tied_by_the_name_of_its_unit():
    (found,) = state(moved()).candidates
    assert (found.address, found.unit, found.status, found.title, found.server) == ("127.0.0.1:3001", "app.service", 200, "Your cart", "Express")
    assert found.ties == ("app.service bears the name of group app",)


@pytest.mark.parametrize(
    ("unit", "tied"),
    [
        ("app.service", True),
        ("app@2.service", True),
        ("admin.service", False),
        ("app-admin.service", False),
        ("gunicorn-app.service", False),
        ("postgresql.service", False),
    ],
)
def test_names_that_tie(unit, tied):
    """A service of another name on the next port is another application. "app" is a word that many bear, so it must be the whole name."""
    host = Host()
    host.service(unit, 1872, "127.0.0.1:3001")
    host.connect("127.0.0.1:3000", "refused")
    assert [bool(each.ties) for each in state(host).candidates] == [tied]


def test_telling_name_ties_among_common_words():
    host = Host(sites={"shop": "server { listen 80; server_name shop.example.com; location / { proxy_pass http://127.0.0.1:3000; } }"})
    host.service("gunicorn-shop.service", 1872, "127.0.0.1:3001")
    host.connect("127.0.0.1:3000", "refused")
    assert state(host).candidates[0].ties == ("gunicorn-shop.service bears the name of shop.example.com",)


def test_unit_that_names_the_dialled_address_is_tied():
    host = Host()
    host.service("backend7.service", 1872, "127.0.0.1:3001", Environment="PORT=3000")
    host.connect("127.0.0.1:3000", "refused")
    assert state(host).candidates[0].ties == ("backend7.service names 127.0.0.1:3000",)


def test_working_directory_ties():
    host = Host(sites={"shop": "server { listen 80; server_name shop.example.com; location / { proxy_pass http://127.0.0.1:3000; } }"})
    host.process(1872, "node", cwd="/srv/shop")
    host.listen("127.0.0.1:3001", 1872)
    host.connect("127.0.0.1:3000", "refused")
    assert state(host).candidates[0].ties == ("works in /srv/shop, the name of shop.example.com",)


def test_what_another_site_dials_is_no_candidate():
    """The neighbour's application would answer 200 to everything."""
    host = moved()
    host.sites["other"] = "server { listen 80; server_name other.example.com; location / { proxy_pass http://127.0.0.1:3001; } }"
    assert state(host).candidates == ()


def test_nginx_itself_is_no_candidate():
    host = Host()
    host.connect("127.0.0.1:3000", "refused")
    assert state(host).candidates == ()


def test_without_processes_there_is_no_tie():
    found = read_facts(without(moved().evidence(), "processes")).peers[0]
    assert all(not each.ties for each in found.candidates)


def test_without_the_table_nothing_is_known_of_listeners():
    host = Host()
    host.gaps["listeners"] = Gap("listeners", "denied", "")
    assert state(host).listening is None


def test_addresses():
    assert addresses.split("[::1]:80") == ("::1", 80, "")
    assert addresses.split("unix:/run/a.sock") == ("", 0, "/run/a.sock")
    assert addresses.names_it(":3000", "127.0.0.1:3000")
    assert addresses.names_it("localhost:3000", "127.0.0.1:3000")
    assert not addresses.names_it("127.0.0.2:3000", "127.0.0.1:3000")
    assert not addresses.names_it(":3000", "unix:/run/a.sock")
