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
    if nginx.test != "failed":
        return Opinion()
    where = nginx.test_where
    at = words.place(where) if where else neutral(nginx.test_said)
    finding = Finding(
        id=failing.finding_id(ID, nginx.test_said),
        cause=ID,
        certainty="proven",
        target=Target("", "", "", "", "", "", where),
        summary=words.fitted(f"nothing can be loaded: nginx -t fails at {at}" if where else f"nothing can be loaded: nginx -t fails: {at}"),
        clues=(_tested(evidence, nginx, nginx.test_said), *_lexed(facts)),
        outages=(),
        explains=(),
        fixes=_fixes(evidence, facts),
        decider=None,
    )
    return Opinion(findings=(finding,))


def blocked(evidence: Evidence, facts: Facts) -> Clue:
    """The clue for findings whose repair needs a reload while the test fails."""
    nginx = facts.nginx
    place = f"in {words.place(nginx.test_where)}" if nginx.test_where else "elsewhere"
    return _tested(evidence, nginx, f"nginx -t fails {place}, so no reload can work: {nginx.test_said}")


def _tested(evidence: Evidence, nginx: Nginx, text: str) -> Clue:
    seen = evidence.commands.get(keys.NGINX_T)
    return Clue("test", keys.NGINX_T, nginx.test_where, shorten(text, 300), seen.at if seen else None)


def _lexed(facts: Facts) -> Iterator[Clue]:
    """Where to look: nginx names the line at which it noticed the mistake, which is seldom the line in which it was made."""
    told = [each for each in facts.config.problems if each.kind in ("syntax", "name")]
    yield from (Clue("config", each.file, each.where, neutral(each.text), None) for each in told[:MOST_PLACES])
    at = facts.nginx.test_where
    for where in broken_file.unfinished(facts.config, at) if at else ():
        if where not in [each.where for each in told]:
            data = facts.config.files[where.file][where.start : where.end]
            yield Clue("config", where.file, where, f'";" is probably missing after "{shorten(neutral(b" ".join(data.split())), 60)}"', None)


def _fixes(evidence: Evidence, facts: Facts) -> tuple[Fix, ...]:
    """The safe repairs, the smaller first; advice where there is none."""
    mended, left_out = broken_file.semicolon(facts, ID) or broken_file.quotes(facts, ID), broken_file.unlink(evidence, facts, ID)
    if mended and left_out:
        return mended, replace(left_out, alternative_to=(mended.id,))
    return tuple(fix for fix in (mended, left_out) if fix) or (_advice(facts.nginx),)


def _advice(nginx: Nginx) -> Fix:
    where = nginx.test_where
    place = f"{neutral(posixpath.basename(where.file))} line {where.line}" if where else "what nginx -t names"
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"mend {place}",
            why=f"nginx -t says: {shorten(nginx.test_said, 160)}",
            risk="its author may not have finished; until it is mended nginx must not be restarted: it would not come back",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
