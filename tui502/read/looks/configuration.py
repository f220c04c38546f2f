"""The files of the configuration, how they are laid out, and whether nginx accepts them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tui502.model.config import Config
from tui502.model.evidence import Evidence, Look
from tui502.model.facts import Facts
from tui502.read import keys, layout
from tui502.read.facts import read_includes
from tui502.read.looks.ground import SLOW_EVERY, master, starts_with
from tui502.read.nginx import options_of_test

MOST_FILES = 1000
"""Files of the configuration that are looked at in SLOW_EVERY seconds; where there are more, each is looked at less often. "Look again" looks at all."""


def files(evidence: Evidence, config: Config) -> Iterator[Look]:
    """Its files and the directories that its includes look into."""
    pid, every = master(evidence), SLOW_EVERY * max(1.0, len(config.files) / MOST_FILES)
    for path in (*config.files, *config.wanted_files):
        yield Look(path, "file", (path,), pid, 3.0, every, "the configuration")
    for problem in config.problems:
        if problem.file in evidence.files:
            yield Look(problem.file, "file", (problem.file,), pid, 3.0, SLOW_EVERY, "the configuration")
    for path in dict.fromkeys((*evidence.dirs, *config.wanted_dirs)):
        yield Look(path, "dir", (path,), pid, 3.0, SLOW_EVERY, "the configuration")
    if evidence.view.value and evidence.running.gap and evidence.running.at:
        for path in config.dirs:
            yield Look(path, "file", (path,), pid, 3.0, SLOW_EVERY, "whether files came or went")


def laid_out(evidence: Evidence) -> Iterator[Look]:
    """Which sites are there and not enabled, and whether copies that stand in the place of links differ from their originals."""
    found = read_includes(evidence)
    for path in layout.wanted_dirs(found):
        yield Look(path, "dir", (path,), master(evidence), 3.0, SLOW_EVERY, "which sites are there and not enabled")
    for path in layout.wanted_files(found, evidence.files, evidence.dirs):
        yield Look(path, "file", (path,), master(evidence), 3.0, SLOW_EVERY, "does a copy differ from its original")


def tested(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """`nginx -t` in the sandbox, once per state of the configuration. The directories that it would write to follow behind "--"."""
    view = evidence.view.value
    starts = () if view else starts_with(evidence)
    exe = view.exe if view else next(iter(starts), "nginx")
    argv = (exe, "-t", *options_of_test(view, starts, facts.nginx.conf))
    state = facts.config.fingerprint
    yield Look(keys.NGINX_T, "test", (*argv, "--", *written_dirs(facts)), master(evidence), 20.0, None, f"does nginx accept the configuration {state}")


def written_dirs(facts: Facts) -> tuple[str, ...]:
    """The directories in which `nginx -t` would make files: those of the configuration, the logs, the pid file and the temporary files."""
    dirs = {posixpath.dirname(facts.nginx.conf), posixpath.dirname(facts.nginx.pid_file), posixpath.dirname(facts.nginx.error_log)}
    dirs |= {posixpath.dirname(target.path) for target in facts.logs if target.path.startswith("/")}
    for directive in facts.config.walk():
        if directive.name.endswith(("_temp_path", "_cache_path")) and directive.args:
            dirs.add(posixpath.join(facts.nginx.prefix, directive.args[0]))
        elif directive.name in ("pid", "lock_file") and directive.args:
            dirs.add(posixpath.dirname(posixpath.join(facts.nginx.prefix, directive.args[0])))
    return tuple(sorted(path for path in dirs if path.startswith("/") and path != "/dev"))
