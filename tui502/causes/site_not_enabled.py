"""The file that is meant to answer is in no include, so that another server answers.

**What happens.** A site was written where sites are kept, and never enabled: nothing in `sites-enabled` leads to it, or its name does not end as the include
wants it (`*.conf`). nginx has never read it; requests for its name go to the default server of the address.

**How it shows.** Another site, a welcome page, a 404, or the failure of the default server's backend. `nginx -t` is fine.

**What tells it from its neighbours.** No server that nginx runs has the name, and a file among the sites that are not loaded has. Where a loaded one has it and
does not get the request, it is `server_shadowed`; where the file is loaded on disk and nginx has not read it yet, a reload is all that is missing.

**What mends it.** The link (or the right ending), then a test and a reload. It may have been disabled on purpose: ask before. Nothing of it is done here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tui502.causes import astray, doubts, failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Certainty, Clue, Finding, Fix
from tui502.read.landed import Landing, landings
from tui502.read.layout import link_name
from tui502.read.routing.listens import sockets
from tui502.read.unreached import Unreached, naming
from tui502.text import neutral

ID = "site_not_enabled"


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found: dict[str, Finding] = {}
    for landing in landings(evidence, facts) if facts.nginx.running else ():
        files = [each for each in naming(evidence, facts, landing.host) if _listens(each, landing)] if landing.by_default and landing.meant is None else []
        if files:
            finding = _finding(evidence, facts, landing, files)
            found.setdefault(finding.id, finding)
    return Opinion(tuple(found.values()))


def _listens(file: Unreached, landing: Landing) -> bool:
    """Would it take part where the request comes in?"""
    return any(one.first <= landing.request.port <= one.last for one in sockets(file.server))


def _finding(evidence: Evidence, facts: Facts, landing: Landing, files: list[Unreached]) -> Finding:
    site, first = neutral(landing.host), files[0]
    doubt = tuple(_against(evidence, facts, landing, files))
    certainty: Certainty = "possible" if len({each.oddity.what for each in files}) > 1 else "likely" if doubt else "proven"
    return Finding(
        id=failing.finding_id(ID, site, first.oddity.what),
        cause=ID,
        certainty=astray.at_most(landing, certainty),
        target=astray.target(landing),
        summary=words.fitted(f"{neutral(first.oddity.what)} names {site}, but no include reaches it"),
        clues=(*_clues(evidence, landing, first), *failing.log_clues(evidence, facts, landing.outages), *doubt),
        outages=tuple(outage.key for outage in landing.outages),
        explains=(),
        fixes=tuple(_fix(each, facts.layout.root) for each in {each.oddity.what: each for each in files}.values()),
        decider=None,
    )


def _clues(evidence: Evidence, landing: Landing, file: Unreached) -> Iterator[Clue]:
    seen = evidence.files[file.oddity.what]
    yield Clue("config", file.oddity.what, file.server.where, f"{astray.place(file.server)} names {neutral(landing.host)}", seen.at)
    yield Clue("config", file.oddity.what, file.oddity.other, file.oddity.text, None)
    yield from astray.clues(evidence, landing)


def _against(evidence: Evidence, facts: Facts, landing: Landing, files: list[Unreached]) -> Iterator[Clue]:
    yield from astray.against(evidence, facts, landing)
    if not landing.named:
        yield doubts.against("config", files[0].oddity.what, "it may have been disabled on purpose: nobody is known to want it")
    others = [each for each in dict.fromkeys(each.oddity.what for each in files) if each != files[0].oddity.what]
    if others:
        yield doubts.against("config", others[0], f"{', '.join(map(neutral, others[:3]))} names it too: which of them is meant is not known")


def _fix(file: Unreached, root: str) -> Fix:
    path, place = neutral(file.oddity.what), file.place
    if place is not None and file.oddity.kind == "not_enabled":
        name = posixpath.basename(file.oddity.what)
        link = link_name(place, name)
        title = f"enable it: ln -s {path} {neutral(root + place.path)}/{'' if link == name else neutral(link)}, then nginx -t and a reload"
        why = f"nothing in {neutral(place.path)} leads to it"
    elif place is not None:
        title = f"give {posixpath.basename(path)} a name that {neutral(place.pattern)} reaches, then nginx -t and a reload"
        why = f"of {posixpath.dirname(path)} nginx reads only {neutral(place.pattern)}"
    else:
        title, why = f"include {path}, then nginx -t and a reload", "no include reaches it"
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=title,
            why=why,
            risk="it may have been disabled on purpose, and may be out of date: read it first",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
