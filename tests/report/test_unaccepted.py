"""What is said of a test by nginx that came to no verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import Host
from tui502.model.evidence import Gap, Seen
from tui502.read import keys
from tui502.read.facts import read_facts
from tui502.report.unaccepted import unaccepted

DENIED = b'nginx: [emerg] open() "/etc/nginx/sites-enabled/app" failed (13: Permission denied) in /etc/nginx/nginx.conf:7\n'


@pytest.mark.parametrize(
    ("code", "err", "euid", "told"),
    [
        (-11, b"", 0, "nginx -t crashed (signal 11)"),
        (-9, b"", 0, "nginx -t was ended (by signal 9)"),
        (124, b"", 0, "nginx -t came to no end within 20 s"),
        (3, b"", 0, "nginx -t ended with 3 and said nothing of the configuration"),
        (1, DENIED, 1000, f"nginx -t could not read everything: {DENIED.decode().strip().removeprefix('nginx: [emerg] ')}"),
    ],
)
def test_a_test_that_was_run_is_not_told_to_be_not_run(code: int, err: bytes, euid: int, told: str) -> None:
    """If this fails, a person looks for why the test was not started, while nginx crashes on the configuration."""
    evidence = Host(test=err, test_code=code, euid=euid).evidence()
    test = evidence.commands[keys.NGINX_T]
    (problem,) = unaccepted(read_facts(replace(evidence, commands={**evidence.commands, keys.NGINX_T: replace(test, took=20.02)})))
    assert problem.text == told


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (Gap("nginx -t", "denied", "sudo nginx -t"), "nginx -t was not run: the right is missing (by hand: sudo nginx -t)"),
        (Gap("nginx -t", "not_asked", "run it without --no-probe"), "nginx -t was not run: run it without --no-probe"),
        (Gap("nginx -t: it would write", "not_asked", "sudo nginx -t"), "nginx -t was not run: it would write (sudo nginx -t)"),
        (None, "nginx -t was not run"),
    ],
)
def test_why_it_was_not_run(gap: Gap | None, told: str) -> None:
    evidence = Host().evidence()
    commands = {key: one for key, one in evidence.commands.items() if key != keys.NGINX_T}
    more = {keys.NGINX_T: Seen(1.0, 0.0, None, gap)} if gap else {}
    (problem,) = unaccepted(read_facts(replace(evidence, commands={**commands, **more})))
    assert problem.text == told
