"""What reading costs, beside another parser in the same run: a busy machine slows both."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import crossplane

from tests.read.nginx_conf.files import seen
from tui502.read.nginx_conf import load

SITE = """
upstream backend_{n} {{
    server 127.0.0.1:{n} max_fails=3 fail_timeout=10s;
    server 127.0.0.1:1{n} backup;
}}
server {{
    listen 127.0.0.1:8080;
    server_name site{n}.example.com www.site{n}.example.com;
    # site {n}: managed by hand
    location / {{
        proxy_pass http://backend_{n};
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_next_upstream error timeout http_502;
    }}
    location ~* ^/static/.*\\.(css|js|png|svg)$ {{
        add_header Cache-Control "public, max-age=604800";
    }}
}}
"""


def test_many_sites_cost_less_than_half_of_what_crossplane_takes(tmp_path: Path) -> None:
    """If it fails, the first screen of a large host waits for the configuration."""
    conf = tmp_path / "nginx.conf"
    conf.write_text("events {}\nhttp {\n" + "".join(SITE.format(n=n) for n in range(1000, 1300)) + "}\n")
    data = conf.read_bytes()
    gc.collect()
    start = time.process_time()
    config = load("/n", {"/n": seen(data)}, {})
    ours = time.process_time() - start
    assert len(config.root[1].children) == 600
    gc.collect()
    start = time.process_time()
    assert crossplane.parse(str(conf))["status"] == "ok"
    theirs = time.process_time() - start
    assert ours < theirs * 0.15 / 0.35
