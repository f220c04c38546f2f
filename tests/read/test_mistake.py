"""Where to look when nginx -t fails: nginx's own line, or none, would send a person to a line that is right."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.real_nginx import system_nginx
from tui502.model.config import Config
from tui502.model.evidence import FileSeen, Seen
from tui502.read.mistake import place
from tui502.read.nginx_conf import load

CONF = "/etc/nginx/nginx.conf"
HEAD = "events {}\nhttp {\n"
SITE = "server {\nlisten 127.0.0.1:18099;\n%s\n}\n"


def loaded(text: str, conf: str = CONF) -> Config:
    data = text.encode()
    return load(conf, {conf: Seen(1.0, 0.0, FileSeen("", data, False, "file", 0o644, 0, 0, 1, 1, 1, len(data), 0, 0), None)}, {})


@pytest.mark.parametrize(
    ("text", "named", "look", "why"),
    [
        (HEAD + "    server {\n        location / {\n            return 200;\n\n    }\n    server {\n    }\n}\n", 8, 4, '"location /" is not closed'),
        (HEAD + "  server {\n    location / {\n    }\n    }\n  }\n  server {\n  }\n}\n", 8, 6, '"}"'),
        (HEAD + "server {\nlocation / {\n}\nserver {\n}\n}\n", 6, 3, 'missing before line 6, where "server" may not stand in it'),
        (HEAD + 'add_header X "y;\nserver {\n}\n}\n', 7, 3, "the quote opened here"),
        (HEAD + "  root /srv\n  index a;\n  server {\n  }\n}\n", 4, 3, '";" is probably missing after "root /srv"'),
        (HEAD + SITE % "limit_req zone=none;" + "}\n", 0, 5, "the zone none is used here"),
        (HEAD + SITE % "location / { proxy_cache none; proxy_pass http://127.0.0.1:1; }" + "}\n", 7, 5, "the zone none is used here, and nothing defines it"),
        (HEAD + SITE % "set $a $none;\nset $b x${none}y;\nset $c $nonesuch;" + "}\n", 0, 5, "$none is used here and in 1 other line, and nothing gives"),
        ("http {\n}\n", 0, 1, 'no "events { }"'),
        (HEAD + "map_hash_bucket_size 32;\nmap $host $a { " + "x" * 90 + ".org 1; }\n}\n", 0, 3, "too small"),
        (HEAD + "server { listen 192.0.2.1:18099; }\n}\n", 0, 3, "listened on here"),
        (HEAD + SITE % "error_log none/such.log;" + "}\n", 0, 5, ""),
    ],
    ids=["open", "extra", "flat", "quote", "semicolon", "zone", "cache", "variable", "events", "hash", "bind", "log"],
)  # fmt: skip
def test_what_nginx_says_leads_to_where_the_mistake_is(text: str, named: int, look: int, why: str, tmp_path: Path) -> None:
    """Real messages of a real nginx; 0: it names no line."""
    conf = tmp_path / "nginx.conf"
    conf.write_text(text)
    argv = [system_nginx(), "-t", "-c", str(conf), "-p", str(tmp_path), "-e", "stderr", "-g", f"pid {tmp_path}/pid; error_log stderr;"]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    said = next(line.split("] ", 1)[1] for line in ran.stderr.splitlines() if "[emerg]" in line)
    said = said.split(": ", 1)[1] if said[0].isdigit() else said
    found = place(said, loaded(text, str(conf)))
    assert found.look is not None, said
    assert (found.look.line, found.named.line if found.named else 0) == (look, named), said
    assert why in found.why


def test_an_error_behind_an_open_block_that_is_its_own_is_not_laid_to_it() -> None:
    """If this fails, a person who wrote a wrong value is sent to a brace."""
    text = HEAD + "  server {\n    location / {\n      root;\n  }\n}\n"
    found = place(f'invalid number of arguments in "root" directive in {CONF}:5', loaded(text))
    assert found.look is not None
    assert found.look.line == 5


def test_what_the_tree_does_not_hold_has_no_place() -> None:
    """If this fails, a place is invented."""
    assert place('unknown "none" variable', loaded(HEAD + "}\n")).look is None
    assert place("could not build the server_names_hash, you should increase server_names_hash_bucket_size: 32", loaded(HEAD + "}\n")).look is None
