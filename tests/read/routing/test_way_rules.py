"""The rules by which nginx chooses server, location and pass, one by one; that real nginx follows them is shown by the generated ones."""

from __future__ import annotations

import pytest

from tests.read.routing.real import parsed
from tui502.model.facts import Request
from tui502.model.route import Known, Way
from tui502.read.routing import way

FILES = {
    "/p/html/here": "file", "/p/html/dir": "dir", "/p/html/dir/": "dir", "/p/html/dir/index.html": "absent", "/p/html/none": "absent", "/p/html": "dir",
    "/p/html/tries": "absent",
}  # fmt: skip
KNOWN = Known(FILES, {}, "1.22.1", "/p")  # type: ignore[arg-type]


def go(http: str, uri: str = "/", known: Known = KNOWN, **more: str | int) -> Way:
    """The way through what stands in http; by default at 127.0.0.1:80 to "a"."""
    asked = {"method": "GET", "scheme": "http", "address": "127.0.0.1", "port": 80, "sni": "", "host": "a", **more}
    return way(parsed(f"http {{ {http} }}"), Request(uri=uri, **asked), known)  # type: ignore[arg-type]


def said(found: Way) -> str:
    return f"{found.status} {found.text}" if found.answer == "text" else f"{found.status}" if not found.undecided else found.undecided


def server(number: int, *lines: str) -> str:
    return f"server {{ {' '.join(lines)} return 200 {number}; }} "


@pytest.mark.parametrize(
    ("servers", "more", "text"),
    [
        ((server(1),), {}, "1"),
        ((server(1, "listen 80;"), server(2, "listen 127.0.0.1:80; server_name b;")), {}, "2"),
        ((server(1, "listen 80;"), server(2, "listen 127.0.0.1:80; server_name b;")), {"address": "10.0.0.1"}, "1"),
        ((server(1, "listen 80;"), server(2, "listen [::]:80;")), {"address": "[::1]"}, "2"),
        ((server(1, "listen [::]:80 ipv6only=off;"),), {}, "1"),
        ((server(1, "listen 70-90;"),), {}, "1"),
        ((server(1, "listen 1-65535;"),), {}, "1"),
        ((server(1, "listen unix:/s;"), server(2)), {"address": "unix:/s", "port": 0}, "1"),
        ((server(1, "listen 80;"), server(2, "listen 80 default_server;")), {"host": "x"}, "2"),
        ((server(1, "server_name x;"), server(2, "server_name a;"), server(3, "server_name a;")), {"host": "A:80"}, "2"),
        ((server(1, "server_name *.b;"), server(2, "server_name *.c.b;"), server(3, "server_name a.*;")), {"host": "a.c.b"}, "2"),
        ((server(1, "server_name x;"), server(2, "server_name .b;")), {"host": "b."}, "2"),
        ((server(1, "server_name b;"), server(2, "server_name .b;")), {"host": "x.b"}, "1"),
        ((server(1, "server_name x;"), server(2, "server_name mail.*;"), server(3, "server_name ~^mail;")), {"host": "mail.b"}, "2"),
        ((server(1, "server_name x;"), server(2, r"server_name ~^M\d;"), server(3, "server_name ~.;")), {"host": "m1"}, "2"),
        ((server(1, "listen 80 default_server; server_name x;"), server(2)), {"host": ""}, "2"),
        ((server(1, "server_name x;"), server(2, "server_name b;")), {"uri": "http://b/"}, "2"),
    ],
)
def test_the_server(servers: tuple[str, ...], more: dict[str, str | int], text: str) -> None:
    """The wrong one would blame another site."""
    assert said(go("".join(servers), **more)) == f"200 {text}"  # type: ignore[arg-type]


def test_a_listen_by_name_and_a_pattern_of_pcre_leave_the_server_open() -> None:
    assert "listens on the name web.example" in go(server(1, "listen web.example:80;") + server(2)).undecided
    assert "PCRE" in go(server(1, "server_name ~a++;") + server(2, "server_name b;")).undecided
    assert "no server listens" in go(server(1), port=81).undecided


