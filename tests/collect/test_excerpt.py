"""Lines of a backend's log around the moment in which nginx began to complain, of real files and a real journal."""

from __future__ import annotations

import calendar
import json
import shutil
from pathlib import Path

import pytest

from tests.collect.test_log_journal import add
from tui502.collect import excerpt as module
from tui502.collect.excerpt import excerpt
from tui502.model.evidence import Excerpt, Gap

MOMENT = float(calendar.timegm((2026, 11, 22, 12, 30, 0)))


def line(minute: int) -> bytes:
    return b"[22-Nov-2026 12:%02d:00] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it\n" % minute


def test_the_lines_around_the_moment_are_taken(tmp_path: Path) -> None:
    """If this fails, a long outage pushes what began it out of sight."""
    path = tmp_path / "php-fpm.log"
    path.write_bytes(b"".join(line(minute) + b"#0 /srv/x.php(1)\n" * 9 for minute in range(60)))
    found = excerpt(str(path), str(path), MOMENT, 3.0, 0)
    assert isinstance(found, Excerpt)
    assert (len(found.lines), found.cut) == (200, True)
    assert line(30)[:-1] in found.lines
    assert line(20)[:-1] in found.lines
    assert line(50)[:-1] not in found.lines


def test_lines_without_a_time_are_the_last_ones(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(b"".join(b"line %d\n" % n for n in range(100_000)))
    found = excerpt(str(path), str(path), MOMENT, 3.0, 0)
    assert isinstance(found, Excerpt)
    assert (len(found.lines), found.lines[-1], found.cut) == (200, b"line 99999", True)
    path.write_bytes(b"one\ntwo\n")
    assert excerpt(str(path), str(path), MOMENT, 3.0, 0) == Excerpt(str(path), (b"one", b"two"), False)


def test_no_log_is_a_gap(tmp_path: Path) -> None:
    found = excerpt("/var/log/x.log", str(tmp_path / "x"), MOMENT, 3.0, 0)
    assert found == Gap("/var/log/x.log", "absent", "")


@pytest.mark.skipif(not shutil.which("journalctl"), reason="no systemd on this host")
def test_messages_of_a_unit_and_about_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What systemd says of a unit stands beside what the unit says."""
    add(tmp_path, "begun")
    monkeypatch.setattr(module, "MORE", (f"--directory={tmp_path}",))
    found = excerpt("journal:_SYSTEMD_UNIT=web.service + UNIT=nginx.service", "", 1795530000.0, 5.0, 0)
    assert isinstance(found, Excerpt)
    assert sorted(str(json.loads(each)["MESSAGE"])[:7] for each in found.lines) == ["#0 /srv", "1.1.1.1", "2026/11", "Started"]
    later = excerpt("journal:_SYSTEMD_UNIT=web.service", "", 1795540000.0, 5.0, 0)
    assert isinstance(later, Excerpt)
    assert later.lines == ()
