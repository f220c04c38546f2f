"""What a record means: the template with the longest literal text, then the row whose phase fits.

The level alone rejects nothing: it changed over nginx's versions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tui502.read.error_log.meanings import explain
from tui502.read.error_log.messages import best
from tui502.read.error_log.phases import BEFORE_HEADER, CLIENT, SIDE, UPSTREAM
from tui502.read.error_log.record import Record
from tui502.read.error_log.template import Template

CLASSIFIER = 2
"""Version of these rules. Raised when the same record would be counted differently."""

_TRANSPORT = re.compile(r"(?:recv|readv|send|writev|sendfile|SSL_read|SSL_write|SSL_do_handshake)\(\) failed \(|peer closed connection in SSL handshake")
_WINSOCK = {
    "10013": "13", "10024": "24", "10047": "97", "10048": "98", "10049": "99", "10050": "100", "10051": "101", "10053": "104", "10054": "104",
    "10055": "105", "10057": "107", "10060": "110", "10061": "111", "10064": "112", "10065": "113",
}  # fmt: skip
_BSD = {
    ("35", "Resource temporarily"): "11",
    ("41", "Protocol wrong type"): "91",
    ("47", "Address family"): "97",
    ("48", "Address already"): "98",
    ("49", "Can't assign"): "99",
    ("50", "Network is down"): "100",
    ("51", "Network is"): "101",
    ("54", "Connection reset"): "104",
    ("55", "No buffer space"): "105",
    ("57", "Socket is not"): "107",
    ("60", "Operation timed out"): "110",
    ("61", "Connection refused"): "111",
    ("62", "Too many levels"): "40",
    ("63", "File name too long"): "36",
    ("64", "Host is down"): "112",
    ("65", "No route"): "113",
}
_WINDOWS_FILE = {"3": "2", "5": "13", "32": "13", "112": "28"}
"""Path not found, access denied, used by another process, disk full."""

_WINDOWS_CALLS = {"WSARecv()": "recv()", "WSASend()": "send()", "WSASocketW()": "socket()", "CreateFile()": "open()"}
_NUMBERED = re.compile(r"\((\d+): ")
_FAMILY = re.compile(r"\b(?:fastcgi|uwsgi|scgi|grpc)_(?=buffer|busy_|max_temp|ssl_)")


@dataclass(frozen=True, slots=True)
class Meaning:
    """`symptom` is "" for a record that is none of the known messages. `status` is what the client gets when no retry helps: "502", "504", …, "none" (its
    request went on, or there was none), "truncated" (headers were sent, the rest is missing), "dropped" (no answer), "no start", or "" (not decided)."""

    symptom: str
    phase: str
    status: str
    meaning: str
    first_check: str


def classify(record: Record) -> Meaning:
    """What `record` means. Equal for equal message, phase, level and module."""
    return meaning_of(record.message, record.phase, record.level, record.stream)


@lru_cache(maxsize=4096)
def meaning_of(message: str, phase: str, level: str, stream: bool) -> Meaning:
    """`classify` on the parts it depends on."""
    text = _linux(message)
    if level == "emerg":
        text = _FAMILY.sub("proxy_", text)
    found = best(text)
    symptom, status = _decide(found, text, phase, level) if found else ("", "")
    before, _, after = status.partition("|")
    status = after if after and phase not in BEFORE_HEADER else before
    if stream and status == "504":
        status = "502"
    return Meaning(symptom, phase, status, *explain(symptom, text))


def _linux(message: str) -> str:
    """`message` with the errno numbers and call names that Linux uses, where BSD, macOS or Windows wrote it."""
    call = message.partition(" ")[0]
    message = _WINDOWS_CALLS.get(call, call) + message[len(call) :]
    numbered = _NUMBERED.search(message)
    if numbered is None:
        return message
    number, rest = numbered.group(1), message[numbered.end() :]
    if call == "CreateFile()":
        other = _WINDOWS_FILE.get(number)
    else:
        other = _WINSOCK.get(number) or next((linux for (bsd, words), linux in _BSD.items() if bsd == number and rest.startswith(words)), None)
    return message[: numbered.start(1)] + other + message[numbered.end(1) :] if other else message


def _decide(found: tuple[Template, ...], text: str, phase: str, level: str) -> tuple[str, str]:
    """Symptom and status. The other side is told first: the same words about the client, the resolver or a log receiver are another matter."""
    if _TRANSPORT.match(text) and (phase in CLIENT or level == "info"):
        return "client_side", "none"
    if phase == "resolving":
        return "resolver", "none"
    if phase in SIDE:
        return "log_dropped", "none"
    if text.startswith("open() ") and level == "error" and phase not in UPSTREAM:
        return "informational", "404" if "failed (2:" in text else "403"
    fitting = [template for template in found if phase in template.phases or "*" in template.phases] or list(found)
    starting = level == "emerg"
    chosen = next((template for template in fitting if (template.status == "no start") == starting), fitting[0])
    return chosen.symptom, chosen.status