def test_tls_has_a_server_for_the_handshake_and_one_for_the_request() -> None:
    """If this fails, the certificate of another server is blamed."""
    both = server(1, "listen 443 ssl; server_name a;") + server(2, "listen 443; server_name b;")
    found = go(both, scheme="https", port=443, sni="b", host="a")
    assert found.handshake is not None
    assert found.server is not None
    assert ([*found.handshake.children[1].args], found.text) == (["b"], "1")
    assert said(go(both, port=443)) == "400"
    assert "no TLS" in go(server(1), scheme="https").undecided
    assert "refuses the handshake" in go(server(1, "listen 443 ssl; ssl_reject_handshake on;"), scheme="https", port=443).undecided


LOCATIONS = """listen 80; rewrite ^/was$ /now; if ($arg_if = 1) { return 403; }
    location = /now { return 200 now; } location /plain { return 200 plain; } location ^~ /pre/ { return 200 pre; } location ~ x$ { return 200 x; }
    location /in { internal; location /in/deep { return 200 deep; } } location @n { return 200 "named $uri"; }
    location /round { rewrite ^ /round last; } location /hop { rewrite ^ /plain last; }
    location /tries { try_files /none $uri/ @n; } location /tries2 { try_files /none /plain; } location /tries3 { try_files /here =404; }
    location /tries4 { try_files $uri =404; } location /lost { try_files /none @missing; }
    location /e { error_page 404 = @n; return 404; }
    location /e2 { error_page 403 404 =418 /plain; deny all; } location /e3 { error_page 404 http://b/; return 404; }
    location /only { limit_except GET { deny all; } return 200 only; }
    location /slash/ { proxy_pass http://127.0.0.1:1; } location /dirs/ { root html; index /plain; } location /dir { } location /here { }"""


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("/was", "200 now"), ("/plainx", "200 x"), ("/pre/x", "200 pre"), ("/%70lain//a", "200 plain"), ("/a/../plain", "200 plain"), ("/..", "400"),
        ("/now?if=1", "403"),
        ("/in", "404"), ("/in/deep", "404"), ("/round", "500"), ("/hop", "200 plain"), ("/tries", "200 named /tries"), ("/tries2", "200 plain"),
        ("/tries3", "200"),
        ("/tries4", "whether"), ("/lost", "500"), ("/e", "200 named /e"), ("/e2", "418 plain"), ("/e3", "302"), ("/slash?q", "301"), ("/dirs/", "200 plain"),
        ("/dir", "301"), ("/dir/", "403"), ("/here", "200"), ("/none", "404"),
    ],
)  # fmt: skip
def test_the_location_and_the_jumps(uri: str, expected: str) -> None:
    """A jump that is not followed ends at the wrong pass."""
    found = go(f"server {{ {LOCATIONS} }}", uri)
    assert expected in said(found)


def test_jumps_are_told_with_their_places() -> None:
    found = go(f"server {{ {LOCATIONS} }}", "/e")
    assert [(jump.kind, jump.to, jump.where.line if jump.where else 0) for jump in found.jumps] == [("error_page", "@n", 7)]
    assert (found.location is not None, found.location and found.location.args) == (True, ("@n",))
    assert go(f"server {{ {LOCATIONS} }}", "/slash?q").text == "/slash/?q"


def test_a_method_is_refused_where_only_others_are_let_in() -> None:
    assert said(go(f"server {{ {LOCATIONS} }}", "/only", method="POST")) == "403"
    assert said(go(f"server {{ {LOCATIONS} }}", "/only", method="HEAD")) == "200 only"


def test_try_files_of_a_server_holds_where_no_location_does() -> None:
    assert said(go("server { try_files /none =410; location /x { return 200 x; } }", "/y")) == "410"
    assert said(go("server { try_files /none =410; location /x { return 200 x; } }", "/x")) == "200 x"


UP = "upstream up { server 127.0.0.1:9001 weight=2; server 127.0.0.1:9002 backup; server unix:/s down; } map $arg_m $where { default up; b other; }"


