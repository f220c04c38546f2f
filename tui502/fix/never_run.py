"""Commands that are never run."""

from __future__ import annotations

import posixpath
import re
from itertools import pairwise

_WRAPPERS = ("sudo", "doas", "env", "nice", "ionice", "nohup", "setsid", "timeout", "systemd-run", "nsenter", "chroot", "unshare", "xargs")
_SHELLS = ("sh", "bash", "dash", "zsh", "ksh", "ash", "busybox", "fish", "csh", "tcsh")
_INTERPRETERS = re.compile(r"(?:pypy|python|perl|ruby|node|php|lua)[\d.]*\Z")
_DELETES = ("rm", "rmdir", "unlink", "shred", "truncate", "dd", "mkfs", "wipefs")
_HALTS = ("reboot", "shutdown", "poweroff", "halt", "init", "telinit")
_FIREWALLS = re.compile(r"(?:firewalld|ufw|nftables|iptables|ip6tables|fail2ban|crowdsec|shorewall)(?:\.service)?\Z")
_DATABASES = re.compile(r"(?:mysqld?|mariadb|postgres(?:ql)?|redis|valkey|mongod|mongodb|elasticsearch|opensearch|clickhouse|cassandra|influxdb|etcd)\b")
_NGINX = re.compile(r"(?:nginx|openresty|angie|tengine|freenginx)(?:[-@.].*)?\Z")
_OPEN_MODE = re.compile(r"[0-7]{0,3}[2367]\Z|(?:[ugo]*[oa][ugoa]*)[+=][rxXst]*w|(?:.*,)(?:[ugo]*[oa][ugoa]*)[+=][rxXst]*w|[+=][rxXst]*w")
_RESTART_ONLY = ("fd_limit", "nginx_sandboxed", "nginx_workers_failing", "reload_refused")
"""Causes that a reload of nginx cannot mend."""

_STOPPING = ("restart", "stop", "try-restart", "force-restart", "kill", "condrestart", "reload-or-restart", "down", "disable", "mask")


def never_run(argv: tuple[str, ...], cause: str, undoing: bool = False) -> str:
    """Why this command is never run for this cause, or ''. `undoing`: it takes back a start, so it may stop what was started."""
    words = [word.lower() if n == 0 else word for n, word in enumerate(_bare(argv))]
    if not words:
        return "it runs nothing"
    name, rest = posixpath.basename(words[0]), words[1:]
    for rule in (_by_name, _on_modes, _on_firewall, _on_nginx):
        if reason := rule(name, rest):
            return reason
    return "" if undoing else _on_services(name, rest, cause)


def _bare(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The command behind sudo and its like and behind an interpreter: wrappers' options are passed over, `python -m pkg.name` and `python /dir/name`
    become `name`."""
    while argv and posixpath.basename(argv[0]) in _WRAPPERS:
        at = 1
        while at < len(argv) and (argv[at].startswith("-") or "=" in argv[at] or argv[at].replace(".", "").isdigit()):
            at += 2 if argv[at] in ("-u", "-g", "-n", "-t", "-S", "-p", "--user", "--unit") else 1
        argv = argv[at:]
    if len(argv) > 1 and _INTERPRETERS.match(posixpath.basename(argv[0])):
        if argv[1] == "-m" and len(argv) > 2:
            return (argv[2].rpartition(".")[2], *argv[3:])
        if not argv[1].startswith("-"):
            return argv[1:]
    return argv


def _by_name(name: str, rest: list[str]) -> str:
    if name in _SHELLS or _INTERPRETERS.match(name):
        return "it would start a shell or a script"
    if name in _DELETES:
        return "it deletes files"
    if name in _HALTS or (name == "systemctl" and any(word in ("reboot", "poweroff", "halt", "isolate", "rescue", "emergency", "kexec") for word in rest)):
        return "it takes the whole host down"
    if name == "setenforce" and rest[:1] != ["1"] and rest[:1] != ["Enforcing"]:
        return "it switches SELinux off"
    if name == "semanage" and rest[:1] == ["permissive"] and "-d" not in rest and "--delete" not in rest:
        return "it switches SELinux off for a domain"
    return ""


def _on_modes(name: str, rest: list[str]) -> str:
    opened = False
    if name == "chmod":
        operands = [word for word in rest if not re.match(r"-[RvcfhHLP]+\Z|--", word)]
        opened = bool(operands) and _OPEN_MODE.match(operands[0]) is not None
    elif name in ("install", "mkdir", "mkfifo"):
        opened = any(_OPEN_MODE.match(mode) for option, mode in pairwise(rest) if option in ("-m", "--mode"))
    elif name == "setfacl":
        opened = any(re.search(r"(?:^|[,:])o(?:ther)?:{1,2}[r-]?w", word) for word in rest)
    return "it makes files or sockets writable for everybody" if opened else ""


def _on_firewall(name: str, rest: list[str]) -> str:
    flushes = (
        (name.startswith(("iptables", "ip6tables", "ebtables", "arptables")) and any(word in ("-F", "--flush", "-X", "--delete-chain") for word in rest))
        or (name == "nft" and any(word in ("flush", "delete", "destroy") for word in " ".join(rest).split()))
        or (name == "ufw" and any(word in ("disable", "reset") for word in rest))
        or (name == "ipset" and any(word in ("flush", "destroy") for word in rest))
        or (name in ("systemctl", "service", "rc-service") and any(map(_FIREWALLS.match, rest)) and any(word in _STOPPING for word in rest))
    )
    return "it takes the firewall down" if flushes else ""


def _on_nginx(name: str, rest: list[str]) -> str:
    if _NGINX.match(name) and any(option == "-s" and signal in ("stop", "quit") for option, signal in pairwise(rest)):
        return "it stops nginx where a reload does"
    if name in ("pkill", "killall"):
        return "it ends processes by a name that others may have"
    return ""


def _on_services(name: str, rest: list[str], cause: str) -> str:
    """What is said of service managers: systemctl VERB UNIT…, service UNIT VERB, supervisorctl VERB PROGRAM…, docker VERB CONTAINER…"""
    words = [word for word in rest if not word.startswith("-")]
    if name not in ("systemctl", "service", "rc-service", "supervisorctl", "docker", "podman", "docker-compose") or not any(
        word in _STOPPING for word in words
    ):
        return ""
    at = next(n for n, word in enumerate(words) if word in _STOPPING)
    verb = words[at]
    targets = [words[0]] if name in ("service", "rc-service") else words[at + 1 :]
    if any(_DATABASES.match(posixpath.basename(one)) for one in targets):
        return "databases are never restarted"
    if any(_NGINX.match(one) for one in targets) and not (verb in ("restart", "try-restart") and cause in _RESTART_ONLY):
        return "it restarts or stops nginx where a reload does"
    if verb != "disable" and (
        not targets or len(targets) > 1 or any(one == "all" or any(char in one for char in "*?[") or one.endswith(":*") for one in targets)
    ):
        return "it restarts more than the one thing that is broken"
    return ""
