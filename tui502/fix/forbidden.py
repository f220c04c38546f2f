"""What is never done, whoever asks: the last check before a fix is carried out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from tui502.fix.edits import EditRefused, apply_edits
from tui502.fix.kinds import kind_of
from tui502.fix.never_run import never_run
from tui502.model.config import walk
from tui502.model.findings import Edit, Fix
from tui502.read.managed import owner, owner_of
from tui502.read.nginx_conf import parse
from tui502.read.values import seconds
from tui502.text import neutral

_TIMEOUT = re.compile(r"(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_(?:connect|read|send)_timeout\Z")
_DEFAULT_TIMEOUT = 60.0
"""Seconds that nginx waits where none of these time-outs is set."""

_SLOW = ("backend_slow", "request_body", "keepalive_race", "protocol_mismatch")
"""Causes for which a longer time-out is right: the backend works; with another protocol the time-out that holds already gets another name."""

_TEXTS = (
    (
        re.compile(rb"(?im)^\s*(?:SocketMode|listen\.mode|chmod|unix_socket_permissions)\s*=\s*[\"']?0*[0-7]{0,3}[2367]\b"),
        "it makes a socket writable for everybody",
    ),
    (re.compile(rb"(?im)^\s*SELINUX\s*=\s*(?:permissive|disabled)"), "it switches SELinux off"),
)

_Said = tuple[str, tuple[str, ...]]
"""A directive's name and arguments."""


def forbidden(fix: Fix, files: Mapping[str, bytes]) -> str:
    """Why this fix must never be carried out, or ''. `files` are the files as they are now; an edit of a file that is not among them is judged
    by its new text alone."""
    for command in fix.commands:
        if reason := never_run(command.argv, fix.cause) or (never_run(command.undo, fix.cause, undoing=True) if command.undo else ""):
            return reason
    for file in dict.fromkeys(edit.file for edit in fix.edits):
        edits = tuple(edit for edit in fix.edits if edit.file == file)
        if reason := _edits(edits, files.get(file), fix.cause):
            return reason
    return ""


def _edits(edits: tuple[Edit, ...], before: bytes | None, cause: str) -> str:
    for edit in edits:
        for pattern, reason in _TEXTS:
            if pattern.search(edit.new):
                return reason
    if before is None:
        return next(_settings(_said(b"".join(edit.old + b" " for edit in edits)), _said(b"".join(edit.new + b" " for edit in edits)), cause), "")
    if tool := next((tool for edit in edits if (tool := owner(edit.file, "", before) or owner_of(before, edit.start, edit.end))), ""):
        return f"{neutral(edits[0].file)} is written by {tool}: an edit by hand would be overwritten"
    try:
        after = apply_edits(before, edits)
    except EditRefused as error:
        return f"its edits do not fit the file: {error}"
    for pattern, reason in _TEXTS:
        if len(pattern.findall(after)) > len(pattern.findall(before)):
            return reason
    if kind_of(edits[0].file, before) != "nginx":
        return ""
    if parse("", before)[1]:
        return next(_settings(Counter(), _said(after) - _said(before), cause), "")
    was, now = _said(before), _said(after)
    if now.total() < was.total():
        return "it deletes configuration"
    return next(_settings(was - now, now - was, cause), "")


def _said(data: bytes) -> Counter[_Said]:
    """Every directive of a text, with how often it stands there."""
    return Counter((one.name, one.args) for one in walk(parse("", data)[0]))


def _settings(gone: Counter[_Said], new: Counter[_Said], cause: str) -> Iterator[str]:
    """What forbids these directives, if anything does."""
    for name, args in new:
        if name.endswith("_ssl_verify") and args == ("off",):
            yield "it switches the verification of certificates off"
        elif name == "user" and args[:1] == ("root",):
            yield "it runs nginx's workers as root"
        elif "max_fails=0" in args and not any(other[:1] == args[:1] and "max_fails=0" in other for _, other in gone):
            yield "max_fails=0 hides failures instead of mending them"
        elif _TIMEOUT.match(name) and args and cause not in _SLOW and seconds(args[0]) > _before(gone, name):
            yield "it waits longer for something that is down"
    for name, args in gone:
        if name.endswith("_ssl_verify") and args == ("on",) and not any(other == (name, args) for other in new):
            yield "it switches the verification of certificates off"


def _before(gone: Counter[_Said], name: str) -> float:
    return max((seconds(args[0]) for other, args in gone if other == name and args), default=_DEFAULT_TIMEOUT)
