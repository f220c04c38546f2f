"""All facts of one moment, each read by its own reader; what does not depend on the clock is read again only when its evidence changed."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.config import Config
from tui502.model.evidence import Evidence
from tui502.model.facts import Drift, Facts, LogTarget, Nginx, Routes, Unit
from tui502.read import drift as drifts
from tui502.read import keys, nginx_conf, routing
from tui502.read import nginx as masters
from tui502.read import nodes as trees
from tui502.read import outages as failures
from tui502.read import peers as targets
from tui502.read import units as services
from tui502.read.effective import log_targets
from tui502.read.memo import Memo

_config: Memo[Config] = Memo()
_routes: Memo[Routes] = Memo()
_logs: Memo[tuple[LogTarget, ...]] = Memo()
_units: Memo[tuple[Unit, ...]] = Memo()
_drift: Memo[Drift] = Memo()
_nginx: Memo[Nginx] = Memo()


def read_facts(evidence: Evidence) -> Facts:
    """What the evidence means. Complete at every moment: what was not looked at yet is empty or said to be unknown."""
    binary = evidence.commands.get(keys.NGINX_V)
    first = masters.nginx(evidence)
    config = _config(
        (first.conf, *_items(evidence.files), *_items(evidence.dirs)), lambda: nginx_conf.load(first.conf, evidence.files, evidence.dirs)
    )
    nginx = _nginx(
        (evidence.view, binary, evidence.commands.get(keys.NGINX_T), evidence.processes, evidence.conf, config), lambda: masters.nginx(evidence, config)
    )
    routes = _routes((config,), lambda: routing.routes(config))
    logs = _logs((config, nginx), lambda: log_targets(config, nginx))
    units = _units((evidence.processes, *_items(evidence.commands), *_items(evidence.files), *_items(evidence.dirs)), lambda: services.units(evidence))
    drift = _drift((evidence.running, evidence.processes, evidence.view, config, nginx), lambda: drifts.drift(evidence, config, nginx))
    peers = targets.peers(evidence, routes, units, nginx)
    outages = failures.outages(evidence, config, routes, logs, peers)
    return Facts(nginx, config, routes, logs, drift, units, peers, outages, trees.nodes(routes, peers, units, outages))


def _items(mapping: Mapping[str, object]) -> tuple[object, ...]:
    """The values in the order of their keys: they are what two snapshots of a mapping share."""
    return tuple(mapping[key] for key in sorted(mapping))
