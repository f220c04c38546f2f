"""What includes lead to and could not be read here: what stands in it may be anything, so nothing may be said to be missing."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.config import Config
from tui502.text import neutral


def unread(config: Config) -> Mapping[str, str]:
    """Path of a file or directory → why it could not be read. What is not there, or is a directory in the place of a file, hides nothing."""
    return {each.file: reason(each.file, each.text) for each in config.problems if each.hides}


def reason(path: str, text: str) -> str:
    """The text of a problem without the path that it begins with."""
    return text.removeprefix(f"{neutral(path.encode('utf-8', 'surrogateescape'))}: ")
