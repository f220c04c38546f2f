"""What nginx does not accept about the configuration, beyond what its text alone tells."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.config import Problem
from tui502.model.facts import Facts
from tui502.read.directives import about
from tui502.read.mistake import missing_words
from tui502.read.nginx_conf import missing_semicolon
from tui502.text import neutral


def unaccepted(facts: Facts) -> tuple[Problem, ...]:
    """Problems of the kind "test", what `nginx -t` says with the place to look at first (or why there is no verdict), and "semicolon", where one is perhaps
    missing. None where nginx accepts all."""
    if facts.nginx.test == "ok":
        return ()
    said = tuple(_said(facts))
    places = [each.where for each in said]
    return (*said, *(each for each in _semicolons(facts) if each.where not in places))


def _said(facts: Facts) -> Iterator[Problem]:
    nginx, where = facts.nginx, facts.nginx.test_where
    file = where.file if where else facts.config.main
    if nginx.test != "failed":
        yield Problem("test", file, where, nginx.test_said or "nginx -t was not run")
        return
    known = any(each.where == where for each in facts.config.problems)
    why = f"{nginx.test_why}; " if nginx.test_why and not known else ""
    yield Problem("test", file, where, f"{why}nginx -t says: {nginx.test_said}", nginx.test_named.line if nginx.test_named else 0)


def _semicolons(facts: Facts) -> Iterator[Problem]:
    """Directives that go on over a line which begins as another one does. Arguments may be written so: it is a guess."""
    for directive in facts.config.walk():
        where = None if directive.data else missing_semicolon(directive)
        if where is None:
            continue
        following = neutral(facts.config.files[where.file][where.end :].split(None, 1)[0])
        if about(following):
            yield Problem("semicolon", where.file, where, f'{missing_words(facts.config, where)}: the next line begins with "{following}", a directive')
