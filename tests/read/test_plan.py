"""What is looked at next, where nginx does not run, nobody is left in a group, or the disk is not what runs."""

from __future__ import annotations

from dataclasses import replace

from tests.builder import APP, CONF, MAIN, SITE, Host
from tui502.model.evidence import Evidence
from tui502.read import keys
from tui502.read.plan import plan

PROGRAM = '[program:edge]\ncommand=/srv/n/nginx -p /srv/n -c /srv/n/nginx.conf -g "daemon off;"\n'


def keys_of(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    return {look.key: look.args for look in plan(evidence)}


def test_the_binary_that_the_service_starts_is_asked_once_the_services_are_known():
    """Another nginx that lies in PATH would speak of another configuration."""
    host = Host(running=False)
    host.supervised("/srv/s.conf", PROGRAM, "edge                             STOPPED   Nov 22 03:02 AM\n")
    evidence = host.evidence()
    evidence = replace(evidence, conf="/srv/n/nginx.conf")
    unanswered = replace(evidence, commands={key: seen for key, seen in evidence.commands.items() if key.startswith("systemctl")})
    assert keys.NGINX_V not in keys_of(unanswered)
    assert keys_of(evidence)[keys.NGINX_V] == ("/srv/n/nginx", "-V")
    files = {**evidence.files, "/srv/n/nginx.conf": evidence.files[CONF]}
    tested = keys_of(replace(evidence, files=files))[keys.NGINX_T]
    assert tested[: tested.index("--")] == ("/srv/n/nginx", "-t", "-c", "/srv/n/nginx.conf", "-p", "/srv/n", "-g", "daemon off;")


def test_peers_that_are_marked_down_are_tried_only_when_nobody_is_left():
    """Looking is quiet: what is not wanted is left alone."""
    host = Host(sites={"app": APP.replace("3000;", "3000 down; server 127.0.0.1:3100 down;")})
    assert keys.connect_key("127.0.0.1:3000") not in keys_of(host.evidence())
    host.fails("app", symptom="no_live_upstream")
    assert {keys.connect_key(f"127.0.0.1:{port}") for port in (3000, 3100)} <= set(keys_of(host.evidence()))


def test_an_address_that_only_the_running_text_names_is_tried():
    host = Host(sites={"app": APP.replace("3000", "3001")})
    assert keys.connect_key("127.0.0.1:3000") not in keys_of(host.evidence())
    host.in_memory = {CONF: MAIN.encode(), SITE: APP.encode()}
    assert keys.connect_key("127.0.0.1:3000") in keys_of(host.evidence())


def test_what_is_looked_at_in_two_ways_is_looked_at_in_both():
    """If this fails, a directory of the configuration is described and never listed, and everything behind it waits for ever."""
    host = Host()
    kinds = {look.kind for look in plan(host.evidence()) if look.key == "/etc/nginx/sites-enabled"}
    assert kinds == {"dir", "file"}, "the running text is not known, so that the times of directories count too"


def test_a_request_is_replayed_again_only_while_it_fails():
    """If this fails, a repair that somebody else makes is never seen, or a host that is well is asked for ever; a slow backend is asked seldom."""
    host = Host()
    host.fails()
    assert replays(host) == [15.0]
    host.replay(200, ago=0.5)
    assert replays(host) == [None]
    host.fails(symptom="premature_close")
    host.fails(symptom="header_too_big", ago=0.0)
    host.replay(200, ago=0.5)
    assert replays(host) == [15.0], "of two failures of one request one goes on"
    slow = Host()
    slow.fails(symptom="upstream_timeout_read")
    assert replays(slow) == [60.0]


def replays(host: Host) -> list[float | None]:
    return [look.every for look in plan(host.evidence()) if look.kind == "replay"]
