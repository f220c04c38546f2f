"""What mends each scenario, done by hand: the reference that the program's own repairs are measured by."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

from tui502.lab.scenarios import Lab


def app(lab: Lab) -> str:
    """The name of the application behind the first site."""
    return lab.host.partition(".")[0]


def target(lab: Lab) -> str:
    return lab.targets[app(lab)]


def edit(pattern: str, replacement: Callable[[Lab], str]) -> Callable[[Lab], None]:
    """Replace the one place in the first site's file, and reload."""

    def mend(lab: Lab) -> None:
        site = Path(lab.directory, "conf/sites-enabled", lab.host)
        text, places = re.subn(pattern, lambda match: match.expand(replacement(lab)), site.read_text())
        assert places == 1
        site.write_text(text)
        reload(lab)

    return mend


def reload(lab: Lab) -> None:
    os.kill(lab.master_pid, signal.SIGHUP)


def ctl(lab: Lab, *words: str) -> None:
    subprocess.run([*lab.supervisorctl, *words], check=True, stdout=subprocess.DEVNULL)


def start_all(lab: Lab) -> None:
    ctl(lab, "start", *(name for name in lab.backends if name.startswith(f"{app(lab)}-")))


def own_socket(lab: Lab) -> None:
    """Give the socket to nginx's workers, for whom the pool's processes run too."""
    pool = Path(lab.directory, f"php/{app(lab)}/pool.d/{app(lab)}.conf")
    lines = dict(line.split(" = ") for line in pool.read_text().splitlines() if " = " in line)
    text = re.sub(r"listen\.mode = \d+", "listen.mode = 0660", pool.read_text())
    for whose in ("owner", "group"):
        text = re.sub(rf"listen\.{whose} = \w+", f"listen.{whose} = {lines.get('group' if whose == 'group' else 'user')}", text)
    pool.write_text(text)
    ctl(lab, "restart", app(lab))


def open_directory(lab: Lab) -> None:
    Path(target(lab).removeprefix("unix:")).parent.chmod(0o755)


def name_in_certificate(lab: Lab) -> str:
    trusts = ssl.create_default_context(cafile=Path(lab.directory, "tls/certificate.pem"))
    trusts.check_hostname = False
    with socket.create_connection((lab.address, lab.backends[app(lab)]), 5) as plain, trusts.wrap_socket(plain) as connection:
        names = (connection.getpeercert() or {})["subjectAltName"]
    return str(names[0][1])


def roll_back(lab: Lab) -> None:
    """The application without what the release brought."""
    conf = Path(lab.supervisorctl[-1])
    conf.write_text(re.sub(r" --close \S+", "", conf.read_text()))
    ctl(lab, "update")


def unlink_and_set_port(lab: Lab) -> None:
    enabled = Path(lab.directory, "conf/sites-enabled")
    for link in enabled.iterdir():
        if link.name not in lab.hosts:
            link.unlink()
    set_port(lab)


set_port = edit(r"server [\d.]+:\d+;", lambda lab: f"server {target(lab)};")
FIXES: dict[str, Callable[[Lab], None]] = {
    "wrong-port": set_port,
    "backend-stopped": lambda lab: ctl(lab, "start", app(lab)),
    "wrong-socket-path": edit(r"fastcgi_pass \S+;", lambda lab: f"fastcgi_pass {target(lab)};"),
    "socket-permission": own_socket,
    "directory-permission": open_directory,
    "fastcgi-to-http": edit(r"fastcgi_pass (\S+);", lambda lab: r"proxy_pass http://\1;"),
    "http-to-fastcgi": edit(r"proxy_pass http://(\S+);", lambda lab: r"fastcgi_pass \1;"),
    "http-to-tls": edit("proxy_pass http:", lambda lab: "proxy_pass https:"),
    "tls-to-plain": edit("proxy_pass https:", lambda lab: "proxy_pass http:"),
    "tls-name": edit(r"(proxy_ssl_verify on;)", lambda lab: rf"\1 proxy_ssl_name {name_in_certificate(lab)};"),
    "header-too-big": edit("(proxy_pass .*)", lambda lab: r"\1 proxy_buffer_size 256k; proxy_buffers 4 256k;"),
    "header-too-big-fastcgi": edit("(fastcgi_pass .*)", lambda lab: r"\1 fastcgi_buffer_size 256k; fastcgi_buffers 4 256k;"),
    "slow-backend": edit(r"proxy_read_timeout \d+s", lambda lab: "proxy_read_timeout 5s"),
    "early-close": roll_back,
    "one-of-three": start_all,
    "all-peers-down": start_all,
    "not-loaded": reload,
    "broken-test": unlink_and_set_port,
    "nginx-down": lambda lab: ctl(lab, "start", "nginx"),
}
