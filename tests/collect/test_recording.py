"""Recordings: what goes in comes out, what is damaged says so."""

from __future__ import annotations

import dataclasses
import gzip
import io
import tarfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builder import moved
from tui502.collect import recording
from tui502.investigate import investigate
from tui502.model.evidence import CommandSeen, Evidence, Exchange, Seen
from tui502.model.findings import Incident
from tui502.report import as_json, as_markdown, as_text
from tui502.report.clean import clean_line


def test_what_is_recorded_comes_back() -> None:
    """If this fails, a replay judges other evidence than was seen."""
    evidence = moved().evidence()
    assert recording.unpack(recording.pack(evidence)) == recording.masked(evidence)


def test_a_field_that_is_no_longer_known_is_passed_over() -> None:
    """If this fails, a recording of an earlier version cannot be replayed."""
    data = recording.pack(moved().evidence())
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            text = content.read()
            if member.name == "evidence.json":
                text = text.replace(b"{", b'{"excerpts": {"x": {"at": 1.0, "took": 0.0}},', 1)
            member.size = len(text)
            new.addfile(member, io.BytesIO(text))
    assert recording.pack(recording.unpack(gzip.compress(out.getvalue()))) == data


def test_record_replay_record_is_identical() -> None:
    """If this fails, a recording changes by being looked at."""
    once = recording.pack(moved().evidence())
    assert recording.pack(recording.unpack(once)) == once


def test_secrets_do_not_leave_memory() -> None:
    """If this fails, a recording that is handed over carries a password from a command, a file or a log."""
    evidence = moved().evidence()
    secret = CommandSeen(("systemctl", "show"), 0, b"Environment=DB_PASSWORD=hunter2hunter2 PORT=3000\n", b"Authorization: Bearer hunter2hunter2", False)
    evidence = dataclasses.replace(evidence, commands={**evidence.commands, "systemctl show": Seen(1.0, 0.1, secret)})
    assert b"hunter2" not in gzip.decompress(recording.pack(evidence))


SECRET = b"Hx7SECRETq9"
SITE = """map $http_x_api_key $client { default ""; "Hx7SECRETq9" one; }
upstream app { server 127.0.0.1:3000; }
server {
    listen 80; server_name app.example.com;
    ssl_certificate_key "data:-----BEGIN PRIVATE KEY-----
Hx7SECRETq9
-----END PRIVATE KEY-----";
    set $token Hx7SECRETq9; secure_link_secret Hx7SECRETq9;
    location / {
        if ($arg_token != Hx7SECRETq9) { return 403; }
        proxy_pass http://app; proxy_set_header Authorization "Basic Hx7SECRETq9";
        fastcgi_param DB_PASSWORD Hx7SECRETq9; access_by_lua_block { local password = "Hx7SECRETq9" }
    }
}
"""
POOL = b"[www]\nlisten = /run/php/a.sock\nenv[DB_PASSWORD] = Hx7SECRETq9\nphp_value[session.save_path] = 'tcp://h?auth=Hx7SECRETq9'\n"
LINE = b'GET /cart?token=Hx7SECRETq9 HTTP/1.1" "Basic SHg3U0VDUkVUcTk6SHg3U0VDUkVUcTk="'


def planted() -> Evidence:
    """A site that fails, with a secret in each place that can hold one."""
    host = moved(Environment="PORT=3001 DB_PASSWORD=Hx7SECRETq9")
    host.sites["app"] = SITE
    host.in_memory = {"/etc/nginx/sites-enabled/app": SITE.encode()}
    host.extra_files = {"/etc/php/8.2/fpm/pool.d/www.conf": POOL, "/etc/nginx/.htpasswd": b"admin:$apr1$abc$Hx7SECRETq9\n"}
    host.extra_commands = {"journalctl": b"PDO->__construct('mysql:host=db', 'app', 'Hx7SECRETq9')\n"}
    host.process(5, "app", argv=("app", "--db-password", "Hx7SECRETq9", "--dsn=postgres://app:Hx7SECRETq9@db/app"))
    host.newest = (LINE,)
    evidence = host.evidence()
    question, answer = b"GET / HTTP/1.1\r\nCookie: a=Hx7SECRETq9\r\n\r\n", b"HTTP/1.1 200 OK\r\nSet-Cookie: Hx7SECRETq9\r\n"
    asked = Seen(1.0, 0.1, Exchange("127.0.0.1:9", "http", question, answer, False, 0.1, 0.1, "answered", None))
    url = "http://a:Hx7SECRETq9@b/?key=Hx7SECRETq9"
    return dataclasses.replace(evidence, exchanges={**evidence.exchanges, "x?token=Hx7SECRETq9": asked}, url=url)


