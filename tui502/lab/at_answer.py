"""Scenarios in which the application gets the request, and nginx no answer it can use. Other pages of the same application are fine."""

from __future__ import annotations

import os
from dataclasses import replace

from tui502.lab import layouts
from tui502.lab.bench import Bench
from tui502.lab.plan import Backend, Layout, Plan
from tui502.lab.scenario import Scenario

PAGE = "/account/orders"
PATH = PAGE + "?page=2"
PATIENCE = 1
"""Seconds nginx waits in the lab of the slow application."""
TAKES = 1.7
"""Seconds its page takes after the release."""


def _release_with(bench: Bench, *options: str) -> None:
    old = bench.layout.backends[0]
    bench.release(old, replace(old, options=options))


def large_header(bench: Bench) -> None:
    """A release puts so many cookies on one page that its header does not fit into nginx's buffer, by default one page of memory."""
    _release_with(bench, "--header", f"{PAGE}={os.sysconf('SC_PAGE_SIZE') * 5 // 2}")


def slow_page(bench: Bench) -> None:
    """A release makes one page slow."""
    _release_with(bench, "--slow", f"{PAGE}={TAKES}")


def close_early(bench: Bench) -> None:
    """A release fails over one page."""
    _release_with(bench, "--close", PAGE)


def impatient(plan: Plan) -> Layout:
    first = Backend(plan.names[0], plan.ports[0])
    return layouts.with_others(plan, layouts.proxied(plan, first.name, (first,), more=f"    proxy_read_timeout {PATIENCE}s;\n"), first)


HEADER_TOO_BIG = Scenario(
    name="header-too-big",
    title="one page sets more cookies than nginx has room for",
    story="The new release sets many cookies on one page. Its header is larger than nginx's buffer for it; all other pages are fine.",
    cause="header_too_big",
    fix="larger proxy_buffer_size with matching proxy_buffers where that page is passed on, reload",
    path=PATH,
    status=502,
    symptom="upstream sent too big header",
    expect="repaired",
    build=layouts.three_sites,
    break_=large_header,
)
HEADER_TOO_BIG_FASTCGI = Scenario(
    name="header-too-big-fastcgi",
    title="the same with PHP: other directives hold the buffers",
    story="The new release sets many cookies on one page. Its header is larger than nginx's buffer for FastCGI; all other pages are fine.",
    cause="header_too_big",
    fix="larger fastcgi_buffer_size with matching fastcgi_buffers where that page is passed on, reload",
    path=PATH,
    status=502,
    symptom="upstream sent too big header",
    expect="repaired",
    build=layouts.php_on_port,
    break_=large_header,
)
SLOW_BACKEND = Scenario(
    name="slow-backend",
    title="one page takes longer than nginx waits (504)",
    story=f"nginx waits {PATIENCE} s for this application. Since the last release one page takes {TAKES} s; all others answer at once.",
    cause="backend_slow",
    fix="larger proxy_read_timeout where that page is passed on, reload",
    path=PATH,
    status=504,
    symptom="upstream timed out",
    expect="repaired",
    build=impatient,
    break_=slow_page,
)
EARLY_CLOSE = Scenario(
    name="early-close",
    title="the application hangs up without an answer",
    story="The new release fails over one page and closes the connection. The fault is the application's; its log has a line for each.",
    cause="backend_closes_early",
    fix="mend the application, or roll it back; nothing in nginx",
    path=PATH,
    status=502,
    symptom="upstream prematurely closed connection while reading response header",
    expect="left_alone",
    build=layouts.three_sites,
    break_=close_early,
)
