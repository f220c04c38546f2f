"""What is told of the nginx that this is about."""

from __future__ import annotations

from dataclasses import replace

from tests.builder import CONF, MASTER, Host, seen
from tui502.investigate import investigate
from tui502.report import as_text
from tui502.report.masters import notes


def test_a_lone_nginx_needs_no_word() -> None:
    incident = investigate(Host().evidence())
    assert list(notes(incident.evidence, incident.facts.nginx)) == []


def test_which_of_several_it_is() -> None:
    """If this fails, a person reads about one nginx and takes it for another."""
    evidence = Host().evidence()
    view = evidence.view.value
    assert view
    evidence = replace(evidence, other_masters=tuple(replace(view, pid=7000 + n) for n in range(7)))
    (note,) = notes(evidence, investigate(evidence).facts.nginx)
    assert note.startswith(f"8 nginx run here: this is the one with pid {MASTER}, {CONF}; ask for others with --pid 7000, ")
    assert note.endswith(" and 2 more")
    assert f"NGINX     8 nginx run here: this is the one with pid {MASTER}" in as_text.text(investigate(evidence))


def test_a_program_that_was_replaced() -> None:
    """If this fails, nobody knows that a reload does not run the new nginx."""
    evidence = Host().evidence()
    view = evidence.view.value
    assert view
    replaced = replace(evidence, view=seen(replace(view, exe="/usr/sbin/nginx (deleted)")))
    (note,) = notes(replaced, investigate(replaced).facts.nginx)
    assert note.startswith("/usr/sbin/nginx was replaced since nginx was started: a reload keeps the old program")
