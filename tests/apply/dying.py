"""A runner that is killed at a chosen point: "before atomic_replace", "after note decided", "before new_files.create" …"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

DYING = """
import os, signal, sys
from pathlib import Path
from tui502.apply import back, journal, runner
from tui502.host import change as host
from tui502.host import new_files
from tui502.host.paths import start_ticks

place, point = Path(sys.argv[1]), sys.argv[2]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def wrap(module, name, when, matches=lambda args: True):
    inner = getattr(module, name)
    def outer(*args, **kwargs):
        if when == "before" and matches(args): die()
        result = inner(*args, **kwargs)
        if when == "after" and matches(args): die()
        return result
    setattr(module, name, outer)

when, _, name = point.partition(" ")
if name.startswith("note "):
    wrap(journal, "note", when, lambda args: args[1] == name[5:])
elif name.startswith("new_files."):
    wrap(new_files, name[10:], when)
elif "." in name:
    wrap(back, "reload", when)
elif name:
    wrap(host, name, when, lambda args: not str(args[0]).startswith(str(place)))
with host.locked(str(place.parent / journal.LOCK)):
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    runner.carry_through(place)
"""

def killed_at(point: str, place: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DYING, str(place), point], capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
