"""The tree, the index and the search of thousands of servers: rows and places are those of the whole, whatever was made of it."""

from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.ui.ui_sample import SITE, FakeSession, drifted, incident, turned
from tui502.model.facts import Node
from tui502.ui.panes.tree_search import TreeSearch
from tui502.ui.render import at_line, tree
from tui502.ui.render.forest import Forest, parts, worst_first
from tui502.ui.render.node_index import index

CLOSED: frozenset[str] = frozenset()


def _many(sizes: list[int]) -> tuple[Node, ...]:
    """Servers with so many locations each."""
    found: list[Node] = []
    for n, size in enumerate(sizes):
        found.append(Node(f"s{n}", "", "server", f"site{n}", "UP", 0.0, "", None))
        found += [Node(f"s{n} l{at}", f"s{n}", "location", f"location /{at}", "DOWN" if at == 3 else "UP", 0.0, "", None) for at in range(size)]
    return tuple(found)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(1, 9), st.data())
def test_rows_are_those_of_the_whole_tree(sizes, height, data):
    """If this fails, with many sites the cursor jumps, or rows are missing or shown twice."""
    nodes = _many(sizes)
    forest = Forest(parts(nodes), True, CLOSED, {})
    whole = [hop.node.key for hop in tree.hops(nodes)]
    shown = forest.rows(0, len(nodes))
    numbers = [n for n, _ in shown]
    assert [hop.node.key for _, hop in shown] == whole
    at = data.draw(st.integers(0, len(whole) - 1))
    by = data.draw(st.integers(-40, 40))
    assert forest.hop(numbers[at]).node.key == whole[at]
    assert forest.step(numbers[at], by) == numbers[max(0, min(at + by, len(whole) - 1))]
    assert forest.place(whole[at], whole[at].split()[0]) == numbers[at]
    top = forest.scrolled(numbers[data.draw(st.integers(0, len(whole) - 1))], numbers[at], height)
    visible = [hop.node.key for _, hop in forest.rows(top, height)]
    assert whole[at] in visible
    assert len(visible) == min(height, len(whole))
    wanted = [n for n, hop in shown if tree.matters(hop.node)]
    assert forest.next(numbers[at], 1, tree.matters) == next((n for n in wanted if n > numbers[at]), None)
    assert forest.next(numbers[at], -1, tree.matters) == next((n for n in reversed(wanted) if n < numbers[at]), None)


def test_a_flip_makes_only_its_own_server_anew():
    """If this fails, with 10,000 sites one flip costs as much as the first screen."""
    nodes = _many([2, 2, 2])
    before = parts(nodes)
    after = parts((*nodes[:4], replace(nodes[4], state="DOWN"), *nodes[5:]), before)
    assert [old is new for old, new in zip(before, after, strict=True)] == [True, False, True]
    forest = Forest(before, True, CLOSED, orders := {})
    rows = forest.of(0)
    assert Forest(after, True, CLOSED, orders, forest).of(0) is rows
    assert worst_first(parts((*nodes[:3], replace(nodes[3], state="DOWN"), *nodes[4:])))[0][0].key == "s1"


def test_a_node_is_found_by_key_line_and_name_also_after_a_flip():
    """If this fails, a key of a pane chooses another node, or shows the state of a moment ago."""
    nodes = incident().facts.nodes
    found = index(nodes)
    assert all(found.get(node.key) is node for node in nodes)
    assert [node.key for node in found.peers("10.0.4.12:8080")] == ["12"]
    flipped = tuple(replace(node, state="UP") if node.key == "12" else node for node in nodes)
    assert [node.state for node in index(flipped).peers("10.0.4.12:8080")] == ["UP"]
    assert [node.key for node in index(flipped).at(SITE, 8)] == ["12"]
    assert [node.key for node in index(turned(nodes)).at(SITE, 8)] == ["12"]
    assert {node.key for node in index(nodes).below("process")} == {"unit"}


def test_marks_of_lines_are_the_worst_of_their_nodes():
    """If this fails, a fold or a line hides what is wrong with it."""
    facts = incident().facts
    assert [at_line.mark(facts, SITE, line, line) for line in (1, 3, 7, 8)] == ["DOWN", "DOWN", "", "FLAPPING"]
    assert at_line.mark(facts, SITE, 6, 10) == "DEGRADED"
    assert list(at_line.marked(facts, SITE, 6, 1))[:2] == [8, 12]
    assert list(at_line.marked(facts, SITE, 6, -1)) == [3, 1]
    assert at_line.serves(facts, SITE, 9) == "line 9 serves location /api/ (line 23) through group api"


def test_a_search_through_the_tree_goes_on_where_it_was():
    """If this fails, a search through thousands of sites never ends, or counts twice."""
    forest = Forest(parts(_many([4, 4, 4])), True, CLOSED, {})
    search = TreeSearch(lambda text: "/3" in text)
    looked = [search.look(forest, 0.0) for _ in range(3)]
    assert looked == [1, 2, 3]
    assert search.look(forest, time.monotonic() + 60) == [4, 9, 14]


async def test_a_long_search_counts_lets_keys_through_and_esc_ends_it(shown):
    """If this fails, a search through 10,000 files holds every key, or cannot be ended."""
    async with shown(FakeSession(drifted()), size=(120, 40)) as ui:
        pane, done = ui.app.config_pane, []
        real = pane.hits
        pane.hits = lambda pattern: real(pattern) if done else 7
        await ui.press("3", "home", "slash", *"listen", "enter")
        await ui.sees("/: 7 so far, looking on   esc ends")
        await ui.press("down", "down")
        await ui.until(lambda: pane.cursor == 2, "keys are heard meanwhile")
        await ui.press("escape")
        await ui.sees("/: ended")
        assert ui.app.looking is None
        await ui.press("n")
        await ui.until(lambda: ui.app.looking is not None)
        await ui.press("down")
        done.append(True)
        await ui.sees("/: 1 listen   n next  N back")
        assert pane.cursor == 3, "who has gone elsewhere meanwhile stays there"
        await ui.press("n")
        await ui.until(lambda: pane.cursor == 12)
