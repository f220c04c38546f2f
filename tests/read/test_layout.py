"""Where sites are edited and enabled, and files and servers that are not what they seem."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import Host, file, seen, without
from tui502.model.evidence import Gap, Seen
from tui502.model.facts import Facts
from tui502.read.facts import read_facts
from tui502.read.layout import link_name
from tui502.read.plan import plan
from tui502.report.config_text import how

SITE = "server { listen 80; server_name %s; location / { proxy_pass http://127.0.0.1:3000; } }\n"
MAIN = b"events {}\nhttp { include /etc/nginx/sites-enabled/*; include /etc/nginx/conf.d/*.conf; include /etc/nginx/mods/*.conf; }\n"


def facts(sites: dict[str, str], *, links: dict[str, str] | None = None, available: tuple[str, ...] = (), more: dict[str, bytes] | None = None) -> Facts:
    host = Host(sites=sites, links=links or {})
    host.extra_files = {"/etc/nginx/nginx.conf": MAIN, **(more or {})}
    evidence = host.evidence()
    dirs = {
        **evidence.dirs, "/etc/nginx/sites-available": seen(available), "/etc/nginx/mods": seen(("one.conf",)),
        "/etc/nginx/conf.d": seen(tuple(path.rpartition("/")[2] for path in host.extra_files if "/conf.d/" in path)),
    }  # fmt: skip
    originals = {f"/etc/nginx/sites-available/{name}": seen(file(SITE.replace("%s", name).encode())) for name in available}
    linked = {
        path: replace(one, value=replace(one.value, real="/etc/nginx/" + one.value.link.removeprefix("../")))
        for path, one in evidence.files.items()
        if one.value and one.value.link
    }
    return read_facts(replace(evidence, dirs=dirs, files={**originals, **evidence.files, **linked, "/etc/nginx/mods/one.conf": seen(file(b"gzip on;\n"))}))


def kinds(found: Facts) -> list[tuple[str, str]]:
    return [(oddity.kind, oddity.what) for oddity in found.oddities]


def test_sites_are_edited_in_one_directory_and_enabled_in_another() -> None:
    """If this fails, a person edits a file that nginx does not read."""
    found = facts({"app": SITE % "app"}, links={"/etc/nginx/sites-enabled/app": "../sites-available/app"}, available=("app",))
    assert found.layout.style == "sites"
    assert [(each.path, each.edit, each.pattern, each.files) for each in found.layout.directories] == [
        ("/etc/nginx/sites-enabled", "/etc/nginx/sites-available", "*", ("app",)), ("/etc/nginx/conf.d", "/etc/nginx/conf.d", "*.conf", ()),
    ]  # fmt: skip
    assert found.oddities == ()


@pytest.mark.parametrize("what", ["file", "directory"])
def test_nothing_is_missing_while_something_could_not_be_read(what: str) -> None:
    """If this fails, a link that is there, to a file that only root may read, is called missing, and a server the first that is not."""
    main = b"events {}\nhttp { upstream u { server 127.0.0.1:1; } server { listen 80; } server { listen 80; server_name x; } include sites-enabled/*; }\n"
    host = Host(sites={"app": SITE % "app", "blog": SITE % "blog"}, extra_files={"/etc/nginx/nginx.conf": main})
    evidence = host.evidence()
    evidence = replace(evidence, dirs={**evidence.dirs, "/etc/nginx/sites-available": seen(("app", "blog", "new"))})
    assert {"not_enabled", "default_by_order", "unused_upstream"} <= {kind for kind, _ in kinds(read_facts(evidence))}
    closed = {"/etc/nginx/sites-enabled": Seen(1.0, 0.0, None, Gap("/etc/nginx/sites-enabled", "denied", ""))}
    dark = {"file": without(evidence, "/etc/nginx/sites-enabled/app"), "directory": replace(evidence, dirs={**evidence.dirs, **closed})}
    found = read_facts(dark[what])
    assert not {"not_enabled", "default_by_order", "unused_upstream"} & {kind for kind, _ in kinds(found)}
    told = {"file": "enabled: 1; not known: app: there is no right to read it", "directory": "enabled: not known: there is no right to read it"}
    assert how(found.layout.directories[0]).endswith(told[what])


ENDING = b"events {}\nhttp { include /etc/nginx/sites-enabled/*.conf; }\n"


def test_a_link_that_the_pattern_does_not_take_is_told_once() -> None:
    """If this fails, a person who made the link is told that there is none, and makes it again."""
    evidence = Host(sites={"a.conf": SITE % "a"}, extra_files={"/etc/nginx/nginx.conf": ENDING}).evidence()
    names = {"/etc/nginx/sites-enabled": seen(("10-b", "a.conf", "app")), "/etc/nginx/sites-available": seen(("app", "b", "new"))}
    evidence = replace(evidence, dirs={**evidence.dirs, **names})
    assert {"/etc/nginx/sites-enabled/10-b", "/etc/nginx/sites-enabled/app"} <= {look.key for look in plan(evidence)}
    links = {f"/etc/nginx/sites-enabled/{name}": f"/etc/nginx/sites-available/{to}" for name, to in (("10-b", "b"), ("app", "app"))}
    seen_links = {path: seen(replace(file(b""), link=to, real=to)) for path, to in links.items()}
    found = read_facts(replace(evidence, files={**evidence.files, **seen_links}))
    assert kinds(found) == [
        ("not_included", "/etc/nginx/sites-enabled/10-b"), ("not_included", "/etc/nginx/sites-enabled/app"), ("not_enabled", "/etc/nginx/sites-available/new"),
    ]  # fmt: skip
    linked, _, new = (each.text for each in found.oddities)
    assert linked.endswith('10-b is a link to /etc/nginx/sites-available/b, and not loaded: "*.conf" does not reach it; its name must end in .conf')
    assert 'nothing in /etc/nginx/sites-enabled that "*.conf" reaches leads to it' in new


@pytest.mark.parametrize(
    ("pattern", "told", "link"),
    [
        ("*", "(ln -s /etc/nginx/sites-available/NAME /etc/nginx/sites-enabled/)", "app"),
        ("*.conf", "(ln -s /etc/nginx/sites-available/NAME.conf /etc/nginx/sites-enabled/)", "app.conf"),
        ("[0-9]*", '(ln -s /etc/nginx/sites-available/NAME /etc/nginx/sites-enabled/, under a name that "[0-9]*" takes)', ""),
    ],
)
def test_the_link_that_is_advised_enables_the_site(pattern: str, told: str, link: str) -> None:
    """If this fails, a person follows the recipe and nginx reads nothing of the site."""
    main = ENDING.replace(b"*.conf", pattern.encode())
    (place,) = read_facts(Host(sites={}, extra_files={"/etc/nginx/nginx.conf": main}).evidence()).layout.directories
    assert told in how(place)
    assert link_name(place, "app") == link


def test_where_there_are_no_originals_sites_are_edited_where_they_are_enabled() -> None:
    """If this fails, a person is sent to a directory that is not there."""
    evidence = Host().evidence()
    gone = Seen(1.0, 0.0, None, Gap("/etc/nginx/sites-available", "absent", ""))
    evidence = replace(evidence, dirs={**evidence.dirs, "/etc/nginx/sites-available": gone})
    found = read_facts(evidence).layout
    assert (found.style, found.directories[0].edit) == ("directory", "/etc/nginx/sites-enabled")
    assert how(found.directories[0]) == "sites: a file /etc/nginx/sites-enabled/* is enabled as it stands; there: 1"
    assert "/etc/nginx/sites-available" in {look.key for look in plan(evidence)}, "it is looked at again: it may come"


def test_a_directory_of_files_and_a_main_file() -> None:
    found = facts({}, more={"/etc/nginx/conf.d/app.conf": (SITE % "app").encode()})
    assert (found.layout.style, found.layout.directories[0].path) == ("directory", "/etc/nginx/conf.d")
    host = Host(sites={}, extra_files={"/etc/nginx/nginx.conf": b"events {} http { %s }" % (SITE % "a").encode()})
    assert read_facts(host.evidence()).layout.style == "main"


def test_files_that_are_not_what_they_seem() -> None:
    """If this fails, a person edits the original while nginx reads a forgotten copy, or looks for a site that is not loaded."""
    found = facts(
        {"app": SITE % "app", "app.bak": SITE % "old", "copy": SITE % "other"},
        links={"/etc/nginx/sites-enabled/app": "../sites-available/app"}, available=("app", "blog", "copy", "blog~"),
        more={"/etc/nginx/conf.d/x.conf.disabled": (SITE % "x").encode()},
    )  # fmt: skip
    odd = [each for each in found.oddities if each.kind not in ("default_by_order",)]
    assert [(each.kind, each.what) for each in odd] == [
        ("stale_copy", "/etc/nginx/sites-enabled/copy"), ("backup_loaded", "/etc/nginx/sites-enabled/app.bak"),
        ("not_enabled", "/etc/nginx/sites-available/blog"), ("not_included", "/etc/nginx/conf.d/x.conf.disabled"),
    ]  # fmt: skip
    assert "differs from it" in odd[0].text


def test_a_file_that_another_include_brings_is_loaded() -> None:
    """If this fails, a snippet that nginx reads, or a site that is included by its own name, is called not loaded."""
    main = MAIN.replace(b"include /etc/nginx/mods", b"include /etc/nginx/conf.d/a.inc; include /etc/nginx/sites-available/own; include /etc/nginx/mods")
    files = {"/etc/nginx/nginx.conf": main, "/etc/nginx/conf.d/a.inc": b"gzip on;\n", "/etc/nginx/conf.d/b.inc": b"gzip on;\n"}
    found = facts({"app": SITE % "app"}, links={"/etc/nginx/sites-enabled/app": "../sites-available/app"}, available=("app", "own"), more=files)
    assert [each for each in kinds(found) if each[0] in ("not_included", "not_enabled")] == [("not_included", "/etc/nginx/conf.d/b.inc")]


def test_a_site_that_two_links_lead_to_is_loaded_twice() -> None:
    found = facts({"app": SITE % "app", "app2": SITE % "app"}, links={f"/etc/nginx/sites-enabled/{name}": "../x" for name in ("app", "app2")})
    assert ("loaded_twice", "/etc/nginx/sites-enabled/app2") in kinds(found)


def test_what_is_needed_for_it_is_looked_at() -> None:
    """If this fails, sites that are not enabled and copies stay unseen."""
    host = Host(sites={"app": SITE % "app"})
    keys = {look.key for look in plan(host.evidence())}
    assert "/etc/nginx/sites-available" in keys
    listed = replace(host.evidence(), dirs={**host.evidence().dirs, "/etc/nginx/sites-available": seen(("app",))})
    assert "/etc/nginx/sites-available/app" in {look.key for look in plan(listed)}


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        ("server { listen 80 default_server; server_name a; } server { listen 80; server_name a b; }", [("duplicate_name", "a")]),
        ("server { listen 80 default_server; server_name a; } server { listen 80; server_name a; }", [("duplicate_name", "a"), ("unreachable", "a")]),
        ("server { listen 80 default_server; server_name a.b; } server { listen 80; server_name .a.b c; }", [("duplicate_name", ".a.b")]),
        ("server { listen 80; server_name a; } server { listen 10.0.0.1:80; server_name b; }", [("shadowed", "10.0.0.1:80")]),
        ("server { listen 80; server_name a; } server { listen 10.0.0.1:80; server_name a; }", []),
        ("server { listen 80; server_name a; } server { listen 80; server_name b; }", [("default_by_order", "*:80")]),
        ("server { server_name a; }", [("no_listen", "a")]),
        ("server { listen 443; server_name a; }", [("plain_443", "*:443")]),
        ("server { listen 443 ssl; server_name a; }", []),
        ("server { listen 80; listen [::]:80; } server { listen 81; server_name b; }", []),
        (
            "server { listen 80 default_server; listen [::]:80 default_server; } server { listen 80; server_name b; }",
            [("no_ipv6", "*:80")],
        ),
        ("upstream u { server 127.0.0.1:1; } server { listen 80; location / { proxy_pass http://127.0.0.1:1; } }", [("unused_upstream", "u")]),
        ("upstream u { server 127.0.0.1:1; } server { listen 80; location / { if ($x) { fastcgi_pass U; } } }", []),
    ],
)
def test_servers_that_are_not_what_they_seem(servers: str, expected: list[tuple[str, str]]) -> None:
    """If this fails, a person looks for the fault in a server that no request reaches."""
    host = Host(sites={}, extra_files={"/etc/nginx/nginx.conf": b"events {}\nhttp { %s }" % servers.encode()})
    assert kinds(read_facts(host.evidence())) == expected


def test_an_ignored_name_leads_to_the_server_that_has_it() -> None:
    servers = b"events {}\nhttp {\n server { listen 80 default_server; server_name x a; }\n server { listen 80; server_name a; listen 127.0.0.1:81; } }"
    (found, *_) = read_facts(Host(sites={}, extra_files={"/etc/nginx/nginx.conf": servers}).evidence()).oddities
    assert (found.where and found.where.line, found.other and found.other.line, "on *:80" in found.text) == (4, 3, True)
