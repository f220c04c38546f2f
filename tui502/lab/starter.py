"""Start a lab from another program, and the handle of one that runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tui502.lab import ask, place
from tui502.lab.plan import CannotStart

GONE_WITHIN = 15.0
"""Seconds after which a guardian that does not end is killed."""


@dataclass(frozen=True)
class Lab:
    """A running lab. Requests of the first site, the one the scenario is about, go to `address`:`port` with the Host header `host`; `path` of it
    fails, or would if the scenario broke anything. `hosts` are all sites, `backends` the applications' names and their ports now (0: on a socket),
    `targets` their places as nginx writes them, `master_pid` is 0 where nginx does not run, `supervisorctl` the argv to which words are added. It ends
    with `stop`, at the end of the `with` block, and when this process ends in whatever way."""

    name: str
    directory: str
    conf: str
    nginx_exe: str
    address: str
    port: int
    host: str
    path: str
    master_pid: int
    backends: Mapping[str, int]
    targets: Mapping[str, str]
    hosts: tuple[str, ...]
    supervisorctl: tuple[str, ...]
    guardian: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The request that must answer 200 in the end; it needs the Host header `host`."""
        return f"http://{self.address}:{self.port}{self.path}"

    def get(self, uri: str = "", host: str = "") -> tuple[int, bytes]:
        """Ask nginx for `uri` (default: `path`) of `host` (default: the first site). Returns status and body; (0, b"") where nothing answers."""
        return ask.get(self.address, self.port, host or self.host, uri or self.path)

    def stop(self) -> None:
        """End every process of the lab and remove its directory; a second call does nothing."""
        _end(self.guardian)
        place.remove(self.directory)

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def start(name: str, *, directory: str | None = None, clients: bool = True, nginx: str | None = None) -> Lab:
    """Start the scenario `name` and return when its outage is real and in the log. The lab makes a directory of its own below `directory`, by default
    in that for temporary files. `clients`: send a stream of requests; `nginx`: the binary to run. Raises CannotStart, with the reason and what to do."""
    argv = [sys.executable, "-m", "tui502.lab.guardian", "--scenario", name]
    argv += ["--directory", str(Path(directory).absolute())] if directory else []
    argv += ["--nginx", str(Path(nginx).absolute()) if "/" in nginx else nginx] if nginx else []
    argv += [] if clients else ["--no-visitors"]
    guardian = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/", env=place.environment(), start_new_session=True
    )
    try:
        told = _first_answer(guardian)
    except BaseException:
        _end(guardian)
        raise
    return Lab(**{**told, "hosts": tuple(told["hosts"]), "supervisorctl": tuple(told["supervisorctl"])}, guardian=guardian)


def _first_answer(guardian: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What the guardian says when the lab is ready; each of its waits has an end. Raises CannotStart."""
    assert guardian.stdout is not None
    talk = b""
    for line in guardian.stdout:
        if line.startswith(b"{"):
            told: dict[str, Any] = json.loads(line)
            if "error" in told:
                raise CannotStart(told["error"])
            return told
        talk += line
    raise CannotStart(f"the lab did not start: {talk.decode(errors='replace').strip()}")


def _end(guardian: subprocess.Popen[bytes]) -> None:
    """Close the pipe, which is the guardian's sign to end, and wait for it; kill it where it does not."""
    for pipe in (guardian.stdin, guardian.stdout):
        if pipe:
            pipe.close()
    try:
        guardian.wait(GONE_WITHIN)
    except subprocess.TimeoutExpired:
        guardian.kill()
        guardian.wait()
