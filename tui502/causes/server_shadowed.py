"""The request lands in another server than the one that was meant for it.

**What happens.** Two servers want the same name on the same address: nginx takes the first that it reads and ignores the name in the second, with nothing but a
warning. Or some server listens on the very address at which the request comes in: then those that listen on all addresses do not take part there.

**How it shows.** Edits of a site have no effect, or it fails while its backend is well. Often the first one is a copy that an editor or a person left in the
directory whose files nginx loads: `#app#`, `app.bak`, an older file beside the link.

**What tells it from its neighbours.** A request goes where the running configuration leads it, and the one that is meant would lead elsewhere, to a backend
that answers now. Two servers that lead to the same backend are not this cause. Which of two ordinary files is meant cannot be proven; a copy is told by its
name, or by the original beside it. Where no loaded file has the name it is `site_not_enabled`.

**What mends it.** Move the copy out of that directory, take the name out of one of the two, or let the meant one listen on that address as well. Nothing of it
is done here: which one goes is for a person to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import astray, doubts, failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.fix.identity import with_id
from tui502.model.config import Directive
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Certainty, Clue, Finding, Fix, RuledOut
from tui502.read import keys
from tui502.read.landed import Landing, landings
from tui502.text import neutral

ID = "server_shadowed"

COPIES = ("backup_loaded", "stale_copy")


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found = [each for landing in landings(evidence, facts) if (each := _of(evidence, facts, landing))]
    findings = {each.id: each for each in reversed(found) if isinstance(each, Finding)}
    return Opinion(tuple(reversed(findings.values())), tuple(each for each in found if isinstance(each, RuledOut)))


def _of(evidence: Evidence, facts: Facts, landing: Landing) -> Finding | RuledOut | None:
    meant = landing.meant
    if meant is None or not facts.nginx.running or not (landing.outages or landing.stray) or _text(meant) == _text(landing.server):
        return None
    if landing.meant_pass is not None and astray.is_dead(facts, landing.meant_pass):
        return RuledOut(ID, f"{astray.place(meant)} has the name {neutral(landing.host)} too, and no backend of it answers either", ())
    own = {peer.address for peer in landing.pass_.peers} if landing.pass_ else set()
    if landing.meant_pass is not None and own & {peer.address for peer in landing.meant_pass.peers}:
        return None
    return _finding(evidence, facts, landing, meant)


def _text(server: Directive) -> bytes:
    return b" ".join(server.source.data[server.start : server.end].split())


def _finding(evidence: Evidence, facts: Facts, landing: Landing, meant: Directive) -> Finding:
    site, uri = neutral(landing.host), neutral(landing.request.uri)
    lands = f"lands in {astray.whose(landing.server)} at {astray.place(landing.server)}, not in {astray.place(meant)}"
    doubt = tuple(_against(evidence, facts, landing))
    return Finding(
        id=failing.finding_id(ID, site, landing.server.file, meant.file),
        cause=ID,
        certainty=astray.at_most(landing, _certainty(facts, landing, bool(doubt))),
        target=astray.target(landing),
        summary=words.fitted(f"{site}{uri} {lands}", f"{site} {lands}"),
        clues=(*_clues(evidence, facts, landing, meant), *failing.log_clues(evidence, facts, landing.outages), *doubt),
        outages=tuple(outage.key for outage in landing.outages),
        explains=(),
        fixes=(_fix(facts, landing, meant),),
        decider=None,
    )


def _certainty(facts: Facts, landing: Landing, doubtful: bool) -> Certainty:
    """Proven: nginx runs that text, the request fails as the backend does to which it leads, the one that is meant answers, and what took it is a copy."""
    if not doubtful:
        return "proven"
    return "likely" if landing.meant_pass is not None and astray.answers(facts, landing.meant_pass) else "possible"


def _clues(evidence: Evidence, facts: Facts, landing: Landing, meant: Directive) -> Iterator[Clue]:
    yield from astray.clues(evidence, landing)
    where = meant.where
    why = f"listens elsewhere than at {astray.listen(landing)}" if landing.by_default else "comes later, so nginx ignores the name there"
    yield Clue("config", where.file, where, f"the server at {astray.place(meant)} has the name too and {why}", None)
    if landing.meant_pass and (peer := astray.answers(facts, landing.meant_pass)):
        yield Clue("probe", keys.connect_key(peer), None, f"{neutral(peer)}, to which that one leads, answers", None)
    if copied := _copy(facts, landing.server):
        yield Clue("config", landing.server.file, None, copied, None)
    warned = evidence.commands.get(keys.NGINX_T)
    if warned and warned.value and f'conflicting server name "{landing.host}"'.encode("utf-8", "replace") in warned.value.err:
        yield Clue("test", keys.NGINX_T, None, f'nginx -t warns: conflicting server name "{neutral(landing.host)}", ignored', warned.at)


def _against(evidence: Evidence, facts: Facts, landing: Landing) -> Iterator[Clue]:
    yield from astray.against(evidence, facts, landing)
    if landing.meant_pass is None:
        yield doubts.against("config", "", "whether the other server would answer this request is not known")
    elif not astray.answers(facts, landing.meant_pass):
        yield doubts.against("probe", "", "no backend of the other server was seen to answer well just now")
    if not _copy(facts, landing.server):
        yield doubts.against("config", landing.server.file, "which of the two servers is meant is not known: neither is a copy by its name")


def _copy(facts: Facts, server: Directive) -> str:
    """That the file of a server is a copy, in words; '' where it is not known to be one."""
    return next((each.text for each in facts.oddities if each.kind in COPIES and each.what == server.file), "")


def _fix(facts: Facts, landing: Landing, meant: Directive) -> Fix:
    site, own, other = neutral(landing.host), astray.place(landing.server), astray.place(meant)
    if landing.by_default:
        title = f"let the server at {other} listen on {astray.listen(landing)} as well, then reload nginx"
        why = f"requests that come in there are taken by the servers that listen on just that address, and none of them has the name {site}"
    elif _copy(facts, landing.server):
        title = f"move {neutral(landing.server.file)} to a directory that no include reaches, then reload nginx"
        why = f"nginx reads it before {neutral(meant.file)} and gives it the name {site}"
    else:
        title = f"take {site} out of server_name at {own}, or at {other}; then reload nginx"
        why = "both have it, and nginx takes the first that it reads"
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=title,
            why=why,
            risk="what else the file holds goes or moves with it: look at it first, and at what a reload would load besides",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
