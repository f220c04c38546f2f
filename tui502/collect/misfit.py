"""Whether what a person asked for on the command line is an nginx of this host at all."""

from __future__ import annotations

import posixpath
import re
import shlex

from tui502.collect.choose import Compiled, Wanted, choose, compiled_in, runs_binary, wanted
from tui502.host.built import PATIENCE
from tui502.host.look import read_file
from tui502.host.masters import are_hidden, find_masters, main_conf
from tui502.host.processes import process
from tui502.host.run import run
from tui502.model.evidence import KINDS, Gap, View
from tui502.text import neutral, shorten

MOST_LISTED = 10
_OF_MAIN = {"events", "http", "stream", "mail", "include"}
"""Directives that a main file has, or that may bring what it lacks; nginx itself says what is missing in it."""

_VERSION = re.compile(r"^(?:nginx: )?\w+ version: ", re.M)
"""As nginx, and what was made of it, begins its answer to -V."""

Masters = tuple[View, ...]


def misfit(conf: str, nginx: str, pid: int, compiled: Compiled = compiled_in) -> str:
    """Why these name no nginx of this host, in words, with the masters that run; '' where they do. An nginx that does not run is one too if its
    configuration is named and lies there, or if its binary is named and no other master runs."""
    asked = wanted(conf, nginx, pid)
    if asked.nginx and (said := _no_nginx(asked.nginx)):
        return said
    masters = find_masters()
    if asked.pid:
        wrong = _wrong_pid(asked, masters, compiled)
    elif choose(masters, asked, None, compiled):
        wrong = ""
    elif asked.conf:
        wrong = _no_main_file(asked.conf)
    else:
        wrong = f"no nginx master runs {neutral(asked.nginx)}; one that does not run is named by --conf" if asked.nginx and masters else ""
    return f"{wrong}\n{listed(masters, compiled)}" if wrong else ""


def listed(masters: Masters, compiled: Compiled = compiled_in) -> str:
    """The masters that run, a line each: pid and configuration."""
    if not masters:
        return "Processes of others are hidden here, so no nginx master is seen: sudo tui502" if are_hidden() else "No nginx master runs here."
    rows = [f"  --pid {view.pid:<8} {neutral(conf_of(view, compiled)) or 'its configuration is not known'}" for view in masters[:MOST_LISTED]]
    more = [f"  and {len(masters) - MOST_LISTED} more"] if len(masters) > MOST_LISTED else []
    return "\n".join(("nginx masters that run:", *rows, *more))


def conf_of(view: View, compiled: Compiled) -> str:
    """The main configuration file of a master, '' where it is not known."""
    return main_conf(view) or main_conf(view, *compiled(view))


def _wrong_pid(asked: Wanted, masters: Masters, compiled: Compiled) -> str:
    view = next((view for view in masters if view.pid == asked.pid), None)
    if view is None:
        found = process(asked.pid)
        what = f'it is "{shorten(neutral(" ".join(found.argv) or found.name), 60)}"' if found else "no such process is seen"
        return f"{asked.pid} is no nginx master: {what}"
    own = conf_of(view, compiled)
    if asked.conf and own and posixpath.realpath(own) != posixpath.realpath(asked.conf):
        return f"the nginx master {view.pid} runs {neutral(own)}, not {neutral(asked.conf)}"
    if asked.nginx and not runs_binary(view, asked.nginx):
        return f"the nginx master {view.pid} is {neutral(view.exe)}, not {neutral(asked.nginx)}"
    return ""


def _no_main_file(conf: str) -> str:
    """Why no nginx can be started with that file, '' where one can, or where that cannot be seen."""
    from tui502.read.nginx_conf import parse

    seen = read_file(conf)
    if isinstance(seen, Gap):
        return f"{neutral(conf)}: there is no such file" if seen.why == "absent" else ""
    if seen.kind != "file":
        return f"{neutral(conf)} is {KINDS[seen.kind]}"
    top, problems = parse(conf, seen.data)
    names = {directive.name.lstrip("\ufeff") for directive in top}
    whole = not names or names & _OF_MAIN or (problems and b"events" in seen.data)
    return "" if whole else f'{neutral(conf)} is no main configuration of nginx: it has neither an "events" nor an "http" block'


def _no_nginx(binary: str) -> str:
    """Why that program is no nginx, '' where it says it is one."""
    seen = run((binary, "-V"), PATIENCE)
    asked = shlex.join((neutral(binary), "-V"))
    if isinstance(seen, Gap):
        words = {"absent": "there is no such program", "timeout": f"it did not answer to -V within {PATIENCE:.0f} s"}
        return f"{neutral(binary)}: {words.get(seen.why, 'it may not be run with the rights that we have: others can write it')}"
    text = (seen.err or seen.out).decode("utf-8", "replace")
    if _VERSION.search(text) and "configure arguments:" in text:
        return ""
    first = next((neutral(line) for line in text.split("\n") if line.strip()), "")
    answer = f'"{shorten(first, 80)}"' if first else f"nothing (it ended with {seen.code})"
    return f"{neutral(binary)} is no nginx: to {asked} it answered {answer}"
