"""What to look at next: a pure function of what is known.

First nginx and the kernel's tables; then the files of its configuration; then the peers that routing names, the units behind them and
the request that fails. The collector asks again after every answer, until nothing new is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.evidence import Evidence, Look
from tui502.read import keys, log_looks
from tui502.read.facts import read_config, read_configured, read_facts
from tui502.read.looks import backends, configuration, requests, sockets
from tui502.read.looks.ground import ground, is_answered, master, service_managers
from tui502.read.memo import Memo

_planned: Memo[tuple[Look, ...]] = Memo()


def plan(evidence: Evidence) -> tuple[Look, ...]:
    """All looks that are wanted, given what is known; those already answered are among them."""
    return _planned((evidence,), lambda: _each_once(_looks(evidence)))


def unanswered(evidence: Evidence) -> tuple[Look, ...]:
    """The looks that are wanted and have no answer yet: what is still awaited."""
    return tuple(look for look in plan(evidence) if not is_answered(evidence, look))


def of_configuration(evidence: Evidence) -> tuple[Look, ...]:
    """The looks that tell which nginx it is and how it is configured, without any at its backends and logs; at services only to find one that is stopped."""
    services = {*service_managers(evidence)} if evidence.view.value else set()
    found = [look for look in ground(evidence) if look not in services]
    if evidence.view.at and keys.NGINX_V in evidence.commands:
        config = read_config(evidence)
        found += configuration.files(evidence, config)
        found += configuration.laid_out(evidence) if not (config.wanted_files or config.wanted_dirs) else ()
    return _each_once(iter(found))


def of_tested(evidence: Evidence) -> tuple[Look, ...]:
    """The same, and whether nginx accepts it."""
    found = of_configuration(evidence)
    if not evidence.view.at or keys.NGINX_V not in evidence.commands:
        return found
    facts = read_configured(evidence)
    return found if facts.config.wanted_files or facts.config.wanted_dirs else (*found, *configuration.tested(evidence, facts))


def _each_once(looks: Iterator[Look]) -> tuple[Look, ...]:
    return tuple({(look.kind, look.key): look for look in looks}.values())


def _looks(evidence: Evidence) -> Iterator[Look]:
    yield from ground(evidence)
    if not evidence.view.at or keys.NGINX_V not in evidence.commands:
        return
    config = read_config(evidence)
    yield from configuration.files(evidence, config)
    if config.wanted_files or config.wanted_dirs:
        return
    facts = read_facts(evidence)
    yield from configuration.laid_out(evidence)
    yield from configuration.tested(evidence, facts)
    yield from log_looks.looks(evidence, facts, master(evidence))
    yield from backends.names(evidence, facts)
    yield from backends.peers(evidence, facts)
    yield from sockets.sockets(evidence, facts)
    yield from backends.pools(evidence, facts)
    yield from requests.named(evidence, facts)
    yield from requests.failing(evidence, facts)
    yield from requests.closer(evidence, facts)
