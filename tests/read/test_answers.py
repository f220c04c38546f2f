"""Whose the answers are that an access log counts, where only the writer of the log tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import NOW, Host, log, seen, tally
from tests.read.test_effective import NGINX, config
from tui502.model.config import Config
from tui502.read.answers import answers
from tui502.read.effective import log_targets

TWO = "http { access_log /every.log; server { server_name a.example; FIRST } server { server_name b.example; SECOND } }"


def server_of(read: Config, path: str, prefix: str = "/srv/nginx") -> str:
    """Whose the answers in that log are said to be."""
    logs = log_targets(read, replace(NGINX, prefix=prefix))
    key = next(target.key for target in logs if target.path == path)
    counted = log(path, [tally("502", "", "", 5, NOW - 9, NOW, ())], ())
    (answer,) = answers(replace(Host().evidence(), logs={key: seen(counted)}), read, logs)
    return answer.server


@pytest.mark.parametrize(
    ("first", "second", "path", "server"),
    [
        ("access_log /a.log;", "access_log /b.log;", "/a.log", "a.example"),
        ("access_log /a.log;", "access_log /b.log;", "/b.log", "b.example"),
        ("access_log /a.log;", "access_log /a.log;", "/a.log", ""),
        ("access_log logs/a.log;", "access_log /srv/nginx/logs/a.log;", "/srv/nginx/logs/a.log", ""),
        ("access_log /a.log;", "location / { access_log /a.log; }", "/a.log", ""),
        ("access_log /a.log;", "access_log /a.log other;", "/a.log", ""),
        ("access_log /a.log;", "", "/every.log", "b.example"),
        ("", "", "/every.log", ""),
        ("access_log /every.log;", "", "/every.log", ""),
    ],
)
def test_a_log_that_several_write_is_nobodys(first: str, second: str, path: str, server: str) -> None:
    """If this fails, the failures of one site are counted as those of another that writes into the same log."""
    assert server_of(config(TWO.replace("FIRST", first).replace("SECOND", second)), path) == server


def test_who_writes_a_log_is_read_anew_where_logs_are_others() -> None:
    """If this fails, what a log counts is nobody's once nginx was started with another prefix."""
    read = config(TWO.replace("FIRST", "access_log a.log;").replace("SECOND", ""))
    assert server_of(read, "/one/a.log", "/one") == "a.example"
    assert server_of(read, "/two/a.log", "/two") == "a.example"
