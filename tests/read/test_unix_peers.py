"""Unix sockets as nginx sees them: what root may do there counts for nothing, and a socket without a tie is no offer."""

import pytest

from tests.builder import NOW, Host, seen
from tui502.model.evidence import Flip, PathPart, PathSeen
from tui502.model.facts import PeerState
from tui502.read import keys
from tui502.read.facts import read_facts
from tui502.read.plan import plan
from tui502.read.unix_candidates import family

SOCK = "/run/shop/shop.sock"


def host(pass_: str = f"proxy_pass http://unix:{SOCK}", **more: object) -> Host:
    found = Host(sites={"shop": f"server {{ listen 80; server_name shop.example.com; location / {{ {pass_}; }} }}"})
    for name, value in more.items():
        setattr(found, name, value)
    return found


def state(of: Host) -> PeerState:
    return read_facts(of.evidence()).peers[0]


def test_what_root_may_do_says_nothing_of_nginx() -> None:
    """If this fails, a site that is denied its socket looks healthy to root, and its outage over."""
    site = host()
    site.listen_unix(SOCK, 9)
    site.connect(f"unix:{SOCK}", "connected")
    assert state(site).state == "UP"
    site.way(SOCK, PathPart(SOCK, "socket", 0o600, 0, 0))
    assert (state(site).state, state(site).why, state(site).connect, state(site).listening) == ("DENIED", "nginx may not write it", "denied", True)


def test_closed_directory_is_named() -> None:
    site = host()
    site.way(SOCK, PathPart("/run/shop", "dir", 0o700, 7, 7))
    site.connect(f"unix:{SOCK}", "connected")
    assert state(site).why == "nginx may not enter /run/shop"


def test_connect_as_the_worker_counts_more_than_the_rights() -> None:
    site = host()
    site.connect(f"unix:{SOCK}", "connected")
    site.way(SOCK)
    site.tried(SOCK, "denied")
    assert (state(site).state, state(site).why) == ("DENIED", "denied")


def test_connect_under_other_rights_is_forgotten() -> None:
    """Somebody mended the mode meanwhile; the old answer must not go on saying "denied"."""
    site = host()
    site.connect(f"unix:{SOCK}", "connected")
    site.way(SOCK, PathPart(SOCK, "socket", 0o600, 0, 0))
    site.tried(SOCK, "denied")
    site.way(SOCK)
    assert state(site).state == "UP"


@pytest.mark.parametrize(("known", "why"), [(True, "it lets nginx in, but not us"), (False, "we may not look there")])
def test_what_only_we_may_not_do_is_no_fault(known: bool, why: str) -> None:
    """A user who looks at a healthy site whose socket is closed to him must not be told that it is down."""
    site = host(euid=1000)
    site.connect(f"unix:{SOCK}", "denied")
    if known:
        site.way(SOCK)
    assert (state(site).state, state(site).why, state(site).connect) == ("UNSEEN", why, "")


def test_own_denial_counts_where_we_are_the_worker() -> None:
    site = host(euid=33)
    site.connect(f"unix:{SOCK}", "denied")
    assert state(site).state == "DENIED"


def test_socket_reached_through_a_link_is_found_in_the_table() -> None:
    """/var/run leads to /run; the kernel knows the socket by the path it was bound to."""
    site = host("proxy_pass http://unix:/var/run/shop.sock")
    site.listen_unix("/run/shop.sock", 9)
    site.process(9, "node")
    parts = (PathPart("/", "dir", 0o755, 0, 0), PathPart("/var", "dir", 0o755, 0, 0), PathPart("/var/run", "link", 0o777, 0, 0, "/run"))
    parts += (PathPart("/run", "dir", 0o755, 0, 0), PathPart("/run/shop.sock", "socket", 0o666, 0, 0))
    site.paths[keys.path_key("/var/run/shop.sock")] = seen(PathSeen("/var/run/shop.sock", parts, "found", ""))
    site.connect("unix:/var/run/shop.sock", "connected")
    assert (state(site).listening, state(site).pid, state(site).state) == (True, 9, "UP")


def test_socket_that_the_table_knows_by_another_name_is_not_called_dead() -> None:
    """Bound by a relative path: the connect tells more than the table, unless it was seen to go."""
    site = host()
    site.connect(f"unix:{SOCK}", "connected", ago=20.0)
    assert (state(site).state, state(site).listening) == ("UP", True)
    site.flips = [Flip(NOW - 3, f"unix:{SOCK}", "listening", "gone")]
    assert state(site).state == "DOWN"


def looks(of: Host) -> dict[str, str]:
    return {look.key: look.kind for look in plan(of.evidence())}


def test_rights_are_tried_only_where_something_says_denied() -> None:
    site = host()
    site.connect(f"unix:{SOCK}", "connected")
    assert looks(site)[keys.path_key(SOCK)] == "path"
    site.way(SOCK)
    assert keys.access_key(f"unix:{SOCK}") not in looks(site)
    assert keys.GETENT_PASSWD not in looks(site)
    site.way(SOCK, PathPart(SOCK, "socket", 0o600, 0, 0))
    assert {keys.access_key(f"unix:{SOCK}"), keys.GETENT_PASSWD, keys.GETENT_GROUP} <= looks(site).keys()


