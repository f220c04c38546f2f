"""What is known of directives by their name agrees with a real nginx."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.real_nginx import wheel_nginx
from tui502.read.directives import about, arguments, default_of, words_of
from tui502.read.known import CHANGED, NEWER, ORDINARY, UPSTREAM, WORDS
from tui502.read.values import numbers

AROUND = {
    "http": "http {{ {} }}",
    "server": "http {{ server {{ listen 127.0.0.1:1; {} }} }}",
    "location": "http {{ server {{ listen 127.0.0.1:1; location / {{ {} }} }} }}",
    "upstream": "http {{ upstream u {{ server 127.0.0.1:1; {} }} }}",
    "if in location": "http {{ server {{ listen 127.0.0.1:1; location / {{ if ($uri) {{ {} }} }} }} }}",
    "stream": "stream {{ {} }}",
    "server of stream": "stream {{ server {{ listen 127.0.0.1:1; {} }} }}",
    "main": "{}",
}
VALUES = {"proxy_cookie_flags": "one secure", "pass": "127.0.0.1:2"}
TAKES = {"2 arguments": "Options -SessionTicket", "on or off": "on"}
ABSENT = ("http3", "quic", "mp4", "xml", "mail")
"""What a build may be without."""
CONTEXTS = sorted((name, context) for name, (contexts, _, _) in NEWER.items() for context in contexts if context in AROUND and not name.startswith(ABSENT))


def said_of(text: str, directory: Path) -> str:
    """What a new nginx says of a configuration."""
    conf = directory / "nginx.conf"
    conf.write_text(f"error_log {directory}/e; pid {directory}/p;\nevents {{}}\n{text}\n")
    argv = [wheel_nginx(), "-t", "-p", f"{directory}/", "-c", str(conf), "-e", str(directory / "e")]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize(("name", "context"), CONTEXTS)
def test_where_newer_directives_may_stand_is_what_nginx_takes(name: str, context: str, tmp_path: Path) -> None:
    """If this fails, the pane names a block in which nginx refuses the directive, or nginx has no such directive."""
    version = subprocess.run([wheel_nginx(), "-v"], capture_output=True, text=True, check=False).stderr.strip().rpartition("/")[2]
    if numbers(version) < numbers(NEWER[name][2]):
        pytest.skip("this nginx is older than the directive")
    value = VALUES.get(name, TAKES.get(NEWER[name][1], "10s"))
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
    assert about("server", "upstream") != about("server", "http")
    assert words_of("tunnel_read_timeout") == words_of("proxy_read_timeout")


def test_defaults_of_what_is_not_about_backends() -> None:
    """If this fails, the pane shows a default of another nginx, or of another block."""
    assert [default_of(name, "1.22.1") for name in ("client_max_body_size", "client_header_timeout", "worker_connections", "daemon", "gzip")] == [
        "1m", "60s", "512", "on", "off",
    ]  # fmt: skip
    assert [default_of("keepalive_timeout", "1.22.1", block) for block in ("http", "upstream")] == ["75s", "60s"]
    assert [default_of("keepalive_requests", version) for version in ("1.18.0", "1.19.10")] == ["100", "1000"]
    assert [default_of("keepalive", version) for version in ("1.29.6", "1.29.7")] == ["", "32 local"]
    assert [default_of("ssl_protocols", version) for version in ("1.22.1", "1.27.3")] == ["TLSv1 TLSv1.1 TLSv1.2", "TLSv1.2 TLSv1.3"]
    assert default_of("no_such_directive", "1.22.1") == ""


def test_a_sentence_fits_beside_its_label() -> None:
    """If this fails, the foot of the pane needs two rows on 80 columns."""
    assert all(len(text) <= 68 and not text.endswith(".") for text in (*WORDS.values(), *UPSTREAM.values()))


@pytest.mark.parametrize("name", sorted({*WORDS, *ORDINARY, *CHANGED}))
def test_every_name_is_one_that_nginx_or_a_common_module_has(name: str) -> None:
    """If this fails, a directive is misspelt in our words."""
    from crossplane import analyzer

    assert name in analyzer.DIRECTIVES or name in NEWER or name in {"more_set_headers"} or name.startswith("http2_")


@pytest.mark.parametrize(
    ("counts", "least", "words"),
    [
        ((), None, "no argument"), ((0, 1), None, "at most 1 argument"), ((1, 2), None, "1 or 2 arguments"), ((1, 2, 3, 4), None, "1 to 4 arguments"),
        ((1, 3, 4), None, "1, 3 or 4 arguments"), ((), 0, "any number of arguments"), ((1,), 1, "1 or more arguments"), ((1,), 2, "1 or more arguments"),
        ((0,), 2, "no argument, or 2 or more arguments"),
    ],
)  # fmt: skip
def test_numbers_of_arguments_read_well(counts: tuple[int, ...], least: int | None, words: str) -> None:
    """If this fails, the page of a directive says "1 or more arguments or 1 argument"."""
    assert arguments(counts, least) == words


def test_what_several_modules_allow_is_said_once() -> None:
    """If this fails, a directive that http and stream have is said to take two different things where one is enough."""
    takes = {name: found.takes for name in ("server_name", "keepalive_timeout", "proxy_next_upstream", "server") if (found := about(name))}
    assert takes == {
        "server_name": "1 or more arguments", "keepalive_timeout": "1 or 2 arguments", "proxy_next_upstream": "1 or more arguments",
        "server": "no argument and a block, or 1 or more arguments",
    }  # fmt: skip
