"""Lines as people really paste and collect them. They are public; their masks were there."""

from __future__ import annotations

import pytest

from tui502.read.error_log import classify, parse, records, tally

HEADER = "reading response header from upstream"

PASTED = [
    # wrapped by mail or a terminal, quoted, cut by an editor
    ("2016/05/19 00:13:13 [error] 1754#0: *10 connect() failed (111: Connection\nrefused) while connecting to upstream, client: 127.0.0.1, server: ,\nrequest: "
     '"GET / HTTP/1.1", upstream: "fastcgi://127.0.0.1:9000", host:\n"localhost"', "connection_refused", "502", "127.0.0.1:9000", ""),
    ("> 2020/09/08 17:58:56 [error] 3087#3087: *2 connect() failed (111: Connection ref$", "connection_refused", "502", "", ""),
    ("> nginx.1    | 2017/01/26 14:22:10 [error] 39#39: *24 no live upstreams while connecting to upstream, client: 10.0.3.1, server: example.com, request: "
     '"GET / HTTP/1.1", upstream: "http://7388ea39588cd39638dc61b60d26fe329b4cdc1d/", host: "example.\n> com"',
     "no_live_upstream", "502", "7388ea39588cd39638dc61b60d26fe329b4cdc1d", "example.com"),
    ('2016/12/15 16:11:55 [error] 5#5: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: , request: '
     '"GET /?new HTTP/1.1", upstream: "\nhttp://127.0.0.1:3000/?new", host: "example.com"', "connection_refused", "502", "127.0.0.1:3000", ""),
    # fields run together, one missing, marks of Markdown
    ("2022/12/09 17:47:08 [error] 28#28: *56 connect() failed (113: No route to host) while connecting to upstream, client: 172.17.51.103, server: localhost, "
     'requesstream: "http://192.168.15.234:8889/api/log", host: "192.168.15.234:8887"', "no_route", "502", "", "localhost"),
    ("2021/12/14 14:56:53 [crit] 92#92: *21761 SSL_do_handshake() failed (SSL: error:141CF06C:SSL routines:tls_parse_ctos_key_share:bad key share) "
     "while SSL handshaking, client: <clientIP> server: 0.0.0.0:4443", "client_side", "none", "", "0.0.0.0:4443"),
    (f"2018/09/10 11:03:00 [error] 13673#13673: *8 **upstream prematurely closed connection while {HEADER}**, client: 127.0.0.1, server: , "
     'request: "GET / HTTP/1.1", upstream: "uwsgi://unix:/run/uwsgi/app/cuckoo-web/socket:", host: "localhost:8000"',
     "premature_close", "502", "unix:/run/uwsgi/app/cuckoo-web/socket", ""),
    ("upstream SSL certificate verify error: (20:unable to get local issuer certificate)\nwhile SSL handshaking to upstream", "tls_verify", "502", "", ""),
    # other modules and systems
    ("2019/08/07 17:27:20 [error] 19257#0: *1 proxy_connect: upstream connect timed out (peer:216.58.200.4:443) while connecting to upstream, client: "
     '127.0.0.1, server: , request: "CONNECT www.google.com:443 HTTP/1.1", host: "www.google.com:443"', "upstream_timeout_connect", "", "216.58.200.4:443", ""),
    ("2026/02/26 14:50:33 [error] 812646#812646: *20 cgi invalid header: <!--: spam, client: 2001:db8::5, server: zf.4a.si, "
     'request: "GET /cgi/prev/reg.py HTTP/1.1", host: "zf.4a.si"', "invalid_header", "", "", "zf.4a.si"),
    ("2022/10/11 10:01:02 [error] 1112#9408: *1 connect() failed (10061: No connection could be made because the target machine actively refused it) while "
     'connecting to upstream, client: 127.0.0.1, server: localhost, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:5000/", host: "localhost"',
     "connection_refused", "502", "127.0.0.1:5000", "localhost"),
    ('2022/10/11 10:01:02 [error] 1112#9408: *1 CreateFile() "C:\\nginx/html/favicon.ico" failed (2: The system cannot find the file specified), client: '
     '127.0.0.1, server: localhost, request: "GET /favicon.ico HTTP/1.1", host: "localhost"', "informational", "404", "", "localhost"),
    ("2022/10/11 10:01:02 [error] 99#100: *1 kevent() reported that connect() failed (61: Connection refused) while connecting to upstream, client: 127.0.0.1, "
     'server: a, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:5000/", host: "a"', "connection_refused", "502", "127.0.0.1:5000", "a"),
    ("2022/10/11 10:01:02 [error] 99#100: *1 connect() failed (64: Host is down) while connecting to upstream, client: 127.0.0.1, "
     'server: a, request: "GET / HTTP/1.1", upstream: "http://10.0.0.5:5000/", host: "a"', "no_route", "502", "10.0.0.5:5000", "a"),
    ("2022/10/11 10:01:02 [error] 99#100: disable check peer: 10.0.0.5:80 ", "peer_marked_down", "", "10.0.0.5:80", ""),
    ("[error] 1#1: too many log messages, limiting", "log_dropped", "", "", ""),
    # what is no failure of a gateway
    ("Dec 24 01:23:45 192.168.0.2 nginx: 2021/12/24 01:23:45 [info] 1776#1776:*71220252 epoll_wait() reported that client prematurely closed connection, "
     "so upstream connection is closed too while sending request to upstream, client: 192.0.2.4, server: example.com, "
     'request: "GET /page.html HTTP/1.1", upstream: "http://192.168.1.2:8080/page.html", host: "example.com"',
     "client_abort", "499", "192.168.1.2:8080", "example.com"),
    ('Oct  6 06:37:22 web nginx: 2020/10/06 06:37:22 [error] 8472#0: *2 open() "/usr/share/nginx/html/ав" failed (2: No such file or directory), client: '
     '192.168.100.11, server: _, request: "HEAD /ав HTTP/1.1", host: "192.168.100.10"', "informational", "404", "", "_"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "symptom", "status", "peer", "server"), PASTED, ids=lambda value: value[:50])
def test_pasted_line(line: str, symptom: str, status: str, peer: str, server: str) -> None:
    """If this fails, what people paste into `explain`, or have in their logs, is not understood."""
    (raw,) = records(line.encode())
    record = parse(raw)
    meaning = classify(record)
    assert (meaning.symptom, meaning.status, record.peer, record.server) == (symptom, status, peer, server)
    assert [(one.symptom, one.peer, one.server, one.count) for one in tally(raw + b"\n")] == [(symptom, peer, server, 1)]
