"""Recordings: what goes in comes out, what is damaged says so."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builder import moved
from tui502.collect import recording
from tui502.model.evidence import CommandSeen, Seen


def test_what_is_recorded_comes_back() -> None:
    """If this fails, a replay judges other evidence than was seen."""
    evidence = moved().evidence()
    assert recording.unpack(recording.pack(evidence)) == recording.masked(evidence)


def test_record_replay_record_is_identical() -> None:
    """If this fails, a recording changes by being looked at."""
    once = recording.pack(moved().evidence())
    assert recording.pack(recording.unpack(once)) == once


def test_secrets_do_not_leave_memory() -> None:
    """If this fails, a recording that is handed over carries a password from a command, a file or a log."""
    evidence = moved().evidence()
    secret = CommandSeen(("systemctl", "show"), 0, b"Environment=DB_PASSWORD=hunter2hunter2 PORT=3000\n", b"Authorization: Bearer hunter2hunter2", False)
    evidence = dataclasses.replace(evidence, commands={**evidence.commands, "systemctl show": Seen(1.0, 0.1, secret)})
    assert b"hunter2" not in gzip.decompress(recording.pack(evidence))


def test_names_that_are_no_utf8_can_be_recorded() -> None:
    """If this fails, one odd file name on the host makes recording impossible."""
    evidence = moved().evidence()
    evidence = dataclasses.replace(evidence, dirs={**evidence.dirs, "/srv/\udcff": Seen(1.0, 0.1, ("a\udcfe",))})
    assert recording.unpack(recording.pack(evidence)).dirs["/srv/\\xff"].value == ("a\\xfe",)


@given(st.binary(max_size=200))
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    """If this fails, a wrong file ends in a traceback."""
    with pytest.raises(recording.Damaged):
        recording.unpack(data)


@pytest.mark.parametrize("keep", [10, 200, 1000])
def test_a_cut_recording_is_refused(keep: int) -> None:
    """If this fails, half an incident is judged as if it were whole."""
    with pytest.raises(recording.Damaged, match="damaged"):
        recording.unpack(recording.pack(moved().evidence())[:keep])


def test_a_recording_of_another_version_says_so() -> None:
    """If this fails, a person does not learn that another tui502 reads it."""
    other = recording.pack(dataclasses.replace(moved().evidence(), schema=999))
    with pytest.raises(recording.Damaged, match="schema 999"):
        recording.unpack(other)


def test_a_recording_is_never_written_over_a_file(tmp_path: Path) -> None:
    """If this fails, `tui502 record` can destroy a file."""
    file = tmp_path / "incident"
    file.write_text("mine")
    with pytest.raises(FileExistsError):
        recording.save(str(file), moved().evidence())
    assert file.read_text() == "mine"


def test_only_the_owner_may_read_a_recording(tmp_path: Path) -> None:
    """If this fails, other users of the host read its configuration."""
    recording.save(str(tmp_path / "incident"), moved().evidence())
    assert (tmp_path / "incident").stat().st_mode & 0o777 == 0o600


def test_a_directory_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(recording.Damaged, match="no regular file"):
        recording.load(str(tmp_path))
