"""All facts of one moment, each read by its own reader; what does not depend on the clock is read again only when its evidence changed."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

from tui502.model.config import Config
from tui502.model.evidence import Evidence
from tui502.model.facts import Drift, Facts, Loaded, LogTarget, Nginx, PeerState, Pool, Routes, Unit
from tui502.model.layout import Layout, Oddity
from tui502.read import drift as drifts
from tui502.read import keys, nginx_conf, php_fpm, routing, starter, uses
from tui502.read import layout as layouts
from tui502.read import nginx as masters
from tui502.read import nodes as trees
from tui502.read import outages as failures
from tui502.read import peers as targets
from tui502.read import units as services
from tui502.read.effective import log_targets
from tui502.read.memo import Items, Memo, Shelf, are_same
from tui502.read.odd_servers import odd_servers
from tui502.read.resolved import resolved

_config: Memo[Config] = Memo()
_last: Memo[list[Config]] = Memo()
_written: Memo[Routes] = Memo(4)
_trees: Memo[nginx_conf.Trees] = Memo()
_routes: Memo[Routes] = Memo(4)
_logs: Memo[tuple[LogTarget, ...]] = Memo()
_units: Memo[tuple[Unit, ...]] = Memo()
_pools: Memo[tuple[Pool, ...]] = Memo()
_serving: Memo[tuple[Unit, ...]] = Memo()
_drift: Memo[Drift] = Memo()
_compared: Memo[Shelf[Drift]] = Memo()
_running: Memo[Config | None] = Memo()
_nginx: Memo[Nginx] = Memo()
_first: Memo[Nginx] = Memo()
_layout: Memo[Layout] = Memo()
_standing: Memo[Layout] = Memo()
_odd: Memo[tuple[Oddity, ...]] = Memo()
_odd_servers: Memo[tuple[Oddity, ...]] = Memo()
_service: Memo[Unit | None] = Memo()
_with_loaded: Memo[Loaded] = Memo()
_facts: Memo[Facts] = Memo()
_files, _dirs, _commands, _names = Items(), Items(), Items(), Items()


class _Begun(NamedTuple):
    """What is read first: the services, that of nginx, how it starts it, and the configuration."""

    units: tuple[Unit, ...]
    service: Unit | None
    starts: tuple[str, ...]
    config: Config


def read_config(evidence: Evidence) -> Config:
    """The configuration alone, as far as its files were seen: what else the evidence means may wait until it is complete."""
    return _begin(evidence).config


def _begin(evidence: Evidence) -> _Begun:
    binary, files, dirs = evidence.commands.get(keys.NGINX_V), _files(evidence.files), _dirs(evidence.dirs)
    known = _units((evidence.processes, _commands(evidence.commands), files, dirs), lambda: services.units(evidence))
    service = _service((known, evidence.conf), lambda: starter.service(known, evidence.conf))
    starts = starter.argv(service)
    first = _first(
        (evidence.view, binary, evidence.commands.get(keys.NGINX_T), evidence.processes, evidence.conf, service, evidence.other_masters),
        lambda: masters.nginx(evidence, None, starts),
    )
    config = _config((first.conf, files, dirs), lambda: _settled(nginx_conf.load(first.conf, evidence.files, evidence.dirs, _trees((), nginx_conf.Trees))))
    return _Begun(known, service, starts, config)


def _settled(config: Config) -> Config:
    """The configuration that was read last where this one is the same: a file that is no part of it came in, and all that is read from it stays."""
    last = _last((config.main,), lambda: [config])
    known = last[0]
    if not (are_same(known.root, config.root) and known.files.keys() == config.files.keys() and known == config):
        last[0] = config
    return last[0]


def read_layout(evidence: Evidence) -> Layout:
    """How the configuration is laid out over its files, as far as they were seen."""
    found, view = read_includes(evidence), evidence.view.value
    root = view.root if view else ""
    return _standing((found, _dirs(evidence.dirs), root), lambda: layouts.standing(found, evidence.dirs, root))


def read_includes(evidence: Evidence) -> Layout:
    """The layout that the includes tell, whether its directories are there or not: they are looked at for it."""
    config = _begin(evidence).config
    return _layout((config,), lambda: layouts.layout(config))


def read_configured(evidence: Evidence) -> Facts:
    """What the configuration says and whether nginx runs it. Nothing is made of peers, failures and pools: they are empty."""
    known, _, _, config = _begin(evidence)
    nginx = _master(evidence)
    drift, running = _run(evidence, config, nginx)
    loaded = Loaded(running, _dialled(evidence, running), ()) if running else None
    logs = _logs((running or config, nginx), lambda: log_targets(running or config, nginx))
    return Facts(nginx, config, _dialled(evidence, config), logs, drift, known, (), (), (), (), loaded, read_layout(evidence), _oddities(evidence, config))


def read_facts(evidence: Evidence) -> Facts:
    """What the evidence means. Complete at every moment: what was not looked at yet is empty or said to be unknown."""
    return _facts((evidence,), lambda: _read(evidence))


def _read(evidence: Evidence) -> Facts:
    known, service, _, config = _begin(evidence)
    nginx = _master(evidence)
    routes = _dialled(evidence, config)
    drift, running = _run(evidence, config, nginx)
    logs = _logs((running or config, nginx), lambda: log_targets(running or config, nginx))
    pools = _pools((known, evidence.processes, _files(evidence.files), _dirs(evidence.dirs)), lambda: php_fpm.pools(evidence, known))
    units = _serving((known, pools), lambda: php_fpm.serving(known, pools))
    peers = targets.peers(evidence, routes, units, nginx, pools)
    loaded = _loaded(evidence, running, routes, units, nginx, pools) if running else None
    broken = nginx.test_where.file if nginx.test_where else ""
    outages = failures.outages(evidence, config, routes, logs, peers, loaded, service.since if service else 0.0, broken)
    nodes = trees.nodes(routes, peers, units, outages, loaded, uses.uses(evidence))
    return Facts(nginx, config, routes, logs, drift, units, peers, outages, nodes, pools, loaded, read_layout(evidence), _oddities(evidence, config))


def _master(evidence: Evidence) -> Nginx:
    """The nginx that this is about, with what its configuration says of it."""
    known, _, starts, config = _begin(evidence)
    binary, test = evidence.commands.get(keys.NGINX_V), evidence.commands.get(keys.NGINX_T)
    inputs = evidence.view, binary, test, evidence.processes, evidence.conf, config, known, evidence.other_masters
    return _nginx(inputs, lambda: masters.nginx(evidence, config, starts))


def _run(evidence: Evidence, config: Config, nginx: Nginx) -> tuple[Drift, Config | None]:
    """How what nginx runs differs from what is on disk, and the former where it does and is known."""
    crashes = drifts.crashes(evidence)
    inputs = (evidence.running, evidence.processes, evidence.view, evidence.files, config, nginx, *chain.from_iterable(crashes))
    drift = _drift(inputs, lambda: drifts.drift(evidence, config, nginx, crashes))
    return drift, _running((evidence.running, nginx, drift), lambda: drifts.running_config(evidence, nginx, drift))


def _oddities(evidence: Evidence, config: Config) -> tuple[Oddity, ...]:
    """What surprises about a configuration, once it was read whole."""
    if config.wanted_files or config.wanted_dirs:
        return ()
    laid_out = read_layout(evidence)
    servers = _odd_servers((config,), lambda: odd_servers(config))
    inputs = servers, laid_out, config, _files(evidence.files), _dirs(evidence.dirs)
    return _odd(inputs, lambda: (*servers, *layouts.odd_files(config, laid_out, evidence.files, evidence.dirs)))


def _dialled(evidence: Evidence, config: Config) -> Routes:
    """The passes of a configuration with the peers that their names stand for."""
    written = _written((config,), lambda: routing.routes(config))
    return _routes((written, _names(evidence.names)), lambda: resolved(written, evidence.names))


def _loaded(evidence: Evidence, running: Config, routes: Routes, units: tuple[Unit, ...], nginx: Nginx, pools: tuple[Pool, ...]) -> Loaded:
    """The passes of the text that nginx runs, and the states of the peers that no file on disk names."""
    dialled = _dialled(evidence, running)
    on_disk = {peer.address for route in routes.passes for peer in route.peers}
    states: tuple[PeerState, ...] = targets.peers(evidence, dialled, units, nginx, pools)
    more = tuple(state for state in states if state.peer not in on_disk)
    return _with_loaded((running, dialled, *more), lambda: Loaded(running, dialled, more))
