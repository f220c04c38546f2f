"""Lines of other programs. Those of PHP-FPM 8.2, gunicorn, uWSGI 2.0 and node 20 were taken from the running programs, those of SELinux from a host."""

from __future__ import annotations

import json

import pytest

from tui502.read.neighbours import PROGRAMS, read_event

NOW = 1795600000.0

LINES = [
    # PHP-FPM
    ("[24-Nov-2026 14:18:30] WARNING: [pool www] server reached pm.max_children setting (3), consider raising it",
     "php-fpm max_children", "www", 0, {"limit": 3}),
    ("[24-Nov-2026 14:18:28] WARNING: [pool od] server reached max_children setting (1), consider raising it", "php-fpm max_children", "od", 0, {"limit": 1}),
    ("[24-Nov-2026 14:18:28] WARNING: [pool www] seems busy (you may need to increase pm.start_servers, or pm.min/max_spare_servers), spawning 8 children, "
     "there are 0 idle, and 5 total children", "php-fpm busy", "www", 0, {"spawning": 8, "idle": 0, "total": 5}),
    ("[24-Nov-2026 14:18:35] WARNING: [pool www] child 32329 exited on signal 11 (SIGSEGV) after 2.589483 seconds from start",
     "php-fpm child_crashed", "www", 32329, {"signal": 11, "seconds": 2.589483}),
    ("[24-Nov-2026 14:18:35] WARNING: [pool od] child 32216 exited on signal 9 (SIGKILL) after 7.189060 seconds from start",
     "php-fpm child_killed", "od", 32216, {"signal": 9, "seconds": 7.18906}),
    ("[24-Nov-2026 14:18:31] WARNING: [pool www] child 31959 exited on signal 15 (SIGTERM) after 5.680440 seconds from start",
     "php-fpm child_signal", "www", 31959, {"signal": 15, "seconds": 5.68044}),
    ("[24-Nov-2026 14:18:31] WARNING: [pool www] child 7 exited with code 255 after 1.5 seconds from start",
     "php-fpm child_failed", "www", 7, {"code": 255, "seconds": 1.5}),
    ("[24-Nov-2026 14:18:31] NOTICE: [pool www] child 7 exited with code 0 after 1.5 seconds from start",
     "php-fpm child_ended", "www", 7, {"code": 0, "seconds": 1.5}),
    ("[24-Nov-2026 14:18:31] WARNING: [pool www] child 31959, script '/srv/slow.php' (request: \"GET /x\") execution timed out (3.046591 sec), terminating",
     "php-fpm execution_timed_out", "www", 31959, {"seconds": 3.046591}),
    ("[24-Nov-2026 14:18:29] WARNING: [pool www] child 31959, script '/srv/slow.php' (request: \"GET /x\") executing too slow (1.039967 sec), logging",
     "php-fpm too_slow", "www", 31959, {"seconds": 1.039967}),
    ('[24-Nov-2026 14:18:27] WARNING: [pool www] child 31959 said into stderr: "hello"', "php-fpm worker_stderr", "www", 31959, {}),
    ("[24-Nov-2026 14:18:35] ERROR: Another FPM instance seems to already listen on /run/php/a.sock", "php-fpm already_running", "/run/php/a.sock", 0, {}),
    ("[24-Nov-2026 14:18:35] ERROR: An another FPM instance seems to already listen on /run/php/a.sock", "php-fpm already_running", "/run/php/a.sock", 0, {}),
    ("[24-Nov-2026 14:18:35] ERROR: unable to bind listening socket for address '127.0.0.1:9000': Address already in use (98)",
     "php-fpm bind_failed", "127.0.0.1:9000", 0, {}),
    ("[24-Nov-2026 14:18:35] ERROR: [pool www] failed to chown() the socket '/run/php/a.sock': Operation not permitted (1)",
     "php-fpm chown_failed", "/run/php/a.sock", 0, {}),
    ("[24-Nov-2026 14:18:35] ERROR: FPM initialization failed", "php-fpm start_failed", "", 0, {}),
    ("[24-Nov-2026 14:18:37] WARNING: failed processes threshold (2 in 60 sec) is reached, initiating reload",
     "php-fpm emergency_restart", "", 0, {"limit": 2, "seconds": 60}),
    ("[24-Nov-2026 14:18:37] WARNING: The maximum number of processes has been reached. Please review your configuration and consider raising 'process.max'",
     "php-fpm process_max", "", 0, {}),
    ('[24-Nov-2026 14:18:37] NOTICE: reloading: execvp("php-fpm8.2", {"php-fpm8.2"})', "php-fpm reloading", "", 0, {}),
    ("[24-Nov-2026 14:18:40] NOTICE: exiting, bye-bye!", "php-fpm stopping", "", 0, {}),
    ("Nov 24 14:18:28 web php-fpm[12]: [WARNING] [pool www] server reached pm.max_children setting (5), consider raising it",
     "php-fpm max_children", "www", 0, {"limit": 5}),
    ("WARNING: [pool www] server reached pm.max_children setting (8), consider raising it", "php-fpm max_children", "www", 0, {"limit": 8}),
    ("Couldn't create FastCGI listen socket on port 127.0.0.1:9000", "php-fpm bind_failed", "127.0.0.1:9000", 0, {}),
    # gunicorn
    ("[2026-11-24 14:19:02 +0000] [999] [CRITICAL] WORKER TIMEOUT (pid:1039)", "gunicorn worker_timeout", "", 1039, {}),
    ("[2026-11-24 14:19:00 +0000] [999] [ERROR] Worker (pid:1012) was sent SIGKILL! Perhaps out of memory?", "gunicorn worker_killed", "", 1012, {}),
    ("[2026-11-24 14:19:00 +0000] [999] [WARNING] Worker (pid:1035) was sent SIGSEGV!", "gunicorn worker_signal", "", 1035, {}),
    ("[2026-11-24 14:19:00 +0000] [999] [WARNING] Worker with pid 1035 was terminated due to signal 9", "", "", 0, {}),
    ("[2026-11-24 14:19:00 +0000] [999] [ERROR] Worker (pid:1011) exited with code 7.", "gunicorn worker_exit", "", 1011, {"code": 7}),
    ("[2026-11-24 14:19:08 +0000] [1174] [ERROR] Reason: Worker failed to boot.", "gunicorn boot_failed", "", 0, {}),
    ("[2026-11-24 14:19:02 +0000] [1116] [ERROR] Connection in use: ('127.0.0.1', 8000)", "gunicorn address_in_use", "('127.0.0.1', 8000)", 0, {}),
    ("[2026-11-24 14:19:13 +0000] [1184] [ERROR] Can't connect to /run/shop/a.sock", "gunicorn bind_failed", "/run/shop/a.sock", 0, {}),
    ("[2026-11-24 14:19:13 +0000] [999] [INFO] Handling signal: term", "gunicorn stopping", "", 0, {}),
    ("[2026-11-24 14:18:58 +0000] [999] [INFO] Listening at: http://127.0.0.1:8000 (999)", "gunicorn ready", "http://127.0.0.1:8000", 0, {}),
    # uWSGI
    ('Tue Nov 24 14:19:38 2026 - *** uWSGI listen queue of socket "127.0.0.1:8441" (fd: 3) full !!! (3/2) ***',
     "uwsgi listen_queue_full", "127.0.0.1:8441", 0, {"waiting": 3, "limit": 2}),
    ("Tue Nov 24 14:19:39 2026 - *** HARAKIRI ON WORKER 1 (pid: 1943, try: 1, graceful: yes) ***", "uwsgi harakiri", "1", 1943, {"tries": 1}),
    ("Tue Nov 24 14:19:39 2026 - *** HARAKIRI ON WORKER 1 (pid: 1943, try: 1) ***", "uwsgi harakiri", "1", 1943, {"tries": 1}),
    ("Tue Nov 24 14:19:39 2026 - HARAKIRI [core 0] 127.0.0.1 - GET /slow since 1795529977", "uwsgi harakiri_request", "", 0, {"since": 1795529977}),
    ("DAMN ! worker 1 (pid: 1883) died, killed by signal 9 :( trying respawn ...", "uwsgi worker_killed", "1", 1883, {"signal": 9}),
    ("DAMN ! worker 1 (pid: 1636) died :( trying respawn ...", "uwsgi worker_crashed", "1", 1636, {}),
    ("!!! uWSGI process 1636 got Segmentation Fault !!!", "uwsgi segfault", "", 1636, {}),
    ("worker respawning too fast !!! i have to sleep a bit (2 seconds)...", "uwsgi respawning_fast", "", 0, {}),
    ("invalid request block size: 21573 (max 4096)...skip", "uwsgi request_block", "", 0, {"size": 21573, "limit": 4096}),
    ("SIGPIPE: writing to a closed pipe/socket/fd (probably the client disconnected) on request /big (ip 127.0.0.1) !!!", "uwsgi client_gone", "", 0, {}),
    ("probably another instance of uWSGI is running on the same address (127.0.0.1:8441).", "uwsgi address_in_use", "127.0.0.1:8441", 0, {}),
    # node
    ("Error: listen EADDRINUSE: address already in use :::3000", "node address_in_use", ":::3000", 0, {}),
    ("Error: listen EADDRINUSE :::3000", "node address_in_use", ":::3000", 0, {}),
    ("Error: listen EACCES: permission denied /run/shop/x.sock", "node address_denied", "/run/shop/x.sock", 0, {}),
    ("FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "node heap_exhausted", "", 0, {}),
    ("Error: Cannot find module '/srv/shop/server.js'", "node module_missing", "", 0, {}),
    # systemd
    ("Nov 24 14:18:28 web systemd[1]: shop.service: Main process exited, code=killed, status=9/KILL", "systemd main_killed", "shop.service", 0, {"signal": 9}),
    ("Nov 24 14:18:28 web systemd[1]: shop.service: Main process exited, code=dumped, status=11/SEGV",
     "systemd main_crashed", "shop.service", 0, {"signal": 11}),
    ("Nov 24 14:18:28 web systemd[1]: shop.service: Main process exited, code=exited, status=203/EXEC",
     "systemd main_exited", "shop.service", 0, {"code": 203}),
    ("Nov 24 14:18:28 web systemd[1]: shop.service: Failed with result 'exit-code'.", "systemd failed", "shop.service", 0, {}),
    ("Nov 24 14:18:28 web systemd[1]: shop.service: Failed with result 'oom-kill'.", "systemd oom", "shop.service", 0, {}),
    ("Nov 24 14:18:28 web systemd[1]: shop.service: A process of this unit has been killed by the OOM killer.", "systemd oom", "shop.service", 0, {}),
    ("Nov 24 14:18:28 web systemd[1]: shop.service: Scheduled restart job, restart counter is at 5.", "systemd restarting", "shop.service", 0, {"restarts": 5}),
    ("Nov 24 14:18:28 web systemd[1]: shop.service: Start request repeated too quickly.", "systemd start_limit", "shop.service", 0, {}),
    ("Nov 24 14:18:28 web systemd[1]: shop.service: State 'stop-sigterm' timed out. Killing.", "systemd stop_timeout", "shop.service", 0, {}),
    ("Nov 24 14:18:28 web systemd[1]: Failed to start shop.service - Shop application.", "systemd start_failed", "shop.service", 0, {}),
    ("Nov 24 14:18:28 web systemd[1]: Stopped shop.service - Shop application.", "systemd stopped", "shop.service", 0, {}),
    ("Nov 24 14:18:28 web systemd[1]: Failed to start Shop application.", "systemd start_failed", "", 0, {}),
    ('{"SYSLOG_IDENTIFIER":"systemd","_PID":"1","_SYSTEMD_UNIT":"init.scope","UNIT":"shop.service","MESSAGE":"Started Shop application."}',
     "systemd started", "shop.service", 0, {}),
    ('{"SYSLOG_IDENTIFIER":"systemd","_PID":"9","_SYSTEMD_UNIT":"x.service","UNIT":"shop.service","MESSAGE":"Started Shop."}',
     "systemd started", "x.service", 0, {}),
    ("Nov 24 14:18:28 web systemd-oomd[9]: Killed /system.slice/shop.service due to memory pressure for /system.slice being 80%", "systemd oom",
     "/system.slice/shop.service", 0, {}),
    # the kernel
    ("Nov 24 14:18:28 web kernel: Out of memory: Killed process 1234 (php-fpm8.2) total-vm:412345kB, anon-rss:300000kB, file-rss:0kB, shmem-rss:0kB, UID:33",
     "kernel oom", "php-fpm8.2", 1234, {"total_vm_kb": 412345, "anon_rss_kb": 300000}),
    ("[12345.678901] Memory cgroup out of memory: Killed process 99 (node) total-vm:1kB, anon-rss:2kB, file-rss:0kB",
     "kernel oom_cgroup", "node", 99, {"total_vm_kb": 1, "anon_rss_kb": 2}),
    ("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,oom_memcg=/a,task_memcg=/a,task=gunicorn,pid=77,uid=33",
     "kernel oom_kill", "gunicorn", 77, {}),
    ("Sep 12 11:57:19 CentOS kernel: php-fpm[26045]: segfault at 18 ip 000000000058d839 sp 00007fff9460e130 error 4 in php-fpm[400000+323000]",
     "kernel segfault", "php-fpm", 26045, {}),
    ("Nov 24 14:18:28 web kernel: TCP: request_sock_TCP: Possible SYN flooding on port 3000. Sending cookies.  Check SNMP counters.",
     "kernel syn_flood", "3000", 0, {}),
    ("Nov 24 14:18:28 web kernel: nf_conntrack: nf_conntrack: table full, dropping packet", "kernel conntrack_full", "", 0, {}),
    ("Nov 24 14:18:28 web kernel: TCP: out of memory -- consider tuning tcp_mem", "kernel tcp_memory", "", 0, {}),
    # SELinux and AppArmor
    ('type=AVC msg=audit(1795350360.746:68): avc:  denied  { name_connect } for  pid=244 comm="nginx" dest=3000 scontext=system_u:system_r:httpd_t:s0 '
     "tcontext=system_u:object_r:ntop_port_t:s0 tclass=tcp_socket permissive=0", "selinux connect_denied", "nginx", 244, {"port": 3000}),
    ('2026-11-22T12:26:01+0000 web audit[243]: AVC avc:  denied  { write } for  pid=243 comm="nginx" name="app.sock" dev="tmpfs" ino=411 '
     "scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:initrc_runtime_t:s0 tclass=sock_file permissive=0",
     "selinux socket_denied", "nginx", 243, {}),
    ('2026-11-22T12:37:54+0000 web kernel: audit: type=1400 audit(1795351074.214:220): avc:  denied  { connectto } for  pid=1357 comm="nginx" '
     'path="/run/shop/app.sock" scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:system_r:initrc_t:s0 tclass=unix_stream_socket permissive=0',
     "selinux socket_denied", "nginx", 1357, {}),
    ('type=AVC msg=audit(1795350685.046:68): avc:  denied  { search } for  pid=1226 comm="nginx" name="run" dev="vda" ino=1 '
     'scontext=system_u:system_r:httpd_t:s0 '
     "tcontext=unconfined_u:object_r:user_home_t:s0 tclass=dir permissive=0", "selinux directory_denied", "nginx", 1226, {}),
    ('type=AVC msg=audit(1795350975.178:68): avc:  denied  { name_connect } for  pid=1357 comm="nginx" dest=3000 scontext=system_u:system_r:httpd_t:s0 '
     "tcontext=system_u:object_r:ntop_port_t:s0 tclass=tcp_socket permissive=1", "selinux logged_only", "nginx", 1357, {}),
    ('audit: type=1400 audit(1795351074.214:220): apparmor="DENIED" operation="connect" profile="/usr/sbin/nginx" name="/run/app.sock" pid=12 comm="nginx" '
     'requested_mask="wr" denied_mask="wr" fsuid=33 ouid=0', "apparmor denied", "nginx", 12, {}),
    ('type=AVC msg=audit(1795351074.214:220): apparmor="ALLOWED" operation="connect" profile="nginx" name="/run/app.sock" pid=12 comm="nginx"',
     "apparmor logged_only", "nginx", 12, {}),
    # ingress-nginx
    ('W1124 14:18:28.123456       7 controller.go:1241] Service "ns/x" does not have any active Endpoint.', "ingress-nginx no_endpoints", "ns/x", 0, {}),
    # near misses
    ("Failed to start the server", "", "", 0, {}),
    ("Starting the server ...", "", "", 0, {}),
    ("Terminating ...", "", "", 0, {}),
    ("ready to handle connections", "", "", 0, {}),
    ("Nov 24 14:18:28 web shop[1]: shop.service: Start request repeated too quickly.", "", "", 0, {}),
    ("Nov 24 14:18:28 web shop[1]: Out of memory: Killed process 1 (x)", "", "", 0, {}),
    ("Nov 24 14:18:28 web kernel: [pool www] server reached pm.max_children setting (3), consider raising it", "", "", 0, {}),
    ("the pool said: [pool www] server reached pm.max_children setting (3), consider raising it", "", "", 0, {}),
    ("[24-Nov-2026 14:18:29] NOTICE: child 31959 stopped for tracing", "", "", 0, {}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "event", "name", "pid", "numbers"), LINES, ids=lambda value: value[:60] if isinstance(value, str) else "")
def test_line(line: str, event: str, name: str, pid: int, numbers: dict[str, float]) -> None:
    """If this fails, the line that explains a failure is not seen, or is taken for another."""
    found = read_event(line.encode(), newest=NOW)
    if not event:
        assert found is None
        return
    assert found is not None
    assert (f"{found.program} {found.what}", found.name, found.pid, dict(found.numbers)) == (event, name, pid, numbers)
    assert json.dumps(found.line)[1:-1] in line or found.line in line


@pytest.mark.parametrize(
    ("line", "at", "level"),
    [
        ("[22-Nov-2026 12:04:28] WARNING: [pool www] server reached pm.max_children setting (3), consider raising it", 1795349068.0 - 3600, "warning"),
        ("[2026-11-22 12:04:28 +0100] [999] [CRITICAL] WORKER TIMEOUT (pid:1039)", 1795349068.0 - 3600, "critical"),
        ('type=AVC msg=audit(1795350360.746:68): avc:  denied  { search } for  pid=1 comm="nginx"', 1795350360.746, ""),
        ("Nov 22 12:04:28 web systemd[1]: shop.service: Failed with result 'oom-kill'.", 1795349068.0 - 3600, ""),
        ("Dec 31 23:59:59 web systemd[1]: shop.service: Failed with result 'oom-kill'.", 1767225599.0 - 3600, ""),
        (
            '{"__REALTIME_TIMESTAMP":"1795349068123456","SYSLOG_IDENTIFIER":"systemd","MESSAGE":"a.service: Failed with result \'timeout\'."}',
            1795349068.123456,
            "",
        ),
        ("web-1  | 2026-11-22T12:04:28.5Z worker respawning too fast !!!", 1795349068.5, ""),
        ("[12345.678901] Out of memory: Killed process 1234 (x)", None, ""),
    ],
)
def test_time_and_level(line: str, at: float | None, level: str) -> None:
    """If this fails, an event cannot be laid beside the failures of its second."""
    found = read_event(line.encode(), utc_offset=-3600, newest=NOW)
    assert found is not None
    assert (found.at, found.level) == (at, level)


def test_a_year_that_is_not_written_is_not_guessed() -> None:
    found = read_event(b"Nov 22 12:04:28 web systemd[1]: shop.service: Failed with result 'oom-kill'.")
    assert found is not None
    assert (found.at, found.time) == (None, "Nov 22 12:04:28")


def test_every_event_says_what_it_means() -> None:
    """If this fails, a line is recognised and then nothing can be said about it."""
    for program in PROGRAMS:
        for rule in program.rules:
            assert rule.means.endswith("."), rule
            assert rule.check, rule
            assert not rule.check.endswith("."), rule


def test_hostile_bytes_in_a_known_line() -> None:
    """If this fails, the log of an application can steer the terminal."""
    found = read_event(b'[24-Nov-2026 14:18:27] WARNING: [pool w\x1b[0;x\x07] child 1 said into stderr: "\x1b[2J\xff\xe2\x80\xae"')
    assert found is not None
    assert not any(char < " " for char in found.line + found.name + found.detail)
