"""The fallback for `nginx -t` without a mount namespace: a copy of the files that nginx would read, in a private directory.

A copied file is found by nginx where the copy says so: absolute includes are rewritten, relative ones follow by themselves, everything else in the
directories of copied files is linked to the original. Paths that -t would write to are pointed into the copy.
"""

# ruff: noqa: PTH103, PTH108, PTH207, PTH208, PTH211
# system calls, by their own names
from __future__ import annotations

import contextlib
import errno
import fnmatch
import glob
import hashlib
import os
import posixpath
import re
import stat
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tui502.host.held import run
from tui502.host.look import kind_of
from tui502.model.evidence import KINDS, CommandSeen

MOST_FILES = 20000
MOST_BYTES = 64 << 20
"""A configuration with more files, or a file larger than this, is not copied."""

Lexer = Callable[[bytes, Callable[[str], bool]], Iterable[tuple[str, int, int, bytes]]]
"""Reads a text of nginx: (name, start and end of the first argument with its quotes, its value) of the directives whose names are wanted."""

_PATHS = ("include", "error_log", "access_log", "pid", "lock_file", "load_module")
_PATH_ENDS = ("_temp_path", "_cache_path")
"""Names, and ends of names, of directives whose first argument is a path that matters here."""

_EMPTY = (os.makedev(1, 3), os.makedev(1, 5))
"""/dev/null and /dev/zero: nginx reads as many bytes as such a file is long, which is none."""


_LISTED = re.compile(rb"^# configuration file (.+):$", re.M)
"""What `nginx -T` says before the text of each file."""


def _is_include(name: str) -> bool:
    return name == "include"


def _has_path(name: str) -> bool:
    return name in _PATHS or name.endswith(_PATH_ENDS)


def _staged(path: str, files: Mapping[str, bytes | None]) -> str:
    """The name under which what nginx calls `path` is staged, '' where it is not: with all links resolved, or as a link that is staged itself."""
    folder, name = posixpath.split(path)
    return next((real for real in (posixpath.join(posixpath.realpath(folder), name), posixpath.realpath(path)) if real in files), "")


class NoText(OSError):
    """What an include names and holds no text that could be read; `kind` as in `FileSeen`, "file" for one that is too big."""

    def __init__(self, path: str, kind: str, words: str) -> None:
        super().__init__(errno.EINVAL, words, path)
        self.kind = kind


