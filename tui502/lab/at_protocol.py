"""Scenarios in which nginx and the application speak different languages."""

from __future__ import annotations

from dataclasses import replace

from tui502.lab import certificates, layouts
from tui502.lab.bench import Bench
from tui502.lab.plan import Backend, Layout, Plan
from tui502.lab.scenario import Scenario

CLOSED = r"(prematurely closed connection|\(104: .*) while reading response header"
"""nginx's word for a peer that hung up on it; which of the two depends on what was still unread."""


def leave_php(bench: Bench) -> None:
    """A release of the application brings an HTTP server of its own."""
    old = bench.layout.backends[0]
    bench.release(old, replace(old, php=False))


def speak_http(bench: Bench) -> None:
    """Somebody writes proxy_pass for what is served by FastCGI."""
    site, target = bench.layout.sites[0], bench.plan.target(bench.layout.backends[0])
    bench.edit(site, f"fastcgi_pass {target};", f"proxy_pass http://{target};")
    bench.reload()


def begin_tls(bench: Bench) -> None:
    """A release of the application speaks TLS."""
    old = bench.layout.backends[0]
    bench.release(old, replace(old, options=certificates.options(bench.plan)))


def end_tls(bench: Bench) -> None:
    """A release of the application speaks TLS no longer."""
    old = bench.layout.backends[0]
    bench.release(old, replace(old, options=()))


def forget_name(bench: Bench) -> None:
    """The line with the name in the certificate gets lost; nginx now expects the name of the group."""
    bench.edit(bench.layout.sites[0], f"        proxy_ssl_name {certificates.name(bench.plan)};\n", "")
    bench.reload()


def plain_before_tls(plan: Plan) -> Layout:
    return replace(layouts.three_sites(plan), tls=True)


def over_tls(plan: Plan) -> Layout:
    first = Backend(plan.names[0], plan.ports[0], certificates.options(plan))
    return layouts.with_others(plan, layouts.proxied(plan, first.name, (first,), scheme="https"), first, tls=True)


def over_verified_tls(plan: Plan) -> Layout:
    first = Backend(plan.names[0], plan.ports[0], certificates.options(plan))
    lines = ("server_name on", f"name {certificates.name(plan)}", "verify on", f"trusted_certificate {certificates.certificate(plan)}")
    verified = "".join(f"    proxy_ssl_{line};\n" for line in lines)
    return layouts.with_others(plan, layouts.proxied(plan, first.name, (first,), scheme="https", more=verified), first, tls=True)


FASTCGI_TO_HTTP = Scenario(
    name="fastcgi-to-http",
    title="nginx speaks FastCGI to an HTTP server",
    story="The application left PHP-FPM for an HTTP server of its own and kept its port. nginx still speaks FastCGI to it.",
    cause="protocol_mismatch",
    fix="proxy_pass in place of fastcgi_pass, reload",
    path="/cart",
    status=502,
    symptom="unsupported FastCGI protocol version",
    expect="repaired",
    build=layouts.php_on_port,
    break_=leave_php,
)
HTTP_TO_FASTCGI = Scenario(
    name="http-to-fastcgi",
    title="nginx speaks HTTP to PHP-FPM",
    story="Somebody tidied up the site and wrote proxy_pass where fastcgi_pass was. PHP-FPM hangs up on HTTP.",
    cause="protocol_mismatch",
    fix="fastcgi_pass in place of proxy_pass, reload",
    path="/cart",
    status=502,
    symptom=CLOSED,
    expect="repaired",
    build=layouts.php_on_port,
    break_=speak_http,
)
HTTP_TO_TLS = Scenario(
    name="http-to-tls",
    title="nginx speaks plain HTTP to a TLS port",
    story="The new release of the application speaks TLS on its port. nginx still sends plain HTTP there.",
    cause="tls_expected",
    fix="https:// in proxy_pass, reload",
    path="/cart",
    status=502,
    symptom=CLOSED,
    expect="repaired",
    build=plain_before_tls,
    break_=begin_tls,
)
TLS_TO_PLAIN = Scenario(
    name="tls-to-plain",
    title="nginx speaks TLS to a plain HTTP port",
    story="The new release of the application leaves TLS to nginx and speaks plain HTTP. nginx still begins a TLS handshake.",
    cause="tls_unexpected",
    fix="http:// in proxy_pass, reload",
    path="/cart",
    status=502,
    symptom=r"SSL_do_handshake\(\) failed .*wrong version number",
    expect="repaired",
    build=over_tls,
    break_=end_tls,
)
TLS_NAME = Scenario(
    name="tls-name",
    title="the application's certificate is for another name",
    story="nginx verifies the application's certificate. The line that says which name is in it got lost, so nginx expects the name of the group.",
    cause="tls_name",
    fix="proxy_ssl_name with the name in the certificate, reload",
    path="/cart",
    status=502,
    symptom="upstream SSL certificate does not match",
    expect="repaired",
    build=over_verified_tls,
    break_=forget_name,
)
