"""Pure functions from values to rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.ui_sample import CONF, DIFF, NOW, SITE, FakeLog, incident, staged
from tui502.model.changes import Tested
from tui502.model.facts import Node
from tui502.read.error_log.meanings import symptoms
from tui502.ui.moment import Moment
from tui502.ui.render import config, diffs, log, log_rows, question, rules, tree
from tui502.ui.render import staged as repair
from tui502.ui.render.glyphs import STATES, ascii_only
from tui502.ui.render.hints import hint_row
from tui502.ui.render.page import Page
from tui502.ui.render.spans import cell, cell_len, ends, fit, middle, row, text_of, width_of, wrap


@given(st.lists(st.tuples(st.text(), st.sampled_from(["", "ok"]))), st.integers(0, 60))
def test_fit_is_exactly_as_wide_as_asked(parts, width):
    assert width_of(fit(row(*parts), width)) == width


@given(st.text(), st.text(max_size=20), st.integers(0, 60))
def test_ends_is_exactly_as_wide_as_asked(left, right, width):
    assert width_of(ends(row(left), row(right), width)) == width


@given(st.text(st.characters(exclude_categories=("Cc", "Mn", "Me", "Cf", "Zl", "Zp")), max_size=80), st.integers(4, 40))
def test_wrap_loses_nothing_and_keeps_the_width(text, width):
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_cut_text_ends_with_an_ellipsis():
    assert cell("connect() failed", 8) == "connect…"
    assert middle("/etc/nginx/sites-enabled/app.example.com", 30) == "/etc/nginx/si…/app.example.com"


def test_rules_hold_title_and_clauses_that_fit():
    assert text_of(rules.rule(40, row("1 Log"), "FOLLOW · 451 refused", True)) == "━━ 1 Log ━━━━━━━ FOLLOW · 451 refused ━━"
    assert text_of(rules.rule(24, row("1 Log"), "FOLLOW · 451 refused")) == "── 1 Log ───── FOLLOW ──"


def test_every_glyph_has_one_ascii_cell():
    for glyph, role in STATES.values():
        assert len(ascii_only(glyph, role)) == 1
    assert ascii_only("━─│├└┬┼┴█░▁▄▆▸▼→·…≠┏┓┗┛┃") == "=-||`+++#._-=>v>-~!++++|"
    assert ascii_only("漢字é") == "?????"


def test_every_symptom_has_a_class_of_eight_cells():
    assert all(len(log.class_of(symptom)) <= 8 for symptom in symptoms())


def test_a_record_has_time_level_class_peer_and_what_the_client_got():
    line = FakeLog().kept[1]
    ends = log.Ends().with_facts(incident().facts)
    (shown,) = log_rows.record(line, 60, 0, log_rows.Columns(), ends, selected=True)
    assert text_of(shown) == "▸03:13:43 E refused  127.0.0.1:3000   502   GET /cart       "
    (shown,) = log_rows.record(line, 80, -3600, log_rows.Columns(), log.Ends())
    assert text_of(shown) == " 04:13:43 E refused  127.0.0.1:3000   ?     GET /cart  app.example.com".ljust(80)


def test_hops_of_one_child_are_folded_until_asked():
    nodes = incident().facts.nodes
    folded = [tree.label(hop) for hop in tree.hops(nodes)]
    assert folded[:3] == ["server app.example.com:443", "location / → http://app", "127.0.0.1:3000"]
    assert "location /api/ → http://api, 3 peers" in folded
    assert "node 1872 → app.service" in folded
    assert len(tree.hops(nodes, fold=False)) == len(nodes)


def test_a_tree_that_bites_its_tail_is_drawn_once():
    loop = (Node("a", "b", "peer", "a", "UP", 0, "", None), Node("b", "a", "peer", "b", "UP", 0, "", None), Node("c", "c", "peer", "c", "UP", 0, "", None))
    assert [hop.node.key for hop in tree.hops(loop)] == ["c"]


@pytest.mark.parametrize("width", [40, 59, 80, 120])
def test_tree_rows_keep_name_and_state(width):
    for hop in tree.hops(incident().facts.nodes):
        line = text_of(tree.hop_row(hop, width, NOW))
        assert cell_len(line) <= width
        assert hop.node.state in line


def test_configuration_lines_hold_the_file_text_and_roles():
    page = Page(SITE, CONF)
    assert [text_of(page.spans(n, 80)) for n in range(page.lines)] == CONF.decode().splitlines()
    roles = {(span.text, span.role) for n in range(page.lines) for span in page.spans(n, 80) if span.role}
    assert {("upstream", "directive"), ("# node, app.service", "comment"), ("$host", "variable"), ("proxy_pass", "directive")} <= roles


@given(st.binary(max_size=300))
def test_any_bytes_make_a_page(data):
    page = Page("x", data)
    rows = [config.line_row(page, n, 60, "DOWN", "note", True) for n in range(page.lines)]
    assert all(width_of(line) == 60 for line in rows)


def test_a_diff_keeps_signs_and_counts_them():
    rows = [text_of(line) for line in diffs.rows(DIFF, 80)]
    assert rows[0].endswith("+1 -1 ──")
    assert " -     server 127.0.0.1:3000;" in [line.rstrip() for line in rows]
    assert [text_of(line).strip() for line in diffs.whole(DIFF, 40, 4)] == ["-     server 127.0.0.1:3000;", "+     server 127.0.0.1:3001;"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_of_a_long_socket_the_middle_goes_not_its_name(width):
    """If this fails, two sockets that differ in their names look the same."""
    path = "unix:/var/www/vhosts/system/shop.example.com/php-fpm-8.2.sock"
    hop = tree.Hop((Node("a", "", "peer", path, "DOWN", NOW, "refused", None),), "│ └─")
    line = text_of(tree.hop_row(hop, width, NOW))
    assert "php-fpm-8.2.sock" in line
    assert len(line) <= width
    assert " DOWN " in line


def test_a_change_of_no_file_is_not_said_to_have_passed_a_test():
    """If this fails, the pane says "passed not at all"."""
    tested = Tested("c1", "none", True, ("that the command succeeds",), (), (), "")
    (first, *_) = [text_of(line).strip() for line in repair.test_rows(tested, Moment(incident(), tested=tested), 80)]
    assert first == "test    none is needed: no file is changed"


@pytest.mark.parametrize("width", [56, 76, 110])
def test_what_a_reload_loads_besides_is_never_cut(width):
    """If this fails, a person says yes to a text that he could not read."""
    what = {"/etc/nginx/sites-enabled/a-site-with-a-long-name.example.com": "a file that nginx has not loaded since it was written there"}
    asked = question.Question(Moment(incident(), staged=staged(what)), staged(what))
    rows = [text_of(line) for line in question.body(asked, width)]
    assert max(map(len, rows)) <= width
    assert "not loaded since it was written there" in " ".join(" ".join(rows).split())


def test_each_file_of_a_change_has_its_own_lines():
    """If this fails, a person cannot see in the question which file a line goes into."""
    two = DIFF + "--- /etc/b\n+++ /etc/b\n@@ -1 +1 @@\n-root /x\n+root /x;\n"
    first, second = diffs.by_file(two, 2)
    assert "-root /x" not in first
    assert second == ["-root /x", "+root /x;"]
    assert diffs.by_file(two, 3)[:2] == [[], []], "nothing is lost, nothing is guessed"
    assert len(diffs.by_file(two, 3)[2]) == len(first) + len(second)
    assert diffs.by_file(two, 0) == []


def test_help_and_quit_are_the_last_hints_to_go():
    items = [("s", "stage"), (".", "next failure"), ("z", "zoom"), ("?", "help"), ("q", "quit")]
    for width in range(16, 80):
        line = text_of(hint_row(items, width))
        assert "? help" in line
        assert "q quit" in line


def test_a_test_of_another_program_names_it():
    """If this fails, the pane says of a pool's file that no test is needed, or that nginx made it."""
    tested = Tested("c1", "namespace", True, ("that the command succeeds",), (), (), "", ("php-fpm8.2 -t -y /etc/php/8.2/fpm/php-fpm.conf",))
    shown = " ".join(text_of(line).strip() for line in repair.test_rows(tested, Moment(incident(), tested=tested), 80))
    assert "by php-fpm8.2 -t -y /etc/php/8.2/fpm/php-fpm.conf, no new warning" in " ".join(shown.split())
