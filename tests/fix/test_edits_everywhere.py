"""Edits of every kind in every layout: the intended bytes, the intended tree, and the way back to the very same file."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.fix.written_confs import VALUES, confs, every_kind, read
from tui502.fix.edits import EditRefused, apply_edits, check
from tui502.model.config import walk
from tui502.model.findings import Edit
from tui502.read.nginx_conf import parse
from tui502.read.nginx_conf.lexer import tokens

MANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], max_examples=250)


def inverse(edits: tuple[Edit, ...]) -> list[Edit]:
    """What takes these edits back."""
    back, moved = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        back.append(Edit(edit.file, edit.start + moved, edit.start + moved + len(edit.new), edit.new, edit.old))
        moved += len(edit.new) - len(edit.old)
    return back


def untouched(data: bytes, edits: tuple[Edit, ...]) -> list[bytes]:
    """The stretches of a text between the edits."""
    ends = [0, *(edit.end for edit in edits)]
    return [data[start:end] for start, end in zip(ends, [*(edit.start for edit in edits), len(data)], strict=True)]


@MANY
@given(confs(), st.data(), VALUES, st.integers(0, 4))
def test_each_kind_of_edit_changes_what_it_says_and_nothing_else(text: bytes, data: st.DataObject, value: str, n: int) -> None:
    """If this fails, a repair writes something that the person did not agree to, or that nginx reads otherwise."""
    directives = list(walk(parse("f", text)[0]))
    assume(directives)
    one = data.draw(st.sampled_from(directives))
    assume(not value.startswith(")"))
    for wanted in every_kind(text, one, value, n):
        after = apply_edits(text, wanted.edits)
        try:
            check(text, after, wanted.edits)
        except EditRefused:
            assert wanted.kind == "args"
            assert len(one.words) > 2 or not after
            continue
        assert read(after) == wanted.tree, wanted.kind
        assert untouched(text, wanted.edits) == untouched(after, tuple(inverse(wanted.edits)))
        assert apply_edits(after, inverse(wanted.edits)) == text
        assert after.count(b"\r\n") == after.count(b"\n") or b"\r\n" not in text or text.count(b"\r\n") != text.count(b"\n")


@MANY
@given(confs(), st.data(), VALUES)
def test_several_edits_of_one_file_are_the_sum_of_each(text: bytes, data: st.DataObject, value: str) -> None:
    """If this fails, two repairs that are right alone spoil each other when they are staged together."""
    directives = list(walk(parse("f", text)[0]))
    assume(len(directives) > 1 and not value.startswith(")"))
    chosen = data.draw(st.lists(st.sampled_from(directives), min_size=2, max_size=4, unique_by=id))
    edits = tuple(edit for one in chosen for edit in data.draw(st.sampled_from(every_kind(text, one, value, 2))).edits)
    try:
        after = apply_edits(text, edits)
    except EditRefused:
        assume(False)
    try:
        check(text, after, edits)
    except EditRefused:
        assume(False)
    assert parse("f", after)[1] == ()
    assert apply_edits(after, inverse(edits)) == text
    alone = [raw for edit in edits for raw in words(edit.new)]
    gone = [raw for edit in edits for raw in words(edit.old)]
    assert sorted([*words(after), *gone]) == sorted([*words(text), *alone])


def words(data: bytes) -> list[bytes]:
    return [data[token.start : token.end] for token in tokens(data)]


NEW = [b"", b"x", b" x", b"x;", b" x 1;", b"\nx 1;", b"x 1;\n", b"}", b"{", b";", b"#", b"# a\n", b'"', b"'", b"a { b; }", b"\\", b"$", b"${", b' "a b"', b"};"]


@MANY
@given(confs(), st.data(), st.sampled_from(NEW))
def test_what_is_accepted_keeps_the_rest(text: bytes, data: st.DataObject, new: bytes) -> None:
    """If this fails, the last barrier lets an edit through that swallows its neighbours, opens a block or hides a line in a comment."""
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.sampled_from([0, 0, 1, 2, 3, 5, 9, 20])))
    edit = Edit("f", start, end, text[start:end], new)
    after = apply_edits(text, [edit])
    try:
        check(text, after, [edit])
    except EditRefused:
        return
    assert parse("f", after)[1] == ()
    reach = max((token.end for token in tokens(text) if token.start <= end), default=end)
    shift = len(text) - len(after)
    behind = [token.start + shift for token in tokens(after) if token.start + shift >= max(reach, end)]
    assert behind == [token.start for token in tokens(text) if token.start >= max(reach, end)]
    assert [token for token in tokens(after) if token.end < start] == [token for token in tokens(text) if token.end < start]
    assert [one.opens for one in walk(parse("f", after)[0]) if one.end < start] == [one.opens for one in walk(parse("f", text)[0]) if one.end < start]
