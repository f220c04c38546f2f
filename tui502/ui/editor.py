"""The person's editor: which it is, how it is told the line, and what it does to a text that is in no file."""

from __future__ import annotations

import posixpath
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PLUS = frozenset(
    (
        *("vi", "vim", "vim.tiny", "vim.basic", "vim.nox", "nvi", "nvim", "vis", "elvis", "ex", "view", "nano", "rnano", "pico", "emacs", "emacsclient"),
        *("joe", "jmacs", "jstar", "jed", "mg", "zile", "ne", "mcedit", "micro", "kak", "editor", "sensible-editor"),
    )
)
"""Editors that take the line as "+N" before the file. What others make of such a word is not known, so they get none."""

_COLON = {"hx": (), "helix": (), "code": ("-g",), "codium": ("-g",), "subl": ()}
"""Editors that take it behind the name of the file, and the option they want before it."""


def argv(env: Mapping[str, str], path: str, line: int, found: Callable[[str], str | None] = shutil.which) -> list[str]:
    """$VISUAL or $EDITOR with its options, else what the system has; without a shell."""
    try:
        words = shlex.split(env.get("VISUAL") or env.get("EDITOR") or "")
    except ValueError:
        words = []
    words = words or ["sensible-editor" if found("sensible-editor") else "vi"]
    name = posixpath.basename(words[0])
    if name in _COLON:
        return [*words, *_COLON[name], f"{path}:{line}"]
    return [*words, f"+{line}", path] if name in PLUS else [*words, path]


def run(words: list[str]) -> int:
    """Run the editor and wait for it; its exit code. Keys that end or stop a program are for the editor meanwhile. Raises OSError."""
    with _deaf(signal.SIGINT, signal.SIGQUIT):
        return subprocess.run(words, check=False).returncode


@contextmanager
def _deaf(*numbers: signal.Signals) -> Iterator[None]:
    """Hear these signals without an effect; a program that is started meanwhile has its own."""
    before = {number: signal.signal(number, lambda *_: None) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def edited(text: bytes, name: str, line: int, env: Mapping[str, str], run: Callable[[list[str]], int] = run) -> tuple[bytes, int]:
    """The text as the editor left it, and the editor's exit code. It lies in a directory that only this account can enter, and is gone afterwards.
    Raises OSError."""
    with tempfile.TemporaryDirectory(prefix="tui502-") as folder:
        file = Path(folder, posixpath.basename(name) or "text")
        file.write_bytes(text)
        file.chmod(0o600)
        code = run(argv(env, str(file), line))
        return file.read_bytes(), code


def first_difference(before: bytes, after: bytes) -> int:
    """The line, from 1, at which two texts begin to differ."""
    old, new = before.split(b"\n"), after.split(b"\n")
    return next((n for n, (one, other) in enumerate(zip(old, new, strict=False), 1) if one != other), min(len(old), len(new)))


def missing(env: Mapping[str, str]) -> str:
    """Why there is no editor, or ''."""
    name = argv(env, "", 1)[0]
    return "" if shutil.which(name) else f"{name} is not there: set VISUAL or EDITOR"
