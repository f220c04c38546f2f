"""Scenarios in which nginx's connection to the application does not come about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui502.lab import layouts
from tui502.lab.bench import Bench
from tui502.lab.plan import Layout, Plan
from tui502.lab.scenario import Scenario

REFUSED = r"\(111: "
ABSENT = r"\(2: "
DENIED = r"\(13: "


def move_port(bench: Bench) -> None:
    """A release starts the first application on another port; nginx is not told."""
    old = bench.layout.backends[0]
    bench.release(old, replace(old, port=bench.plan.ports[4]))


def stop_backend(bench: Bench) -> None:
    """Somebody stops the first application."""
    bench.supervisorctl("stop", bench.layout.backends[0].name)


def move_socket(bench: Bench) -> None:
    """The new PHP's pool has another socket; the old one is removed, as PHP-FPM does at its end."""
    old = bench.layout.backends[0]
    bench.release(old, replace(old, socket=old.socket.replace("-7.4.", "-8.2.")))
    Path(old.socket).unlink(missing_ok=True)


def deny_socket(bench: Bench) -> None:
    """Root's lab: the socket is root's alone. Otherwise worker and application are one user: the socket may not be written by its owner."""
    old = bench.layout.backends[0]
    owner = ("listen.owner = root", "listen.group = root", "listen.mode = 0660")
    bench.release(old, replace(old, pool=owner if bench.plan.user else ("listen.mode = 0440",)))


def close_directory(bench: Bench) -> None:
    """Root's lab: the directory above the socket is root's alone. Otherwise its own owner may not enter it. A reload ends the connections
    that an nginx since 1.29.7 keeps open."""
    Path(bench.layout.backends[0].socket).parent.chmod(0o700 if bench.plan.user else 0o600)
    bench.reload()


def php_socket_to_deny(plan: Plan) -> Layout:
    layouts.must_be_denied(plan)
    return layouts.php_on_socket(plan)


def socket_to_shut_in(plan: Plan) -> Layout:
    layouts.must_be_denied(plan)
    return layouts.on_socket(plan)


WRONG_PORT = Scenario(
    name="wrong-port",
    title="a release moved the application to another port",
    story="The new release starts the application on another port. nginx still dials the old one, where nobody listens; "
    "on the port beside it another application answers.",
    cause="wrong_port",
    fix="set the new port where the target is written, reload",
    path="/cart",
    status=502,
    symptom=REFUSED,
    expect="repaired",
    build=layouts.three_sites,
    break_=move_port,
)
BACKEND_STOPPED = Scenario(
    name="backend-stopped",
    title="the application was stopped",
    story="Somebody stopped the application and did not start it again. nginx's configuration is right.",
    cause="backend_stopped",
    fix="start the application",
    path="/cart",
    status=502,
    symptom=REFUSED,
    expect="repaired",
    build=layouts.three_sites,
    break_=stop_backend,
)
WRONG_SOCKET_PATH = Scenario(
    name="wrong-socket-path",
    title="an upgrade of PHP moved the socket",
    story="PHP was upgraded, and the pool's socket bears the new version in its name. nginx still dials the old socket, which is gone.",
    cause="wrong_socket_path",
    fix="set the new path in fastcgi_pass, reload",
    path="/cart",
    status=502,
    symptom=ABSENT,
    expect="repaired",
    build=layouts.php_on_socket,
    break_=move_socket,
)
SOCKET_PERMISSION = Scenario(
    name="socket-permission",
    title="nginx may not use the application's socket",
    story="The pool's file was replaced, and PHP-FPM now makes its socket so that nginx's workers may not write to it.",
    cause="socket_permission",
    fix="set listen.owner, listen.group and listen.mode in the pool's file, restart the pool",
    path="/cart",
    status=502,
    symptom=DENIED,
    expect="repaired",
    build=php_socket_to_deny,
    break_=deny_socket,
)
DIRECTORY_PERMISSION = Scenario(
    name="directory-permission",
    title="nginx may not enter the directory of the socket",
    story="A script that tightens permissions closed the directory in which the socket stands. The socket itself is as it was.",
    cause="directory_permission",
    fix="let nginx's workers enter that directory (x)",
    path="/cart",
    status=502,
    symptom=DENIED,
    expect="repaired",
    build=socket_to_shut_in,
    break_=close_directory,
)
