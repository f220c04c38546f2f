"""SELinux denials, as auditd, the journal, the kernel or ausearch write them. `permissive=1` was logged and not refused."""

from __future__ import annotations

from tui502.read.neighbours.event import AUDIT, Program, rule

_COMM = r" for  ?(?:pid=(?P<pid>\d+) )?comm=\"?(?P<name>[^\" ]*)\"?"
_CONTEXT = r".* scontext=\S+ tcontext=\S+"
_LOGGED = r"(?=.* permissive=1)"
_DENIED = r"avc:  ?denied  ?"

# fmt: off
PROGRAM = Program(
    "selinux",
    ("kernel", "audit", "setroubleshoot"),
    AUDIT,
    (
        rule("logged_only", _DENIED + r"\{ (?P<detail>[^}]*) \}" + _COMM + _LOGGED,
            "SELinux would deny this, but is permissive here: nothing was refused.", "nothing now; it fails once enforcing is on"),
        rule("connect_denied", _DENIED + r"\{ name_connect \}" + _COMM + r" dest=(?P<port>\d+)" + _CONTEXT + r":(?P<detail>\w+_t)\b.* tclass=tcp_socket",
            "SELinux forbids the connection to this port: nginx gets error 13 although all else is right.",
            "setsebool -P httpd_can_network_connect on, or the port's type"),
        rule("socket_denied", _DENIED + r"\{ connectto \}" + _COMM + r" path=\"?(?P<detail>[^\" ]*)\"?" + _CONTEXT,
            "SELinux forbids talking to the program behind this socket: nginx gets error 13 although ls -l looks right.",
            "the domain of the server (ps -eZ); a policy module"),
        rule("socket_denied", _DENIED + r"\{ [^}]*write[^}]*\}" + _COMM + r" (?:name|path)=\"?(?P<detail>[^\" ]*)\"?" + _CONTEXT + r".* tclass=sock_file",
            "SELinux forbids using this socket file: nginx gets error 13 although ls -l looks right.",
            "the label of the socket (ls -Z): httpd_var_run_t; restorecon"),
        rule("directory_denied", _DENIED + r"\{ [^}]*search[^}]*\}" + _COMM + r" (?:name|path)=\"?(?P<detail>[^\" ]*)\"?" + _CONTEXT + r".* tclass=dir",
            "SELinux forbids entering a directory on the way to a file or socket: error 13.",
            "the label of the directory (ls -Zd); a socket below /home or /tmp"),
        rule("bind_denied", _DENIED + r"\{ name_bind \}" + _COMM + r" src=(?P<port>\d+)",
            "SELinux forbids taking this port: the program does not start.", "semanage port -a for the port"),
        rule("denied", _DENIED + r"\{ (?P<detail>[^}]*) \}" + _COMM, "SELinux denied a program something.", "ausearch -m avc; audit2why"),
        rule("denied", r"SELinux is preventing (?P<name>\S+) from (?P<detail>.*)", "SELinux denied a program something.", "sealert; ausearch -m avc"),
        rule("mode_set", r"avc:  ?op=setenforce lsm=selinux enforcing=(?P<enforcing>[01])",
            "SELinux was switched between enforcing (1) and permissive (0).", "who did it"),
    ),
    strict=True,
)
