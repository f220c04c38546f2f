"""The parser's verdict beside that of a real nginx, on files of every odd kind."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

from tests.real_nginx import system_nginx
from tui502.read.nginx_conf import parse

PIECES = (
    *(b" ", b"\n", b"\t", b"\r", b";", b"{", b"}", b'"', b"'", b"\\", b"#", b"$", b"${", b"a", b"b/c", b")", b"(", b";\n", b" a/b ", b"\xff", b"x" * 2000),
    b" a/b x; ",
)  # fmt: skip
FIXED = (
    *(b"a/b " + b"x" * n + tail for n in (4094, 4095, 4096) for tail in (b";", b" ;")),
    *(b"a/b '" + b"x" * n + b"'" + tail for n in (4093, 4094, 4095) for tail in (b";", b" ;")),
    *(b"#" + b"x" * n + b"\n" for n in (4094, 4095, 4096)),
)


def test_same_files_refused_and_same_lines_named(tmp_path: Path) -> None:
    """`types` takes any words, so what nginx refuses there it refuses for the form alone."""
    chance = random.Random(502)
    bodies = [b"".join(chance.choices(PIECES, k=chance.randint(1, 25))) for _ in range(150)]
    binary = system_nginx()
    for body in (*FIXED, *bodies):
        data = b"events {}\nhttp { types {\n" + body + b"\n} }\n" + b"# end\n" * 900
        said = verdict(binary, tmp_path, data)
        problems = parse("f", data)[1]
        if said and not re.search(r"unexpected|too long", said):
            continue
        assert bool(problems) == bool(said), (said, problems, data[:300])
        if problems and problems[0].where:
            assert int(said.rpartition(":")[2]) == (problems[0].nginx_line or problems[0].where.line), (said, problems, data[:300])


def verdict(binary: str, directory: Path, data: bytes) -> str:
    """The error of `nginx -t`, with its line at the end; '' when the file is accepted."""
    conf = directory / "n.conf"
    conf.write_bytes(data)
    argv = [binary, "-t", "-q", "-e", "stderr", "-p", str(directory), "-c", str(conf), "-g", f"pid {directory}/pid; error_log stderr;"]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=30)
    errors = re.findall(rb"\[emerg\][^:]*: (.*? in [^\n]*?:\d+)$", done.stderr, re.M | re.S)
    assert not done.returncode or errors, done.stderr
    return errors[0].decode("utf-8", "replace") if done.returncode else ""
