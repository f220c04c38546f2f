"""nginx's own variables, as far as a configuration and a request tell them."""

from __future__ import annotations

from collections.abc import Callable

from tui502.read.routing import files
from tui502.read.routing.listens import names
from tui502.read.routing.pcre import Undecided, match
from tui502.read.routing.state import State
from tui502.read.routing.uri import argument, as_bytes


def _header(state: State, name: str) -> bytes:
    """A request header, underscores for dashes."""
    if name == "host":
        return as_bytes(state.request.host)
    if state.known.headers is None:
        state.assumed[f"no header {name.replace('_', '-').title()}"] = None
        return b""
    return as_bytes(state.known.headers.get(name.replace("_", "-"), ""))


def _cookie(state: State, name: str) -> bytes:
    if state.known.headers is None:
        state.assumed[f"no cookie {name}"] = None
        return b""
    pairs = (part.strip().partition("=") for part in state.known.headers.get("cookie", "").split(";"))
    return as_bytes(next((value for key, _, value in pairs if key.lower() == name), ""))


def _host(state: State) -> bytes:
    return as_bytes(state.host) or _server_name(state)


def _server_name(state: State) -> bytes:
    """The first name of the server in lower case, its leading dot removed; a regular expression as it is written."""
    first = next(iter(names(state.server)), "")
    return as_bytes(first if first.startswith("~") else first.lower().removeprefix("."))


def _address(state: State) -> bytes:
    return as_bytes(state.request.address.strip("[]")) or _unknown("server_addr")


def _body(state: State) -> bytes:
    if state.request.method in ("GET", "HEAD"):
        return b""
    raise Undecided("what the body of the request is like is not known")


def _user(state: State) -> bytes:
    return _unknown("remote_user") if _header(state, "authorization") else b""


def protocol(state: State) -> bytes:
    """The version that the client speaks, taken to be 1.1; a client that sends no Host speaks 1.0."""
    return b"HTTP/1.1" if state.request.host else b"HTTP/1.0"


def _line(state: State) -> bytes:
    return as_bytes(f"{state.request.method} {state.request.uri} ") + protocol(state)


def _split(state: State) -> tuple[bytes, bytes] | None:
    """Script and path info of a URI, where `fastcgi_split_path_info` cuts it."""
    setting = state.nearest("fastcgi_split_path_info")
    found = match(setting[-1].args[0], state.uri, False) if setting and setting[-1].args else None
    return (found.group(1) or b"", found.group(2) or b"") if found and found.re.groups >= 2 else None


def script_name(state: State) -> bytes:
    """$fastcgi_script_name."""
    if (found := _split(state)) is not None:
        return found[0]
    return state.uri + as_bytes(state.value("fastcgi_index", "")) if state.uri.endswith(b"/") else state.uri


def _path_info(state: State) -> bytes:
    found = _split(state)
    return found[1] if found else b""


def _real_root(state: State) -> bytes:
    state.assumed["a root without links"] = None
    return files.root(state)


def _status(state: State) -> bytes:
    """That of the error on whose page nginx is; before there is one it depends on what is answered."""
    return b"%03d" % state.err_status if state.err_status else _unknown("status")


def _unknown(name: str) -> bytes:
    raise Undecided(f"${name} is not known from here")


BUILT_IN: dict[str, Callable[[State], bytes]] = {
    "uri": lambda state: state.uri,
    "document_uri": lambda state: state.uri,
    "request_uri": lambda state: state.asked.sent,
    "args": lambda state: state.args,
    "query_string": lambda state: state.args,
    "is_args": lambda state: b"?" if state.args else b"",
    "host": _host,
    "server_name": _server_name,
    "server_port": lambda state: b"%d" % state.request.port,
    "server_addr": _address,
    "scheme": lambda state: as_bytes(state.request.scheme),
    "https": lambda state: b"on" if state.request.scheme == "https" else b"",
    "ssl_server_name": lambda state: as_bytes(state.request.sni),
    "request_method": lambda state: as_bytes(state.shown_method if state.beside else state.method),
    "request": _line,
    "server_protocol": protocol,
    "document_root": files.root,
    "realpath_root": _real_root,
    "request_filename": files.path_of,
    "content_length": _body,
    "content_type": _body,
    "remote_user": _user,
    "status": _status,
    "nginx_version": lambda state: as_bytes(state.known.version) or _unknown("nginx_version"),
    "fastcgi_script_name": script_name,
    "fastcgi_path_info": _path_info,
}
"""Values by lower-case name."""

PREFIXES: dict[str, Callable[[State, str], bytes]] = {
    "arg_": lambda state, name: argument(state.args, as_bytes(name)) or b"",
    "http_": _header,
    "cookie_": _cookie,
}
"""Families of variables: the rest of the name is the argument, header or cookie."""
