"""The child of `access`: takes the uid and groups of another user, connects to one unix socket, prints the errno (0: connected).

Run as `python -I -S -c SOURCE` with the order as JSON on standard input. So it uses the standard library only, and nothing of this package.
"""

# ruff: noqa: PTH118
# system calls, by their own names
from __future__ import annotations

import base64
import json
import os
import socket
import sys


def main() -> int:
    """The errno of the way to the socket, or of the connect."""
    order = json.load(sys.stdin)
    path = base64.b64decode(order["path"])
    folder, _, name = path.rpartition(b"/")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    if order["enter"]:
        os.chroot(f"/proc/{order['enter']}/root")
        os.chdir("/")
    if order["become"]:
        os.setgroups(order["gids"])
        os.setresgid(*[order["gids"][0]] * 3)
        os.setresuid(*[order["uid"]] * 3)
    try:
        os.chdir(folder or b"/")
        return sock.connect_ex(os.path.join(b".", name))
    except OSError as error:
        return error.errno or 255


print(main())
