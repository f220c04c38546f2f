"""The files of a lab: nginx's configuration, supervisord's, web pages. Layout after Debian's: sites-available, and links in sites-enabled."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from tui502.lab import certificates, php
from tui502.lab.plan import Backend, Layout, Plan, Site

MIME_TYPES = "types {\n    text/html html;\n    text/css css;\n    text/plain txt;\n    application/javascript js;\n}\n"


def conf(directory: str) -> str:
    """nginx's main configuration file."""
    return f"{directory}/conf/nginx.conf"


def supervisord_conf(directory: str) -> str:
    return f"{directory}/supervisor/supervisord.conf"


def control_socket(directory: str) -> str:
    return f"{directory}/run/sup.sock"


def nginx_text(plan: Plan) -> str:
    """nginx.conf, every path absolute and inside the lab."""
    at = plan.directory
    user = f"user {plan.user} {php.group(plan)};\n" if plan.user else ""
    temp = "".join(f"    {name}_temp_path {at}/temp/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return f"""{user}worker_processes 2;
pid {at}/run/nginx.pid;
error_log {at}/logs/error.log;

events {{
    worker_connections 256;
}}

http {{
    include {at}/conf/mime.types;
    default_type application/octet-stream;

    access_log {at}/logs/access.log;

{temp}
    include {at}/conf/sites-enabled/*;
}}
"""


def site_text(plan: Plan, site: Site) -> str:
    body = "".join(f"    {line}\n" if line else "\n" for line in site.body.splitlines())
    before = f"{site.before}\n" if site.before else ""
    return f"{before}server {{\n    listen {plan.address}:{plan.port};\n    server_name {site.host};\n\n{body}}}\n"


def command(plan: Plan, backend: Backend) -> list[str]:
    if backend.php:
        return php.command(plan, backend)
    user = ["--user", plan.user] if plan.user else []
    return [sys.executable, "-m", "tui502.lab.backend", "--name", backend.name, "--bind", plan.target(backend), *user, *backend.options]


def _program(plan: Plan, name: str, argv: list[str], directory: str, autostart: bool) -> str:
    return f"""
[program:{name}]
command={shlex.join(argv).replace("%", "%%")}
directory={directory}
autostart={str(autostart).lower()}
autorestart=unexpected
startsecs=0
stopwaitsecs=3
stdout_logfile={plan.directory}/logs/{name}.log
stdout_logfile_maxbytes=0
redirect_stderr=true
"""


def supervisor_text(plan: Plan, backends: tuple[Backend, ...]) -> str:
    """supervisord.conf: nginx in the foreground and every application, one program each."""
    at = plan.directory
    socket = control_socket(at)
    root = "user=root\n" if os.geteuid() == 0 else ""
    head = f"""[unix_http_server]
file={socket}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{socket}

[supervisord]
{root}nodaemon=true
silent=true
logfile={at}/logs/supervisord.log
logfile_maxbytes=0
pidfile={at}/run/supervisord.pid
childlogdir={at}/logs
"""
    nginx = _program(plan, "nginx", [plan.nginx, "-p", at, "-c", conf(at), "-g", "daemon off;"], at, True)
    return head + nginx + "".join(_program(plan, each.name, command(plan, each), f"{at}/apps/{each.name}", each.autostart) for each in backends)


def site_file(plan: Plan, site: Site) -> Path:
    return Path(plan.directory, "conf/sites-available", site.host)


def write_backend(plan: Plan, backend: Backend) -> None:
    """Make what the application needs beside its program's entry: its working directory, and that of its socket; PHP-FPM's files."""
    Path(plan.directory, "apps", backend.name).mkdir(exist_ok=True)
    if backend.socket:
        Path(backend.socket).parent.mkdir(exist_ok=True)
    if backend.php:
        php.write(plan, backend)


def write(plan: Plan, layout: Layout) -> None:
    """Write the healthy lab into its directory, which must exist and be empty."""
    at = Path(plan.directory)
    for name in ("conf/sites-available", "conf/sites-enabled", "supervisor", "apps", "www", "logs", "run", "temp"):
        (at / name).mkdir(parents=True)
    (at / "conf/mime.types").write_text(MIME_TYPES)
    (at / "conf/fastcgi_params").write_text(php.PARAMS)
    Path(conf(plan.directory)).write_text(nginx_text(plan))
    for site in layout.sites:
        available = site_file(plan, site)
        available.write_text(site_text(plan, site))
        (at / "conf/sites-enabled" / site.host).symlink_to(available)
        page = at / "www" / site.host / "index.html"
        page.parent.mkdir()
        page.write_text(f"<!doctype html><html><head><title>{site.host}</title></head><body><h1>{site.host}</h1></body></html>\n")
    for backend in layout.backends:
        write_backend(plan, backend)
    if layout.tls:
        certificates.make(plan)
    Path(supervisord_conf(plan.directory)).write_text(supervisor_text(plan, layout.backends))
