"""Server names in TLS towards a backend: the one that nginx asks for, and others that the configuration knows."""

from __future__ import annotations

import re

from tui502.model.facts import Facts, Pass
from tui502.read.effective import effective_all
from tui502.read.routing.targets import host_part
from tui502.read.setting import setting

_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62})*\Z", re.I)
_ADDRESS = re.compile(r"[\d.]+\Z|.*:")
MOST = 4
"""Names tried at most."""


def expected(facts: Facts, route: Pass) -> str:
    """The name that nginx takes for the backend's own (`proxy_ssl_name`, else the host or group in the pass); '' where it holds a variable."""
    value = setting(facts.config, route.where, route.family, "ssl_name", facts.nginx.version).value
    if value == "$proxy_host":
        scheme, mark, rest = route.target.partition("://")
        place = host_part(rest if mark else scheme, True)
        return "" if "$" in place else place.rpartition(":")[0] if re.search(r":\d+\Z", place) else place
    if value in ("$host", "$server_name", "$http_host", "$ssl_server_name"):
        return next((name for name in route.names if is_name(name)), "")
    return "" if "$" in value else value


def asks(facts: Facts, route: Pass) -> bool:
    """Whether nginx asks for that name (`proxy_ssl_server_name`)."""
    return setting(facts.config, route.where, route.family, "ssl_server_name", facts.nginx.version).value == "on"


def asked_for(facts: Facts, route: Pass) -> str:
    """The name that nginx asks for, '' where it asks for none. An address is never asked for."""
    name = expected(facts, route)
    return name if asks(facts, route) and is_name(name) else ""


def candidates(facts: Facts, route: Pass) -> tuple[str, ...]:
    """Names that may be the backend's, most likely first: the one nginx expects, hosts of its peers, the Host that is sent, the site's own."""
    sent = [one.value.split(" ", 1)[1] for one in effective_all(facts.config, route.where, "proxy_set_header") if one.value.lower().startswith("host ")]
    found = (expected(facts, route), *(peer.host for peer in route.peers), *sent, *route.names)
    return tuple(dict.fromkeys(name for name in found if is_name(name)))[:MOST]


def is_name(text: str) -> bool:
    """Whether this is a host name with which TLS can ask."""
    return bool(_NAME.match(text)) and not _ADDRESS.match(text)
