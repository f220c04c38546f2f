"""Host names as nginx resolves them when it starts, and the addresses that are this host's own."""

from __future__ import annotations

import shlex
import socket

from tui502.host.look import read_file
from tui502.host.namespace import call_in_net_ns
from tui502.host.paths import gap_of, same_root
from tui502.model.evidence import FileSeen, Gap, View

HOSTS = "/etc/hosts"
_GAPS = {socket.EAI_NONAME: "absent", socket.EAI_NODATA: "absent", socket.EAI_AGAIN: "timeout"}


def resolve(host: str, view: View | None = None) -> tuple[str, ...] | Gap:
    """The addresses of a host name as nginx asks for them: by the system's resolver, none of a family that this host has no address of, IPv4 first. Blocks as
    long as the resolver does. In a foreign root only its hosts file is read: its resolver is not ours."""
    source, hint = f"address of {host}", shlex.join(("getent", "ahosts", host))
    if view is not None and not same_root(view):
        return _in_hosts_file(host, view) or Gap(source, "not_asked", f"sudo nsenter --target {view.pid} --all {hint}")
    try:
        found = call_in_net_ns(view, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG))
    except socket.gaierror as error:
        return Gap(source, _GAPS.get(error.errno or 0, "unreadable"), hint)  # type: ignore[arg-type]
    except UnicodeError:
        return Gap(source, "unreadable", hint)
    except OSError as error:
        return gap_of(source, error, f"sudo {hint}")
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0] != socket.AF_INET)))


def _in_hosts_file(host: str, view: View) -> tuple[str, ...]:
    seen = read_file(HOSTS, view)
    lines = seen.data.decode("utf-8", "replace").splitlines() if isinstance(seen, FileSeen) else []
    words = (line.partition("#")[0].split() for line in lines)
    return tuple(dict.fromkeys(address for address, *names in filter(None, words) if host.lower() in map(str.lower, names) and _is_address(address)))


def _is_address(text: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text)
        except (OSError, ValueError):
            continue
        return True
    return False


def own_addresses(view: View | None = None) -> tuple[str, ...] | Gap:
    """The addresses of all interfaces in the view's network, in a stable order."""
    import psutil

    try:
        interfaces = call_in_net_ns(view, psutil.net_if_addrs)
    except OSError as error:
        return gap_of("addresses", error, "sudo tui502")
    wanted = (socket.AF_INET, socket.AF_INET6)
    return tuple(sorted({item.address.partition("%")[0] for items in interfaces.values() for item in items if item.family in wanted}))
