"""The scenarios, one entry each: how a healthy lab is laid out and what breaks it. To add one, write its two functions and its entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from tui502.lab.bench import Bench
from tui502.lab.plan import Backend, CannotStart, Layout, Plan, Site
from tui502.lab.starter import Lab, start

__all__ = ["SCENARIOS", "CannotStart", "Lab", "Scenario", "find", "start"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way to break a site. `story` is how it breaks, `cause` the id of the cause, `fix` what mends it, in words; `path` is the request of the first site
    that must answer 200 in the end, and answers `status` once it is broken (0: nothing). `expect`: "left_alone" where nothing must be changed."""

    name: str
    title: str
    story: str
    cause: str
    fix: str
    path: str
    status: int
    expect: Literal["repaired", "left_alone"]
    build: Callable[[Plan], Layout]
    break_: Callable[[Bench], None]


def proxied(plan: Plan, backend: Backend, uris: tuple[str, ...]) -> Site:
    """A site in front of one application, through an upstream group of its name."""
    group = f"upstream {backend.name} {{\n    server {plan.address}:{backend.port};\n}}\n"
    body = f"location / {{\n    proxy_pass http://{backend.name};\n    proxy_set_header Host $host;\n}}\n"
    return Site(f"{backend.name}.{plan.domain}", body, uris, group)


def pages(plan: Plan, name: str) -> Site:
    """A site of files."""
    host = f"{name}.{plan.domain}"
    return Site(host, f"root {plan.directory}/www/{host};\nindex index.html;\n", ("/", "/index.html"))


def three_sites(plan: Plan) -> Layout:
    """A site in front of an application, another one whose application has the next port, and one of files."""
    first, second = Backend(plan.names[0], plan.ports[0]), Backend(plan.names[1], plan.ports[1])
    sites = (proxied(plan, first, ("/cart", "/", "/account/orders?page=2")), proxied(plan, second, ("/", "/list")), pages(plan, plan.names[2]))
    return Layout(sites, (first, second))


def nothing(bench: Bench) -> None:
    """Leave the lab as it is."""


def move_port(bench: Bench) -> None:
    """A release starts the first application on another port; nginx is not told."""
    old = bench.layout.backends[0]
    bench.release(old, replace(old, port=bench.plan.ports[2]))


def stop_backend(bench: Bench) -> None:
    """Somebody stops the first application."""
    bench.supervisorctl("stop", bench.layout.backends[0].name)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="wrong-port",
        title="a release moved the application to another port",
        story="The new release starts the application on another port. nginx still dials the old one, where nobody listens; "
        "on the port beside it another application answers.",
        cause="wrong_port",
        fix="set the new port where the target is written, reload",
        path="/cart",
        status=502,
        expect="repaired",
        build=three_sites,
        break_=move_port,
    ),
    Scenario(
        name="backend-stopped",
        title="the application was stopped",
        story="Somebody stopped the application and did not start it again. nginx's configuration is right.",
        cause="backend_stopped",
        fix="start the application",
        path="/cart",
        status=502,
        expect="repaired",
        build=three_sites,
        break_=stop_backend,
    ),
    Scenario(
        name="healthy",
        title="nothing is wrong",
        story="Every site answers. Nothing is to be changed.",
        cause="no_fault",
        fix="none",
        path="/cart",
        status=200,
        expect="left_alone",
        build=three_sites,
        break_=nothing,
    ),
)


def find(name: str) -> Scenario:
    """The scenario of that name. Raises CannotStart."""
    for scenario in SCENARIOS:
        if scenario.name == name:
            return scenario
    raise CannotStart(f"there is no scenario {name!r}; there are {', '.join(each.name for each in SCENARIOS)}")
