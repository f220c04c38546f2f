"""Where sites are edited and enabled, and files and servers that are not what they seem."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import Host, file, seen
from tui502.model.facts import Facts
from tui502.read.facts import read_facts
from tui502.read.plan import plan

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
