"""`nginx -t` fails: no reload can work, and nginx would not start again.

**What happens.** A file of the configuration has a mistake, or names something that is not there (a certificate, a host). nginx goes on with what it loaded
last; every reload is refused, so that no repair elsewhere can be loaded either.

**How it shows.** `nginx -t` names a message and mostly a file and line. While nginx runs, clients see nothing of it.

**What tells it from its neighbours.** It is found by testing, never guessed. A test that stopped for want of our own rights says nothing about the
configuration. A reload that fails although the test passes is `reload_refused`.

**What mends it.** That line, by whoever wrote it: it may be half finished. A missing `;` can be put in, and quotes around a regular expression
whose braces nginx takes for a block; the link of a site that nginx never loaded can be removed (its file stays), which frees the others. A repair elsewhere
that waits for a reload is offered together with it. Never restart nginx meanwhile: it would not come back.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from tui502.causes import broken_file, failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Nginx, Target
from tui502.model.findings import Clue, Finding, Fix, RuledOut
from tui502.read import keys
from tui502.text import neutral, shorten

ID = "config_invalid"

MOST_PLACES = 3
"""Places to look at that are told; nginx itself stops at the first."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    nginx = facts.nginx
    if nginx.test == "ok":
        return Opinion(ruled_out=(RuledOut(ID, "nginx -t is successful", (_tested(evidence, nginx, "nginx -t is ok"),)),))
    if not nginx.refuses:
        return Opinion()
    finding = Finding(
        id=failing.finding_id(ID, nginx.test_said),
        cause=ID,
        certainty="proven",
        target=Target("", "", "", "", "", "", nginx.test_where),
        summary=words.fitted(f"nothing can be loaded: {_fails(nginx)}"),
        clues=(_tested(evidence, nginx, nginx.test_said), *_lexed(facts)),
        outages=(),
        explains=(),
        fixes=_fixes(evidence, facts),
        decider=None,
    )
    return Opinion(findings=(finding,))


def _fails(nginx: Nginx) -> str:
    where = nginx.test_where
    if nginx.trap:
        return f"{nginx.test_said.removeprefix('nginx -t was not run: ')}{f' ({words.place(where)})' if where else ''}"
    if where is None:
        return f"nginx -t fails: {nginx.test_said}"
    return f"nginx -t fails at {words.place(where)}{_names(nginx)}"


def _names(nginx: Nginx) -> str:
    """ " (it names line 9)", where that is not the line to look at."""
    named, where = nginx.test_named, nginx.test_where
    return f" (it names line {named.line})" if named and where and named.line != where.line else ""


def blocked(evidence: Evidence, facts: Facts) -> Clue:
    """The clue for findings whose repair needs a reload while the test fails."""
    nginx = facts.nginx
    place = f"in {words.place(nginx.test_where)}" if nginx.test_where else "elsewhere"
    fails = f"nginx -t fails {place}" if not nginx.trap else f"nginx would {nginx.trap} on what is included {place}"
    return _tested(evidence, nginx, f"{fails}, so no reload can work: {nginx.test_said}")


def _tested(evidence: Evidence, nginx: Nginx, text: str) -> Clue:
    seen = evidence.commands.get(keys.NGINX_T)
    return Clue("test", keys.NGINX_T, nginx.test_named or nginx.test_where, shorten(text, 300), seen.at if seen else None)


def _lexed(facts: Facts) -> Iterator[Clue]:
    """Where to look: nginx names the line at which it noticed the mistake, which is seldom the line in which it was made."""
    told = [each for each in facts.config.problems if each.kind in ("syntax", "name")]
    yield from (Clue("config", each.file, each.where, neutral(each.text), None) for each in told[:MOST_PLACES])
    nginx = facts.nginx
    if nginx.test_why and nginx.test_where and nginx.test_where not in [each.where for each in told]:
        yield Clue("config", nginx.test_where.file, nginx.test_where, neutral(nginx.test_why), None)


def _fixes(evidence: Evidence, facts: Facts) -> tuple[Fix, ...]:
    """The safe repairs, the smaller first; advice where there is none."""
    mended, left_out = broken_file.semicolon(facts, ID) or broken_file.quotes(facts, ID), broken_file.unlink(evidence, facts, ID)
    if mended and left_out:
        return mended, replace(left_out, alternative_to=(mended.id,))
    return tuple(fix for fix in (mended, left_out) if fix) or (_advice(facts.nginx),)


def _advice(nginx: Nginx) -> Fix:
    where = nginx.test_where
    place = f"{neutral(posixpath.basename(where.file))} line {where.line}" if where else "what nginx -t names"
    said = nginx.test_said if nginx.trap else f"nginx -t says: {nginx.test_said}"
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"mend {place}{f' (nginx names line {nginx.test_named.line})' if nginx.test_named and _names(nginx) else ''}",
            why="; ".join(shorten(neutral(text), 160) for text in (nginx.test_why, said) if text),
            risk=f"its author may not have finished; until then nginx must not be {'reloaded or ' if nginx.trap else ''}restarted: it would not come back",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
