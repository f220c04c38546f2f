"""Who else has a file of the configuration open."""

from __future__ import annotations

from dataclasses import replace

from tests.builder import NOW, SITE, Host, seen
from tui502.model.evidence import Evidence, ProcessSeen
from tui502.read import keys
from tui502.read.editing import Editing, editing
from tui502.read.facts import read_facts
from tui502.read.plan import plan
from tui502.read.uses import words

SWAP = "/etc/nginx/sites-enabled/.app.swp"


def found(evidence: Evidence) -> tuple[Editing, ...]:
    return editing(evidence, read_facts(evidence).config)


def looked_at(evidence: Evidence, pid: int, *files: str) -> Evidence:
    more = ProcessSeen(pid, "ben", "pts/1", 0.0, 1 << 20, 5, 1024, files)
    return replace(evidence, details={keys.process_key(pid): seen(more)})


def test_an_editor_is_known_by_its_command_line() -> None:
    """If this fails, a reload takes over what a colleague has half written, and nobody was told that he is at it."""
    host = Host()
    host.process(501, "vim", cwd="/etc/nginx", argv=("vim", "+12", "sites-enabled/app"))
    assert found(host.evidence()) == (Editing(501, "vim", SITE, "", ""),)
    assert found(looked_at(host.evidence(), 501)) == (Editing(501, "vim", SITE, "ben", "pts/1"),)


def test_an_editor_is_known_by_what_it_holds() -> None:
    """An editor that was started without a file, or in a directory that may not be seen."""
    host = Host()
    host.process(501, "vim.basic", argv=("/usr/bin/vim.basic",))
    assert found(host.evidence()) == ()
    assert found(looked_at(host.evidence(), 501, SWAP)) == (Editing(501, "vim.basic", SITE, "ben", "pts/1"),)


def test_a_file_is_meant_whatever_link_leads_to_it() -> None:
    host = Host()
    host.process(501, "nano", argv=("nano", "/etc/nginx/sites-available/app"))
    evidence = host.evidence()
    site = evidence.files[SITE]
    assert site.value
    linked = replace(site, value=replace(site.value, real="/etc/nginx/sites-available/app"))
    assert [each.path for each in found(replace(evidence, files={**evidence.files, SITE: linked}))] == [SITE]


def test_what_is_no_editor_or_edits_something_else_is_no_news() -> None:
    host = Host()
    host.process(501, "vim", argv=("vim", "/home/ben/notes"))
    host.process(502, "less", argv=("less", SITE))
    host.process(503, "vimtutor", argv=("vimtutor", SITE))
    assert found(host.evidence()) == ()


def test_editors_and_what_serves_a_failing_peer_are_looked_at_closely() -> None:
    """If this fails, the tree says nothing of a backend that is out of files; or every process of a large host is looked at."""
    host = Host()
    host.process(501, "vim", argv=("vim", SITE))
    host.service("app.service", 1872, "127.0.0.1:3000")
    host.process(1900, "cron")
    host.fails(symptom="premature_close")
    closely = {look.key: look.args for look in plan(host.evidence()) if look.kind == "process"}
    assert set(closely) == {"process 501", "process 1872", "process 1204"}
    assert closely["process 501"] == ("501", repr(NOW - 3600))


def test_what_a_process_uses_is_told_in_coarse_figures() -> None:
    """If this fails, the tree is drawn anew all the time, or hides that a limit is reached."""

    def told(cpu: float, open_files: int | None, most: int | None) -> str:
        return words(ProcessSeen(1, "app", "", cpu, None, open_files, most, ()))

    assert told(0.004, 5, 1024) == ""
    assert (told(0.021, 5, 1024), told(0.0234, 5, 1024), told(1.96, 5, None)) == ("cpu 2 %", "cpu 2 %", "cpu 200 %")
    assert told(0.0, 1000, 1024) == "1000 of 1024 files open"
    assert told(0.0, None, 1024) == ""


def test_the_process_in_the_tree_tells_what_it_uses() -> None:
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:3000")
    evidence = host.evidence()
    busy = ProcessSeen(1872, "app", "", 0.9, 1 << 20, 5, 1024, ())
    nodes = read_facts(replace(evidence, details={keys.process_key(1872): seen(busy)})).nodes
    assert [node.why for node in nodes if node.kind == "process"] == ["cpu 90 %"]
