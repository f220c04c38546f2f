"""AppArmor denials in the kernel's or auditd's log. "ALLOWED" is a profile in complain mode: logged and not refused."""

from __future__ import annotations

from tui502.read.neighbours.event import AUDIT, Program, rule

_FIELDS = r" operation=\"(?P<detail>[^\"]*)\".*?(?: pid=(?P<pid>\d+))? comm=\"(?P<name>[^\"]*)\""

# fmt: off
PROGRAM = Program(
    "apparmor",
    ("kernel", "audit"),
    AUDIT,
    (
        rule("denied", r"apparmor=\"DENIED\"" + _FIELDS,
            "AppArmor denied a program something: on a socket nginx gets error 13.", "the profile: aa-status; its rules for the path in name="),
        rule("logged_only", r"apparmor=\"ALLOWED\"" + _FIELDS, "AppArmor would deny this, but the profile only complains: nothing was refused.", "nothing now"),
    ),
    strict=True,
)
