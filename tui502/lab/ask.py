"""One HTTP request the way a visitor sends it, or a mere connection."""

from __future__ import annotations

import http.client
import socket

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def get(address: str, port: int, host: str, uri: str, timeout: float = 5.0, method: str = "GET") -> tuple[int, bytes]:
    """Ask `address`:`port` for `uri` with the Host header `host`. Returns status and body; (0, b"") where no answer came within `timeout` seconds."""
    connection = http.client.HTTPConnection(address, port, timeout=timeout)
    try:
        connection.request(method, uri, headers={"Host": host, "User-Agent": AGENT, "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def accepts(address: str, port: int, timeout: float = 1.0) -> bool:
    """Whether somebody accepts connections there."""
    try:
        socket.create_connection((address, port), timeout).close()
    except OSError:
        return False
    return True


def accepts_at(path: str, timeout: float = 1.0) -> bool:
    """Whether somebody listens on the unix socket `path`, be it that we may not connect."""
    with socket.socket(socket.AF_UNIX) as trial:
        trial.settimeout(timeout)
        try:
            trial.connect(path)
        except PermissionError:
            return True
        except OSError:
            return False
        return True
