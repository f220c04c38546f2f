"""What counts as an outage and whether it goes on: too much and a healthy host is treated, too little and a broken one is called well."""

from dataclasses import replace

import pytest

from tests.builder import APP, CONF, ERRORS, MAIN, NOW, SITE, Host, moved, stopped, without
from tui502.model.evidence import Gap
from tui502.read.facts import read_facts


def outages(host: Host):
    return read_facts(host.evidence()).outages


def test_failures_are_joined_with_their_route():
    (found,) = outages(moved())
    target = found.target
    assert (target.server, target.listen, target.location, target.pass_, target.upstream, target.peer) == (
        "app.example.com", "*:80", "/", "http://app", "app", "127.0.0.1:3000",
    )  # fmt: skip
    assert (target.where.file, target.where.line) == ("/etc/nginx/sites-enabled/app", 3)
    assert (found.client_visible, found.now, found.replay) == (451, True, 502)
    assert found.key == "connection_refused 127.0.0.1:3000 app.example.com"


def test_rate_and_share():
    (found,) = outages(moved())
    assert found.rate == pytest.approx(37.6, rel=0.1)
    assert found.share == pytest.approx(451 / 727, rel=0.05)


def test_share_is_not_known_without_an_access_log():
    host = stopped()
    assert outages(host)[0].share is None


def test_request_is_replayed_without_its_query_string():
    host = Host()
    host.fails(uri="/cart?token=abc")
    request = outages(host)[0].request
    assert (request.method, request.uri, request.host, request.address, request.port) == ("GET", "/cart", "app.example.com", "127.0.0.1", 80)


def failing_pages(*uris: str) -> Host:
    """The same failure of several pages, the newest last."""
    host = Host()
    for uri in uris:
        host.fails(uri=uri)
    host.tallies[:] = [replace(host.tallies[-1], samples=tuple(raw for each in host.tallies for raw in each.samples))]
    return host


def test_a_request_that_fails_again_is_kept_while_others_fail_too():
    """If this fails, every new failure is replayed, through nginx and straight to the backend: a request a second more for a host that has enough to do."""
    host = failing_pages("/", "/cart", "/list")
    assert outages(host)[0].request.uri == "/list"
    host.replay(502, uri="/")
    assert outages(host)[0].request.uri == "/"
    host.tallies[:] = [replace(host.tallies[0], samples=host.tallies[0].samples[1:], oldest=host.tallies[0].samples[:1])]
    assert (outages(host)[0].request.uri, outages(host)[0].replay) == ("/", 502)


def test_a_request_that_is_answered_gives_way_to_the_newest_failure():
    """If this fails, a page that works speaks for those that do not."""
    host = failing_pages("/", "/cart")
    host.replay(200, uri="/", ago=30.0)
    assert (outages(host)[0].request.uri, outages(host)[0].replay, outages(host)[0].now) == ("/cart", None, True)


def test_only_get_and_head_are_replayed():
    host = Host()
    host.fails(method="POST", uri="/login")
    assert outages(host)[0].request is None


def test_host_of_the_client_is_used_only_where_the_server_bears_it():
    """A client could send the replay to any name."""
    host = Host()
    host.fails(host="evil.example.net")
    assert outages(host)[0].request.host == "app.example.com"


@pytest.mark.parametrize("symptom", ["client_abort", "client_side", "informational", "buffered_to_disk", "request_too_big", "peer_marked_down"])
def test_what_is_no_failure_of_ours(symptom):
    host = Host()
    host.fails(symptom=symptom)
    assert outages(host) == ()


def test_good_replay_ends_it():
    host = Host()
    host.fails(ago=60.0)
    host.replay(200, ago=1.0)
    assert not outages(host)[0].now


def test_failure_after_the_good_replay_keeps_it():
    host = Host()
    host.fails(ago=1.0)
    host.replay(200, ago=30.0)
    assert outages(host)[0].now


def test_good_replay_proves_nothing_where_another_peer_may_have_answered():
    host = Host()
    host.sites["app"] = host.sites["app"].replace("server 127.0.0.1:3000;", "server 127.0.0.1:3000; server 127.0.0.1:3005;")
    host.fails(ago=60.0)
    host.connect("127.0.0.1:3000", "refused")
    host.replay(200)
    assert outages(host)[0].now


def test_peer_that_accepts_again_ends_a_refusal():
    host = Host()
    host.fails(ago=60.0)
    host.service("app.service", 1872, "127.0.0.1:3000", started=NOW - 50)
    host.connect("127.0.0.1:3000", "connected")
    assert not outages(host)[0].now


