"""What a reload came to: nginx's own words count, not what others write into its logs."""

from __future__ import annotations

import pytest
from site_to_mend import Site

from tui502.apply.reload import Reloaded, emergencies, reload

REAL = b"2026/11/22 12:00:00 [emerg] 4711#4711: bind() to 127.0.0.1:80 failed (98: Address already in use)"


def test_the_masters_words_are_found() -> None:
    """If this fails, a person is not told why nginx refuses."""
    assert emergencies(b"2026/11/22 12:00:00 [notice] 4711#4711: signal 1 (SIGHUP) received\n" + REAL + b"\n", 4711) == [REAL]


@pytest.mark.parametrize(
    "line",
    [
        b'2026/11/22 12:00:00 [error] 4712#0: *1 FastCGI sent in stderr: "[emerg] 4711#0: refused" while reading response header from upstream',
        b'2026/11/22 12:00:00 [error] 4712#0: *1 FastCGI sent in stderr: "PHP message:\n[emerg] 4711: refused" while reading response header from upstream',
        b"2026/11/22 12:00:00 [emerg] 4712#0: another master",
        b"2026/11/22 12:00:00 [warn] 4711#0: [emerg] 4711#0: refused",
        b"an application that shares the log: [emerg] 4711#0: refused",
    ],
)
def test_what_only_looks_like_them_is_not(line: bytes) -> None:
    """If this fails, what an application prints makes a reload that nginx took look refused."""
    assert emergencies(line + b"\n", 4711) == []


def test_words_without_the_old_workers_are_no_refusal(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, files go back without a reload although nginx may run the new text."""
    monkeypatch.setattr("tui502.apply.reload.emergencies", lambda data, master: [REAL])
    monkeypatch.setattr("tui502.apply.reload.RETRIES", 0.0)
    seen: list[Reloaded] = []
    for present in (True, False):
        if not present:
            monkeypatch.setattr("tui502.apply.reload.workers", lambda master: frozenset())
        seen.append(reload(site.view, (str(site.error_log),), 0.0))
    assert seen[0].end in ("refused", "taken")
    assert seen[1].end == "unanswered"
