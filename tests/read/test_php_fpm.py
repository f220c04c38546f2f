"""What PHP-FPM was told, and which service runs it: decides whether a missing socket is a stopped service or a wrong path."""

from dataclasses import replace

import pytest

from tests.builder import Host, file, seen
from tui502.model.facts import Facts, Pool
from tui502.read import php_fpm
from tui502.read.facts import read_facts
from tui502.read.plan import plan

CONF, POOLS = "/etc/php/8.2/fpm/php-fpm.conf", "/etc/php/8.2/fpm/pool.d"
MAIN = b"; main\n[global]\npid = /run/php/php8.2-fpm.pid\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n"
SITE = "server { listen 80; server_name blog.example.com; location / { fastcgi_pass unix:/run/php/php8.2-fpm.sock; } }"
FPM = "{ path=/usr/sbin/php-fpm8.2 ; argv[]=/usr/sbin/php-fpm8.2 --nodaemonize --fpm-config /etc/php/8.2/fpm/php-fpm.conf ; ignore_errors=no ; }"


def host(**pools: bytes) -> Host:
    found = Host(sites={"blog": SITE})
    found.extra_files = {CONF: MAIN, **{f"{POOLS}/{name}.conf": data for name, data in pools.items()}}
    return found


def facts(of: Host, *names: str) -> Facts:
    """With a listing of the pools' directory."""
    evidence = of.evidence()
    return read_facts(replace(evidence, dirs={**evidence.dirs, POOLS: seen(names or ("www.conf",)), "/etc/php": seen(("8.2",))}))


def pools(of: Host, *names: str) -> tuple[Pool, ...]:
    return facts(of, *names).pools


def running(of: Host, title: str = f"php-fpm: master process ({CONF})", pid: int = 300) -> None:
    of.process(pid, "php-fpm8.2", argv=(title,), cgroup="/system.slice/php8.2-fpm.service")


def test_pool_of_a_running_master() -> None:
    site = host(www=b"[www]\nlisten = /run/php/php8.2-fpm.sock\nlisten.owner = www-data\n")
    running(site)
    (pool,) = pools(site)
    assert (pool.name, pool.master, pool.exe, pool.listen) == ("www", 300, "/usr/bin/php-fpm8.2", "unix:/run/php/php8.2-fpm.sock")
    assert (pool.get("listen.owner"), pool.get("listen.mode")) == ("www-data", "")
    assert pool.file == f"{POOLS}/www.conf"


def test_configuration_named_in_the_title_is_read_from_where_the_master_stands() -> None:
    site = host()
    running(site, "php-fpm: master process (etc/fpm.conf)")
    site.extra_files["/etc/fpm.conf"] = b"[a]\nlisten = 9000\n"
    assert [(pool.name, pool.listen, pool.master) for pool in pools(site)] == [("a", ":9000", 300)]


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("/run/php/$pool.sock", "unix:/run/php/shop.sock"),
        ('"/run//a.sock"', "unix:/run/a.sock"),
        ("9000", ":9000"),
        ("127.0.0.1:9000", "127.0.0.1:9000"),
        ("[::1]:9000", "[::1]:9000"),
        ("run/a.sock", ""),
        ("", ""),
    ],
)
def test_listen_as_nginx_dials_it(listen: str, address: str) -> None:
    (pool,) = pools(host(www=f"[shop]\nlisten = {listen}\n".encode()))
    assert (pool.listen, pool.master) == (address, 0)


def test_relative_listen_below_the_prefix_of_the_pool() -> None:
    (pool,) = pools(host(www=b"[shop]\nprefix = /srv/$pool\nlisten = run/a.sock\n"))
    assert pool.listen == "unix:/srv/shop/run/a.sock"


def test_only_files_that_the_pattern_takes() -> None:
    site = host(www=b"[www]\nlisten = 1\n", old=b"[old]\nlisten = 2\n")
    site.extra_files[f"{POOLS}/www.conf.dpkg-old"] = b"[dpkg]\nlisten = 3\n"
    assert [pool.name for pool in pools(site, "old.conf", "www.conf", "www.conf.dpkg-old", ".hidden.conf")] == ["old", "www"]


def test_several_pools_in_one_file_and_the_last_setting_counts() -> None:
    found = pools(host(www=b"[a]\nlisten = 1\nlisten = 2\n[b]\nlisten = 3\n"))
    assert [(pool.name, pool.listen) for pool in found] == [("a", ":2"), ("b", ":3")]


@pytest.mark.parametrize(
    ("command", "conf"),
    [
        ("/usr/sbin/php-fpm8.2 --nodaemonize --fpm-config /etc/php/8.2/fpm/php-fpm.conf", CONF), ("php-fpm8.3 -F", "/etc/php/8.3/fpm/php-fpm.conf"),
        ("/usr/sbin/php-fpm --nodaemonize", "/etc/php-fpm.conf"), ("/opt/php-fpm -F -y /srv/x.conf", "/srv/x.conf"),
        ("php-fpm --fpm-config=/srv/y.conf", "/srv/y.conf"), ("/usr/bin/node php-fpm.js", ""), ("", ""),
    ],
)  # fmt: skip
def test_configuration_of_a_service(command: str, conf: str) -> None:
    site = Host()
    site.unit("x.service", ExecStart=f"{{ path=/x ; argv[]={command} ; ignore_errors=no ; }}")
    (unit,) = (unit for unit in read_facts(site.evidence()).units if unit.name == "x.service")
    assert php_fpm.conf_of(unit) == conf


def test_stopped_service_serves_the_sockets_of_its_pools() -> None:
    """If this fails, a stopped PHP-FPM is nobody's socket, and no start is offered."""
    site = host(www=b"[www]\nlisten = /run/php/php8.2-fpm.sock\n")
    site.unit("php8.2-fpm.service", "inactive", ExecStart=FPM)
    assert facts(site).units[0].serves == ("unix:/run/php/php8.2-fpm.sock",)
    assert facts(site).peers[0].expected_units == ("php8.2-fpm.service",)


def test_what_is_read_follows_what_is_known() -> None:
    """Main file, then its directory, then the pools: each only once the one before was seen; nothing where nginx speaks no FastCGI."""

    def wanted(of: Host) -> set[str]:
        return {look.key for look in plan(of.evidence()) if look.kind in ("file", "dir") and "php" in look.key}

    site = Host(sites={"blog": SITE})
    site.process(300, "php-fpm8.2", argv=(f"php-fpm: master process ({CONF})",))
    assert {CONF, "/etc/php"} <= wanted(site)
    assert POOLS not in wanted(site)
    site.extra_files = {CONF: MAIN}
    assert POOLS in wanted(site)
    assert wanted(Host()) == set()


def test_file_too_large_to_be_read_whole_is_not_believed() -> None:
    site = host()
    running(site)
    evidence = site.evidence()
    own = b"[www]\nlisten = 9000\n"
    for cut, found in ((False, 1), (True, 0)):
        assert len(read_facts(replace(evidence, files={**evidence.files, CONF: seen(replace(file(own), cut=cut))})).pools) == found
