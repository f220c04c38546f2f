"""The parent of everything in a lab, and its clean end: `python -m tui502.lab.guardian --scenario NAME …`.

Standard input is a pipe whose other end the starter holds. When that is closed, whatever the reason, or at SIGTERM, SIGINT or SIGHUP, the lab ends: every
descendant is gone, then the directory. When the lab is ready, one line of JSON goes to standard output; when it cannot be made, its `error` says why.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from tui502.lab import files, place, plan
from tui502.lab.bench import Bench, Ended
from tui502.lab.processes import adopt_orphans, end_all, reap
from tui502.lab.scenario import Scenario
from tui502.lab.scenarios import find

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _end(number: int, frame: FrameType | None) -> None:
    _ignore_signals()
    raise Ended


def _ignore_signals() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def make(scenario: Scenario, directory: str, nginx: str, visitors: bool) -> Bench:
    """Make the lab: healthy first, then broken, with the first failures in the log. Raises CannotStart, Ended, OSError."""
    drawn = plan.make(directory, nginx, place.account(directory), place.php_fpm(), place.openssl())
    bench = Bench(drawn, scenario.build(drawn), sys.stdin.fileno(), [])
    files.write(drawn, bench.layout)
    bench.start()
    if visitors:
        bench.send_visitors()
    scenario.break_(bench)
    first = bench.layout.sites[0]
    bench.wait_for_status(first, scenario.path, scenario.status)
    if scenario.symptom:
        bench.wait_for_record(first, scenario.path, scenario.symptom)
    for uri in first.uris:
        bench.status(first, uri)
    return bench


def told(scenario: Scenario, bench: Bench) -> dict[str, Any]:
    """What the starter is told about a lab that is ready."""
    at = bench.plan
    return {
        "name": scenario.name,
        "directory": at.directory,
        "conf": files.conf(at.directory),
        "nginx_exe": at.nginx,
        "address": at.address,
        "port": at.port,
        "host": bench.layout.sites[0].host,
        "path": scenario.path,
        "master_pid": bench.master_pid(),
        "backends": {each.name: each.port for each in bench.layout.backends},
        "targets": {each.name: at.target(each) for each in bench.layout.backends},
        "hosts": [site.host for site in bench.layout.sites],
        "supervisorctl": [*place.supervisor("supervisorctl"), "-c", files.supervisord_conf(at.directory)],
    }


def guard(bench: Bench) -> None:
    """Wait for the end. Raises Ended."""
    while True:
        bench.pause(1.0)
        reap()


def say(answer: dict[str, Any]) -> None:
    """Hand the one line to the starter and be silent from then on."""
    print(json.dumps(answer), flush=True)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tui502.lab.guardian")
    parser.add_argument("--scenario", required=True)
    parser.add_argument("--directory")
    parser.add_argument("--nginx")
    parser.add_argument("--no-visitors", action="store_true")
    given = parser.parse_args(argv)
    directory = ""
    try:
        adopt_orphans()
        for number in ENDING:
            signal.signal(number, _end)
        os.umask(0o022)
        scenario, nginx = find(given.scenario), place.nginx_exe(given.nginx)
        directory = place.new_directory(given.directory)
        Path(directory).mkdir()
        bench = make(scenario, directory, nginx, not given.no_visitors)
        say(told(scenario, bench))
        guard(bench)
    except Ended:
        pass
    except (plan.CannotStart, OSError) as error:
        say({"error": str(error)})
    finally:
        _ignore_signals()
        end_all()
        if directory:
            place.remove(directory)


if __name__ == "__main__":
    main()
