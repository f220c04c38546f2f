"""The rewrite module: `if`, `set`, `rewrite`, `return`, `break`, carried out in the order in which they are written (ngx_http_script.c)."""

from __future__ import annotations

from collections.abc import Callable

from tui502.model.config import Directive, walk
from tui502.read.routing.conditions import condition
from tui502.read.routing.endings import End
from tui502.read.routing.pcre import Undecided, match
from tui502.read.routing.state import State
from tui502.read.routing.uri import as_bytes, as_text, unescaped_redirect
from tui502.read.routing.variables import captured, filled, parts, piece, pieces

_REDIRECTS = (301, 302, 303, 307, 308)
_FIXED = (1, 30, 1)
"""Since then a group is no longer escaped in a `rewrite` because an earlier one had arguments. Distributions have put that into older versions."""

_HARMLESS = ("set", "add_header", "expires", "access_log", "error_log", "rewrite_log", "set_by_lua")


class _Run:
    """One run through the directives of a block. `quote`: groups in `set` are escaped; `in_args`: groups in `rewrite` are, too."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.quote = True
        self.in_args = False
        self.over = False

    def block(self, block: Directive) -> End | None:
        """Carry out a block; `over` says that nothing behind it counts either."""
        for one in block.children:
            step, words = _STEPS.get(one.name, (None, 0))
            if step is not None and not one.data:
                if len(one.args) < words:
                    raise Undecided(f'"{one.name}" in line {one.line} is not complete')
                end = step(self, one)
                if end is not None or self.over:
                    return end
        return None

    def set(self, one: Directive) -> None:
        name, value = one.args[0].lstrip("$").lower(), one.args[1]
        try:
            found: bytes | Undecided = filled(self.state, value, self.quote)
        except Undecided as error:
            found = error
        if name == "args":
            if isinstance(found, Undecided):
                raise found
            self.state.args, self.state.as_sent = found, False
        else:
            self.state.variables[name] = found

    def return_(self, one: Directive) -> End:
        state, (first, *rest) = self.state, one.args
        status, text = (int(first), rest[0] if rest else None) if first.isdigit() else (302, first)
        value = "" if text is None else as_text(filled(state, text))
        if status in _REDIRECTS:
            return End(status, one, "redirect", value)
        sent = status < 400 or bool(text)
        return End(status, one, "text" if sent else "status", value, sent)

    def break_(self, one: Directive) -> None:
        if self.state.changed:
            self.state.valid_location = self.state.changed = False
        self.over = True

    def rewrite(self, one: Directive) -> End | None:
        state, (pattern, replacement, *flags) = self.state, one.args
        found = match(pattern, state.uri, False)
        if found is None:
            state.groups = None
            return None
        captured(state, found)
        flag = flags[0] if flags else ""
        redirect = flag in ("redirect", "permanent") or replacement.startswith(("http://", "https://", "$scheme"))
        adds, replacement = not replacement.endswith("?"), replacement.removesuffix("?")
        if redirect:
            target = unescaped_redirect(filled(state, replacement, True))
            target += (b"&" if b"?" in as_bytes(replacement) else b"?") + state.args if adds and state.args else b""
            self.over = True
            return End(301 if flag == "permanent" else 302, one, "redirect", as_text(target))
        return self._rewritten(one, replacement, adds, flag)

    def _rewritten(self, one: Directive, replacement: str, adds: bool, flag: str) -> End | None:
        state = self.state
        state.internal, state.as_sent = True, False
        state.changed = flag != "break"
        state.valid_location = state.valid_location and state.changed
        path, args = self._parts(replacement)
        if args is not None:
            state.args = args + b"&" + state.args if adds and state.args else args
        elif not adds:
            state.args = b""
        self.quote = False
        self.over = flag in ("last", "break")
        state.uri = path
        state.jump(one, path + b"?" + state.args if args else path)
        return None if path else End(500, one)

    def _parts(self, replacement: str) -> tuple[bytes, bytes | None]:
        """Path and arguments of a replacement: what stands behind its first `?` as it is written. Groups are escaped in the arguments."""
        state = self.state
        cut = pieces(replacement)
        plain = parts(state, cut, False)
        if self.in_args and state.version < _FIXED and plain != parts(state, cut, True):
            raise Undecided("how a group is escaped behind an earlier rewrite depends on the security fixes in this nginx")
        self.in_args = False
        found: list[bytes] = []
        split: int | None = None
        for kind, what in cut:
            head, question, tail = what.partition("?") if kind == "text" and split is None else (what, "", "")
            found.append(piece(state, kind, head, self.in_args))
            if question:
                split, self.in_args = len(found), True
                found.append(as_bytes(tail))
        return (b"".join(found), None) if split is None else (b"".join(found[:split]), b"".join(found[split:]))

    def if_(self, one: Directive) -> End | None:
        state = self.state
        try:
            holds = condition(state, one, self.quote)
        except Undecided as error:
            self._doubt(one, error)
            return None
        if not holds:
            return None
        if state.path[-1] is not state.server:
            state.enter((*(block for block in state.path if block.name != "if"), one))
        state.jump(one, "")
        return self.block(one)

    def _doubt(self, one: Directive, error: Undecided) -> None:
        """An `if` that cannot be judged is taken not to hold; what it would set is unknown then."""
        inside = list(walk(one.children))
        for child in inside:
            if child.name == "set" and child.args:
                self.state.variables[child.args[0].lstrip("$").lower()] = error
        if any(child.name not in _HARMLESS for child in inside):
            self.state.doubts.append(f'the "if" in line {one.line} can lead elsewhere: {error}')


_STEPS: dict[str, tuple[Callable[[_Run, Directive], End | None], int]] = {
    "set": (_Run.set, 2),
    "return": (_Run.return_, 1),
    "break": (_Run.break_, 0),
    "rewrite": (_Run.rewrite, 2),
    "if": (_Run.if_, 1),
}
"""What carries a directive out, and how many arguments it needs."""


def run(state: State) -> End | None:
    """Carry out the rewrite directives of the innermost block; the end where they answer the request."""
    return _Run(state).block(state.path[-1])
