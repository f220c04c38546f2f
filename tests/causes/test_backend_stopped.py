"""backend_stopped: starts a service, so it must be the one that serves the address, and only when it is stopped rather than broken."""

import pytest

from tests.builder import ERRORS, Host, moved, stopped, without
from tui502.causes import backend_stopped
from tui502.investigate import investigate
from tui502.read import keys
from tui502.read.facts import read_facts

RANK = {"proven": 3, "likely": 2, "possible": 1}
CONF = "/etc/supervisor/supervisord.conf"


def opinion(host: Host):
    evidence = host.evidence()
    return backend_stopped.judge(evidence, read_facts(evidence))


def test_stopped_unit_that_names_the_address_is_proven():
    (finding,) = opinion(stopped()).findings
    assert finding.certainty == "proven"
    assert finding.summary == "app.example.com is down: nothing listens on 127.0.0.1:3000; app.service is stopped since 03:02:09"


def test_fix_starts_it_and_says_how_success_shows():
    (fix,) = opinion(stopped()).findings[0].fixes
    (command,) = fix.commands
    assert command.argv == ("systemctl", "start", "app.service")
    assert command.ready.key == keys.connect_key("127.0.0.1:3000")
    assert (fix.kind, fix.peer) == ("command", "127.0.0.1:3000")
    assert "on purpose" in fix.risk


def test_unit_that_is_not_enabled_is_said():
    (fix,) = opinion(stopped(UnitFileState="disabled")).findings[0].fixes
    assert "not enabled" in fix.risk


def test_masked_unit_gets_advice():
    (finding,) = opinion(stopped(LoadState="masked")).findings
    assert finding.fixes[0].kind == "advice"
    assert finding.fixes[0].commands == ()
    assert "masked" in finding.summary


def test_name_alone_is_likely():
    """The port stands in the application's own file, which was not read."""
    (finding,) = opinion(stopped(ExecStart="")).findings
    assert finding.certainty == "likely"


def test_failed_unit_is_not_called_stopped():
    (finding,) = opinion_of_failed().findings
    assert finding.certainty == "possible"
    assert finding.fixes == ()
    assert "has failed (exit-code)" in finding.summary
    assert "app.service" in finding.decider.key


def opinion_of_failed():
    host = stopped(Result="exit-code")
    host.units["app.service"].update(ActiveState="failed", SubState="failed")
    return opinion(host)


def test_starting_unit_is_silent():
    host = stopped()
    host.units["app.service"].update(ActiveState="activating", SubState="start")
    assert opinion(host).findings == ()


def test_running_backend_elsewhere_rules_it_out():
    found = opinion(moved())
    assert found.findings == ()
    assert "app.service runs" in found.ruled_out[0].why


def test_stopped_unit_of_another_address_is_silent():
    host = stopped()
    host.units.clear()
    host.unit("other.service", "inactive", Environment="PORT=4000")
    assert opinion(host).findings == ()


def test_stopped_unit_of_a_healthy_peer_is_silent():
    """Two units for one port; the other one serves it."""
    host = stopped()
    host.process(9, "node")
    host.listen("127.0.0.1:3000", 9)
    host.connect("127.0.0.1:3000", "connected")
    assert opinion(host).findings == ()


def test_peer_on_another_host_is_silent():
    host = stopped()
    host.sites["app"] = host.sites["app"].replace("127.0.0.1:3000", "10.0.4.11:3000")
    host.tallies.clear()
    host.fails("10.0.4.11:3000")
    host.connect("10.0.4.11:3000", "refused")
    assert opinion(host).findings == ()


def test_nobody_asks_for_it():
    """A service stopped on purpose whose site nobody visits is not an incident."""
    host = stopped()
    host.tallies.clear()
    host.exchanges.pop(next(key for key in host.exchanges if key.startswith("replay")))
    assert opinion(host).findings == ()


def test_two_units_that_name_the_address_are_alternatives():
    host = stopped()
    host.unit("app-blue.service", "inactive", Environment="HOST=127.0.0.1 PORT=3000")
    (finding,) = opinion(host).findings
    assert finding.certainty == "possible"
    assert len(finding.fixes) == 2
    assert all(fix.alternative_to for fix in finding.fixes)


def test_socket_of_a_stopped_service():
    host = Host(sites={"shop": "server { listen 80; server_name shop.example.com; location / { proxy_pass http://unix:/run/shop/shop.sock; } }"})
    host.unit("shop.service", "inactive", ExecStart="{ path=/x ; argv[]=/usr/bin/gunicorn -b unix:/run/shop/shop.sock app ; ignore_errors=no ; }")
    host.fails("unix:/run/shop/shop.sock", symptom="socket_missing", server="shop.example.com", host="shop.example.com")
    host.connect("unix:/run/shop/shop.sock", "absent")
    (finding,) = opinion(host).findings
    assert finding.certainty == "proven"


def test_program_of_supervisord():
    host = Host()
    host.supervised(CONF, "[program:app]\ncommand=/opt/app/run --bind 127.0.0.1:3000\n", "app   STOPPED   Nov 22 03:02 AM\n")
    host.fails()
    host.connect("127.0.0.1:3000", "refused")
    (finding,) = opinion(host).findings
    assert finding.certainty == "proven"
    assert finding.summary == "app.example.com is down: nothing listens on 127.0.0.1:3000; app is stopped since 03:02"
    assert finding.fixes[0].commands[0].argv[-2:] == ("start", "app")


@pytest.mark.parametrize("gone", ["connect 127.0.0.1:3000", "listeners", "processes", "systemctl show", ERRORS, "nginx -t"])
def test_less_evidence_never_makes_more_certain(gone):
    whole, less = investigate(stopped().evidence()), investigate(without(stopped().evidence(), gone))
    before = {finding.id: RANK[finding.certainty] for finding in whole.findings}
    assert all(RANK[finding.certainty] <= before[finding.id] for finding in less.findings)


def test_without_the_units_nothing_is_claimed():
    found = investigate(without(stopped().evidence(), "systemctl show"))
    assert (found.verdict, found.findings) == ("undecided", ())
