"""What was not seen, in the text of `diagnose`."""

from __future__ import annotations

from dataclasses import replace

from tests.builder import Host
from tui502.investigate import investigate
from tui502.model.evidence import Gap
from tui502.report import as_text


def _rows(*gaps: Gap) -> str:
    text = as_text.text(replace(investigate(Host().evidence()), gaps=gaps))
    return " ".join(line.strip() for line in text[text.index("NOT SEEN") :].split("\n"))


def test_a_command_is_never_cut() -> None:
    """If this fails, a person copies half a command at night."""
    command = "sudo nsenter --target 4711 --all --root /usr/sbin/nginx -t -c /etc/nginx/nginx.conf -p /usr/share/nginx -g 'daemon off; pid /run/web/nginx.pid;'"
    one, two = Gap("nginx -t", "denied", command), Gap("/var/log/nginx/shop/error.log", "denied", "sudo tui502")
    assert _rows(one, two, two) == f"NOT SEEN  nginx -t denied ({command}) · 2 more"
    assert "more" not in _rows(two, two)
    assert _rows(replace(one, hint=command * 3)).endswith(")")