def test_accepting_says_nothing_of_a_premature_close():
    host = Host()
    host.fails(symptom="premature_close", ago=60.0)
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected")
    assert outages(host)[0].now


def test_old_failure_is_over_unless_the_replay_fails():
    host = Host()
    host.fails(ago=3600.0)
    assert not outages(host)[0].now
    host.replay(502)
    assert outages(host)[0].now


def test_failing_replay_proves_the_newest_outage_only():
    host = Host()
    host.fails(symptom="premature_close", ago=80000.0)
    host.fails(ago=3600.0)
    host.replay(502)
    assert [(each.symptoms, each.now) for each in outages(host)] == [(("connection_refused",), True), (("premature_close",), False)]


def test_retries_that_saved_the_client_are_not_counted():
    host = Host()
    host.sites["app"] = host.sites["app"].replace("server 127.0.0.1:3000;", "server 127.0.0.1:3000; server 127.0.0.1:3005;")
    host.service("app.service", 1872, "127.0.0.1:3005")
    host.connect("127.0.0.1:3000", "refused")
    host.connect("127.0.0.1:3005", "connected")
    host.fails()
    host.requests = {"200": 900}
    assert outages(host)[0].client_visible == 0


def test_named_url_that_fails_is_an_outage_without_a_log_line():
    host = Host(url="http://app.example.com/cart")
    host.connect("127.0.0.1:3000", "refused")
    assert outages(host) == ()
    host.replay(502)
    (found,) = outages(host)
    assert found.now
    assert found.asked
    assert found.symptoms == ("connection_refused",)
    host.replay(200)
    assert outages(host) == ()


def test_how_the_named_request_failed_is_read_from_our_own_try():
    """Nobody else asked for it: without this, only that it fails is known, and no cause that is told by the log."""
    host = Host(url="http://app.example.com/cart")
    host.replay(502)
    line = 'upstream sent too big header while reading response header from upstream, client: 127.0.0.1, server: app.example.com, request: "GET /cart HTTP/1.1"'
    tail = ', upstream: "http://127.0.0.1:3000/cart", host: "app.example.com", referrer: "http://app.example.com/?tui502+diagnosis"'
    host.newest = (f"2026/11/22 03:14:06 [error] 7#7: *1 {line}{tail}".encode(),)
    (found,) = outages(host)
    assert (found.symptoms, found.client_visible, found.now) == (("header_too_big",), 0, True)


@pytest.mark.parametrize("url", ["ftp://app.example.com/", "http://unknown.example.com/", "http://app.example.com:99/", "", "http://"])
def test_url_that_no_server_answers(url):
    assert outages(Host(url=url)) == ()


def test_denied_log_lets_dead_peers_speak():
    """Without root the logs may be closed; the site is down all the same."""
    host = Host()
    host.connect("127.0.0.1:3000", "refused")
    assert outages(host) == ()
    host.gaps[ERRORS] = Gap(ERRORS, "denied", "sudo")
    (found,) = outages(host)
    assert (found.now, found.first, found.client_visible) == (True, 0.0, 0)


def test_failures_of_an_address_that_no_pass_has():
    """The server that nginx names says which pass it was; of a server that is not there nothing is said."""
    host = Host()
    host.fails("127.0.0.1:9")
    host.fails("127.0.0.1:8", server="gone.example.com", ago=5.0)
    found = {outage.target.peer: outage for outage in outages(host)}
    assert found["127.0.0.1:9"].target.pass_ == "http://app"
    assert found["127.0.0.1:9"].request is not None
    assert (found["127.0.0.1:8"].target.pass_, found["127.0.0.1:8"].request) == ("", None)


def test_an_address_that_only_the_running_text_has_keeps_its_place_on_disk():
    """Another site that still dials it must not be taken for the one that fails."""
    host = Host(sites={"app": APP.replace("3000", "3001"), "wiki": APP.replace("app", "wiki")})
    host.in_memory = {CONF: MAIN.encode(), SITE: APP.encode(), "/etc/nginx/sites-enabled/wiki": host.sites["wiki"].encode()}
    host.fails()
    host.fails(server="wiki.example.com", host="wiki.example.com")
    found = {outage.target.server: outage.target.where.file for outage in outages(host) if outage.target.where}
    assert found == {"app.example.com": SITE, "wiki.example.com": "/etc/nginx/sites-enabled/wiki"}


def test_no_logs_no_outage():
    assert read_facts(without(moved().evidence(), ERRORS)).outages[0].first == 0.0
