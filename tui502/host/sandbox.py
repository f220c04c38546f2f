"""`nginx -t` on a staged state without a trace on the live one.

Plain `nginx -t` makes logs, temporary directories and an empty pid file; here all that goes to memory. Methods, best first: "namespace" (a private
mount namespace, also in a user namespace of our own), "copy" (a copy of the configuration tree), "lex" (nothing could be run).
"""

from __future__ import annotations

import base64
import json
import os
import pkgutil
import posixpath
import shutil
import sys
from collections.abc import Mapping
from typing import Literal

from tui502.host import conf_copy
from tui502.host.built import built_in
from tui502.host.conf_copy import Lexer
from tui502.host.held import ENV, run
from tui502.model.evidence import CommandSeen, View

Method = Literal["namespace", "copy", "lex"]

LEFT_ALONE = b"left alone: "
"""How a message begins that says why nginx was not run on this configuration (`conf_copy.trap`)."""

DEADLINE = 30.0
"""Seconds for one test: nginx waits 10 s for each name behind a silent DNS server."""


class NoSandbox(Exception):
    """A method that does not work here, and why."""


def test(
    exe: str, argv: tuple[str, ...], files: Mapping[str, bytes | None], view: View | None, lexer: Lexer,
    dirs: tuple[str, ...] = (), deadline: float = DEADLINE,  # noqa: PT028
) -> tuple[Method, CommandSeen]:  # fmt: skip
    """Run `exe argv` (such as ("-t", "-c", conf)) as if `files` (real path → content, None: removed) lay on disk. Never raises. `lexer` reads nginx's language.

    `dirs` are the directories that nginx -t would write to; without CAP_SYS_ADMIN only they, the directory of the configuration and those of `files` are
    protected by the namespace. `exe` may be /proc/PID/exe. `code` is negative after a signal (nginx crashed), 124 when the time was up.
    """
    shown = (view.argv[0] if view and view.argv else exe, *argv)
    conf, prefix = option(argv, "-c"), option(argv, "-p")
    exe = exe if "/" in exe else shutil.which(exe, path=ENV["PATH"]) or exe
    root = _root(view)
    if trapped := trap(exe, argv, files, view, lexer):
        return "lex", CommandSeen(shown, 1, b"", os.fsencode(trapped), False)
    folders = map(posixpath.dirname, files) if root else map(_standing, files)
    kept = _protected((*dirs, posixpath.dirname(posixpath.realpath(conf)) if conf else "", *folders))
    why = []
    for own_user in (False, True):
        try:
            return "namespace", _in_namespace(exe, shown, files, view, kept, prefix, own_user, deadline)
        except NoSandbox as problem:
            why.append(str(problem))
    if view and not view.local:
        why.append("nginx lives in another mount namespace, of which no copy can be made")
    else:
        try:
            return "copy", conf_copy.test(exe, shown, conf, files, deadline, lexer)
        except OSError as error:
            why.append(f"{error.filename or 'no copy'}: {error.strerror}")
    return "lex", CommandSeen(shown, 1, b"", ("not run: " + "; ".join(why)).encode("utf-8", "replace"), False)


def trap(exe: str, argv: tuple[str, ...], files: Mapping[str, bytes | None], view: View | None, lexer: Lexer) -> str:
    """See `conf_copy.trap`; arguments as of `test`."""
    return conf_copy.trap(_main(exe, view, argv), files, lexer, _root(view))


def _root(view: View | None) -> str:
    """The root of another mount namespace in which nginx lives."""
    return "" if view is None or view.local else f"/proc/{view.pid}/root"


def check(exe: str, argv: tuple[str, ...], files: Mapping[str, bytes | None], deadline: float = DEADLINE) -> CommandSeen:
    """Run `argv`, a test by another program than nginx, whose file is `exe`, as if `files` lay on disk. Raises NoSandbox with the reason."""
    kept = _protected(tuple(map(_standing, files)))
    why = []
    for own_user in (False, True):
        try:
            return _in_namespace(exe, argv, files, None, kept, "", own_user, deadline)
        except NoSandbox as problem:
            why.append(str(problem))
    raise NoSandbox("; ".join(dict.fromkeys(why)))


def _standing(path: str) -> str:
    """The innermost directory above `path` that is there."""
    folder = posixpath.dirname(path)
    while folder != "/" and not os.path.isdir(folder):  # noqa: PTH112
        folder = posixpath.dirname(folder)
    return folder


def _main(exe: str, view: View | None, argv: tuple[str, ...]) -> str:
    """The configuration that this nginx reads: that of its options, else the one that was built in. "/" where it cannot be told."""
    prefix, conf = option(argv, "-p"), option(argv, "-c")
    if not (conf.startswith("/") or (conf and prefix)):
        built_prefix, built_conf = built_in(exe)
        prefix, conf = prefix or built_prefix, conf or built_conf
    return posixpath.join(view.cwd if view and view.cwd else "/", prefix, conf)


def _protected(dirs: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `dirs` over which an overlay can be put: not the root itself, not the kernel's own."""
    return tuple(sorted({path for path in dirs if path.startswith("/") and path.split("/")[1] not in ("", "proc", "sys") and path != "/dev"}))


def option(argv: tuple[str, ...], name: str) -> str:
    """The value of an option of nginx, in either form ("-c F", "-cF"); '' when it is not given."""
    found = ""
    for n, word in enumerate(argv):
        if word == name and n + 1 < len(argv):
            found = argv[n + 1]
        elif word.startswith(name) and len(word) > len(name):
            found = word[len(name) :]
    return found


def _in_namespace(
    exe: str, argv: tuple[str, ...], files: Mapping[str, bytes | None], view: View | None, dirs: tuple[str, ...], prefix: str, own_user: bool, deadline: float
) -> CommandSeen:
    inside = view if view and not view.local else None
    if inside and own_user:
        raise NoSandbox("another mount namespace cannot be entered without root")
    order = {
        "exe": exe, "argv": argv, "dirs": dirs, "needed": [*dirs, *([prefix] if prefix.startswith("/") else [])], "own_user": own_user,
        "files": {path: None if data is None else base64.b64encode(data).decode() for path, data in files.items()},
        "enter": inside.pid if inside else 0, "cwd": view.cwd if view and view.cwd else "/", "env": ENV,
    }  # fmt: skip
    source = (pkgutil.get_data("tui502.host", "sandbox_child.py") or b"").decode()
    hear, speak = os.pipe()
    try:
        seen = run([sys.executable, "-I", "-S", "-c", source, str(speak)], argv, json.dumps(order).encode(), deadline, (speak,))
        os.close(speak)
        speak = -1
        problem = os.read(hear, 4096)
    except OSError as error:
        raise NoSandbox(f"{error.filename or sys.executable}: {error.strerror}") from error
    finally:
        os.close(hear)
        if speak >= 0:
            os.close(speak)
    if problem:
        raise NoSandbox(problem.decode("utf-8", "replace"))
    if own_user and b"(75: " in seen.err:
        raise NoSandbox("files of owners that a user namespace does not know (EOVERFLOW)")
    return seen
