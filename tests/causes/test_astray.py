"""server_shadowed and site_not_enabled: the request lands in another server than the one that has its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import APP, MAIN, NOW, Host, file, seen
from tui502.investigate import investigate
from tui502.model.evidence import Evidence
from tui502.model.findings import Incident
from tui502.read.plan import plan

MAIN_FILE, SITES, AVAILABLE = "/etc/nginx/nginx.conf", "/etc/nginx/sites-enabled", "/etc/nginx/sites-available"
GOOD = APP.replace("upstream app", "upstream good").replace("http://app", "http://good").replace("3000", "3001")
FRONT = "server { listen 80 default_server; server_name _; return 404; }\n"
LOST = "server { listen 80; server_name lost.example.com; location / { proxy_pass http://127.0.0.1:3001; } }\n"


def shadowed(first: str = "#app#", *, exact: bool = True, answers: bool = True, good: str = GOOD) -> Host:
    """Two files with the name: the first leads to 3000, which is dead, the second to 3001."""
    host = Host(sites={first: APP, "app": good})
    host.service("app.service", 1872, "127.0.0.1:3001")
    host.fails()
    host.connect("127.0.0.1:3000", "refused")
    host.connect("127.0.0.1:3001", "connected" if answers else "refused")
    if answers:
        host.ask("127.0.0.1:3001", 200)
    else:
        host.listeners.clear()
    host.replay(502)
    if exact:
        host.in_memory = {MAIN_FILE: MAIN.encode(), **{f"{SITES}/{name}": text.encode() for name, text in host.sites.items()}}
    return host


def lost(host: Host, files: dict[str, str] | None = None, *, read: bool = True) -> Evidence:
    """What lies in sites-available and is not linked."""
    files = {"lost": LOST} if files is None else files
    evidence = host.evidence()
    there = {f"{AVAILABLE}/{name}": seen(file(text.encode())) for name, text in files.items()} if read else {}
    return replace(evidence, dirs={**evidence.dirs, AVAILABLE: seen(tuple(files))}, files={**evidence.files, **there})


def default(*, exact: bool = True, status: int = 404) -> Host:
    host = Host(sites={"front": FRONT, "app": APP}, url="http://lost.example.com/")
    host.connect("127.0.0.1:3000", "connected")
    host.ask("127.0.0.1:3000", 200)
    host.listen("127.0.0.1:3000")
    host.replay(status, host="lost.example.com", uri="/")
    if exact:
        host.in_memory = {MAIN_FILE: MAIN.encode(), **{f"{SITES}/{name}": text.encode() for name, text in host.sites.items()}}
    return host


def causes(found: Incident) -> list[tuple[str, str]]:
    return [(finding.cause, finding.certainty) for finding in found.findings]


def test_a_backup_that_is_loaded_first_takes_the_name() -> None:
    """If this fails, a person edits the right file for hours while nginx serves a copy of an editor."""
    found = investigate(shadowed().evidence())
    finding = found.findings[0]
    assert (finding.cause, finding.certainty, found.verdict) == ("server_shadowed", "proven", "cause_found")
    assert finding.summary == "app.example.com lands in app.example.com at /etc/…/#app#:7, not in /etc/…/app:7"
    assert finding.fixes[0].kind == "advice"
    assert finding.fixes[0].title.startswith("move /etc/nginx/sites-enabled/#app# to a directory that no include reaches")
    assert finding.outages == tuple(outage.key for outage in found.facts.outages)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (shadowed(exact=False), "likely"),
        (shadowed("an-app"), "likely"),
        (shadowed(good=GOOD.replace("proxy_pass http://good", "root /srv")), "possible"),
    ],
)
def test_it_is_never_more_certain_than_what_was_seen(host: Host, expected: str) -> None:
    """The running text is not known; neither file is a copy by its name; the other server asks nobody."""
    assert ("server_shadowed", expected) in causes(investigate(host.evidence()))


@pytest.mark.parametrize(
    "host",
    [
        shadowed(good=APP),
        shadowed(good=GOOD.replace("3001", "3000")),
        shadowed("zapp"),
        shadowed(answers=False),
        shadowed(good=GOOD.replace("app.example.com", "www.example.com")),
        shadowed(good=GOOD.replace("listen 80", "listen 81")),
    ],
)
def test_near_misses_are_silent(host: Host) -> None:
    """The same text twice, the same backend, the good one first, both dead, another name, another port."""
    if "zapp" in host.sites:
        host.sites = {"zapp": GOOD, "app": APP}
    assert "server_shadowed" not in dict(causes(investigate(host.evidence())))


def test_a_stopped_service_behind_the_copy_is_its_echo() -> None:
    """If this fails, a person starts what nobody needs any more."""
    host = shadowed()
    argv = "{ path=/usr/bin/gunicorn ; argv[]=/usr/bin/gunicorn --bind 127.0.0.1:3000 app:app ; ignore_errors=no ; start_time=[n/a] }"
    host.unit("old.service", "inactive", ExecStart=argv)
    first, second = investigate(host.evidence()).findings
    assert (first.cause, second.cause, second.id in first.explains) == ("server_shadowed", "backend_stopped", True)
    host.in_memory = None
    either = investigate(host.evidence()).findings
    assert {(each.cause, each.certainty) for each in either} == {("server_shadowed", "likely"), ("backend_stopped", "likely")}
    assert all(set(fix.alternative_to) & {fix.id for one in either if one is not each for fix in one.fixes} for each in either for fix in each.fixes)


def test_a_mere_possibility_takes_nothing_from_what_is_proven() -> None:
    """If this fails, a redirect that bears the name a second time makes the stopped service unsure."""
    host = shadowed("an-app", good=GOOD.replace("proxy_pass http://good", "return 301 https://$host/"))
    argv = "{ path=/usr/bin/gunicorn ; argv[]=/usr/bin/gunicorn --bind 127.0.0.1:3000 app:app ; ignore_errors=no ; start_time=[n/a] }"
    host.units.clear()
    host.listeners.clear()
    host.processes.clear()
    host.unit("app.service", "inactive", ExecStart=argv)
    assert causes(investigate(host.evidence())) == [("backend_stopped", "proven"), ("server_shadowed", "possible")]


def test_a_server_on_the_very_address_hides_those_on_all() -> None:
    own = APP.replace("listen 80", "listen 127.0.0.1:80").replace("app.example.com", "old.example.com")
    host = shadowed("front", exact=False)
    host.sites = {"front": own, "app": GOOD}
    host.url, host.names["app.example.com"] = "http://app.example.com/cart", ("127.0.0.1",)
    (finding, *_) = investigate(host.evidence()).findings
    assert finding.cause == "server_shadowed"
    assert "listen on 127.0.0.1:80 as well" in finding.fixes[0].title


def test_a_site_that_is_not_linked_is_named() -> None:
    """If this fails, the default server is all that is said of a site that was never enabled."""
    found = investigate(lost(default()))
    assert causes(found) == [("site_not_enabled", "proven")]
    (finding,) = found.findings
    assert finding.summary == "/etc/nginx/sites-available/lost names lost.example.com, but no include reaches it"
    assert finding.fixes[0].title == "enable it: ln -s /etc/nginx/sites-available/lost /etc/nginx/sites-enabled/, then nginx -t and a reload"


def test_what_may_name_the_site_is_looked_at() -> None:
    def wanted(evidence: Evidence) -> bool:
        return f"{AVAILABLE}/lost" in {look.key for look in plan(evidence)}

    assert wanted(lost(default(), read=False))
    assert not wanted(replace(lost(default(), read=False), url="http://app.example.com/"))


@pytest.mark.parametrize(
    ("host", "files", "expected"),
    [
        (default(exact=False), {"lost": LOST}, "likely"),
        (default(status=200), {"lost": LOST}, "likely"),
        (default(), {"lost": LOST, "lost2": LOST}, "possible"),
        (default(), {"other": LOST.replace("lost.", "other.")}, ""),
        (default(), {"lost": LOST.replace("80", "81")}, ""),
        (default(), {"lost": "# server_name lost.example.com;\n"}, ""),
    ],
)
def test_a_site_that_may_be_meant(host: Host, files: dict[str, str], expected: str) -> None:
    """The running text unknown, an answer that tells nothing, two files; another name, another port, a comment."""
    assert dict(causes(investigate(lost(host, files)))).get("site_not_enabled", "") == expected


def test_a_name_with_an_ending_that_the_include_does_not_take() -> None:
    host = default()
    host.extra_files = {MAIN_FILE: MAIN.replace("sites-enabled/*", "sites-enabled/*.conf").encode()}
    host.sites, host.in_memory = {"front.conf": FRONT}, None
    evidence = host.evidence()
    files = {**evidence.files, f"{SITES}/lost": seen(file(LOST.encode(), NOW - 9))}
    found = investigate(replace(evidence, files=files, dirs={**evidence.dirs, SITES: seen(("front.conf", "lost"))}))
    assert found.findings[0].fixes[0].title == "give lost a name that *.conf reaches, then nginx -t and a reload"


STOPPED = "{ path=/usr/bin/gunicorn ; argv[]=/usr/bin/gunicorn --bind 127.0.0.1:3000 app:app ; ignore_errors=no ; start_time=[n/a] }"


def catching_all(*hosts: str, url: str = "", first: str = "") -> Host:
    """A default server whose backend is stopped; its newest failure asks for the last of these hosts. `first`: the oldest record asks for that."""
    host = Host(sites={"front": FRONT.replace("return 404;", "location / { proxy_pass http://127.0.0.1:3000; }")}, url=url)
    host.unit("app.service", "inactive", ExecStart=STOPPED)
    for n, name in enumerate(reversed(hosts)):
        host.fails(server="_", host=name, count=5000 if n else 1, ago=1.0 + n)
    if first:
        oldest = host.tallies[0].samples[0].replace(hosts[-1].encode(), first.encode())
        host.tallies[0] = replace(host.tallies[0], oldest=(oldest,))
    host.connect("127.0.0.1:3000", "refused")
    host.replay(502, host=hosts[-1])
    host.in_memory = {MAIN_FILE: MAIN.encode(), **{f"{SITES}/{name}": text.encode() for name, text in host.sites.items()}}
    return host


@pytest.mark.parametrize(
    "host",
    [
        catching_all("www.example.com", "lost.example.com"),
        catching_all("", "lost.example.com"),
        catching_all("lost.example.com", first="www.example.com"),
        catching_all("www.example.com", "lost.example.com", "LOST.example.com:80"),
    ],
)
def test_one_stray_request_takes_nothing_from_what_is_proven(host: Host) -> None:
    """If this fails, one request with a Host header of its sender's choice hides why all others fail. The others ask for another site, for none, or did so
    in the beginning."""
    found = investigate(lost(host))
    assert causes(found) == [("backend_stopped", "proven"), ("site_not_enabled", "possible")]
    stopped, stray = found.findings
    assert (stray.outages, stray.explains) == ((), ())
    assert stopped.outages == tuple(outage.key for outage in found.facts.outages)
    assert found.verdict == "cause_found"


def test_what_every_failing_request_asks_for_may_be_meant() -> None:
    """If this fails, a site that nobody enabled is not thought of though all that fails asks for it, or is proven though it may be off on purpose."""
    first, second = investigate(lost(catching_all("lost.example.com", "lost.example.com", first="lost.example.com."))).findings
    assert {(each.cause, each.certainty) for each in (first, second)} == {("site_not_enabled", "likely"), ("backend_stopped", "likely")}
    assert first.outages == second.outages != ()


def test_what_a_person_named_is_meant() -> None:
    """If this fails, who asks for the site that is missing is told of a backend which it does not need."""
    first, second = investigate(lost(catching_all("www.example.com", "lost.example.com", url="http://lost.example.com/cart"))).findings
    assert (first.cause, first.certainty, second.cause, second.id in first.explains) == ("site_not_enabled", "proven", "backend_stopped", True)


def test_a_name_that_only_some_of_the_failing_requests_ask_for_is_a_mere_possibility() -> None:
    """If this fails, one request for a name that stands twice explains the failures of all other names of that server."""
    host = shadowed("#app#")
    host.sites["#app#"] = host.sites["#app#"].replace("server_name app.example.com", "server_name app.example.com www.example.com")
    host.in_memory = {MAIN_FILE: MAIN.encode(), **{f"{SITES}/{name}": text.encode() for name, text in host.sites.items()}}
    assert causes(investigate(host.evidence()))[0] == ("server_shadowed", "proven")
    host.fails(host="www.example.com", count=5000, ago=2.0)
    found = investigate(host.evidence())
    (finding,) = (each for each in found.findings if each.cause == "server_shadowed")
    assert (finding.certainty, finding.outages, finding.explains) == ("possible", (), ())
