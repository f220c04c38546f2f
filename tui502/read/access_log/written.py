"""The log formats of a configuration, and which of them a log is written in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui502.model.config import Config
from tui502.model.evidence import Gap
from tui502.model.facts import Loaded, LogTarget
from tui502.read.access_log.form import form
from tui502.text import neutral

_ESCAPES = ("default", "json", "none")
_COMBINED = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
"""nginx's own, which no configuration may define anew."""


def formats(config: Config) -> dict[str, str]:
    """The formats by name, each as "ESCAPE TEXT"."""
    found = {"combined": f"default {_COMBINED}"}
    for http in config.root:
        for one in http.children if http.name == "http" else ():
            if one.name == "log_format" and len(one.args) > 1:
                name, *words = one.args
                escape = words[0].removeprefix("escape=") if words[0].startswith("escape=") else ""
                found.setdefault(name, f"{escape if escape in _ESCAPES else 'default'} {''.join(words[1:] if escape else words)}")
    return found


def forms(config: Config, loaded: Loaded | None, logs: Iterable[LogTarget], target: LogTarget) -> tuple[str, ...]:
    """The formats in which the lines of an access log are written: by what nginx runs, where that is known to differ, and by what is on disk. () of an
    error log."""
    names = tuple(dict.fromkeys(each.level for each in logs if each.kind == target.kind == "access" and each.path == target.path))
    known = [formats(each) for each in ((loaded.config, config) if loaded else (config,))]
    return tuple(dict.fromkeys(each[name] for name in names for each in known if name in each))


def formats_of(config: Config, loaded: Loaded | None, logs: Iterable[LogTarget]) -> tuple[str, ...]:
    """The formats of all access logs."""
    logs = tuple(logs)
    return tuple(dict.fromkeys(each for target in logs for each in forms(config, loaded, logs, target)))


def untold(config: Config, logs: Iterable[LogTarget]) -> Iterator[Gap]:
    """The formats in use whose lines do not say how a request ended, and what would have them do so."""
    known = formats(config)
    for name in dict.fromkeys(target.level for target in logs if target.kind == "access" and target.path != "off"):
        if name in known and not form(known[name]).tells:
            lacks = "$status" not in known[name].replace("{", "").replace("}", "")
            add = "add $status" if lacks else "put $status between double quotes, before what clients send,"
            yield Gap(f"statuses in access logs of log_format {neutral(name)}", "unreadable", f"{add} in log_format {neutral(name)}")
