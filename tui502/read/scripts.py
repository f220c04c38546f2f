"""Which script a FastCGI backend is told to run for a request: SCRIPT_FILENAME as nginx would compute it, where that can be done from the text alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from tui502.model.config import Config, Where
from tui502.model.facts import Facts, Pass, Request
from tui502.read.effective import chain, effective, effective_all
from tui502.read.routing import located
from tui502.read.routing.uri import parse

SCRIPT = "SCRIPT_FILENAME"
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_ROOTS = ("document_root", "realpath_root")
_URIS = ("uri", "document_uri")


def root(facts: Facts, at: Where) -> str:
    """The document root at a place as an absolute path, '' where it is not known (none is set, an alias, a variable)."""
    found, alias = effective(facts.config, at, "root"), effective(facts.config, at, "alias")
    if found is None or alias is not None or "$" in found.value or not found.value:
        return ""
    return posixpath.join(facts.nginx.prefix, found.value).rstrip("/")


def given(config: Config, at: Where) -> str:
    """SCRIPT_FILENAME as it is written for this place ("$document_root$fastcgi_script_name"), '' where it is not given."""
    values = [one.value.split(" ", 1) for one in effective_all(config, at, "fastcgi_param")]
    return next((value[1] for value in reversed(values) if len(value) == 2 and value[0] == SCRIPT), "")


def parameters(facts: Facts, route: Pass, request: Request) -> tuple[str, ...]:
    """NAME=VALUE of what tells a backend which script to run for this request, () where that cannot be computed."""
    expression, name = given(facts.config, route.where), script_name(facts, route, request)
    path = expanded(expression, root(facts, route.where), name) if expression and name else ""
    return told(path, name) if path else ()


def told(path: str, name: str) -> tuple[str, ...]:
    return (f"{SCRIPT}={path}", f"SCRIPT_NAME={name}", f"DOCUMENT_URI={name}")


def expanded(expression: str, document_root: str, name: str) -> str:
    """An expression with its variables replaced, '' where it has others than those of the root and the script's name."""
    values = {**dict.fromkeys(_URIS, name), "fastcgi_script_name": name, **(dict.fromkeys(_ROOTS, document_root) if document_root else {})}
    names = {one or other for one, other in _VARIABLE.findall(expression)}
    if not names <= values.keys():
        return ""
    return _VARIABLE.sub(lambda found: values[found[1] or found[2]], expression)


def script_name(facts: Facts, route: Pass, request: Request) -> str:
    """$fastcgi_script_name for a request that ends at this pass: its path, the file that try_files falls back to, or the index; '' where it cannot be told."""
    asked = parse(request.uri.partition("?")[0], True)
    if asked is None:
        return ""
    name = asked.path.decode("utf-8", "surrogateescape")
    found = located(facts.config, request, facts.routes)
    here = found.location is not None and found.location.where == route.location_where
    if not here:
        return next(_falls_back(facts.config, found.location.where if found.location else route.server_where, name), "")
    if name.endswith("/"):
        index = effective(facts.config, route.where, "fastcgi_index")
        return name + index.value if index and "$" not in index.value else name
    return name if not re.search(r"\.php/", name) else ""


def _falls_back(config: Config, at: Where, name: str) -> Iterator[str]:
    """Where nginx looks next for a request that is not at the pass yet."""
    inside = chain(config, at)
    for child in inside[-1].children if inside else ():
        last = child.args[-1].partition("?")[0] if child.name == "try_files" and child.args else ""
        if last.startswith("/") and "$" not in last:
            yield last
    if name.endswith("/"):
        index = effective(config, at, "index")
        yield from (name + word for word in (index.value.split() if index else ()) if "$" not in word and not word.startswith("/"))
