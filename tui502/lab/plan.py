"""What a lab consists of, as values: where it lives, which sites nginx serves, which applications stand behind them."""

from __future__ import annotations

import random
import socket
from dataclasses import dataclass
from pathlib import Path

NAMES = (
    "shop", "billing", "wiki", "forum", "tickets", "reports", "search", "booking", "catalog", "intranet", "gallery", "survey", "orders", "stock", "payroll",
    "calendar", "library", "tours", "museum", "radio", "recipes", "maps", "weather", "lunch", "parking", "rooms", "travel", "invoices", "crm", "helpdesk",
    "academy", "tenders", "harvest", "garage", "pharmacy", "theatre", "lottery", "archive", "metrics", "webmail",
)  # fmt: skip
DOMAINS = ("lab.test", "example.test", "corp.test", "acme.test")


class CannotStart(Exception):
    """The lab cannot be started; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The surroundings of one lab, new for each: its directory, its own loopback address, the port nginx listens on, free `ports` for applications
    (the first two are neighbours, the rest lie anywhere), names for sites and applications, their domain. `nginx` is the binary,
    `user` the account of workers and applications when root starts the lab, '' otherwise; `php` and `openssl` are the programs of this system,
    '' where there is none."""

    directory: str
    address: str
    port: int
    ports: tuple[int, ...]
    names: tuple[str, ...]
    domain: str
    nginx: str
    user: str
    php: str
    openssl: str

    def target(self, backend: Backend) -> str:
        """The application's place as nginx writes it."""
        return f"unix:{backend.socket}" if backend.socket else f"{self.address}:{backend.port}"


@dataclass(frozen=True, slots=True)
class Backend:
    """An application under supervisord, listening on a port, or on the unix socket of that path. `options` are further words of its command line.
    With `php` it runs under PHP-FPM; `pool` are then further lines of its pool's file."""

    name: str
    port: int = 0
    options: tuple[str, ...] = ()
    autostart: bool = True
    socket: str = ""
    php: bool = False
    pool: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A file in sites-available and its link in sites-enabled. `body` is the text inside `server { … }` below listen and server_name,
    `before` the text above it; `uris` are what its visitors ask for."""

    host: str
    body: str
    uris: tuple[str, ...]
    before: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole lab in its healthy state; the first site is the one that will fail. `tls`: it needs a certificate."""

    sites: tuple[Site, ...]
    backends: tuple[Backend, ...]
    tls: bool = False


def make(directory: str, nginx: str, user: str, php: str, openssl: str) -> Plan:
    """Draw address, ports and names for a new lab."""
    chance = random.SystemRandom()
    address = ".".join(["127", *(str(chance.randint(1, 254)) for _ in range(3))])
    ports = _free_ports(chance, address, 8)
    return Plan(directory, address, ports[-1], ports[:-1], _names(chance, directory), chance.choice(DOMAINS), nginx, user, php, openssl)


def _names(chance: random.SystemRandom, directory: str) -> tuple[str, ...]:
    """The names in a random order, those of other labs that run beside this one last: two applications of one name on a host are rivals."""
    taken = {each.name for each in Path(directory).parent.glob("lab502-*/apps/*")}
    return tuple(sorted(chance.sample(NAMES, len(NAMES)), key=lambda name: name in taken))


def _free_ports(chance: random.SystemRandom, address: str, n: int) -> tuple[int, ...]:
    """`n` free ports, the first two of them neighbours; below the range from which the kernel takes ports for outgoing connections."""
    while True:
        first = chance.randint(3000, 9000)
        wanted = (first, first + 1, *chance.sample([port for port in range(3000, 9999) if port not in (first, first + 1)], n - 2))
        if all(_free(address, port) for port in wanted):
            return wanted


def _free(address: str, port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind((address, port))
        except OSError:
            return False
        return True
