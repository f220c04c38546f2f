"""Requests that nginx makes beside the one it was asked, and where a request goes on when its backend answers with an error."""

from __future__ import annotations

import pytest

from tests.read.routing.test_way_rules import UP, go

ASKED = (
    f"{UP} upstream gone {{ server 127.0.0.1:9; }} server {{ location / {{ %s proxy_pass http://up; }} location /ask {{ %s }} location /no {{ return 403; }} }}"
)


@pytest.mark.parametrize(
    ("inside", "asked", "answer", "refused"),
    [
        ("auth_request /ask;", "proxy_pass http://gone;", "pass", 500),
        ("auth_request /ask; error_page 500 =503 /page;", "proxy_pass http://gone;", "pass", 503),
        ("auth_request /ask;", "error_page 502 = /no; proxy_pass http://gone;", "pass", 403),
        ("auth_request /ask;", "error_page 502 =200 /y; proxy_pass http://gone;", "pass", 0),
        ("auth_request /ask;", "return 204;", "pass", 0),
        ("auth_request /no;", "", "403", 0),
        ("auth_request /ask;", "return 302 /login;", "500", 0),
        ("auth_request /ask;", "rewrite ^ /no last;", "403", 0),
        ("auth_request /elsewhere;", "", "pass", 500),
        ("satisfy any; allow all; auth_request /no;", "", "pass", 0),
        ("satisfy any; deny all; auth_request /ask;", "return 200;", "pass", 0),
        ("satisfy any; deny all; auth_request /no;", "", "403", 0),
        ("deny all; auth_request /ask;", "return 200;", "403", 0),
        ("auth_request /ask;", "error_page 403 =418 /here; return 403; } location = /here { root /p/html;", "500", 0),
        ("mirror /ask;", "proxy_pass http://gone;", "pass", 0),
        ("mirror /no;", "", "pass", 0),
    ],
)
def test_what_another_location_is_asked_first(inside: str, asked: str, answer: str, refused: int) -> None:
    """If this fails, nobody learns why a site answers 500 while its own backend is fine: the one that is asked for permission is down."""
    found = go(ASKED % (inside, asked), "/x")
    assert (found.answer if found.answer == "pass" else str(found.status)) == answer
    (end,) = [branch.refused for branch in found.branches] or [None]
    assert (end.status if end else 0) == refused
    assert found.undecided == ""


def test_a_request_beside_has_its_own_way() -> None:
    """If this fails, the backend that decides who is let in is in no picture of the request."""
    (asked, copied) = go(ASKED % ("auth_request /ask; mirror /ask;", "proxy_pass http://gone/auth;"), "/x?q", method="POST").branches
    assert [(each.kind, each.way.request.method, each.way.request.uri) for each in (asked, copied)] == [
        ("auth_request", "GET", "/ask"),
        ("mirror", "POST", "/ask"),
    ]
    assert [each.way.sent.line for each in (asked, copied) if each.way.sent] == ["GET /auth HTTP/1.0", "POST /auth?q HTTP/1.0"]


def test_a_condition_on_the_method_sees_that_of_the_client() -> None:
    found = go(ASKED % ("auth_request /ask;", "if ($request_method = POST) { return 403; } return 204;"), "/x", method="POST")
    assert (found.status, go(ASKED % ("auth_request /ask;", "if ($request_method = POST) { return 403; } return 204;"), "/x").answer) == (403, "pass")


def test_where_errors_of_the_backend_are_intercepted_its_page_is_the_end() -> None:
    pages = "error_page 404 = /page; error_page 504 =503 /page; location /page { return 200 page; }"
    caught = go(f"{UP} server {{ {pages} location / {{ proxy_intercept_errors on; proxy_pass http://up; }} }}")
    assert [(status, way.status, way.text) for status, way in caught.instead] == [(404, 200, "page"), (504, 503, "page")]
    assert [status for status, _ in go(f"{UP} server {{ {pages} location / {{ proxy_pass http://up; }} }}").instead] == [504]
