"""What may refuse a request before its content: access rules, passwords, limits."""

from __future__ import annotations

from tui502.model.config import Directive
from tui502.model.route import Jump
from tui502.read.routing.endings import End, own_page
from tui502.read.routing.state import State

_ASKING = {"auth_basic": "asks for a password", "auth_request": "asks another location first", "auth_jwt": "asks for a token", "auth_oidc": "asks for a login"}
_LIMITS = {"limit_req": "limits requests", "limit_conn": "limits connections"}
_SCRIPTS = ("access_by_lua", "access_by_lua_block", "access_by_lua_file", "js_access", "rewrite_by_lua", "rewrite_by_lua_block", "rewrite_by_lua_file",
            "modsecurity")  # fmt: skip


def refused(state: State) -> End | None:
    """The end where the access rules refuse everybody; what may refuse somebody is noted among the state's guards."""
    for name, what in _LIMITS.items():
        for one in state.nearest(name):
            _note(state, one, what)
    asked = [one for name in _ASKING for one in state.nearest(name) if one.args[:1] != ("off",)]
    for one in asked:
        _note(state, one, _ASKING[one.name])
    for name in _SCRIPTS:
        for one in state.nearest(name):
            if one.args[:1] != ("off",):
                state.doubts.append(f"{one.name} in line {one.line} decides by a program")
    return _by_rules(state, any(one.args == ("any",) for one in state.nearest("satisfy")) and bool(asked))


def _by_rules(state: State, either: bool) -> End | None:
    """`allow` and `deny`: the first rule that fits the client decides, and only "all" fits everybody."""
    rules = [one for one in state.nearest("allow", "deny") if one.args]
    for one in rules:
        if one.args[0] == "all":
            if one.name == "allow" or either:
                return None
            if one is rules[0]:
                return own_page(403, "nobody is allowed there", one)
        _note(state, one, f"{one.name} {one.args[0]}")
    return None


def _note(state: State, one: Directive, what: str) -> None:
    state.guards.append(Jump(one.name, what, one.where))
