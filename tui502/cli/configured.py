"""The commands that print what the configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.cli import OK, Stop, out, say
from tui502.cli.sessions import chosen

if TYPE_CHECKING:
    import argparse
    from typing import TypedDict

    from tui502.model.evidence import Evidence
    from tui502.model.facts import Facts

    class Which(TypedDict):
        """Which nginx is meant."""

        conf: str
        nginx: str
        pid: int


def route(args: argparse.Namespace) -> int:
    from tui502 import engine
    from tui502.read import asked_url

    try:
        url = asked_url.parse(args.url)
        host = asked_url.parse(args.host).host if args.host else ""
    except ValueError as error:
        raise Stop(str(error)) from error
    if not url.host and not host:
        raise Stop(f"{url.text} names no host: say it in the URL, or with --host")
    evidence, facts, found = engine.route(url, address=_address(args.address), host=host, **_which(args))
    _must_be_read(facts)
    _told(evidence, facts)
    if args.json:
        from tui502.report.way_json import document_text

        out(document_text(args.url, facts, found))
    else:
        from tui502.report.way_text import text

        out(text(args.url, facts, found))
    return OK


def config(args: argparse.Namespace) -> int:
    from tui502 import engine

    evidence, facts = engine.configured(**_which(args))
    _must_be_read(facts)
    _told(evidence, facts)
    if args.json:
        from tui502.report.config_json import document_text

        out(document_text(facts))
    else:
        from tui502.report.config_text import text

        out(text(facts))
    return OK


def _which(args: argparse.Namespace) -> Which:
    asked = chosen(args)
    return {"conf": asked["conf"], "nginx": asked["nginx"], "pid": asked["pid"]}


def _told(evidence: Evidence, facts: Facts) -> None:
    """Say which nginx this is about, where that is not plain."""
    from tui502.report.masters import notes

    for note in notes(evidence, facts.nginx):
        say(note)


def _must_be_read(facts: Facts) -> None:
    """Raises Stop where there is no configuration to speak of."""
    if not facts.config.files:
        why = next((problem.text for problem in facts.config.problems), facts.nginx.why_not or "no nginx runs here")
        raise Stop(f"no configuration could be read: {why}")


def _address(said: str) -> str:
    """An address where requests come in, IPv6 in brackets. Raises Stop where it is none."""
    import ipaddress

    if not said or said.startswith("unix:/"):
        return said
    try:
        found = ipaddress.ip_address(said.strip("[]"))
    except ValueError as error:
        raise Stop(f"{said} is no address: an IP, or unix:/PATH") from error
    return f"[{found}]" if found.version == 6 else str(found)
