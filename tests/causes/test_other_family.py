"""What belongs to a pass changes together with it: time-outs and buffers that a person once set must not silently go back to nginx's defaults."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import answers
from tests.answers import PEER, script_answer
from tests.causes.test_protocol_mismatch import after, judged, speaks_fastcgi, speaks_http, with_parameter_files
from tests.real_nginx import system_nginx, wheel_nginx
from tui502.fix.edits import check
from tui502.model.findings import Fix

OWN = f"""fastcgi_pass {PEER};
        include fastcgi_params;
        fastcgi_read_timeout 300s; # reports
        fastcgi_buffers 16 "16k";
        fastcgi_buffer_size 32k;"""


def nginx_takes(text: str, directory: Path) -> None:
    """Both versions of nginx load the site."""
    (directory / "site").write_text(text)
    (directory / "fastcgi_params").write_text("fastcgi_param QUERY_STRING $query_string;\n")
    temporary = "client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;"
    (directory / "nginx.conf").write_text(f"pid pid; error_log stderr; events {{ }} http {{ access_log off; {temporary} include site; }}")
    for binary in (system_nginx(), wheel_nginx()):
        argv = [binary, "-t", "-q", "-c", str(directory / "nginx.conf"), "-p", str(directory), "-e", "stderr"]
        ran = subprocess.run(argv, capture_output=True, text=True, timeout=30)
        assert ran.returncode == 0, ran.stderr


def test_settings_of_the_location_get_their_new_names(tmp_path: Path) -> None:
    host = speaks_http(OWN)
    text = after(host, judged(host)[0].fixes[0])
    assert text == host.sites["app"].replace("fastcgi_pass ", "proxy_pass http://").replace("fastcgi_read", "proxy_read").replace(
        "fastcgi_buffer", "proxy_buffer"
    ).replace(f"http://{PEER};", f"http://{PEER};\n        proxy_set_header Host $host;")
    check(host.sites["app"].encode(), text.encode(), judged(host)[0].fixes[0].edits)
    nginx_takes(text.replace("listen 80", "listen 127.0.0.1:8099"), tmp_path)


def test_settings_of_a_level_above_are_said_anew() -> None:
    """There they may be meant for other locations too."""
    above = "    fastcgi_read_timeout 300s; fastcgi_next_upstream error timeout invalid_header;\n    proxy_read_timeout 5s;\n"
    host = speaks_http(f"fastcgi_pass {PEER};", server=above)
    assert after(host, judged(host)[0].fixes[0]) == host.sites["app"].replace(
        f"fastcgi_pass {PEER};",
        f"proxy_pass http://{PEER};\n        proxy_set_header Host $host;\n        proxy_next_upstream error timeout invalid_header;",
    )


def test_what_the_new_family_is_told_already_stays() -> None:
    host = speaks_http(f"fastcgi_pass {PEER}; fastcgi_read_timeout 300s; proxy_read_timeout 20s; fastcgi_send_timeout 9s;")
    text = after(host, judged(host)[0].fixes[0])
    assert "fastcgi_read_timeout 300s; proxy_read_timeout 20s; proxy_send_timeout 9s;" in text


def test_a_second_pass_keeps_its_settings() -> None:
    """`if` inherits them: they cannot change their family, so they are said twice."""
    inside = f"fastcgi_pass {PEER}; fastcgi_read_timeout 300s; if ($arg_a) {{ fastcgi_pass 127.0.0.1:9; }}"
    host = speaks_http(inside)
    text = after(host, judged(host)[0].fixes[0])
    assert "fastcgi_read_timeout 300s; if" in text
    assert "proxy_read_timeout 300s;" in text


def test_proxy_to_fastcgi_takes_its_buffers_along(tmp_path: Path) -> None:
    inside = f"proxy_pass http://{PEER};\n        proxy_buffers 16 16k; proxy_buffer_size 32k; proxy_next_upstream error http_502;"
    host = with_parameter_files(speaks_fastcgi(inside, server="    root /srv/app;\n"), "fastcgi_params")
    answers.fastcgi(host, script_answer(), script="/srv/app/index.php")
    text = after(host, judged(host)[0].fixes[0])
    assert f"fastcgi_pass {PEER};\n        include fastcgi_params;\n        fastcgi_param SCRIPT_FILENAME $document_root/index.php;\n" in text
    assert "fastcgi_buffers 16 16k; fastcgi_buffer_size 32k; proxy_next_upstream error http_502;" in text
    nginx_takes(text.replace("listen 80", "listen 127.0.0.1:8099"), tmp_path)


ENDS = [("fastcgi_hide_header X-A; fastcgi_cache_valid 1m;", "fastcgi_cache_valid, fastcgi_hide_header"), ("fastcgi_cache off;", "")]


@pytest.mark.parametrize(("line", "said"), ENDS)
def test_what_ends_with_the_old_pass_is_said(line: str, said: str) -> None:
    """A header that was hidden is seen by clients again: that is for a person to weigh."""
    host = speaks_http(f"fastcgi_pass {PEER};", server=f"    {line}\n")
    fix: Fix = judged(host)[0].fixes[0]
    assert (f"no longer in effect there: {said}" in fix.risk) == bool(said)
    assert ("no longer" in fix.risk) == bool(said)


def test_a_snippet_that_others_include_is_named() -> None:
    """What is changed in it changes for them."""
    host = speaks_http("include /etc/nginx/snip;")
    host.extra_files = {"/etc/nginx/snip": f"fastcgi_pass {PEER};\n".encode()}
    host.sites["b"] = "server { listen 81; location / { include /etc/nginx/snip; } }\n"
    assert judged(host)[0].fixes[0].risk.endswith("/etc/nginx/snip is included 2 times, and changes for all of them")