def _read(path: str, files: Mapping[str, bytes | None], root: str = "") -> bytes | None:
    """The content of a configuration file, staged or on disk; None when it is not there. Raises NoText, or OSError when it is denied."""
    real = path if root and path in files else _staged(path, files) if not root else ""
    if real:
        return files[real]
    try:
        handle = os.open(root + path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        seen = os.fstat(handle)
        if stat.S_ISCHR(seen.st_mode) and seen.st_rdev in _EMPTY:
            return b""
        if not stat.S_ISREG(seen.st_mode):
            raise NoText(path, kind := kind_of(seen.st_mode), f"is {KINDS[kind]}")
        if seen.st_size > MOST_BYTES:
            raise NoText(path, "file", f"is {seen.st_size >> 20} MB long")
        with open(f"/proc/self/fd/{handle}", "rb") as file:
            return file.read(MOST_BYTES)
    finally:
        os.close(handle)


def _straight(path: str, root: str) -> str:
    """`path` without "..": the links before the last of them are followed, as the kernel does (in a foreign root, of whose links nothing is known here, it
    is taken by its letters)."""
    parts = path.split("/")
    if ".." not in parts:
        return path
    last = len(parts) - parts[::-1].index("..")
    head = "/".join(parts[:last])
    return posixpath.join(posixpath.normpath(head) if root else posixpath.realpath(head), *parts[last:])


def _matches(pattern: str, base: str, files: Mapping[str, bytes | None], root: str) -> list[str]:
    """Paths that an include names, as nginx names them: on disk, and staged ones that match."""
    full = _straight(posixpath.join(base, pattern), root)
    if not any(char in full for char in "*?["):
        return [full]
    on_disk = [path[len(root) :] for path in glob.glob(root + full)]
    staged = [path for path, data in files.items() if data is not None and fnmatch.fnmatchcase(path, full) and path.count("/") == full.count("/")]
    return sorted(set(on_disk) | set(staged))


def _raise(error: OSError) -> None:
    raise error


def walk(conf: str, files: Mapping[str, bytes | None], lexer: Lexer, root: str = "", on_unread: Callable[[OSError], None] = _raise) -> dict[str, bytes]:
    """Every file that nginx would read, path → content; `on_unread` is told of each that is there and cannot be read. Raises OSError; errno ELOOP, with the
    file's name, for an include that comes back to itself."""
    found: dict[str, bytes] = {}
    base = posixpath.dirname(conf)
    open_above: set[str] = set()
    todo = [(conf, False)]
    while todo:
        path, leaving = todo.pop()
        if leaving:
            open_above.discard(path)
            continue
        if path in open_above:
            raise OSError(errno.ELOOP, "includes itself", path)
        if path in found:
            continue
        try:
            data = _read(path, files, root)
        except OSError as error:
            on_unread(error)
            data = None
        if data is None:
            continue
        found[path] = data
        if len(found) > MOST_FILES:
            raise OSError(errno.EFBIG, "more files than any configuration has", path)
        open_above.add(path)
        todo.append((path, True))
        included = lexer(data, _is_include) if b"include" in data else ()
        todo += [(match, False) for _, _, _, value in included for match in _matches(os.fsdecode(value), base, files, root)]
    return found


def trap(conf: str, files: Mapping[str, bytes | None], lexer: Lexer, root: str = "") -> str:
    """Why `nginx -t` must not be run on this configuration: "nginx -t was not run: …" where nginx would crash or wait for ever, "left alone: …" where it is we
    who will not have it open that; '' where nothing speaks against it. What merely cannot be read is passed over: nginx will say so."""
    unread: list[OSError] = []
    try:
        walk(conf, files, lexer, root, unread.append)
    except OSError as error:
        return f"nginx -t was not run: nginx would crash, {error.filename} includes itself" if error.errno == errno.ELOOP else ""
    traps = {error.kind: error for error in unread if isinstance(error, NoText)}
    if pipe := traps.get("fifo"):
        return f"nginx -t was not run: nginx would hang, {pipe.filename} is a FIFO"
    odd = traps.get("device") or traps.get("file")
    return f"left alone: {odd.filename} {odd.strerror}" if odd else ""


def test(exe: str, argv: tuple[str, ...], conf: str, files: Mapping[str, bytes | None], deadline: float, lexer: Lexer) -> CommandSeen:
    """`argv` (of `nginx -t`, beginning with the program's name) run on a copy in which `files` are as staged. The copy is removed again.

    The paths in what nginx says are those of the originals. Raises OSError when no copy can be made.
    """
    if not conf.startswith("/"):
        raise OSError(errno.EINVAL, "its full path is not named", conf or "the configuration")
    main = _straight(conf, "")
    texts = walk(main, files, lexer)
    with tempfile.TemporaryDirectory(prefix="t502-") as place:
        root = f"{place}/root"
        _mirror(root, texts, files)
        for path, data in texts.items():
            _write(_inside(root, path), _pointed(data, root, place, posixpath.dirname(main), lexer))
        words = tuple(root + main if word == conf else word for word in argv)
        words = tuple("-c" + root + main if word == "-c" + conf else word for word in words)
        seen = run([exe, *words[1:]], argv, b"", deadline)
        listed = run([exe, *("-T" if word == "-t" else word for word in words[1:])], argv, b"", deadline).out if seen.code == 0 else b""
        read = {posixpath.normpath(os.fsdecode(name)) for name in _LISTED.findall(listed)}
        missing = [path for path in _staged_names(texts, files) if root + path not in read]
        if seen.code == 0 and missing:
            raise OSError(2, f"nginx did not read the staged {missing[0]} in the copy", missing[0])
        plain = os.fsencode(root)
        return CommandSeen(argv, seen.code, seen.out.replace(plain, b""), seen.err.replace(plain, b""), seen.cut)


def _staged_names(texts: Mapping[str, bytes], files: Mapping[str, bytes | None]) -> list[str]:
    """Names under which nginx must have read the staged files. A staged file that no include reaches is a failure of the copy only when it was reached."""
    staged = {path for path, data in files.items() if data is not None}
    return [path for path in texts if _staged(path, files) in staged]


def _mirror(root: str, texts: Mapping[str, bytes], files: Mapping[str, bytes | None]) -> None:
    """Directories of all copied files, with links to the originals for everything that is neither copied nor removed."""
    folders = {posixpath.dirname(path) for path in (*texts, *files)}
    for folder in list(folders):
        while folder not in ("/", ""):
            folder = posixpath.dirname(folder)
            folders.add(folder)
    for folder in sorted(folders):
        os.makedirs(_inside(root, folder), exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(folder):
                path = posixpath.join(folder, name)
                if path not in texts and path not in folders and not _staged(path, files):
                    os.symlink(path, _inside(root, path))


def _inside(root: str, path: str) -> str:
    """The place of `path` in the copy. Raises OSError for one that would lie outside."""
    if posixpath.normpath(root + path) not in (root + path, root) or not path.startswith("/"):
        raise OSError(errno.EINVAL, "does not lie in the copy", path)
    return root + path


def _write(path: str, data: bytes) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    Path(path).write_bytes(data)


def _pointed(text: bytes, root: str, place: str, base: str, lexer: Lexer) -> bytes:
    """The text with includes pointing into the copy and written paths into a place beside it. Relative includes, which begin at `base`, do so by themselves
    unless they climb out of the copy or over a link."""
    out, last = bytearray(), 0
    for name, start, end, raw in lexer(text, _has_path):
        value = os.fsdecode(raw)
        if name == "include":
            full = posixpath.join(base, value)
            straight, plain = _straight(full, ""), posixpath.normpath(full)
            stays = not value.startswith("/") and posixpath.normpath(root + full) == root + plain == root + posixpath.normpath(straight)
            new = value if stays else root + straight
        elif name == "load_module" or value in ("off", "stderr") or value.startswith(("syslog:", "memory:", "/dev/")):
            new = value
        else:
            new = f"{place}/{hashlib.sha256(os.fsencode(value)).hexdigest()[:16]}"
        if new != value:
            out += text[last:start] + os.fsencode(f'"{new}"')
            last = end
    return bytes(out + text[last:])
