"""One process looked at closely: what it uses, where it is sat at, and what of that may not be seen."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_nginx import eventually
from tui502.host.details import details
from tui502.host.processes import process
from tui502.model.evidence import Gap, Process, ProcessSeen

BUSY = "import sys\nfile = open(sys.argv[1])\nprint('ready', flush=True)\nwhile True: pass\n"


def started(pid: int) -> Process:
    found = process(pid)
    assert found
    return found


def test_a_process_is_told_with_what_it_uses(tmp_path: Path) -> None:
    """If this fails, nobody sees that a backend is out of files, or in whose editor a file is open."""
    held = tmp_path / "held"
    held.touch()
    with subprocess.Popen([sys.executable, "-c", BUSY, str(held)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as busy:
        try:
            assert busy.stdout
            assert busy.stdout.readline() == b"ready\n"
            found: ProcessSeen | Gap = Gap("", "absent", "")

            def is_busy() -> bool:
                nonlocal found
                found = details(busy.pid, started(busy.pid).started)
                return isinstance(found, ProcessSeen) and found.cpu > 0.2

            assert eventually(is_busy)
        finally:
            busy.kill()
    assert isinstance(found, ProcessSeen)
    assert found.pid == busy.pid
    assert str(held) in found.files
    assert found.open_files == 4
    assert found.most_open == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert found.memory
    assert found.memory > 1 << 20
    assert found.user


def test_another_process_with_its_number_is_not_taken_for_it() -> None:
    """If this fails, what a new process does is told of the one that had its pid before."""
    me = started(os.getpid())
    assert isinstance(details(me.pid, me.started), ProcessSeen)
    assert details(me.pid, me.started - 60) == Gap(f"process {me.pid}", "absent", "")


def test_a_process_that_is_gone_is_a_gap() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    assert details(gone.pid, 0.0) == Gap(f"process {gone.pid}", "absent", "")


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: only root has rights to give up")
def test_what_may_not_be_seen_is_none() -> None:
    """If this fails, a missing right reads as a process without open files, or ends the program."""
    code = f"import sys; sys.path[:] = {sys.path!r}\nfrom tui502.host.details import details\nimport os, psutil; os.setgid(65534); os.setuid(65534)\n"
    me = started(os.getpid())
    code += f"print(details({me.pid}, {me.started!r}).open_files)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"
