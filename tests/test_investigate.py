"""The page that joins it all: order, verdict, gaps, and re-use that must never change the result."""

from dataclasses import replace

import pytest

from tests.builder import ACCESS, ERRORS, NOW, Host, moved, seen, stopped, without
from tui502.investigate import investigate
from tui502.model.evidence import FileSeen, Gap, Seen
from tui502.read import keys


def two_outages() -> Host:
    host = moved()
    host.sites["shop"] = "server { listen 80; server_name shop.example.com; location / { proxy_pass http://127.0.0.1:8001; } }\n"
    host.unit("shop.service", "inactive", Environment="HOST=127.0.0.1 PORT=8001")
    host.fails("127.0.0.1:8001", server="shop.example.com", host="shop.example.com", count=900)
    host.connect("127.0.0.1:8001", "refused")
    return host


def test_most_damage_stands_first():
    found = investigate(two_outages().evidence())
    assert [finding.cause for finding in found.findings] == ["backend_stopped", "wrong_port"]


def test_echo_of_a_dead_group_belongs_to_its_finding():
    host = moved()
    host.sites["app"] = host.sites["app"].replace("server 127.0.0.1:3000;", "server 127.0.0.1:3000;\n    server 127.0.0.1:3009;")
    host.connect("127.0.0.1:3009", "refused")
    host.fails("app", symptom="no_live_upstream", count=5000)
    found = investigate(host.evidence())
    assert found.findings[0].outages == ("no_live_upstream app app.example.com", "connection_refused 127.0.0.1:3000 app.example.com")


@pytest.mark.parametrize(("host", "verdict"), [(moved(), "cause_found"), (stopped(), "cause_found")])
def test_verdict(host, verdict):
    assert investigate(host.evidence()).verdict == verdict


def test_unknown_cause_is_undecided():
    host = Host()
    host.fails(symptom="premature_close")
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected")
    found = investigate(host.evidence())
    assert (found.verdict, found.findings) == ("undecided", ())


@pytest.mark.parametrize("make", [moved, stopped, two_outages, Host])
def test_result_with_before_equals_the_fresh_one(make):
    """A flip re-uses what did not change; what it says must be what a fresh look says."""
    host = make()
    first = host.evidence()
    before = investigate(first)
    changes = [
        {"exchanges": {key: value for key, value in first.exchanges.items() if not key.startswith("connect")}},
        {"taken_at": NOW + 2000},
        {"listeners": seen(())},
        {"files": {path: value for path, value in first.files.items() if not path.endswith("app")}},
        {"commands": {**first.commands, keys.SYSTEMD_SHOW: Seen(NOW, 0.0, None, Gap("systemctl", "timeout", ""))}},
        {"logs": {}},
        {"running": seen({})},
    ]
    for change in changes:
        evidence = replace(first, **change)
        reused, fresh = investigate(evidence, before), investigate(replace(first, **change))
        assert (reused.facts, reused.verdict, reused.findings, reused.ruled_out, reused.gaps) == (
            fresh.facts, fresh.verdict, fresh.findings, fresh.ruled_out, fresh.gaps,
        )  # fmt: skip
        before = reused


def test_unchanged_parts_stay_the_same_objects():
    """What the screen compares by identity must not be redrawn."""
    first = moved().evidence()
    before = investigate(first)
    after = investigate(replace(first, exchanges=dict(first.exchanges)), before)
    assert after.facts.config is before.facts.config
    assert after.facts.routes is before.facts.routes
    assert after.facts.units is before.facts.units
    assert after.findings[0] is before.findings[0]
    assert investigate(first, before) is before


def test_gaps_are_collected_once_with_their_hints():
    evidence = without(without(moved().evidence(), ERRORS), "listeners")
    gaps = {gap.source: gap for gap in investigate(evidence).gaps}
    assert gaps[ERRORS].hint == f"closes {ERRORS}"
    assert "listeners" in gaps


def test_absent_tools_are_no_gap_but_an_absent_log_is():
    evidence = without(without(moved().evidence(), keys.SYSTEMD_SHOW, "absent"), ACCESS, "absent")
    assert {gap.source for gap in investigate(evidence).gaps if gap.why == "absent"} == {ACCESS}


def test_hostile_gap_is_neutral():
    evidence = moved().evidence()
    evidence.files["/x"] = Seen(NOW, 0.0, None, Gap("/etc/\x1b[2J", "denied", "cat \x07"))
    assert not any("\x1b" in gap.source or "\x07" in gap.hint for gap in investigate(evidence).gaps)


@pytest.mark.parametrize(
    ("kind", "size", "gap"),
    [("device", 0, "a device"), ("fifo", 0, "a FIFO"), ("dir", 4096, "a directory"), ("file", 2 << 30, "2147483648 bytes"), ("null", 0, "")],
)
def test_an_include_that_holds_no_text_is_a_gap(kind: str, size: int, gap: str) -> None:
    """If this fails, a part of the configuration was not read and nobody is told. What was switched off by a link to /dev/null is meant so."""
    host = Host()
    host.sites["b"] = ""
    path = "/etc/nginx/sites-enabled/b"
    real, kind = ("/dev/null", "device") if kind == "null" else (path, kind)
    odd = FileSeen(real, b"", size > 1 << 20, kind, 0o644, 0, 0, 1, 1, 1, size, 0, 0)
    evidence = host.evidence()
    found = investigate(replace(evidence, files={**evidence.files, path: seen(odd)}))
    assert [each for each in found.gaps if "sites-enabled" in each.source] == ([Gap(f"{path} ({gap})", "unreadable", "")] if gap else [])