def test_rights_are_tried_when_only_the_log_says_denied() -> None:
    """SELinux: every mode is right, and nginx is denied all the same."""
    site = host()
    site.way(SOCK)
    site.fails(f"unix:{SOCK}", symptom="socket_permission", server="shop.example.com", host="shop.example.com")
    assert keys.access_key(f"unix:{SOCK}") in looks(site)


def ties(of: Host) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.address, each.ties) for each in state(of).candidates]


def php(dialled: str, *sockets: str) -> Host:
    site = host(f"fastcgi_pass unix:{dialled}")
    site.connect(f"unix:{dialled}", "absent")
    for n, path in enumerate(sockets):
        site.process(50 + n, "php-fpm8.2", argv=("php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)",), cgroup="/system.slice/php8.2-fpm.service")
        site.listen_unix(path, 50 + n)
    return site


@pytest.mark.parametrize(
    ("dialled", "there", "tied"),
    [
        ("/run/php/php8.1-fpm.sock", "/run/php/php8.2-fpm.sock", True), ("/run/php/php-fpm.sock", "/run/php/php8.2-fpm.sock", True),
        ("/var/run/php5-fpm.sock", "/run/php/php8.2-fpm.sock", True), ("/run/php/php7.4-fpm-shop.sock", "/run/php/php8.2-fpm-shop.sock", True),
        ("/run/php/php7.4-fpm-shop.sock", "/run/php/php8.2-fpm-forum.sock", False), ("/run/php/php7.4-fpm-shop.sock", "/run/php/php8.2-fpm.sock", False),
        ("/run/php/api.sock", "/run/php/php8.2-fpm.sock", False), ("/run/app1.sock", "/run/app2.sock", False),
    ],
)  # fmt: skip
def test_same_name_but_for_the_version(dialled: str, there: str, tied: bool) -> None:
    assert [address for address, _ in ties(php(dialled, there))] == ([f"unix:{there}"] if tied else [])


def test_names_of_one_family() -> None:
    assert {family(name) for name in ("php8.1-fpm.sock", "php81-fpm.sock", "php-fpm.sock", "php5-fpm.sock", "php-fpm8.2.sock", "php-fpm-8.2.sock")} == {
        "php-fpm.sock"
    }


def test_php_socket_that_other_sites_share_is_a_candidate() -> None:
    """After an upgrade most sites dial the new socket already; the forgotten one belongs there too."""
    site = php("/run/php/php8.1-fpm.sock", "/run/php/php8.2-fpm.sock")
    site.sites["zoo"] = "server { listen 80; server_name zoo.example.com; location / { fastcgi_pass unix:/run/php/php8.2-fpm.sock; } }"
    assert len(ties(site)) == 1


def test_http_is_not_sent_to_php() -> None:
    site = php("/run/php/php8.1-fpm.sock", "/run/php/php8.2-fpm.sock")
    site.sites["shop"] = site.sites["shop"].replace("fastcgi_pass unix:", "proxy_pass http://unix:")
    assert ties(site) == []


def test_unit_of_the_site_on_another_socket() -> None:
    site = host()
    site.connect(f"unix:{SOCK}", "absent")
    site.unit("shop.service", pid=9)
    site.process(9, "gunicorn", cgroup="/system.slice/shop.service")
    site.listen_unix("/run/gunicorn.sock", 9)
    assert ties(site) == [("unix:/run/gunicorn.sock", ("shop.service bears the name of shop.example.com",))]


def test_alone_in_the_directory_of_its_name() -> None:
    site = host()
    site.connect(f"unix:{SOCK}", "absent")
    site.process(9, "puma")
    site.listen_unix("/run/shop/puma.sock", 9)
    assert ties(site) == [("unix:/run/shop/puma.sock", ("lies in /run/shop too, alone",))]
    site.listen_unix("/run/shop/control.sock", 9)
    assert ties(site) == []


def test_neighbours_in_a_shared_directory_are_nothing() -> None:
    site = host("proxy_pass http://unix:/run/shop.sock")
    site.connect("unix:/run/shop.sock", "absent")
    for n, path in enumerate(("/run/docker.sock", "/run/mysqld/mysqld.sock", "/tmp/shop2.sock")):
        site.process(50 + n, "x")
        site.listen_unix(path, 50 + n)
    assert ties(site) == []


def test_what_another_site_dials_is_no_candidate() -> None:
    site = host()
    site.connect(f"unix:{SOCK}", "absent")
    site.unit("shop.service", pid=9)
    site.process(9, "gunicorn", cgroup="/system.slice/shop.service")
    site.listen_unix("/run/api.sock", 9)
    site.sites["api"] = "server { listen 80; server_name api.example.com; location / { proxy_pass http://unix:/run/api.sock; } }"
    assert ties(site) == []


def test_deleted_file_whose_owner_goes_on_listening() -> None:
    """The table has a listener with that path: nothing stopped, nothing moved."""
    site = host()
    site.listen_unix(SOCK, 9)
    site.connect(f"unix:{SOCK}", "absent")
    assert (state(site).state, state(site).listening, state(site).candidates) == ("DOWN", True, ())
