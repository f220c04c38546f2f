"""What configurations made by chance showed, one by one."""

from __future__ import annotations

import pytest

from tests.read.routing.test_way_rules import UP, go, said


@pytest.mark.parametrize(
    ("inside", "uri", "host", "expected"),
    [
        ("location / { try_files /none =200; }", "/x", "a", "444"),
        ("location / { set $args k=v; proxy_pass http://up; }", "/x?y", "a", "GET /x?k=v HTTP/1.0"),
        ("server_name A.B; return 200 $server_name;", "/", "q", "200 a.b"),
        ("error_page 400 /e; location /e { return 200 [$uri|$host|$request_uri]; }", "/%00", "a", "400 [/e||]"),
        ("error_page 400 @e; location @e { return 200 e; }", "/%zz", "a", "500"),
        ("error_page 400 http://e/x$uri; location / { }", "/%00", "a", "302 http://e/x"),
        ("location / { return 200 here; }", "http://a/x", "a..b", "400"),
        ("location / { rewrite ^ http://e$uri; }", "/%25/x", "a", "302 http://e//x"),
        ("location / { error_page 404 /e; return 404; } location /e { return 200 $status; }", "/", "a", "404 404"),
        ("location ~ ^/(z?) { root /r/$1; return 200 $request_filename; }", "/x", "a", "200 /r//x"),
    ],
)
def test_what_random_configurations_showed(inside: str, uri: str, host: str, expected: str) -> None:
    """Each of them was told otherwise once, and is what both versions of nginx answer."""
    found = go(f"{UP} server {{ {inside} }}", uri, host=host)
    assert found.undecided == ""
    redirected = f"{found.status} {found.text}" if found.answer == "redirect" else said(found)
    assert (found.sent.line if found.sent else redirected) == expected
