"""An incident in a file: a gzipped tar of `evidence.json` and the raw configuration files beside it.

Recording what was replayed gives the same bytes again: nothing in the file depends on when or where it was written.
Secrets are masked before anything leaves memory.
"""

from __future__ import annotations

import dataclasses
import gzip
import io
import os
import tarfile
import zlib
from pathlib import Path
from typing import Any

from tui502.model.evidence import SCHEMA, Evidence, FileSeen, Seen
from tui502.text import mask, mask_words

MOST_BYTES = 512 << 20
"""A recording that unpacks to more than this is refused."""

_JSON = "evidence.json"


class Damaged(Exception):
    """The file is no recording, is cut or changed, or was written by another version; the text says which and what to do."""


def save(path: str, evidence: Evidence) -> None:
    """Write a recording, readable by its owner only. Raises FileExistsError rather than overwrite, or another OSError; half a
    recording is not left behind."""
    data = pack(evidence)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
    except OSError as error:
        Path(path).unlink()
        raise OSError(error.errno, error.strerror, path) from error


def load(path: str) -> Evidence:
    """Read a recording. Raises OSError when the file cannot be read, Damaged when it is no recording of this version."""
    file = Path(path)
    if not file.is_file():
        raise Damaged(f"{path} is no regular file. A recording is made by: tui502 record FILE")
    if file.stat().st_size > MOST_BYTES:
        raise Damaged(f"{path} is larger than any recording ({MOST_BYTES >> 20} MB)")
    return unpack(file.read_bytes(), path)


def pack(evidence: Evidence) -> bytes:
    """The bytes of a recording of `evidence`, secrets masked."""
    from msgspec import json

    evidence = masked(evidence)
    raw = {path: seen.value.data for path, seen in sorted(evidence.files.items()) if seen.value}
    lean = {path: _with_data(seen, b"") for path, seen in evidence.files.items()}
    members = [(_JSON, json.format(json.encode(dataclasses.replace(evidence, files=lean)), indent=1))]
    members += [(f"files/{n:05d}", data) for n, data in enumerate(raw.values())]
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as zipped, tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def unpack(data: bytes, name: str = "the recording") -> Evidence:
    """The evidence in the bytes of a recording. Raises Damaged."""
    from msgspec import DecodeError, ValidationError, json

    try:
        members = _members(data)
        schema = json.decode(members[_JSON], type=dict[str, Any]).get("schema")
        if schema != SCHEMA:
            raise Damaged(f"{name} was recorded by another version of tui502 (schema {schema}, this one reads {SCHEMA}): replay it with that version")
        evidence = json.decode(members[_JSON], type=Evidence)
        held = sorted(path for path, seen in evidence.files.items() if seen.value)
        whole = dict(evidence.files)
        for n, path in enumerate(held):
            whole[path] = _with_data(evidence.files[path], members[f"files/{n:05d}"])
    except (OSError, EOFError, zlib.error, tarfile.TarError, KeyError, DecodeError, ValidationError, UnicodeDecodeError) as error:
        raise Damaged(f"{name} is no recording, or is damaged ({type(error).__name__}: {error}). A recording is made by: tui502 record FILE") from error
    return dataclasses.replace(evidence, files=whole)


def masked(evidence: Evidence) -> Evidence:
    """`evidence` with the secrets replaced in every place where text of the host stands."""
    if evidence.masked:
        return evidence
    hidden: Evidence = _mask(evidence)
    return dataclasses.replace(hidden, masked=True)


def _with_data(seen: Seen[FileSeen], data: bytes) -> Seen[FileSeen]:
    return dataclasses.replace(seen, value=dataclasses.replace(seen.value, data=data)) if seen.value else seen


def _mask(value: Any) -> Any:
    """The same value with `mask` applied to every text and byte string in it; names that are no UTF-8 show their odd bytes as \\xNN."""
    if isinstance(value, bytes):
        return mask(value)
    if isinstance(value, str):
        return mask(value.encode("utf-8", "surrogateescape")).decode("utf-8", "backslashreplace")
    if isinstance(value, tuple):
        return tuple(map(_mask, mask_words(value) if value and all(isinstance(item, str) for item in value) else value))
    if isinstance(value, dict):
        return {_mask(key): _mask(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **{field.name: _mask(getattr(value, field.name)) for field in dataclasses.fields(value)})
    return value


def _members(data: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    room = MOST_BYTES
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as zipped, tarfile.open(fileobj=zipped, mode="r|") as tar:
        for info in tar:
            room -= info.size
            content = tar.extractfile(info)
            if room < 0 or content is None:
                raise tarfile.ReadError("a member that no recording has")
            found[info.name] = content.read()
    return found
