"""All facts of one moment, each read by its own reader; what does not depend on the clock is read again only when its evidence changed."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.config import Config
from tui502.model.evidence import Evidence
from tui502.model.facts import Drift, Facts, Loaded, LogTarget, Nginx, PeerState, Pool, Routes, Unit
from tui502.read import drift as drifts
from tui502.read import keys, nginx_conf, php_fpm, routing, starter
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
_pools: Memo[tuple[Pool, ...]] = Memo()
_serving: Memo[tuple[Unit, ...]] = Memo()
_drift: Memo[Drift] = Memo()
_running: Memo[Config | None] = Memo()
_running_routes: Memo[Routes] = Memo()
_nginx: Memo[Nginx] = Memo()


def read_facts(evidence: Evidence) -> Facts:
    """What the evidence means. Complete at every moment: what was not looked at yet is empty or said to be unknown."""
    binary = evidence.commands.get(keys.NGINX_V)
    known = _units((evidence.processes, *_items(evidence.commands), *_items(evidence.files), *_items(evidence.dirs)), lambda: services.units(evidence))
    service = starter.service(known, evidence.conf)
    starts = starter.argv(service)
    first = masters.nginx(evidence, None, starts)
    config = _config(
        (first.conf, *_items(evidence.files), *_items(evidence.dirs)), lambda: nginx_conf.load(first.conf, evidence.files, evidence.dirs)
    )
    nginx = _nginx(
        (evidence.view, binary, evidence.commands.get(keys.NGINX_T), evidence.processes, evidence.conf, config, known, evidence.other_masters),
        lambda: masters.nginx(evidence, config, starts),
    )
    routes = _routes((config,), lambda: routing.routes(config))
    logs = _logs((config, nginx), lambda: log_targets(config, nginx))
    pools = _pools((known, evidence.processes, *_items(evidence.files), *_items(evidence.dirs)), lambda: php_fpm.pools(evidence, known))
    units = _serving((known, pools), lambda: php_fpm.serving(known, pools))
    drift = _drift((evidence.running, evidence.processes, evidence.view, config, nginx), lambda: drifts.drift(evidence, config, nginx))
    peers = targets.peers(evidence, routes, units, nginx, pools)
    running = _running((evidence.running, nginx, drift), lambda: drifts.running_config(evidence, nginx, drift))
    loaded = _loaded(evidence, running, routes, units, nginx, pools) if running else None
    broken = nginx.test_where.file if nginx.test_where else ""
    outages = failures.outages(evidence, config, routes, logs, peers, loaded, service.since if service else 0.0, broken)
    return Facts(nginx, config, routes, logs, drift, units, peers, outages, trees.nodes(routes, peers, units, outages, loaded), pools, loaded)


def _loaded(evidence: Evidence, running: Config, routes: Routes, units: tuple[Unit, ...], nginx: Nginx, pools: tuple[Pool, ...]) -> Loaded:
    """The passes of the text that nginx runs, and the states of the peers that no file on disk names."""
    dialled = _running_routes((running,), lambda: routing.routes(running))
    on_disk = {peer.address for route in routes.passes for peer in route.peers}
    states: tuple[PeerState, ...] = targets.peers(evidence, dialled, units, nginx, pools)
    return Loaded(running, dialled, tuple(state for state in states if state.peer not in on_disk))


def _items(mapping: Mapping[str, object]) -> tuple[object, ...]:
    """The values in the order of their keys: they are what two snapshots of a mapping share."""
    return tuple(mapping[key] for key in sorted(mapping))
