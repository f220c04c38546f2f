"""Healthy labs to break: a first site that will fail, a second one with an application of its own, and a third one of files."""

from __future__ import annotations

from tui502.lab import php
from tui502.lab.plan import Backend, CannotStart, Layout, Plan, Site

URIS = ("/cart", "/", "/account/orders?page=2")


def proxied(plan: Plan, name: str, backends: tuple[Backend, ...], uris: tuple[str, ...] = URIS, scheme: str = "http", more: str = "") -> Site:
    """A site in front of applications, through an upstream group called `name`; `more` are further lines of its location."""
    servers = "".join(f"    server {plan.target(each)}{' fail_timeout=2s' if len(backends) > 1 else ''};\n" for each in backends)
    body = f"location / {{\n    proxy_pass {scheme}://{name};\n    proxy_set_header Host $host;\n{more}}}\n"
    return Site(f"{name}.{plan.domain}", body, uris, f"upstream {name} {{\n{servers}}}\n")


def under_php(plan: Plan, backend: Backend) -> Site:
    """A site of a PHP application, all of whose pages are one script."""
    body = f"""root {plan.directory}/apps/{backend.name};
include fastcgi_params;
fastcgi_param SCRIPT_FILENAME $document_root/index.php;

location / {{
    fastcgi_pass {plan.target(backend)};
}}
"""
    return Site(f"{backend.name}.{plan.domain}", body, URIS)


def pages(plan: Plan, name: str) -> Site:
    """A site of files."""
    host = f"{name}.{plan.domain}"
    return Site(host, f"root {plan.directory}/www/{host};\nindex index.html;\n", ("/", "/index.html"))


def with_others(plan: Plan, site: Site, *backends: Backend, tls: bool = False) -> Layout:
    """The site, another one whose application has the port beside the first, and one of files."""
    other = Backend(plan.names[1], plan.ports[1])
    return Layout((site, proxied(plan, other.name, (other,), ("/", "/list")), pages(plan, plan.names[2])), (*backends, other), tls)


def three_sites(plan: Plan) -> Layout:
    """The first site's application speaks HTTP on a port."""
    first = Backend(plan.names[0], plan.ports[0])
    return with_others(plan, proxied(plan, first.name, (first,)), first)


def with_three_peers(plan: Plan) -> Layout:
    """The first site's application runs three times."""
    peers = tuple(Backend(f"{plan.names[0]}-{n}", port) for n, port in enumerate((plan.ports[0], *plan.ports[2:4]), 1))
    return with_others(plan, proxied(plan, plan.names[0], peers), *peers)


def on_socket(plan: Plan) -> Layout:
    """The first site's application speaks HTTP on a unix socket in a directory of its own."""
    first = Backend(plan.names[0], socket=f"{plan.directory}/run/{plan.names[0]}/http.sock")
    return with_others(plan, proxied(plan, first.name, (first,)), first)


def php_on_port(plan: Plan) -> Layout:
    """The first site's application runs under PHP-FPM on a port."""
    first = Backend(plan.names[0], plan.ports[0], php=True)
    return with_others(plan, under_php(plan, first), first)


def php_on_socket(plan: Plan) -> Layout:
    """The first site's application runs under PHP-FPM on a unix socket that bears the version of PHP."""
    first = Backend(plan.names[0], socket=f"{plan.directory}/run/{plan.names[0]}-7.4.sock", php=True, pool=php.shared(plan))
    return with_others(plan, under_php(plan, first), first)


def must_be_denied(plan: Plan) -> None:
    """Raises CannotStart where nginx's workers are root: permissions deny root nothing."""
    if plan.user == "root":
        raise CannotStart("nginx's workers would be root here, who is denied nothing: only root may enter the directory for temporary files; set TMPDIR")