@pytest.mark.parametrize(
    ("inside", "uri", "line", "host", "peer"),
    [
        ("location /p/ { proxy_pass http://up; }", "/p/a%20b?q", "GET /p/a%20b?q HTTP/1.0", "up", "127.0.0.1:9001"),
        ("location /p/ { proxy_pass http://up/; }", "/p/a%20b?q", "GET /a%20b?q HTTP/1.0", "up", "127.0.0.1:9001"),
        ("location /p { proxy_pass http://up/x; }", "/py", "GET /xy HTTP/1.0", "up", "127.0.0.1:9001"),
        ("location /p/ { rewrite ^/p(.*) /z$1 break; proxy_pass http://up/ignored; }", "/p/q?k", "GET /z/q?k HTTP/1.0", "up", "127.0.0.1:9001"),
        ("location /p/ { set $u http://up/fixed; proxy_pass $u; }", "/p/q?k", "GET /fixed HTTP/1.0", "up", "127.0.0.1:9001"),
        ("location /p/ { proxy_pass http://$where; }", "/p/?m=a", "GET /p/?m=a HTTP/1.0", "up", "127.0.0.1:9001"),
        ("location /p/ { proxy_pass http://$arg_h; }", "/p/?h=127.0.0.1:7", "GET /p/?h=127.0.0.1:7 HTTP/1.0", "127.0.0.1:7", "127.0.0.1:7"),
        ("location /p/ { proxy_pass http://$arg_h; } location /q { proxy_pass http://n:7; }", "/p/?h=n:7", "GET /p/?h=n:7 HTTP/1.0", "n:7", "n:7"),
        ("location /p/ { proxy_pass http://unix:/s:/u/; }", "/p/a", "GET /u/a HTTP/1.0", "localhost", "unix:/s"),
        ("location /p/ { proxy_pass https://b.test:443; }", "/p/", "GET /p/ HTTP/1.0", "b.test", "b.test:443"),
        ("location ~ ^/p/(.*) { proxy_pass http://up/$1?v=$1; }", "/p/x?y", "GET /x?v=x HTTP/1.0", "up", "127.0.0.1:9001"),
        ("location /p/ { proxy_pass http://up; if ($arg_z) { set $q 1; } }", "/p/?z=1", "GET /p/?z=1 HTTP/1.0", "up", "127.0.0.1:9001"),
        ("location /p/ { proxy_pass http://up; if ($arg_z) { proxy_pass http://n; } }", "/p/?z=1", "GET /p/?z=1 HTTP/1.0", "n", "n:80"),
        ("location /p/ { proxy_method PUT; proxy_http_version 1.1; proxy_pass http://up; }", "/p/", "PUT /p/ HTTP/1.1", "up", "127.0.0.1:9001"),
        ("location /p/ { proxy_set_header Host $host:$server_port; proxy_pass http://up; }", "/p/", "GET /p/ HTTP/1.0", "a:80", "127.0.0.1:9001"),
        ("location /p/ { grpc_pass grpc://up; }", "/p/", "GET /p/ HTTP/2", "up", "127.0.0.1:9001"),
        ("location /p/ { try_files /none @b; } location @b { proxy_pass http://up; }", "/p/%41", "GET /p/%41 HTTP/1.0", "up", "127.0.0.1:9001"),
        ("location /p/ { error_page 404 = /q; return 404; } location /q { proxy_pass http://up; }", "/p/", "GET /q HTTP/1.0", "up", "127.0.0.1:9001"),
    ],
)
def test_what_the_backend_is_asked(inside: str, uri: str, line: str, host: str, peer: str) -> None:
    """If this fails, a probe asks a backend for another page than nginx does."""
    found = go(f"{UP} server {{ {inside} }}", uri)
    assert found.undecided == ""
    assert found.sent is not None
    assert found.group is not None
    assert (found.sent.line, found.sent.host, found.group.members[0].peer and found.group.members[0].peer.address) == (line, host, peer)


def test_a_pass_is_not_inherited_into_a_nested_location() -> None:
    found = go(f"{UP} server {{ location /p/ {{ proxy_pass http://up; location /p/n/ {{ return 200 files; }} }} }}", "/p/n/")
    assert (found.pass_, found.text) == (None, "files")