def test_no_planted_secret_is_recorded_and_the_diagnosis_stays() -> None:
    """If this fails, an incident that is handed over carries a password, or is judged otherwise than it was."""
    evidence = planted()
    data = recording.pack(evidence)
    unpacked = gzip.decompress(data)
    assert SECRET not in unpacked, unpacked[max(0, unpacked.find(SECRET) - 200) :][:300]
    assert b"SHg3U0VDUkVU" not in unpacked
    seen, again = investigate(evidence), investigate(recording.unpack(data))
    assert [(one.cause, one.certainty, one.summary) for one in again.findings] == [(one.cause, one.certainty, one.summary) for one in seen.findings] != []
    assert [[edit.start - edit.end for edit in fix.edits] for one in again.findings for fix in one.fixes] == [
        [edit.start - edit.end for edit in fix.edits] for one in seen.findings for fix in one.fixes
    ]
    assert [one.where.line for one in again.facts.routes.passes] == [one.where.line for one in seen.facts.routes.passes]


@pytest.mark.parametrize("document", [as_markdown.report, as_text.text, lambda incident: as_json.document_text(incident, 1)])
def test_no_planted_secret_is_reported(document: Callable[[Incident], str]) -> None:
    """If this fails, what is pasted into a ticket carries a password."""
    assert SECRET.decode() not in document(investigate(planted()))


def test_a_copied_line_is_masked_as_a_part_of_its_file() -> None:
    """If this fails, `y` on a line inside a private key or a map of keys copies it."""
    data = SITE.encode()
    starts = [0, *(at + 1 for at, char in enumerate(data) if char == 10)]
    lines = [clean_line(data, start, end) for start, end in pairwise(starts)]
    assert SECRET.decode() not in "\n".join(lines)
    assert [n for n, line in enumerate(SITE.split("\n")[:-1]) if lines[n] != line] == [0, 4, 5, 7, 9, 10, 11]


def test_names_that_are_no_utf8_can_be_recorded() -> None:
    """If this fails, one odd file name on the host makes recording impossible."""
    evidence = moved().evidence()
    evidence = dataclasses.replace(evidence, dirs={**evidence.dirs, "/srv/\udcff": Seen(1.0, 0.1, ("a\udcfe",))})
    assert recording.unpack(recording.pack(evidence)).dirs["/srv/\\xff"].value == ("a\\xfe",)


@given(st.binary(max_size=200))
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    """If this fails, a wrong file ends in a traceback."""
    with pytest.raises(recording.Damaged):
        recording.unpack(data)


@pytest.mark.parametrize("keep", [10, 200, 1000])
def test_a_cut_recording_is_refused(keep: int) -> None:
    """If this fails, half an incident is judged as if it were whole."""
    with pytest.raises(recording.Damaged, match="damaged"):
        recording.unpack(recording.pack(moved().evidence())[:keep])


def test_a_recording_of_another_version_says_so() -> None:
    """If this fails, a person does not learn that another tui502 reads it."""
    other = recording.pack(dataclasses.replace(moved().evidence(), schema=999))
    with pytest.raises(recording.Damaged, match="schema 999"):
        recording.unpack(other)


def test_a_recording_is_never_written_over_a_file(tmp_path: Path) -> None:
    """If this fails, `tui502 record` can destroy a file."""
    file = tmp_path / "incident"
    file.write_text("mine")
    with pytest.raises(FileExistsError):
        recording.save(str(file), moved().evidence())
    assert file.read_text() == "mine"


def test_only_the_owner_may_read_a_recording(tmp_path: Path) -> None:
    """If this fails, other users of the host read its configuration."""
    recording.save(str(tmp_path / "incident"), moved().evidence())
    assert (tmp_path / "incident").stat().st_mode & 0o777 == 0o600


def test_a_directory_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(recording.Damaged, match="no regular file"):
        recording.load(str(tmp_path))
