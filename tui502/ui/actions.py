"""Every key, written once: bindings, hints, help and the reasons why a key does nothing come from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tui502.ui.moment import Moment


class Action(NamedTuple):
    """A thing a key does. `hint` is its word in the hint row, `does` its line in the help, `pane` the pane it belongs to (None: all)."""

    name: str
    keys: tuple[str, ...]
    hint: str
    does: str
    pane: int | None = None

    @property
    def shown(self) -> str:
        """The key as it is written on the screen."""
        return WRITTEN.get(self.keys[0], self.keys[0])


WRITTEN = {
    "full_stop": ".", "comma": ",", "question_mark": "?", "escape": "esc", "pagedown": "pgdn", "pageup": "pgup", "slash": "/", "colon": ":",
    "less_than_sign": "<", "greater_than_sign": ">",
}  # fmt: skip

ACTIONS: tuple[Action, ...] = (
    Action("stage", ("s",), "stage", "stage the selected offer, nothing is touched"),
    Action("test", ("t",), "test", "test what is staged, no live file is touched"),
    Action("ask", ("a",), "apply", "ask to apply (tests first)"),
    Action("keep", ("K",), "keep", "keep the change now, in the count-down"),
    Action("put_back", ("U",), "put back", "put back at once, while applying and in the count-down"),
    Action("longer", ("X",), "longer", "watch for longer: give the count-down its time once more"),
    Action("undo", ("u",), "undo", "undo the last change (asks)"),
    Action("next", ("full_stop",), "next", "next failure, failing node, mark, offer"),
    Action("previous", ("comma",), "", "the one before"),
    Action("detail", ("enter",), "detail", "detail of the selected thing"),
    Action("close", ("escape",), "", "close the topmost thing, leave the receipt"),
    Action("pause", ("space",), "pause", "pause or follow", 1),
    Action("groups", ("v",), "groups", "lines or groups", 1),
    Action("of_class(-1)", ("less_than_sign",), "first", "first record of this class", 1),
    Action("of_class(1)", ("greater_than_sign",), "last", "last record of this class", 1),
    Action("raw", ("x",), "raw", "raw lines or columns", 1),
    Action("time", ("T",), "", "go to a time", 1),
    Action("other_log", ("L",), "", "the next error log", 1),
    Action("older", ("O",), "", "read older records and files, or stop", 1),
    Action("wrap", ("w",), "", "wrap or cut long lines", 1),
    Action("events", ("E",), "events", "what went up and down, newest first", 2),
    Action("definition", ("o",), "definition", "go to what the line names: a group, an included file", 3),
    Action("includes", ("i",), "includes", "the files of the configuration", 3),
    Action("drift", ("d",), "drift", "next line that is not loaded", 3),
    Action("unstage", ("x",), "unstage", "take the staged offer back", 4),
    Action("freeze", ("space",), "freeze", "freeze the watch, or let it go on", 5),
    Action("all_events", ("E",), "all events", "the events alone, or all of the watch", 5),
    Action("pane(1)", ("1",), "", "log"),
    Action("pane(2)", ("2",), "", "upstreams"),
    Action("pane(3)", ("3",), "", "configuration"),
    Action("pane(4)", ("4",), "", "fix"),
    Action("turn(1)", ("tab",), "", "next pane"),
    Action("turn(-1)", ("shift+tab",), "", "the pane before"),
    Action("why", ("0",), "why", "all clues, what was ruled out, what was not seen"),
    Action("zoom", ("z",), "zoom", "the focused pane alone, or all again"),
    Action("probe", ("r",), "probe now", "look again now"),
    Action("copy", ("y",), "copy", "copy the selected thing (OSC 52)"),
    Action("search", ("slash",), "search", "search in the focused pane, a regular expression"),
    Action("again(1)", ("n",), "", "next hit of the search"),
    Action("again(-1)", ("N",), "", "the hit before"),
    Action("filter", ("f",), "filter", "only records with this text, class or peer, +2 with lines around"),
    Action("back(-1)", ("b",), "back", "back in what was selected"),
    Action("back(1)", ("B",), "", "forward again"),
    Action("sideways(-1)", ("left", "h"), "", "fold, or to the left"),
    Action("sideways(1)", ("right", "l"), "", "open, or to the right"),
    Action("editor", ("e",), "editor", "$VISUAL or $EDITOR at the line"),
    Action("palette", ("colon", "ctrl+p"), "all keys", "every action, filtered by typing"),
    Action("dump", ("D",), "", "this view as plain text on the normal screen"),
    Action("record", ("R",), "", "record what was seen to a file"),
    Action("watch", ("W",), "", "watch whether it stays so, or leave the watch"),
    Action("sudo", ("S",), "", "start again under sudo"),
    Action("mouse", ("M",), "", "mouse on or off"),
    Action("redraw", ("ctrl+l",), "", "draw the screen anew"),
    Action("suspend", ("ctrl+z",), "", "to the shell, fg comes back"),
    Action("help", ("question_mark", "f1"), "help", "this help"),
    Action("quit", ("q",), "quit", "leave; while a change is decided once more, the runner goes on"),
    Action("quit_now", ("Q", "ctrl+q"), "", "leave at once"),
    Action("cancel", ("ctrl+c",), "", "cancel what runs, else leave"),
)

MOVES: tuple[Action, ...] = (
    Action("move(-1)", ("up", "k"), "", "up"),
    Action("move(1)", ("down", "j"), "", "down"),
    Action("page(-1)", ("pageup", "ctrl+u"), "", "a page up"),
    Action("page(1)", ("pagedown", "ctrl+d"), "", "a page down"),
    Action("edge(-1)", ("home", "g"), "", "to the start"),
    Action("edge(1)", ("end", "G"), "", "to the end"),
)
"""Keys that move in the focused pane."""


EVERYWHERE = frozenset(key for action in (*ACTIONS, *MOVES) if action.pane is None for key in action.keys)
"""Keys that mean something in every pane."""


def named(name: str) -> Action:
    return next(action for action in ACTIONS if action.name == name)


def nothing_bound(key: str, written: str, focus: int) -> str:
    """Why a key does nothing in the focused pane; '' when it does something."""
    if key in EVERYWHERE or any(key in action.keys for action in ACTIONS if action.pane == focus):
        return ""
    other = next((action for action in ACTIONS if key in action.keys), None)
    if other is not None and other.pane is not None:
        why = "nothing moves here" if other.name == "pause" else f"{other.does}: only in pane {other.pane}"
        return f"{other.shown}: {why}"
    return f"{written}: no such key, : lists all"


def refusal(name: str, moment: Moment) -> str:
    """Why an action can do nothing now; '' when it can."""
    check = _CHECKS.get(name)
    return check(moment) if check else ""


def _may_change(moment: Moment) -> str:
    if not moment.live:
        return "a recording cannot be changed"
    return "read-only" if moment.read_only else ""


def _stage(moment: Moment) -> str:
    if moment.changing:
        return "a change is under way"
    if not moment.offers:
        return f"nothing is offered: {_why_nothing(moment)}"
    if moment.offer is None:
        return f"choose {' or '.join(offer.letter for offer in moment.offers)} first"
    if moment.offer.fix.kind == "advice":
        return f"{moment.offer.letter} is advice, it is done by hand"
    return f"{moment.busy} still" if moment.busy else ""


def _why_nothing(moment: Moment) -> str:
    if moment.incident is None:
        return "nothing is known yet"
    words = {"no_fault": "nothing fails", "recovered": "it works again", "undecided": "no cause is proven, 0 shows what was seen"}
    return words.get(moment.incident.verdict, "this cause is not mended from here, 0 shows it")


def _staged(moment: Moment) -> str:
    if moment.changing:
        return "a change is under way"
    if moment.busy == "staging":
        return _may_change(moment)
    if moment.staged is None or moment.progress is not None:
        return f"nothing is staged, s stages {moment.offer.letter}" if moment.offer else "nothing is staged"
    return _may_change(moment) or ("applying still" if moment.busy == "applying" else "")


def _keep(moment: Moment) -> str:
    return "" if moment.deciding else "only in a count-down"


def _put_back(moment: Moment) -> str:
    return "" if moment.changing else "only while applying and in a count-down"


def _undo(moment: Moment) -> str:
    if moment.changing:
        return "U puts back what is being decided"
    return _may_change(moment) or (f"{moment.busy} still" if moment.busy else "")


def _probe(moment: Moment) -> str:
    return "" if moment.live else "a recording cannot look again"


def _older(moment: Moment) -> str:
    return "" if moment.live else "a recording holds the newest records only"


def _known(moment: Moment) -> str:
    return "" if moment.incident is not None else "nothing is known yet"


def _sudo(moment: Moment) -> str:
    if not moment.live:
        return "a recording needs no other rights"
    return "already root" if moment.incident is not None and moment.incident.evidence.euid == 0 else ""


def _editor(moment: Moment) -> str:
    if moment.changing:
        return "a change is under way"
    return _may_change(moment)


def _unstage(moment: Moment) -> str:
    if moment.changing or moment.busy:
        return "a change is under way"
    return "" if moment.staged is not None else "nothing is staged"


_CHECKS: dict[str, Callable[[Moment], str]] = {
    "stage": _stage,
    "test": _staged,
    "ask": _staged,
    "keep": _keep,
    "put_back": _put_back,
    "longer": _keep,
    "undo": _undo,
    "probe": _probe,
    "unstage": _unstage,
    "older": _older,
    "record": _known,
    "sudo": _sudo,
    "editor": _editor,
}
