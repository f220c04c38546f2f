"""Every message that nginx and its forks write about upstreams, against a table that was not made from our own rules."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.read.error_log.instances import Row, instances, rows
from tui502.read.error_log import classify, parse, tally

ROWS = tuple(rows())


def test_the_table_is_whole() -> None:
    """If this fails, messages are no longer looked at."""
    assert len({row.message for row in ROWS}) > 300
    assert len({row.symptom for row in ROWS}) > 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.message[:60]} · {row.phase or row.level}")
def test_message(row: Row) -> None:
    """If this fails, a message of nginx is taken for another one, or for one about somebody else."""
    for made in instances(row):
        record = parse(made.raw.encode())
        meaning = classify(record)
        seen = (meaning.symptom, record.level, record.phase, record.peer, record.server, record.request)
        assert seen == (made.symptom, made.level, made.phase, made.peer, made.server, made.request), made.raw
        assert not made.statuses or meaning.status in made.statuses, (meaning.status, made.raw)
        assert meaning.meaning, made.raw
        assert meaning.first_check, made.raw


def test_all_are_counted() -> None:
    """If this fails, the counts leave something out that `explain` knows."""
    made = [one for row in ROWS for one in instances(row)]
    log = "\n".join(one.raw for one in made).encode() + b"\n"
    found = tally(log)
    assert sum(one.count for one in found) == len(made)
    by_symptom = Counter[str]()
    for one in found:
        by_symptom[one.symptom] += one.count
    assert by_symptom == Counter(one.symptom for one in made)
