"""JSON, text and Markdown: the contract other people's scripts rely on, and what is handed to other people."""

import json
from dataclasses import replace

import pytest

from tests.builder import Host, moved, stopped
from tests.causes.test_good_news import healthy, recovered
from tests.causes.test_nginx_itself import broken
from tests.report.changes import ended
from tui502.investigate import investigate
from tui502.model.evidence import Gap
from tui502.report import as_json, as_markdown, as_text
from tui502.report.verdict import head

TEXT, NUMBER = str, (int, float)
FINDING = {
    "id": TEXT, "cause": TEXT, "certainty": TEXT, "summary": TEXT, "since": (str, type(None)), "failing_share": (float, type(None)),
    "failures_per_minute": NUMBER, "target": dict, "clues": list, "explains": list, "decider": (str, type(None)), "fixes": list,
    "answers": list,
}  # fmt: skip
FIX = {"id": TEXT, "title": TEXT, "why": TEXT, "risk": TEXT, "kind": TEXT, "diff": TEXT, "creates": list, "commands": list, "alternative_to": list}
TOP = {
    "schema": int, "tui502": TEXT, "host": TEXT, "taken_at": TEXT, "elapsed_ms": int, "verdict": TEXT, "nginx": dict, "other_masters": list, "findings": list,
    "ruled_out": list, "gaps": list, "asked": (dict, type(None)), "editing": list,
}  # fmt: skip
NGINX = {"running": bool, "pid": int, "version": TEXT, "conf": TEXT, "test": TEXT, "running_config": TEXT, "running_config_why": TEXT}
MAKES = [moved, stopped, healthy, recovered, lambda: broken(moved()), lambda: Host(running=False), Host]


def has(document: dict, shape: dict) -> None:
    assert list(document) == list(shape)
    for name, kind in shape.items():
        assert isinstance(document[name], kind), name


@pytest.mark.parametrize("make", MAKES)
def test_contract_of_the_json(make):
    document = json.loads(as_json.document_text(investigate(make().evidence()), 123))
    has(document, TOP)
    has(document["nginx"], NGINX)
    assert document["schema"] == 1
    assert document["taken_at"] == "2026-11-22T02:14:07Z"
    for finding in document["findings"]:
        has(finding, FINDING)
        assert list(finding["target"]) == ["server", "listen", "location", "pass", "upstream", "peer"]
        for clue in finding["clues"]:
            assert list(clue) == ["source", "path", "line", "text", "at", "side"]
        for fix in finding["fixes"]:
            has(fix, FIX)


def test_json_of_a_command_fix():
    document = as_json.document(investigate(stopped().evidence()), 1)
    (fix,) = document["findings"][0]["fixes"]
    assert (fix["kind"], fix["commands"], fix["diff"]) == ("command", [["systemctl", "start", "app.service"]], "")


def test_json_names_the_proof():
    said = json.dumps(as_json.document(investigate(moved().evidence()), 1)["findings"][0])
    assert "127.0.0.1:3001" in said
    assert "app.service" in said


def hostile() -> Host:
    host = moved()
    host.sites["app"] = host.sites["app"].replace("# node, app.service", "# \x1b]0;x\x07 \x1b[2J password=hunter2")
    return host


@pytest.mark.parametrize("words", [lambda i: as_json.document_text(i, 1), as_text.text, as_markdown.report])
def test_nothing_said_can_steer_a_terminal(words):
    said = words(investigate(replace(hostile().evidence(), host="web\x1b[31m")))
    assert "\x1b" not in said
    assert "\x07" not in said
    assert "hunter2" not in said


@pytest.mark.parametrize("make", MAKES)
def test_text_fits_a_screen(make):
    lines = as_text.text(investigate(make().evidence())).split("\n")
    assert len(lines) <= 23
    assert all(len(line) <= 90 for line in lines)


def test_text_reads_verdict_proof_fix():
    lines = as_text.text(investigate(moved().evidence())).split("\n")
    words = [line.split()[0] for line in lines if line and not line.startswith(" ")]
    assert words[:4] == ["DOWN", "SINCE", "PROVEN", "FIX"]
    assert any(line.strip() == "+    server 127.0.0.1:3001;" for line in lines)


def two_sites() -> Host:
    """bagel is stopped and named, other fails in a way that no cause fits."""
    host = stopped()
    host.sites["other"] = "server { listen 80; server_name other.example.com; location / { proxy_pass http://127.0.0.1:4000; } }\n"
    host.fails("127.0.0.1:4000", symptom="premature_close", server="other.example.com", host="other.example.com", uri="/x")
    host.connect("127.0.0.1:4000", "connected")
    return host


def test_another_failing_site_is_not_hidden():
    """Its visitors get 502 while the text speaks of the first site only."""
    incident = investigate(two_sites().evidence())
    assert incident.verdict == "cause_found"
    lines = [line for line in as_text.text(incident).split("\n") if line.startswith("ALSO")]
    assert lines == ["ALSO      other.example.com fails, no cause named"]
    assert "other.example.com fails too" in head(incident, None, None, None, 120).since


def test_what_is_named_beside_an_unnamed_failure_stands_apart():
    """Otherwise the advice for a broken file reads as the answer to why the site fails."""
    host = broken(Host())
    host.fails(symptom="premature_close")
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.connect("127.0.0.1:3000", "connected")
    incident = investigate(host.evidence())
    assert (incident.verdict, incident.findings[0].cause) == ("undecided", "config_invalid")
    lines = as_text.text(incident).split("\n")
    words = [line.split()[0] for line in lines if line and not line.startswith(" ")]
    assert words[:4] == ["DEGRADED", "SINCE", "UNDECIDED", "ALSO"]
    assert words[4] in ("ADVICE", "FIX")


def test_a_secret_in_the_hint_of_a_gap_is_masked():
    """If this fails, a document that is handed over holds the token of a request that could not be repeated."""
    gap = Gap("request", "not_asked", "curl http://app.example.com/cart?token=s3cr3tvalue")
    found = replace(investigate(moved().evidence()), gaps=(gap,))
    assert "app.example.com/cart" in json.dumps(as_json.document(found, 1))
    assert "s3cr3tvalue" not in json.dumps(as_json.document(found, 1))


def test_a_manager_of_somebody_else_is_no_news_where_the_cause_is_proven():
    gap = Gap("supervisord 900 of user 1000 (/home/x/s.conf)", "denied", "sudo -u '#1000' tui502")
    proven = replace(investigate(moved().evidence()), gaps=(gap,))
    proven = replace(proven, findings=tuple(replace(finding, certainty="proven") for finding in proven.findings))
    assert "NOT SEEN" not in as_text.text(proven)
    assert gap.source in json.dumps(as_json.document(proven, 1))
    likely = replace(proven, findings=tuple(replace(finding, certainty="likely") for finding in proven.findings))
    assert "NOT SEEN" in as_text.text(likely)


def test_markdown_tells_the_story():
    incident = investigate(moved().evidence())
    said = as_markdown.report(incident, (ended(incident, "VERIFIED").receipt,))
    for part in ("# DOWN", "## Time line", "## wrong_port", "## What was done", "- VERIFIED", "## Ruled out", "## Not seen"):
        assert part in said
    assert "+    server 127.0.0.1:3001;" in said


def test_markdown_of_a_host_cannot_be_taken_for_markup():
    assert as_markdown.escaped("<b>*x*[y](z)`") == "\\<b\\>\\*x\\*\\[y\\](z)\\`"
