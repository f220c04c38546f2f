"""SCRIPT_FILENAME as nginx would compute it: a wrong one would run another script, or none."""

from __future__ import annotations

import pytest

from tests.builder import Host
from tui502.model.facts import Request
from tui502.read.facts import read_facts
from tui502.read.scripts import parameters


def script(server: str, uri: str) -> str:
    host = Host()
    host.sites["app"] = f"server {{ listen 80; server_name app.example.com; {server} }}"
    facts = read_facts(host.evidence())
    route = next(each for each in facts.routes.passes if each.family == "fastcgi")
    told = parameters(facts, route, Request("GET", "http", "127.0.0.1", 80, "", "app.example.com", uri))
    return told[0].removeprefix("SCRIPT_FILENAME=") if told else ""


USUAL = "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_pass 127.0.0.1:9000;"
PHP = f"root /srv/www; index index.php index.html; location / {{ try_files $uri $uri/ /index.php?$args; }} location ~ \\.php$ {{ {USUAL} }}"


@pytest.mark.parametrize(
    ("server", "uri", "expected"),
    [
        (PHP, "/a/b.php", "/srv/www/a/b.php"),
        (PHP, "/a/b.php?x=1", "/srv/www/a/b.php"),
        (PHP, "/cart", "/srv/www/index.php"),
        (PHP.replace("try_files $uri $uri/ /index.php?$args;", ""), "/", "/srv/www/index.php"),
        (PHP.replace("try_files $uri $uri/ /index.php?$args;", ""), "/cart", ""),
        (PHP.replace("/srv/www", "html"), "/b.php", "/usr/share/nginx/html/b.php"),
        (PHP.replace("root /srv/www;", ""), "/b.php", "/usr/share/nginx/html/b.php"),
        (PHP.replace("/srv/www", "$base/www"), "/b.php", ""),
        (PHP.replace("$document_root$", "$realpath_root$"), "/b.php", "/srv/www/b.php"),
        (PHP.replace("$document_root$", "/opt/app$"), "/b.php", "/opt/app/b.php"),
        (PHP.replace("$document_root$", "$app_root$"), "/b.php", ""),
        (f"root /srv; location / {{ fastcgi_index start.php; {USUAL} }}", "/x/", "/srv/x/start.php"),
        ("root /srv; location / { fastcgi_param SCRIPT_FILENAME /srv/app.fcgi; fastcgi_pass 127.0.0.1:9000; }", "/x", "/srv/app.fcgi"),
        (f"root /srv; location / {{ alias /opt/; {USUAL} }}", "/x.php", "/opt//x.php"),
        ("root /srv; location / { fastcgi_pass 127.0.0.1:9000; }", "/x.php", ""),
        (f"root /srv; location ~ \\.php {{ {USUAL} }}", "/a.php/more", "/srv/a.php/more"),
        (f"root /srv; location ~ ^(.+\\.php)(/.*)$ {{ fastcgi_split_path_info ^(.+\\.php)(/.*)$; {USUAL} }}", "/a.php/more", "/srv/a.php"),
        (PHP.replace("location / {", "rewrite ^/old/(.*)$ /new/$1.php last; location / {"), "/old/x", "/srv/www/new/x.php"),
        (PHP, "/../../etc/passwd", ""),
    ],
)
def test_which_script_a_request_runs(server: str, uri: str, expected: str) -> None:
    assert script(server, uri) == expected
