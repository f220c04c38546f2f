"""Where a request's files lie: `root`, `alias`, `try_files`, `index`. What lies there must have been looked at."""

from __future__ import annotations

import posixpath

from tui502.model.config import Directive
from tui502.read.routing.endings import End, Jumped, own_page
from tui502.read.routing.locations import split
from tui502.read.routing.pcre import Undecided
from tui502.read.routing.state import State
from tui502.read.routing.uri import as_bytes, as_text, escaped_path
from tui502.read.routing.variables import filled

_READ = ("GET", "HEAD", "POST")
_NO_ANSWER = 444
"""What "=200" comes to: nginx takes the request for answered and closes the connection."""


def root(state: State) -> bytes:
    """$document_root: the value of `root` or `alias` in effect, made absolute."""
    found = state.nearest("root", "alias")
    if not found or not found[-1].args:
        return as_bytes(posixpath.join(state.known.prefix, "html"))
    written = found[-1].args[0]
    value = filled(state, written.removesuffix("/") if found[-1].name == "root" else written)
    return value if written.startswith("/") else as_bytes(posixpath.join(state.known.prefix, as_text(value)))


def path_of(state: State) -> bytes:
    """$request_filename: where the file of the current URI lies."""
    return root(state) + state.uri[_alias(state) :]


def _alias(state: State) -> int:
    """How much of the URI an `alias` takes the place of: the length of its location. 0 without one."""
    found = state.nearest("root", "alias")
    if not found or found[-1].name != "alias":
        return 0
    if not state.valid_location:
        raise Undecided('an "alias" does not hold where the URI was rewritten: nginx answers 500')
    if state.changed:
        raise Undecided('whether an "alias" holds right behind a "rewrite" depends on the security fixes in this nginx')
    location = next(block for block in reversed(state.path) if any(child is found[-1] for child in block.children))
    modifier, pattern = split(location)
    if modifier in ("~", "~*"):
        return len(state.uri)
    return len(as_bytes(pattern))


def tried(state: State) -> End | Jumped | None:
    """What `try_files` comes to: a jump, an end, or None when the request goes on with the file that was found."""
    setting = next(iter(state.own("try_files")), None)
    if setting is None or len(setting.args) < 2:
        return None
    taken = _alias(state)
    if taken and taken == len(state.uri) and _is_regex(state):
        raise Undecided(f'"try_files" in line {setting.line} works on an "alias" in a regular expression')
    try:
        return _tried(state, setting, taken)
    except Undecided as error:
        raise Undecided(f'"try_files" in line {setting.line} decides by the files that exist: {error}') from error


def _is_regex(state: State) -> bool:
    return any(split(block)[0] in ("~", "~*") for block in state.blocks_inside())


def _tried(state: State, setting: Directive, taken: int) -> End | Jumped | None:
    *trials, last = setting.args
    base = root(state)
    for trial in trials:
        wants_dir = trial.endswith("/")
        name = filled(state, trial.removesuffix("/"))
        if taken and "$" in trial and name.startswith(state.uri[:taken]):
            name = name[taken:]
        kind = state.exists(base + name)
        if kind != "absent" and (kind == "dir") == wants_dir:
            state.uri = state.uri[:taken] + name
            state.jump(setting, state.uri)
            return None
    if last.startswith("="):
        state.jump(setting, last)
        status = int(last[1:]) if last[1:].isdigit() else 500
        return own_page(status if status >= 300 or status in (201, 204) else _NO_ANSWER, "nothing of try_files is there", setting)
    target = filled(state, last)
    if taken and "$" in last and target.startswith(state.uri[:taken]):
        raise Undecided(f'nginx cuts the location from "{last}" too, as it stands in an "alias"')
    return Jumped(setting, target)


def content(state: State) -> End | Jumped:
    """What files come to when nothing else answers (index, autoindex and static modules)."""
    if state.uri.endswith(b"/"):
        if state.method in _READ and state.value("random_index", "off") == "on":
            raise Undecided(f'"random_index" in line {state.nearest("random_index")[-1].line} takes a file by chance')
        if state.method in _READ and (found := _index(state)) is not None:
            return found
        if state.value("autoindex", "off") == "on" and state.method in ("GET", "HEAD"):
            return End(200, None, "file", as_text(path_of(state)), True)
        return own_page(403, "a directory without an index file") if state.method in _READ else _not_with(state)
    if state.method not in _READ:
        return _not_with(state)
    path = path_of(state)
    if state.method != "POST" and state.value("gzip_static", "off") == "always" and state.exists(path + b".gz") == "file":
        return End(200, None, "file", as_text(path + b".gz"), True)
    kind = state.exists(path)
    if kind == "dir":
        return End(301, None, "redirect", as_text(with_slash(state)))
    if kind != "file":
        return own_page(404, f"{as_text(path)} is no file")
    return _not_with(state) if state.method == "POST" else End(200, None, "file", as_text(path), True)


def with_slash(state: State) -> bytes:
    """Where nginx sends a client that left out the slash at the end."""
    return escaped_path(state.uri + b"/", state.version) + (b"?" + state.args if state.args else b"")


def _not_with(state: State) -> End:
    for one in state.nearest("dav_methods"):
        if state.method in one.args:
            raise Undecided(f'"dav_methods" in line {one.line} takes {state.method}')
    return own_page(405, f"files are not answered to {state.method}")


def _index(state: State) -> End | Jumped | None:
    """The first index file that is there; None when there is none in a directory that is there."""
    setting = state.nearest("index")
    names = [name for one in setting for name in one.args] or ["index.html"]
    tested = False
    for name in names:
        value = filled(state, name)
        if value.startswith(b"/"):
            return Jumped(setting[-1], value, keeps_args=True)
        if state.exists(path_of(state) + value) != "absent":
            return Jumped(setting[-1] if setting else None, state.uri + value, keeps_args=True)
        if not tested and state.exists(path_of(state).rstrip(b"/") or b"/") == "absent":
            return own_page(404, f"{as_text(path_of(state))} is not there")
        tested = True
    return None
