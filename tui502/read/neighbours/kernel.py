"""The kernel's log (sources: mm/oom_kill.c, arch/*/mm/fault.c, net/ipv4/tcp_input.c, net/netfilter/nf_conntrack_core.c)."""

from __future__ import annotations

from tui502.read.neighbours.event import KERNEL, Program, rule

_KILLED = r"Killed process (?P<pid>\d{1,9})(?:,? UID \d+,?)? \((?P<name>[^)]*)\),? ?(?:.*?total-vm:(?P<total_vm_kb>\d+)kB, anon-rss:(?P<anon_rss_kb>\d+)kB)?"

# fmt: off
PROGRAM = Program(
    "kernel",
    ("kernel",),
    KERNEL,
    (
        rule("oom_cgroup", r"Memory cgroup out of memory: " + _KILLED,
            "A process was killed because its service or container is over its own memory limit: requests broke off (104).",
            "MemoryMax of the unit or the container's limit"),
        rule("oom", r"Out of memory(?: \(oom_kill_allocating_task\))?: (?:Kill process \d+ .*|" + _KILLED + r")",
            "The host had no memory left and a process was killed: requests broke off (104).", "free -m; what else grew"),
        rule("oom_kill", r"oom-kill:constraint=(?P<detail>\w+),.*?task=(?P<name>[^,]*),pid=(?P<pid>\d+)",
            "The kernel chose this process to free memory.", "the line that follows: Killed process"),
        rule("oom", _KILLED, "A process was killed for memory: requests broke off (104).", "free -m; memory limits"),
        rule("segfault", r"(?P<name>[^\[\]]{1,64})\[(?P<pid>\d{1,9})\]: segfault at (?P<detail>\S+ ip \S+ sp \S+ error \d+(?: in \S+)?)",
            "A process crashed: its request broke off (104 or a premature close, 502).", "coredumpctl; the library named after 'in'"),
        rule("crash", r"(?:traps: )?(?P<name>[^\[\]]{1,64})\[(?P<pid>\d{1,9})\]:? (?:trap |general protection)(?P<detail>.*)",
            "A process crashed: its request broke off (104 or a premature close, 502).", "coredumpctl"),
        rule("syn_flood", r"TCP: request_sock_TCP(?:v6)?: Possible SYN flooding on port (?P<name>[^\s]+?)\. ",
            "A listener's queue overflowed: connections wait or fail (time-out, 504).", "ss -ltn: Recv-Q against Send-Q; backlog of the listener"),
        rule("conntrack_full", r"(?:nf_conntrack: )+(?:nf_conntrack: )?table full, dropping packet",
            "The firewall drops new connections: time-outs (504).", "nf_conntrack_max against nf_conntrack_count"),
        rule("tcp_memory", r"TCP: out of memory -- consider tuning tcp_mem",
            "The kernel has no memory for sockets: connections stall.", "net.ipv4.tcp_mem; ss -s"),
        rule("too_many_orphans", r"TCP: too many orphaned sockets",
            "The kernel resets connections that are no longer owned.", "net.ipv4.tcp_max_orphans; ss -s"),
        rule("arp_full", r"neighbour: \w+: neighbor table overflow!",
            "Addresses of the local network are not found: no route, time-outs.", "net.ipv4.neigh.default.gc_thresh3"),
        rule("hung_task", r"INFO: task (?P<name>[^:]{1,64}):(?P<pid>\d+) blocked for more than (?P<seconds>\d+) seconds",
            "A process hangs in the kernel, mostly for a disk: read time-outs (504).", "the disk or network file system"),
        rule("file_table_full", r"VFS: file-max limit (?P<limit>\d+) reached", "The whole system is out of file handles (500).", "/proc/sys/fs/file-nr"),
    ),
    strict=True,
)
