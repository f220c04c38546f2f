"""A file that nginx refuses is mended by the one character or the pair of quotes that is missing, and by nothing that is guessed."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builder import Host
from tests.real_nginx import system_nginx, wheel_nginx
from tui502.causes import config_invalid
from tui502.fix.edits import apply_edits, check
from tui502.fix.forbidden import forbidden
from tui502.read.facts import read_facts

BLOG = "/etc/nginx/sites-enabled/blog"
WAYS = {
    "location ~ ^/a{2}$ { return 204; }": 'location ~ "^/a{2}$" { return 204; }',
    "location ~* \\.(a|b){1,2}$ { return 204; } # both": 'location ~* "\\.(a|b){1,2}$" { return 204; } # both',
    "rewrite ^/(\\d{4})/x$ /y last;": 'rewrite "^/(\\d{4})/x$" /y last;',
    "server_name ~^a{3}\\.example$;": 'server_name "~^a{3}\\.example$";',
    "root /srv\n    index a;": "root /srv;\n    index a;",
}


def said(text: str, directory: Path, binary: str) -> bytes:
    """What nginx says of this site, under the name that it has on the host of these tests."""
    temporary = "client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;"
    (directory / "nginx.conf").write_text(f"pid pid; error_log stderr; events {{ }} http {{ access_log off; {temporary} include blog; }}")
    (directory / "blog").write_text(text)
    argv = [binary, "-t", "-c", str(directory / "nginx.conf"), "-p", str(directory), "-e", "stderr"]
    ran = subprocess.run(argv, capture_output=True, timeout=30)
    assert (ran.returncode == 0) == (b"[emerg]" not in ran.stderr)
    return re.sub(rb"^\S+ \S+ (\[emerg\]) \S+ ", rb"nginx: \1 ", ran.stderr, flags=re.M).replace(str(directory / "blog").encode(), BLOG.encode())


@pytest.mark.parametrize("line", WAYS)
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_nginx_takes_what_was_mended(line: str, eol: str, tmp_path: Path) -> None:
    """With nginx's own message, on both versions."""
    text = f"server {{\n    listen 127.0.0.1:8099;\n    {line}\n}}\n".replace("\n", eol)
    for binary in (system_nginx(), wheel_nginx()):
        host = Host()
        host.sites["blog"] = text
        host.test, host.test_code = said(text, tmp_path, binary), 1
        evidence = host.evidence()
        (finding,) = config_invalid.judge(evidence, read_facts(evidence)).findings
        (fix,) = finding.fixes
        after = apply_edits(text.encode(), fix.edits)
        check(text.encode(), after, fix.edits)
        assert after.decode() == text.replace(line.replace("\n", eol), WAYS[line].replace("\n", eol))
        assert forbidden(fix, {BLOG: text.encode()}) == ""
        assert b"successful" in said(after.decode(), tmp_path, binary)


@pytest.mark.parametrize("line", ["location ~ ^/a{2}$ { return 204;", "location ~ ^/a{b}$ { }", "if ($uri ~ ^/a{2}$) { return 204; }", "roott /srv;"])
def test_what_would_be_a_guess_is_advice(line: str, tmp_path: Path) -> None:
    """Also where the file would not read with the quotes."""
    text = f"server {{\n    listen 127.0.0.1:8099;\n    {line}\n}}\n"
    host = Host()
    host.sites["blog"] = text
    host.test, host.test_code = said(text, tmp_path, system_nginx()), 1
    evidence = host.evidence()
    (finding,) = config_invalid.judge(evidence, read_facts(evidence)).findings
    assert [fix.kind for fix in finding.fixes] == ["advice"]


def test_a_byte_that_is_no_text_keeps_nobody_from_mending_its_line() -> None:
    """If this fails, a comment in an old encoding takes the offer away."""
    text = b"server {\n    location ~ ^/a{2}$ { # caf\xe9\n    }\n}\n"
    host = Host(test=b'nginx: [emerg] unknown directive "2}$" in %s:2\n' % BLOG.encode(), test_code=1)
    host.sites["blog"] = ""
    evidence = host.evidence()
    seen = evidence.files[BLOG]
    assert seen.value is not None
    evidence = replace(evidence, files={**evidence.files, BLOG: replace(seen, value=replace(seen.value, data=text))})
    (finding,) = config_invalid.judge(evidence, read_facts(evidence)).findings
    assert apply_edits(text, finding.fixes[0].edits) == text.replace(b"^/a{2}$", b'"^/a{2}$"')
