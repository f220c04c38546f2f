"""What is added to a log from now on, whatever happens to the file."""

from __future__ import annotations

from pathlib import Path

from tui502.host.tail import Tail


def test_only_new_and_whole_lines(tmp_path: Path) -> None:
    """If this fails, old failures count as new ones, or half a record is judged."""
    log = tmp_path / "error.log"
    log.write_bytes(b"old\n")
    tail = Tail(str(log))
    assert tail.new() == b""
    with log.open("ab") as out:
        out.write(b"one\ntw")
        out.flush()
        assert tail.new() == b"one\n"
        out.write(b"o\n")
        out.flush()
        assert tail.new() == b"two\n"
    tail.close()


def test_rotation_truncation_and_a_log_that_comes_later(tmp_path: Path) -> None:
    """If this fails, a rotated log hides that the change made it worse."""
    log = tmp_path / "error.log"
    tail = Tail(str(log))
    assert tail.new() == b""
    log.write_bytes(b"first\n")
    assert tail.new() == b"first\n"
    with log.open("ab") as out:
        out.write(b"last of the old\n")
    log.rename(tmp_path / "error.log.1")
    log.write_bytes(b"first of the new\n")
    assert tail.new() == b"last of the old\nfirst of the new\n"
    log.write_bytes(b"cut\n")
    assert tail.new() == b"cut\n"
    tail.close()
