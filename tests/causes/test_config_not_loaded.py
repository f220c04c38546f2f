"""config_not_loaded: the disk is right and nginx runs something else; told from the same line with another cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import APP, MAIN, NOW, WORKER, Host, moved, seen
from tui502.causes import config_not_loaded
from tui502.investigate import investigate
from tui502.model.findings import Incident
from tui502.report import site

SITE, MAIN_FILE = "/etc/nginx/sites-enabled/app", "/etc/nginx/nginx.conf"
NEW = APP.replace("3000", "3001")


def mended(*, exact: bool = True, disk: str = NEW, running: str = APP) -> Host:
    """The application is on 3001, the file says so since 03:05, nginx dials 3000."""
    host = Host(sites={"app": disk})
    host.service("app.service", 1872, "127.0.0.1:3001", started=NOW - 718)
    host.fails()
    host.connect("127.0.0.1:3001", "connected")
    host.ask("127.0.0.1:3001", 200)
    host.connect("127.0.0.1:3000", "refused")
    host.replay(502)
    host.changed[SITE] = NOW - 547
    if exact:
        host.in_memory = {MAIN_FILE: MAIN.encode(), SITE: running.encode()}
    return host


def causes(found: Incident) -> list[str]:
    return [finding.cause for finding in found.findings]


def test_the_running_text_proves_it():
    found = investigate(mended().evidence())
    (finding,) = found.findings
    assert (finding.cause, finding.certainty) == ("config_not_loaded", "proven")
    assert finding.summary == "app.example.com was mended on disk at 03:05:00, but nginx has not loaded it"
    (fix,) = finding.fixes
    assert (fix.kind, fix.reload, fix.edits, fix.commands, fix.peer) == ("config", True, (), (), "127.0.0.1:3001")
    assert "-    server 127.0.0.1:3000;\n+    server 127.0.0.1:3001;" in fix.diff
    assert any("127.0.0.1:3000" in clue.text for clue in finding.clues)
    assert (found.verdict, site.word(found)) == ("cause_found", "DOWN")
    assert finding.target.where is not None
    assert finding.target.where.file == SITE


def test_the_tree_shows_what_is_dialled_and_what_is_not_loaded():
    """What counts for the state of the site is what nginx dials."""
    nodes = investigate(mended().evidence()).facts.nodes
    peers = {node.label: (node.state, node.why) for node in nodes if node.kind == "peer"}
    assert peers["127.0.0.1:3000"] == ("DOWN", "refused; still dialled, not on disk")
    assert peers["127.0.0.1:3001"][1].endswith("on disk, not loaded")
    assert next(node.state for node in nodes if node.kind == "server") == "DOWN"


def test_without_the_running_text_the_times_make_it_likely():
    (finding,) = investigate(mended(exact=False).evidence()).findings
    assert (finding.cause, finding.certainty) == ("config_not_loaded", "likely")
    assert finding.fixes[0].diff == ""


def test_a_group_renamed_on_disk_is_the_same_place():
    disk = NEW.replace("upstream app", "upstream web").replace("http://app", "http://web")
    assert causes(investigate(mended(disk=disk).evidence())) == ["config_not_loaded"]


@pytest.mark.parametrize("exact", [True, False])
def test_the_new_address_that_answers_nobody_is_no_cure(exact: bool):
    host = mended(exact=exact)
    host.connect("127.0.0.1:3001", "refused", ago=0.1)
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.startswith("http")}
    host.listeners.clear()
    assert config_not_loaded.ID not in causes(investigate(host.evidence()))


def test_a_difference_elsewhere_is_not_this_cause():
    """The same line; the disk differs in a comment, and nginx dials what stands on disk."""
    host = moved()
    host.in_memory = {MAIN_FILE: MAIN.encode(), SITE: APP.replace("# node", "# the node").encode()}
    host.changed[SITE] = NOW - 547
    assert causes(investigate(host.evidence())) == ["wrong_port"]


def test_a_running_text_that_is_that_on_disk_rules_it_out():
    host = moved()
    host.in_memory = {MAIN_FILE: MAIN.encode(), SITE: APP.encode()}
    found = investigate(host.evidence())
    assert causes(found) == ["wrong_port"]
    assert "config_not_loaded" in [item.cause for item in found.ruled_out]


def test_an_old_file_was_loaded():
    """All workers started together since the file was changed, as after a reload: an address that it does not name comes from elsewhere."""
    host = mended(exact=False)
    host.changed = dict.fromkeys(host.changed, NOW - 85000)
    evidence = host.evidence()
    worker = evidence.processes.value[-1]
    both = replace(evidence, processes=seen((*evidence.processes.value, replace(worker, pid=worker.pid + 1))))
    assert config_not_loaded.ID not in causes(investigate(both))


def test_a_worker_in_the_place_of_one_that_crashed_runs_the_older_text():
    """It is younger than the file, and dials what no file names."""
    host = mended(exact=False)
    host.changed = dict.fromkeys(host.changed, NOW - 85000)
    (found,) = (each for each in investigate(host.evidence()).findings if each.cause == config_not_loaded.ID)
    assert found.certainty == "likely"
    assert any("in the place of one that ended" in clue.text for clue in found.clues)


def test_lines_of_workers_that_are_gone_do_not_count():
    """After a reload that took, the log still tells of the old address."""
    host = mended(exact=False)
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.startswith("replay")}
    gone = [replace(tally, samples=tuple(raw.replace(b"%d#" % WORKER, b"9#") for raw in tally.samples)) for tally in host.tallies]
    host.tallies = gone
    assert config_not_loaded.ID not in causes(investigate(host.evidence()))


def test_an_answer_that_was_not_seen_proves_nothing():
    host = mended()
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if ":3001" not in key}
    assert config_not_loaded.ID not in causes(investigate(host.evidence()))


def test_a_failing_test_blocks_it_and_is_said():
    host = mended()
    host.sites["blog"] = "server {\n    listen 80;\n    server_name blog.example.org;\n    root /srv/blog\n}\n"
    host.test, host.test_code = b'nginx: [emerg] unexpected "}" in /etc/nginx/sites-enabled/blog:5\n', 1
    found = investigate(host.evidence())
    assert causes(found) == ["config_not_loaded", "config_invalid"]
    (fix,) = found.findings[0].fixes
    assert (fix.reload, [edit.new for edit in fix.edits]) == (True, [b";"])
