"""What is built into an nginx binary, as it says itself."""

from __future__ import annotations

import os
import re

from tui502.host.run import run
from tui502.model.evidence import CommandSeen

PATIENCE = 3.0
"""Seconds for `nginx -V`."""

_BUILT = re.compile(rb"--(prefix|conf-path)=(\S+)")


def built_in(exe: str) -> tuple[str, str]:
    """(prefix, configuration file) built into a binary, by its -V; ("", "") when it may not be run."""
    seen = run((exe, "-V"), PATIENCE)
    if not isinstance(seen, CommandSeen):
        return "", ""
    built = {name.decode(): os.fsdecode(value).strip("'") for name, value in _BUILT.findall(seen.err)}
    prefix = built.get("prefix", "/usr/local/nginx")
    return prefix, built.get("conf-path", "conf/nginx.conf")
