"""Scenarios about groups of applications, about nginx itself, and those in which nothing is to be done."""

from __future__ import annotations

from pathlib import Path

from tui502.lab import files, layouts
from tui502.lab.at_connect import REFUSED, move_port, stop_backend
from tui502.lab.bench import Bench
from tui502.lab.scenario import Scenario


def stop_all(bench: Bench) -> None:
    """Somebody stops all applications of the first site."""
    bench.supervisorctl("stop", *(each.name for each in bench.layout.backends[:3]))


def mend_without_reload(bench: Bench) -> None:
    """The application moved, its new port was written down, and nginx was not told."""
    old = bench.layout.backends[0]
    move_port(bench)
    bench.edit(bench.layout.sites[0], bench.plan.target(old), bench.plan.target(bench.layout.backends[0]))


def move_and_break_test(bench: Bench) -> None:
    """The application moved, and a colleague enabled a site whose file is not finished."""
    move_port(bench)
    name = f"{bench.plan.names[3]}.{bench.plan.domain}"
    conf = Path(files.conf(bench.plan.directory)).parent
    unfinished = conf / "sites-available" / name
    unfinished.write_text(f"server {{\n    listen {bench.plan.address}:{bench.plan.port};\n    server_name {name};\n    root {bench.plan.directory}/www\n}}\n")
    (conf / "sites-enabled" / name).symlink_to(unfinished)


def stop_nginx(bench: Bench) -> None:
    """Somebody stops nginx."""
    bench.supervisorctl("stop", "nginx")


def stop_for_a_moment(bench: Bench) -> None:
    """The first application is stopped, visitors meet errors, and it is started again."""
    first = bench.layout.sites[0]
    stop_backend(bench)
    bench.wait_for_record(first, first.uris[0], REFUSED)
    for uri in first.uris:
        bench.status(first, uri)
    bench.supervisorctl("start", bench.layout.backends[0].name)
    bench.wait_for_listener(bench.layout.backends[0])


def nothing(bench: Bench) -> None:
    """Leave the lab as it is."""


ONE_OF_THREE = Scenario(
    name="one-of-three",
    title="one of three peers is down, visitors do not notice",
    story="The application runs three times, and one of them was stopped. nginx asks another one each time, so visitors get their answers.",
    cause="backend_stopped",
    fix="start that one",
    path="/cart",
    status=200,
    symptom=REFUSED,
    expect="repaired",
    build=layouts.with_three_peers,
    break_=stop_backend,
)
ALL_PEERS_DOWN = Scenario(
    name="all-peers-down",
    title="all three peers are down: no live upstreams",
    story="The application runs three times, and all of them were stopped. nginx tries each, then says that none is left.",
    cause="backend_stopped",
    fix="start all three",
    path="/cart",
    status=502,
    symptom="no live upstreams",
    expect="repaired",
    build=layouts.with_three_peers,
    break_=stop_all,
)
NOT_LOADED = Scenario(
    name="not-loaded",
    title="right on disk, but never loaded",
    story="A release moved the application to another port. The new port stands in the site's file, but nginx was not reloaded.",
    cause="config_not_loaded",
    fix="test and reload",
    path="/cart",
    status=502,
    symptom=REFUSED,
    expect="repaired",
    build=layouts.three_sites,
    break_=mend_without_reload,
)
BROKEN_TEST = Scenario(
    name="broken-test",
    title="wrong port, and a colleague's file breaks nginx -t",
    story="A release moved the application to another port. Setting it does not help yet: a file of another site is unfinished, so nginx can load nothing.",
    cause="wrong_port",
    fix="finish or unlink the other site's file; then set the new port, reload",
    path="/cart",
    status=502,
    symptom=REFUSED,
    expect="repaired",
    build=layouts.three_sites,
    break_=move_and_break_test,
)
NGINX_DOWN = Scenario(
    name="nginx-down",
    title="nginx itself does not run",
    story="Somebody stopped nginx. The applications run.",
    cause="nginx_down",
    fix="start nginx",
    path="/cart",
    status=0,
    symptom="",
    expect="repaired",
    build=layouts.three_sites,
    break_=stop_nginx,
)
HEALTHY = Scenario(
    name="healthy",
    title="nothing is wrong",
    story="Every site answers. Nothing is to be changed.",
    cause="no_fault",
    fix="nothing",
    path="/cart",
    status=200,
    symptom="",
    expect="left_alone",
    build=layouts.three_sites,
    break_=nothing,
)
RECOVERED = Scenario(
    name="recovered",
    title="it was down until a moment ago",
    story="The application was stopped for a moment and runs again. Every site answers; nothing is to be changed.",
    cause="recovered",
    fix="nothing",
    path="/cart",
    status=200,
    symptom=REFUSED,
    expect="left_alone",
    build=layouts.three_sites,
    break_=stop_for_a_moment,
)