def test_a_name_in_a_variable_needs_a_resolver() -> None:
    """Without one the client gets 502, and no peer is to blame."""
    without = go("server { location / { proxy_pass http://$arg_h; } }", "/?h=later.test")
    assert (without.answer, without.status, "no resolver" in without.text) == ("status", 502, True)
    found = go("resolver 127.0.0.1; server { location / { proxy_pass http://$arg_h; } }", "/?h=later.test")
    assert (found.answer, "resolved while nginx runs" in found.undecided) == ("pass", True)
    assert go("server { location / { proxy_pass $arg_h; } }", "/?h=up").status == 500


def test_lists_are_replaced_as_a_whole_and_an_empty_header_is_none() -> None:
    own = 'proxy_set_header C $http_c; proxy_set_header D ""; proxy_set_header E x;'
    found = go(f"{UP} server {{ proxy_set_header A 1; proxy_set_header B 2; location / {{ {own} proxy_pass http://up; }} }}")
    assert found.sent is not None
    assert [(header.name, header.value) for header in found.sent.headers] == [("E", "x"), ("Host", "up"), ("Connection", "close")]


def test_fastcgi_gets_its_script() -> None:
    inside = r"""root /srv; location ~ ^(.+\.php)(/.*)?$ { fastcgi_index i.php; fastcgi_split_path_info ^(.+\.php)(/.*)$; fastcgi_pass unix:/f;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_param PATH_INFO $fastcgi_path_info;
        fastcgi_param HTTPS $https if_not_empty; }"""
    found = go(f"server {{ {inside} }}", "/a.php/more?q")
    assert found.sent is not None
    assert [(each.name, each.value) for each in found.sent.headers] == [("SCRIPT_FILENAME", "/srv/a.php"), ("PATH_INFO", "/more")]
    assert found.sent.host == "a"


def test_a_newer_nginx_speaks_another_version_and_keeps_connections() -> None:
    """If this fails, a backend is blamed for what nginx of that version does not ask."""
    old, new = (go(f"{UP} server {{ location / {{ proxy_pass http://up; }} }}", known=Known(FILES, {}, version, "/p")) for version in ("1.22.1", "1.31.3"))  # type: ignore[arg-type]
    assert old.sent is not None
    assert new.sent is not None
    assert (old.sent.line, new.sent.line) == ("GET / HTTP/1.0", "GET / HTTP/1.1")
    assert [[header.name for header in each.sent.headers] for each in (old, new) if each.sent] == [["Host", "Connection"], ["Host"]]
    assert old.group is not None
    assert old.group.settings == ()
    assert new.group is not None
    assert [(one.name, one.values) for one in new.group.settings][:2] == [("keepalive", ("32 local",)), ("keepalive_requests", ("1000",))]


def test_a_group_has_its_servers_with_their_parameters() -> None:
    group = go(f"{UP} server {{ location / {{ proxy_pass http://UP; }} }}").group
    assert group is not None
    found = [(each.written, each.weight, each.max_fails, each.fail_timeout, each.parameters) for each in group.members]
    assert found == [("127.0.0.1:9001", 2, 1, "10s", ("weight=2",)), ("127.0.0.1:9002", 1, 1, "10s", ("backup",)), ("unix:/s", 1, 1, "10s", ("down",))]


