"""What may refuse a request before its content: access rules, passwords, limits."""

from __future__ import annotations

from tui502.model.config import Directive
from tui502.model.route import Jump
from tui502.read.routing.beside import FORBIDDEN, UNAUTHORIZED, Served, asked_first
from tui502.read.routing.endings import End, own_page
from tui502.read.routing.state import State

_ASKING = {"auth_basic": "asks for a password", "auth_jwt": "asks for a token", "auth_oidc": "asks for a login"}
_LIMITS = {"limit_req": "limits requests", "limit_conn": "limits connections"}
_SCRIPTS = ("access_by_lua", "access_by_lua_block", "access_by_lua_file", "js_access", "rewrite_by_lua", "rewrite_by_lua_block", "rewrite_by_lua_file",
            "modsecurity")  # fmt: skip


def refused(state: State, served: Served) -> End | None:
    """The end where the access rules, or the location that `auth_request` asks, refuse everybody; what may refuse somebody is noted among the state's
    guards. A request that nginx makes itself is not looked at (ngx_http_core_access_phase)."""
    if state.beside:
        return None
    for name, what in _LIMITS.items():
        for one in state.nearest(name):
            _note(state, one, what)
    for name in _SCRIPTS:
        for one in state.nearest(name):
            if one.args[:1] != ("off",):
                state.doubts.append(f"{one.name} in line {one.line} decides by a program")
    asked = [one for name in _ASKING for one in state.nearest(name) if one.args and one.args[0] != "off"]
    first = next((one for one in state.nearest("auth_request") if one.args and one.args[0] != "off"), None)
    either = any(one.args == ("any",) for one in state.nearest("satisfy")) and bool(asked or first)
    rules = _by_rules(state)
    if (either and rules == "allow") or (not either and rules == "deny"):
        return None if either else own_page(FORBIDDEN, "nobody is allowed there", _rules(state)[0])
    for one in asked:
        _note(state, one, _ASKING[one.name])
    if first is None:
        return None
    _note(state, first, f"asks {first.args[0]} first")
    status = asked_first(state, first, served)
    sure = not either or status not in (UNAUTHORIZED, FORBIDDEN) or not (asked or rules == "some")
    if not status or not sure or (either and rules == "some"):
        return None
    return own_page(status, f"{first.args[0]} lets nobody in", first)


def _by_rules(state: State) -> str:
    """What `allow` and `deny` come to: "allow" or "deny" everybody, "some" where it depends on the client, '' without rules. The first rule that fits the
    client decides, and only "all" fits everybody."""
    rules = _rules(state)
    if rules and rules[0].args[0] == "all":
        return rules[0].name
    for one in rules:
        if one.args[0] == "all" and one.name == "allow":
            break
        _note(state, one, f"{one.name} {one.args[0]}")
    return "some" if rules else ""


def _rules(state: State) -> list[Directive]:
    return [one for one in state.nearest("allow", "deny") if one.args]


def _note(state: State, one: Directive, what: str) -> None:
    state.guards.append(Jump(one.name, what, one.where))
