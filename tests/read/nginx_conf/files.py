"""Files as they are seen, for tests."""

from __future__ import annotations

from dataclasses import replace

from tui502.model.evidence import FileSeen, Gap, Seen, Why

Files = dict[str, Seen[FileSeen]]


def seen(data: bytes, **changes: object) -> Seen[FileSeen]:
    file = FileSeen("", data, False, "file", 0o644, 0, 0, 1, 1, 1, len(data), 0, 0)
    return Seen(1.0, 0.0, replace(file, **changes))  # type: ignore[arg-type]


def gone(why: Why) -> Seen[FileSeen]:
    return Seen(1.0, 0.0, None, Gap("file", why, ""))