def test_where_it_goes_when_the_pass_fails() -> None:
    """A page that keeps the status does not make a site work: the client sees 502 although the fallback answered."""
    found = go(f"{UP} server {{ error_page 502 /sorry; location / {{ proxy_pass http://up; }} location /sorry {{ return 200 sorry; }} }}")
    assert found.failing is not None
    assert (found.failing.status, found.failing.text, [jump.to for jump in found.failing.jumps]) == (502, "sorry", ["/sorry"])
    fallback = go(f"{UP} server {{ location / {{ error_page 502 = @b; proxy_pass http://up; }} location @b {{ proxy_pass http://127.0.0.1:1; }} }}").failing
    assert fallback is not None
    assert (fallback.answer, fallback.status) == ("pass", None)
    assert go(f"{UP} server {{ location / {{ proxy_pass http://up; }} }}").failing is None


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("if ($remote_addr ~ ^10) { return 403; } proxy_pass http://up;", '"if" in line 1 can lead elsewhere'),
        ("if ($scheme ~ a++) { return 403; } proxy_pass http://up;", "only PCRE"),
        ("rewrite ^(a++)$ /x; proxy_pass http://up;", "only PCRE"),
        ("set $w $remote_addr; proxy_pass http://$w;", "$remote_addr is not known"),
        ("proxy_pass http://$unheard_of;", "$unheard_of is not known"),
        ("try_files $uri/elsewhere @up;", "whether /p/html/elsewhere exists"),
        ("access_by_lua_block { return } proxy_pass http://up;", "decides by a program"),
    ],
)
def test_what_cannot_be_told_is_said(inside: str, why: str) -> None:
    """A guess would send a person to the wrong line."""
    found = go(f"{UP} server {{ location / {{ {inside} }} location @up {{ proxy_pass http://up; }} }}")
    assert why in found.undecided.replace("//", "/")


def test_a_slash_that_is_left_out_is_added_to_the_escaped_path() -> None:
    files = Known({**FILES, "/p/html/d d": "dir"}, {}, "1.22.1", "/p")  # type: ignore[dict-item]
    both = 'server { location "/p q/" { proxy_pass http://127.0.0.1:1; } location / { } }'
    assert go(both, "/p%20q?a=%20").text == "/p%20q/?a=%20"
    assert go(both, "/d%20d?x", files).text == "/d%20d/?x"


def test_files_that_other_modules_answer() -> None:
    """If this fails, a page that nginx serves is called missing."""
    files = Known({**FILES, "/p/html/packed.gz": "file", "/p/html/packed": "absent", "/p/html/dir/.gz": "absent"}, {}, "1.22.1", "/p")  # type: ignore[dict-item]
    assert "takes a file by chance" in go("server { location / { random_index on; } }", "/dir/").undecided
    assert said(go("server { location / { random_index on; } }", "/here")) == "200"
    assert (found := go("server { gzip_static always; }", "/packed", files)).text == "/p/html/packed.gz", found
    assert said(go("server { gzip_static on; }", "/packed", files)) == "404"
    assert "takes PUT" in go("server { dav_methods PUT; }", "/here", method="PUT").undecided
    assert said(go("server { dav_methods DELETE; }", "/here", method="PUT")) == "405"
    assert "disable_symlinks in line 1 refuses that" in go("server { disable_symlinks on; }", "/here").undecided
    assert said(go("server { disable_symlinks on; }", "/none")) == "404"


def test_the_name_of_the_host_itself_may_be_any_name() -> None:
    """If this fails, a request is told to go to the default server that goes to the one with `server_name $hostname`."""
    both = server(1) + server(2, "server_name $hostname b;") + server(3, "server_name ~c$;")
    assert "name of this host" in go(both).undecided
    assert "name of this host" in go(both, host="c").undecided
    assert said(go(both, host="b")) == "200 2"
    assert said(go(both, host="")) == "200 1"
    assert said(go(server(1, "server_name $hostname;"))) == "200 1"


def test_a_certificate_that_is_asked_for_may_be_missing() -> None:
    """If this fails, nobody learns why each request without one gets 400."""
    found = go(server(1, "listen 443 ssl; ssl_verify_client on;"), scheme="https", port=443)
    assert [guard.kind for guard in found.guards] == ["ssl_verify_client"]
    assert go(server(1, "listen 443 ssl; ssl_verify_client optional;"), scheme="https", port=443).guards == ()


def test_what_may_refuse_is_noted_and_what_was_assumed_is_said() -> None:
    inside = 'allow 10.0.0.0/8; deny all; auth_basic "x"; limit_req zone=z; proxy_pass http://up; if ($http_x_beta) { return 403; }'
    found = go(f"{UP} server {{ location / {{ {inside} }} }}", known=Known(FILES, None, "1.22.1", "/p"))  # type: ignore[arg-type]
    assert [guard.kind for guard in found.guards] == ["limit_req", "allow", "deny", "auth_basic"]
    assert (found.answer, found.assumed, found.undecided) == ("pass", ("no header X-Beta",), "")
