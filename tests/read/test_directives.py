"""What is known of directives by their name agrees with a real nginx."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.real_nginx import wheel_nginx
from tui502.read import directives
from tui502.read.directive_words import OTHERS, UPSTREAM
from tui502.read.directives import about, default_of, words_of

AROUND = {
    "http": "http {{ {} }}",
    "server": "http {{ server {{ listen 127.0.0.1:1; {} }} }}",
    "location": "http {{ server {{ listen 127.0.0.1:1; location / {{ {} }} }} }}",
    "upstream": "http {{ upstream u {{ server 127.0.0.1:1; {} }} }}",
}
VALUES = {"http2": "on", "http3": "on", "ssl_reject_handshake": "on", "proxy_pass_trailers": "on", "proxy_cookie_flags": "one secure"}
CONTEXTS = sorted((name, context) for name, (contexts, _, _) in directives._NEWER.items() for context in contexts)


def said_of(text: str, directory: Path) -> str:
    """What a new nginx says of a configuration."""
    conf = directory / "nginx.conf"
    conf.write_text(f"error_log {directory}/e; pid {directory}/p;\nevents {{}}\n{text}\n")
    argv = [wheel_nginx(), "-t", "-p", f"{directory}/", "-c", str(conf), "-e", str(directory / "e")]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize(("name", "context"), CONTEXTS)
def test_where_newer_directives_may_stand_is_what_nginx_takes(name: str, context: str, tmp_path: Path) -> None:
    """If this fails, the pane names a block in which nginx refuses the directive, or nginx has no such directive."""
    if name == "http3" and "http_v3_module" not in subprocess.run([wheel_nginx(), "-V"], capture_output=True, text=True, check=False).stderr:
        pytest.skip("this nginx was built without HTTP/3")
    value = VALUES.get(name, "Options -SessionTicket" if name.endswith("conf_command") else "10s")
    said = said_of(AROUND[context].format(f"{name} {value};"), tmp_path)
    assert "not allowed here" not in said
    assert "unknown directive" not in said
    assert "invalid number of arguments" not in said


def test_blocks_and_arguments_come_in_words() -> None:
    """If this fails, the pane tells a number of arguments that nginx refuses."""
    assert about("proxy_read_timeout") == ("limits the wait between two reads from the backend, then 504", ("http", "server", "location"), "1 argument", "")
    assert about("proxy_buffering") == ("whether the answer is collected before it goes to the client", ("http", "server", "location"), "on or off", "")
    assert about("fastcgi_param").takes == "2 or 3 arguments"  # type: ignore[union-attr]
    assert about("upstream").takes == "1 argument and a block"  # type: ignore[union-attr]
    assert about("no_such_directive") is None
    assert words_of("grpc_read_timeout") == words_of("proxy_read_timeout")
    assert words_of("ssl_read_timeout") == ""
    assert default_of("proxy_http_version", "1.22.1") == "1.0"
    assert default_of("keepalive", "1.22.1") == ""


def test_a_sentence_fits_beside_its_label() -> None:
    """If this fails, the foot of the pane needs two rows on 80 columns."""
    assert all(len(text) <= 68 and not text.endswith(".") for text in (*OTHERS.values(), *UPSTREAM.values()))


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_every_name_is_one_that_nginx_or_a_common_module_has(name: str) -> None:
    """If this fails, a directive is misspelt in our words."""
    from crossplane import analyzer

    assert name in analyzer.DIRECTIVES or name in directives._NEWER or name in {"more_set_headers"}
