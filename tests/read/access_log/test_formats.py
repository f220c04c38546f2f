"""Lines are read by the format in which they were written, and nothing in them is taken for something else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builder import MAIN, Host
from tui502.investigate import investigate
from tui502.read.access_log import AccessTallies, form
from tui502.read.facts import read_facts
from tui502.read.plan import plan

_HEX = {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t", 8: "\\b", 12: "\\f", ord('"'): '\\"', ord("\\"): "\\\\"}


def escaped(value: bytes, escape: str) -> bytes:
    """As nginx writes a value (ngx_http_log_escape, ngx_escape_json)."""
    if escape == "default":
        return b"".join(bytes([c]) if 0x20 <= c < 0x7F and c not in b'"\\' else b"\\x%02X" % c for c in value)
    if escape == "json":
        return b"".join(_HEX[c].encode() if c in _HEX else b"\\u%04X" % c if c < 0x20 else bytes([c]) for c in value)
    return value


def lists(item: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.lists(st.tuples(item, st.sampled_from([b", ", b" : "])), min_size=1, max_size=3).map(
        lambda items: b"".join(x for i in items for x in i)[: -2 if items[-1][1] == b", " else -3]
    )


ANY = st.one_of(
    st.binary(max_size=12).map(lambda value: value.replace(b"\n", b"")),
    st.text('ab "\\[]{}:,-502GET /', max_size=14).map(str.encode),
    st.sampled_from([b'" 502 "', b"502 200", b", 502 : 504", b": 502 x", b", 502 x", b"] [", b'","status":"502', b'\\" 504', b"22/Nov/2026:12:04:28 +0100"]),
)
VALUES: dict[str, st.SearchStrategy[bytes]] = {
    "status": st.integers(0, 999).map(lambda n: b"%03d" % n),
    "time_local": st.just(b"22/Nov/2026:12:04:28 +0100"),
    "time_iso8601": st.sampled_from([b"2026-11-22T12:04:28+01:00", b"2026-11-22T11:04:28Z"]),
    "msec": st.just(b"1795345468.123"),
    "request_time": st.sampled_from([b"0.000", b"12.502"]),
    "body_bytes_sent": st.sampled_from([b"0", b"502", b"20000"]),
    "remote_addr": st.sampled_from([b"198.51.100.7", b"::1", b"unix:"]),
    "host": st.sampled_from([b"shop.example", b"[::1]", b"502", b"", b"a,b"]),
    "server_name": st.sampled_from([b"shop.example", b"", b"*.example"]),
    "server_port": st.just(b"443"),
    "upstream_status": st.one_of(st.just(None), lists(st.sampled_from([b"502", b"200", b"-"]))),
    "upstream_addr": st.one_of(st.just(None), lists(st.sampled_from([b"127.0.0.1:3000", b"[::1]:80", b"unix:/run/a.sock", b"app"]))),
    "upstream_header_time": st.one_of(st.just(None), lists(st.sampled_from([b"-", b"0.004"]))),
    "request_method": st.sampled_from([b"GET", b""]),
    "request": ANY, "uri": ANY, "http_user_agent": ANY, "http_referer": ANY, "remote_user": ANY, "arg_x": ANY,
}  # type: ignore[dict-item]  # fmt: skip
LITERALS = st.one_of(
    st.sampled_from([" ", '"', '" "', "] ", " [", ",", ", ", " : ", ":", "\t", "|", '":"', "", "", '\\"', "é", "-"]), st.text(' "-:,=[]{}ab5\\', max_size=3)
)


ENDS = [(), (), ('"', '" ', ' "', '"'), ("", " ", " ", ""), ('{"a":"', '","b":', ',"c":"', '"}'), ("(", ") (", ") (", ")"), ("", "\t", "\t", "")]
"""Texts around three variables as people write them; () for any number of variables and any texts."""

USUAL = (["http_user_agent", "request", "upstream_status"], ["status", "upstream_status", "upstream_addr", "host"], ["http_referer", "uri", "remote_addr"])


@st.composite
def written(draw: st.DrawFn) -> tuple[str, bytes, dict[str, bytes]]:
    """A format, a line in it, and the values that stand in it."""
    escape = draw(st.sampled_from(["default", "json", "none"]))
    ends = draw(st.sampled_from(ENDS))
    names = draw(
        st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=7) if not ends else st.tuples(*(st.sampled_from(USUAL[n % 3]) for n in range(3)))
    )
    values = {name: draw(VALUES[name]) for name in names}
    missing = b"-" if escape == "default" else b""
    text = ends[0] if ends else draw(LITERALS)
    line = text.encode()
    for n, name in enumerate(names):
        literal, value = ends[n + 1] if ends else draw(LITERALS), values[name]
        text += f"${{{name}}}{literal}"
        line += (missing if value is None else escaped(value, escape)) + literal.encode()
    return f"{escape} {text}", line, {name: missing if value is None else value for name, value in values.items()}


@given(written())
def test_values_come_back_or_cannot_be_told(case: tuple[str, bytes, dict[str, bytes]]) -> None:
    """If this fails, something that a client sent is counted as a status, a peer or a server."""
    text, line, values = case
    found = form(text)
    told = found.fields(line)
    assert told is not None, "a line has the format in which it was written"
    assert all(values[name] == value for name, value in told.items())
    match = found.pattern.match(line)
    assert match
    assert not found.tells or found.key(match.groups())[0][0] == values["status"].decode()


COMBINED = 'default $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
LONG = 'default $time_iso8601 $server_name "$request" $status "$upstream_status" "$upstream_addr" "$upstream_header_time"'


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        (COMBINED, True), (LONG, True),
        ('json {"at":"$time_iso8601","ua":"$http_user_agent","status":$status}', True),
        ('none {"status":$status,"ua":"$http_user_agent"}', True),
        ('none {"at":"$time_iso8601","ua":"$http_user_agent","status":$status}', True),
        ("default $http_referer $status $http_user_agent", False),
        ('json {\\"ua\\":\\"$http_user_agent\\",\\"s\\":$status,\\"r\\":\\"$request\\"}', False),
        ('default $remote_addr "$request" $request_time', False),
        ("default $time_iso8601\t$request\t$status\t$http_user_agent", True),
    ],
)  # fmt: skip
def test_which_formats_tell_the_status(text: str, tells: bool) -> None:
    """If this fails, a status is guessed at, or one that is plainly written is not read."""
    assert form(text).tells is tells


def test_a_list_ends_where_only_it_can_end() -> None:
    """If this fails, a client writes further tries behind those of its request."""
    assert form("default $status $upstream_status $http_referer").fields(b"200 200 : 502 x") == {"status": b"200"}
    assert form('default $status $upstream_status "$http_referer"').fields(b'200 502 : 200 "x"') == {
        "status": b"200", "upstream_status": b"502 : 200", "http_referer": b"x",
    }  # fmt: skip


def counted(lines: list[bytes], *formats: str) -> tuple[dict[tuple[str, str, str, str], int], int, int]:
    counts = AccessTallies(formats)
    counts.feed(b"".join(line + b"\n" for line in lines))
    seen = counts.seen()
    return {(each.symptom, each.phase, each.peer, each.server): each.count for each in seen.tallies()}, seen.guessed, seen.other


def tried(status: str, statuses: str, peers: str, headers: str) -> bytes:
    return f'2026-11-22T12:04:28+01:00 shop.test "GET / HTTP/1.1" {status} "{statuses}" "{peers}" "{headers}"'.encode()


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (tried("200", "200", "a:1", "0.100"), ("200", "answered", "a:1", "shop.test")),
        (tried("200", "-", "-", "-"), ("200", "", "", "shop.test")),
        (tried("200", "502, 200", "a:1, b:2", "-, 0.100"), ("200", "saved", "a:1", "shop.test")),
        (tried("200", "504, 502, 200", "a:1, b:2, c:3", "-, -, 0.100"), ("200", "saved", "a:1, b:2", "shop.test")),
        (tried("200", "502 : 200", "a:1 : b:2", "- : 0.100"), ("200", "saved", "a:1", "shop.test")),
        (tried("502", "502", "a:1", "-"), ("502", "failed", "a:1", "shop.test")),
        (tried("502", "502, 502", "a:1, grp", "-, -"), ("502", "failed", "a:1, grp", "shop.test")),
        (tried("502", "502", "a:1", "0.100"), ("502", "answered", "a:1", "shop.test")),
        (tried("502", "502, 502", "a:1, b:2", "-, 0.100"), ("502", "answered", "b:2", "shop.test")),
        (tried("502", "-", "-", "-"), ("502", "unasked", "", "shop.test")),
        (tried("502", "-", "a:1", "-"), ("502", "tried", "a:1", "shop.test")),
        (tried("200", "502", "a:1", "-"), ("200", "hidden", "a:1", "shop.test")),
        (tried("503", "502", "a:1", "-"), ("503", "failed", "a:1", "shop.test")),
        (tried("499", "-", "a:1", "-"), ("499", "", "", "shop.test")),
    ],
)  # fmt: skip
def test_what_became_of_tries(line: bytes, key: tuple[str, str, str, str]) -> None:
    """If this fails, saved requests are taken for failures, or the answers of an application for nginx's."""
    assert counted([line], LONG) == ({key: 1}, 0, 0)


