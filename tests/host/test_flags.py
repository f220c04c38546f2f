"""Files that nobody may change are known before anything is written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tui502.host.flags import forbidding


def test_a_file_without_flags_forbids_nothing(tmp_path: Path) -> None:
    """If this fails, every repair is refused."""
    file = tmp_path / "a.conf"
    file.write_bytes(b"x")
    assert forbidding(str(file)) == ""
    assert forbidding(str(tmp_path)) == ""
    assert forbidding(str(tmp_path / "gone")) == ""


def test_an_immutable_file_is_known(tmp_path: Path) -> None:
    """If this fails, the refusal comes from the kernel in the middle of the change, without a reason."""
    file = tmp_path / "a.conf"
    file.write_bytes(b"x")
    chattr = shutil.which("chattr") or pytest.skip("no chattr here")
    if subprocess.run([chattr, "+i", str(file)], check=False, capture_output=True).returncode:
        pytest.skip("no right to set flags, or a file system without them")
    try:
        assert forbidding(str(file)) == "+i"
    finally:
        subprocess.run([chattr, "-i", str(file)], check=True)
    assert forbidding(str(file)) == ""
