"""A look in words: what it does and what it costs, for a person who is to take it."""

from __future__ import annotations

import shlex

from tui502.model.evidence import Look

SENDS = ("exchange", "replay", "access")
"""Kinds of looks that talk to a backend or to nginx."""


def does(look: Look) -> str:
    """What a look does, in words."""
    if look.kind == "exchange":
        peer, speak, method, _, uri = look.args[:5]
        words = {"connect": f"a connect to {peer}", "tls": f"a TLS handshake with {peer}"}
        return words.get(speak, f"{method} {uri} to {peer} on a new connection, nobody else's")
    if look.kind == "replay":
        return f"{look.args[2]} {look.args[4]} through nginx"
    if look.kind == "access":
        return f"a connect to {look.args[0]} with the rights of nginx's worker"
    return shlex.join(look.args) if look.args else look.key


def costs(look: Look) -> str:
    """What it takes: of the backend, or of this host."""
    most = f"at most {look.deadline:.0f} s"
    if look.kind == "exchange" and look.args[1] in ("connect", "tls"):
        return f"one connection, nothing is asked, {most}"
    if look.kind in ("exchange", "replay"):
        return f"one request ({look.args[2]}), one worker for {most}"
    return f"one connection, nothing is asked, {most}" if look.kind == "access" else f"reads only, changes nothing, {most}"


def briefly(look: Look) -> str:
    """The same in one clause, for the row NEXT."""
    if look.kind == "exchange":
        peer, speak, method, _, uri = look.args[:5]
        words = {"connect": f"one connect to {peer}", "tls": f"one TLS handshake with {peer}"}
        text = words.get(speak, f"one {method} {uri} straight to the backend")
    elif look.kind == "replay":
        text = f"one {look.args[2]} {look.args[4]} through nginx"
    elif look.kind == "access":
        text = "one connect with the rights of nginx's worker"
    else:
        text = look.reason or look.key
    return f"{text}, at most {look.deadline:.0f} s"
