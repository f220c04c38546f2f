"""An application under PHP-FPM: its own configuration with one pool and one page, all inside the lab. Where PHP-FPM is not installed, the lab's
responder (`fastcgi.py`) reads the same pool file."""

from __future__ import annotations

import grp
import pwd
import sys
from pathlib import Path

from tui502.lab import manners
from tui502.lab.plan import Backend, Plan

PAGE = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$cookies = [%s][$path] ?? 0;
for ($n = 0; $n < $cookies; $n++) {
    header('Set-Cookie: ' . str_pad("part$n=", %d, 'x'), false);
}
header('Content-Type: text/html; charset=utf-8');
header('X-Powered-By: %s');
?>
%s"""

PARAMS = "".join(
    f"fastcgi_param {name:<17} {value};\n"
    for name, value in (
        ("QUERY_STRING", "$query_string"),
        ("REQUEST_METHOD", "$request_method"),
        ("CONTENT_TYPE", "$content_type"),
        ("CONTENT_LENGTH", "$content_length"),
        ("SCRIPT_NAME", "$fastcgi_script_name"),
        ("REQUEST_URI", "$request_uri"),
        ("DOCUMENT_URI", "$document_uri"),
        ("DOCUMENT_ROOT", "$document_root"),
        ("SERVER_PROTOCOL", "$server_protocol"),
        ("REQUEST_SCHEME", "$scheme"),
        ("GATEWAY_INTERFACE", "CGI/1.1"),
        ("SERVER_SOFTWARE", "nginx/$nginx_version"),
        ("REMOTE_ADDR", "$remote_addr"),
        ("REMOTE_PORT", "$remote_port"),
        ("SERVER_ADDR", "$server_addr"),
        ("SERVER_PORT", "$server_port"),
        ("SERVER_NAME", "$server_name"),
        ("REDIRECT_STATUS", "200"),
    )
)
"""The usual file fastcgi_params."""


def settings_file(plan: Plan, backend: Backend) -> str:
    """The configuration of this application's PHP-FPM."""
    return f"{plan.directory}/php/{backend.name}/php-fpm.conf"


def pool_file(plan: Plan, backend: Backend) -> str:
    return f"{plan.directory}/php/{backend.name}/pool.d/{backend.name}.conf"


def script(plan: Plan, backend: Backend) -> str:
    """The page that answers every request."""
    return f"{plan.directory}/apps/{backend.name}/index.php"


def command(plan: Plan, backend: Backend) -> list[str]:
    """In the foreground, without the system's php.ini; -R allows the account root, which only a lab in a closed directory has."""
    if not plan.php:
        return [sys.executable, "-m", "tui502.lab.fastcgi", "--name", backend.name, "--pool", pool_file(plan, backend), *backend.options]
    return [plan.php, "-n", "-F", *(["-R"] if plan.user == "root" else []), "-y", settings_file(plan, backend)]


def shared(plan: Plan) -> tuple[str, ...]:
    """The lines of a pool that let nginx's workers use its socket."""
    if not plan.user:
        return ("listen.mode = 0660",)
    return (f"listen.owner = {plan.user}", f"listen.group = {group(plan)}", "listen.mode = 0660")


def group(plan: Plan) -> str:
    return grp.getgrgid(pwd.getpwnam(plan.user).pw_gid).gr_name


def write(plan: Plan, backend: Backend) -> None:
    """Write configuration, pool and page; apps/NAME must exist."""
    at, pool = plan.directory, Path(pool_file(plan, backend))
    pool.parent.mkdir(parents=True, exist_ok=True)
    Path(settings_file(plan, backend)).write_text(
        f"[global]\npid = {at}/run/{backend.name}.pid\nerror_log = {at}/logs/{backend.name}-fpm.log\ndaemonize = no\n\ninclude = {pool.parent}/*.conf\n"
    )
    pool.write_text(_pool_text(plan, backend))
    lines = {path: len(manners.parse(backend.options).header_lines(path)) for path in manners.parse(backend.options).header}
    table = ", ".join(f"'{path}' => {n}" for path, n in lines.items())
    Path(script(plan, backend)).write_text(PAGE % (table, manners.COOKIE, backend.name, manners.page(backend.name).decode()))


def _pool_text(plan: Plan, backend: Backend) -> str:
    account = f"user = {plan.user}\ngroup = {group(plan)}\n" if plan.user else ""
    lines = "".join(f"{line}\n" for line in backend.pool)
    listen = backend.socket or f"{plan.address}:{backend.port}"
    return f"[{backend.name}]\n{account}listen = {listen}\n{lines}\npm = static\npm.max_children = 3\ncatch_workers_output = yes\n"
