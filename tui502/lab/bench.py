"""The lab at work, as the guardian handles it: start it, look at it, break it."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tui502.lab import ask, files, place
from tui502.lab.plan import Backend, CannotStart, Layout, Plan, Site
from tui502.lab.processes import descendants, tied

PATIENCE = 15.0
"""Seconds until a step that takes a tenth of a second has failed."""


class Ended(Exception):
    """Whoever started the lab is gone, or asked for its end."""


@dataclass
class Bench:
    """A lab while it is made. `starter` is the descriptor of a pipe whose other end the starter holds; every wait ends with `Ended` when that one is closed.
    `running` are the direct children, the last started last."""

    plan: Plan
    layout: Layout
    starter: int
    running: list[subprocess.Popen[bytes]]

    def wait_for(self, condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait until `condition` holds. Raises CannotStart after `seconds`, Ended."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise CannotStart(f"{what} did not happen within {seconds:g} s\n{self._last_words()}")
            self._wake_supervisord()
            self.pause(0.02)

    def pause(self, seconds: float) -> None:
        """Wait, collecting children that have ended. Raises Ended."""
        if select.select([self.starter], [], [], seconds)[0]:
            raise Ended
        for process in self.running:
            process.poll()

    def _wake_supervisord(self) -> None:
        """supervisord looks after its programs once a second, and whenever somebody connects to its socket."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as control:
            control.connect(files.control_socket(self.plan.directory))

    def _last_words(self) -> str:
        logs = sorted(Path(self.plan.directory, "logs").glob("*.log"))
        return "\n".join(f"{log.name}: {line}" for log in logs for line in log.read_text(errors="replace").splitlines()[-3:])

    def spawn(self, argv: Iterable[str], with_signal: int) -> subprocess.Popen[bytes]:
        """Start a child that gets `with_signal` when this process ends."""
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(
            list(argv),
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            cwd=self.plan.directory,
            env=place.environment(),
            preexec_fn=tied(with_signal),
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def start(self) -> None:
        """Start everything, wait until every application listens, then until every URI of every site is answered with 200. No request fails here."""
        self.spawn([*place.supervisor("supervisord"), "-c", files.supervisord_conf(self.plan.directory)], signal.SIGTERM)
        for backend in self.layout.backends:
            if backend.autostart:
                self.wait_for_listener(backend)
        for site in self.layout.sites:
            for uri in site.uris:
                self.wait_for_status(site, uri, 200)

    def wait_for_status(self, site: Site, uri: str, status: int) -> None:
        """Wait until nginx answers so. Raises CannotStart, Ended."""
        self.wait_for(lambda: self.status(site, uri) == status, f"{status} for {uri} of {site.host}")

    def wait_for_listener(self, backend: Backend) -> None:
        """Wait until the application accepts connections. Raises CannotStart, Ended."""
        if backend.socket:
            self.wait_for(lambda: ask.accepts_at(backend.socket), f"{backend.name} listening on {backend.socket}")
        else:
            self.wait_for(lambda: ask.accepts(self.plan.address, backend.port), f"{backend.name} listening on port {backend.port}")

    def wait_for_record(self, site: Site, uri: str, symptom: str) -> None:
        """Ask for `uri` until the error log has a record of the site in which the regular expression `symptom` is found. Raises CannotStart, Ended."""
        record, log = re.compile(f"{symptom}.*, server: {re.escape(site.host)},"), Path(self.plan.directory, "logs/error.log")

        def seen() -> bool:
            if record.search(log.read_text(errors="replace")):
                return True
            self.status(site, uri)
            return False

        self.wait_for(seen, f"the record {symptom!r}")

    def send_visitors(self) -> None:
        """Start the stream of requests."""
        what = [site.host + uri for site in self.layout.sites for uri in site.uris]
        self.spawn([sys.executable, "-m", "tui502.lab.clients", "--to", f"{self.plan.address}:{self.plan.port}", *what], signal.SIGKILL)

    def status(self, site: Site, uri: str, timeout: float = 5.0) -> int:
        """What nginx answers for `uri` of `site`; 0 for no answer."""
        return ask.get(self.plan.address, self.plan.port, site.host, uri, timeout)[0]

    def supervisorctl(self, *words: str) -> None:
        """Run supervisorctl. Raises CannotStart when it fails."""
        argv = [*place.supervisor("supervisorctl"), "-c", files.supervisord_conf(self.plan.directory), *words]
        with subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=place.environment(), preexec_fn=tied(signal.SIGKILL)
        ) as process:
            self.wait_for(lambda: process.poll() is not None, " ".join(words))
            said = process.stdout.read() if process.stdout else b""
        if process.returncode:
            raise CannotStart(f"supervisorctl {' '.join(words)}: {said.decode(errors='replace').strip()}")

    def release(self, old: Backend, new: Backend) -> None:
        """Put `new` in the place of the application `old`: write its files and supervisord's configuration and let them take effect."""
        self.layout = replace(self.layout, backends=tuple(new if each == old else each for each in self.layout.backends))
        files.write_backend(self.plan, new)
        conf = Path(files.supervisord_conf(self.plan.directory))
        before, after = conf.read_text(), files.supervisor_text(self.plan, self.layout.backends)
        conf.write_text(after)
        self.supervisorctl(*(("update",) if before != after else ("restart", new.name)))
        self.wait_for_listener(new)

    def edit(self, site: Site, before: str, after: str) -> None:
        """Change the one place in the site's file where `before` stands; nginx is not told."""
        file = files.site_file(self.plan, site)
        text = file.read_text()
        if text.count(before) != 1:
            raise CannotStart(f"{before!r} stands {text.count(before)} times in {file}")
        file.write_text(text.replace(before, after))

    def master_pid(self) -> int:
        """nginx's master; 0 where nginx does not run."""
        try:
            return int(Path(self.plan.directory, "run/nginx.pid").read_text())
        except FileNotFoundError:
            return 0

    def reload(self) -> None:
        """Let nginx read its configuration again, and wait until its old workers are gone. Raises CannotStart, Ended."""
        master = self.master_pid()
        old = set(descendants(master))
        os.kill(master, signal.SIGHUP)
        self.wait_for(lambda: old.isdisjoint(now := descendants(master)) and now, "the reload of nginx")