def test_lines_of_a_former_format_are_not_misread() -> None:
    """If this fails, another number of a line that was written before the format changed is taken for its status."""
    old = b'198.51.100.7 - - [22/Nov/2026:12:04:28 +0100] "GET / HTTP/1.1" 200 502 "-" "Mozilla/5.0"'
    new = 'default $remote_addr [$time_local] "$request" $body_bytes_sent $status'
    line = b'198.51.100.7 [22/Nov/2026:12:04:28 +0100] "GET / HTTP/1.1" 200 504'
    assert counted([old, line, b"junk"], new) == ({("200", "", "", ""): 1, ("504", "", "", ""): 1}, 1, 1)
    assert counted([line], new, new.replace("$body_bytes_sent $status", "$status $body_bytes_sent"))[0] == {("200", "", "", ""): 1}


def test_a_line_that_two_formats_read_otherwise_is_guessed_at() -> None:
    """If this fails, what a server's log says depends on the order of its formats."""
    line = b"2026-11-22T12:04:28+01:00 502 200"
    assert counted([line], "none $time_iso8601 $status $body_bytes_sent", "none $time_iso8601 $body_bytes_sent $status") == ({}, 0, 1)


def test_a_format_without_a_status_is_a_gap() -> None:
    """If this fails, failures are counted from some other number, or nobody learns why none are."""
    host = Host()
    dumb = MAIN.replace(
        "access_log /var/log/nginx/access.log;",
        """log_format dumb '$remote_addr "$request" ' '$request_time';
    access_log /var/log/nginx/access.log dumb;""",
    )
    host.extra_files["/etc/nginx/nginx.conf"] = dumb.encode()
    gap = next(gap for gap in investigate(host.evidence()).gaps if "dumb" in gap.source)
    assert "$status" in gap.hint
    assert counted([b'198.51.100.7 "GET / HTTP/1.1" 200 502'], 'default $remote_addr "$request" $body_bytes_sent $request_length') == ({}, 0, 1)


def test_the_log_is_read_in_the_formats_of_the_configuration() -> None:
    """If this fails, lines are read in another format than that in which nginx writes them."""
    host = Host()
    text = MAIN.replace("access_log /var/log/nginx/access.log;", "log_format a escape=json '{$status' ',$msec}'; access_log /var/log/nginx/access.log a;")
    host.extra_files["/etc/nginx/nginx.conf"] = text.encode()
    evidence = host.evidence()
    assert [look.formats for look in plan(evidence) if look.kind == "access_log"] == [("json {$status,$msec}",)]
    assert [look.formats for look in plan(evidence) if look.kind == "log"] == [()]
    assert re.match(form("json {$status,$msec}").pattern, b"{502,1795345468.123}")
    assert read_facts(evidence).logs
