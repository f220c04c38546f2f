"""`tui502 route` and `tui502 config` on this machine: a configuration of our own, nginx not running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_nginx import system_nginx

SITE = """upstream app { server 127.0.0.1:3999 max_fails=3; server 127.0.0.1:4000 backup; }
server {
    listen 127.0.0.1:8099;
    server_name app.test;
    root html;
    error_page 502 /down.html;
    location / { try_files $uri @app; }
    location @app { proxy_set_header Authorization "Basic YWRtaW46c2VjcmV0"; proxy_read_timeout 5s; proxy_pass http://app; }
    location /who { if ($http_x_beta) { return 404; } return 200 "\x1b]0;x"; }
}
server { listen 8099; server_name other.test; location / { proxy_pass http://app; } }
"""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    for name in ("sites-available", "sites-enabled", "html"):
        (tmp_path / name).mkdir()
    (tmp_path / "sites-available" / "app").write_text(SITE)
    (tmp_path / "sites-available" / "blog").write_text("# nothing yet\n")
    (tmp_path / "sites-enabled" / "app").symlink_to("../sites-available/app")
    (tmp_path / "html" / "there.html").write_text("there")
    main = tmp_path / "nginx.conf"
    main.write_text(f"events {{}}\nhttp {{\n    proxy_read_timeout 90s;\n    root {tmp_path}/html;\n    include sites-enabled/*;\n}}\n")
    (tmp_path / "sites-available" / "app").write_text(SITE.replace("root html", f"root {tmp_path}/html"))
    return main


def tui502(*argv: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": str(Path(system_nginx()).parent) + ":" + os.environ.get("PATH", "")}
    return subprocess.run([sys.executable, "-m", "tui502", *argv], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, env=env)


def route(conf: Path, *argv: str) -> dict:  # type: ignore[type-arg]
    done = tui502("route", *argv, "--conf", str(conf), "--nginx", system_nginx(), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_the_document_has_what_was_promised(conf: Path) -> None:
    """If this fails, scripts of others break."""
    found = route(conf, "http://app.test:8099/cart?x=1")
    site = str(conf.parent / "sites-enabled" / "app")
    assert (found["url"], found["listen"], found["pass"], found["undecided"]) == ("http://app.test:8099/cart?x=1", "127.0.0.1:8099", "http://app", None)
    assert found["server"] == {"file": site, "line": 2, "names": ["app.test"]}
    assert found["location"] == {"file": site, "line": 8, "match": "@app"}
    assert found["jumps"] == [{"kind": "try_files", "to": "@app", "file": site, "line": 7}]
    assert found["upstream"]["name"] == "app"
    assert [(peer["address"], peer["max_fails"], peer["backup"]) for peer in found["upstream"]["peers"]] == [
        ("127.0.0.1:3999", 3, False), ("127.0.0.1:4000", 1, True),
    ]  # fmt: skip
    effective = found["effective"]
    assert effective["proxy_read_timeout"] == {"value": "5s", "file": site, "line": 8, "level": "location"}
    assert effective["proxy_connect_timeout"] == {"value": "60s", "file": None, "line": None, "level": "default"}
    assert found["request"]["line"].startswith("GET /cart?x=1 HTTP/1.")
    assert found["failing"]["jumps"][0]["to"] == "/down.html"
    assert "other address" in found["elsewhere"]
    assert "YWRtaW46c2VjcmV0" not in json.dumps(found)


def test_files_that_decide_are_looked_at(conf: Path) -> None:
    found = route(conf, "http://app.test:8099/there.html")
    assert (found["answer"], found["status"], found["text"]) == ("file", 200, f"{conf.parent}/html/there.html")


def test_the_address_and_the_name_can_be_said(conf: Path) -> None:
    found = route(conf, "http://127.0.0.1:8099/", "--address", "10.9.8.7", "--host", "other.test")
    assert (found["listen"], found["server"]["names"], found["elsewhere"]) == ("*:8099", ["other.test"], None)
    assert route(conf, "other.test:8099")["server"]["names"] == ["other.test"], "clients from outside reach it, though not those on this host"


def test_a_person_reads_it_and_nothing_in_it_steers_the_terminal(conf: Path) -> None:
    done = tui502("route", "http://app.test:8099/cart", "--conf", str(conf), "--nginx", system_nginx())
    assert done.returncode == 0, done.stderr
    for words in ("LOCATION  @app", "proxy_read_timeout 5s", "sites-enabled/app:8", "nginx's default", "IF 502", "Authorization:***"):
        assert words in done.stdout
    assert "c2VjcmV0" not in done.stdout
    done = tui502("route", "http://app.test:8099/who", "--conf", str(conf), "--nginx", system_nginx())
    assert "no header X-Beta" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("/cart",), "names no host"), (("http://a/", "--address", "x"), "no address"), (("http://a/", "--host", "a b"), "no name"),
        (("ftp://a/",), "no request"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_word_is_said(argv: tuple[str, ...], said: str, conf: Path) -> None:
    done = tui502("route", *argv, "--conf", str(conf))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_configuration_is_told_whole(conf: Path) -> None:
    """If this fails, a person or script sees another configuration than nginx reads."""
    done = tui502("config", "--conf", str(conf), "--nginx", system_nginx(), "--json")
    found = json.loads(done.stdout)
    http = found["directives"][1]
    assert [one["directive"] for one in http["block"]] == ["proxy_read_timeout", "root", "include", "upstream", "server", "server"]
    server = http["block"][4]
    assert (server["file"], server["line"], server["block"][1]["args"]) == (f"{conf.parent}/sites-enabled/app", 2, ["app.test"])
    assert (found["layout"]["style"], found["layout"]["directories"][0]["edit"]) == ("sites", f"{conf.parent}/sites-available")
    assert [oddity["kind"] for oddity in found["oddities"]] == ["shadowed", "not_enabled"]
    assert "c2VjcmV0" not in done.stdout
    text = tui502("config", "--conf", str(conf), "--nginx", system_nginx()).stdout
    lines = text.splitlines()
    assert "    5      include sites-enabled/*;" in lines
    assert lines.index(f"  # {conf.parent}/sites-enabled/app") == lines.index("    5      include sites-enabled/*;") + 1
    assert "blog is not enabled" in text
    assert "c2VjcmV0" not in text


def test_the_head_says_each_kind_of_surprise_a_few_times(conf: Path) -> None:
    """If this fails, 50,000 unused groups stand before the configuration, the last first, or a file that is indented by tabs comes without indentation."""
    conf.write_text("".join(f"upstream u{n} {{\n\tserver 127.0.0.1:1;\n}}\n" for n in range(25)).join(("events {}\nhttp {\n", "}\n")))
    lines = tui502("config", "--conf", str(conf), "--nginx", system_nginx()).stdout.splitlines()
    assert lines[0].endswith(": 1 file")
    assert lines[1] == "# no site is written"
    assert [line.split('"')[1] for line in lines if "no pass names" in line] == [f"u{n}" for n in range(20)]
    assert "# 5 more of the kind unused_upstream: --json lists all" in lines
    assert "    4          server 127.0.0.1:1;" in lines


def test_a_name_that_is_ignored_leads_to_the_one_that_has_it(conf: Path) -> None:
    """If this fails, a person searches every file for the server that has the name."""
    conf.write_text("events {}\nhttp {\nserver { listen 81;\nserver_name a; }\nserver { listen 81;\nserver_name a; }\n}\n")
    lines = tui502("config", "--conf", str(conf), "--nginx", system_nginx()).stdout.splitlines()
    assert f'# {conf}:5: nginx ignores the name "a" here: the server at {conf}:4 has it on *:81' in lines
    assert f"# sites stand in {conf}" in lines


@pytest.mark.parametrize(
    ("server", "kind", "line", "said"),
    [
        ("listen 127.0.0.1:8099\n    server_name a.test;", "test", 4,
            ('";" is probably missing after "listen 127.0.0.1:8099"', 'invalid parameter "server_name"')),
        ("listen 127.0.0.1:8099;\n    proxypass x;", "test", 5, ('nginx -t says: unknown directive "proxypass"',)),
        ("listen 127.0.0.1:8099;\n    proxy_read_timeout 60x;", "test", 5, ("nginx -t says: ", "invalid value")),
        ("listen\u00a0127.0.0.1:8099;", "name", 4, ('"listen<U+00A0>127.0.0.1:8099"',)),
        ("include nginx.conf;", "test", 4, ("nginx -t was not run: nginx would crash",)),
    ],
)  # fmt: skip
def test_what_nginx_does_not_accept_stands_in_the_head(tmp_path: Path, server: str, kind: str, line: int, said: tuple[str, ...]) -> None:
    """If this fails, a configuration that nginx refuses reads as a whole one."""
    main = tmp_path / "nginx.conf"
    main.write_text(f"events {{}}\nhttp {{\n  server {{\n    {server}\n  }}\n}}\n")
    before = sorted(path.name for path in tmp_path.iterdir())
    found = json.loads(tui502("config", "--conf", str(main), "--nginx", system_nginx(), "--json").stdout)
    assert found["test"] == ("not_run" if "include" in server else "failed")
    problem = next(each for each in found["problems"] if each["kind"] == kind)
    assert problem["line"] == line
    assert all(words in problem["text"] for words in said)
    assert f"# {main}:{line}: {problem['text']}" in tui502("config", "--conf", str(main), "--nginx", system_nginx()).stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == before, "the test left a trace"
