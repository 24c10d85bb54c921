"""The differences of two configuration texts as `show archive config` prints them.

The shapes are those of transcripts: the Cisco command reference, napalm-ios issues 96 and 195,
napalm issue 1009, and the ipSpace.net pages on order-sensitive configurations and modular objects.
All results are lines joined by line ends, without one behind the last.
"""

from collections.abc import Iterable, Sequence

from .matching import Branch, Fold, Parents, branches, walk
from .texttree import Node, is_header, parse

CONTEXTUAL = "!Contextual Config Diffs:"
COMMANDS = "!List of Commands:"
UNCHANGED = "!No changes were found"
REORDERED = "!The following order-dependent line(s) were re-ordered"
REORDERED_END = "!End of reordered section"
NOT_ENDED = (
    "Error: received error code 5 when looking for missing lines",
    "!Error: cfgdiff returned error 5",
)
"""What stands in the place of commands when the file does not close with `end`."""


def contextual(first: str, second: str, *, ignorecase: bool = False) -> str:
    """The output of `show archive config differences FIRST SECOND`.

    First what only the second text has, marked `+`, then what only the first has, marked `-`,
    each below the lines that it stands under. Of a line of an ordered list that moved, the first
    part shows `+` and the second a remark. Raises `InputError` for a text that is too large.
    """
    fold = str.lower if ignorecase else str
    old, new = _commands(first), _commands(second)
    lines = _Writer("+", remarks=False).below(new, old, fold)
    lines += _Writer("-", remarks=True).below(old, new, fold)
    return "\n".join((CONTEXTUAL, *(lines or (UNCHANGED,))))


def incremental(running: str, merge: str, *, ignorecase: bool = False) -> str:
    """The output of `show archive config incremental-diffs MERGE`.

    The commands of the file that the running configuration does not have, below the lines that
    open their modes. Lines that it has at another place of an ordered list are a remark and no
    change. Raises `InputError` for a text that is too large.
    """
    if merge.strip() and not parse(merge).ended:
        return "\n".join((COMMANDS, *NOT_ENDED))
    fold = str.lower if ignorecase else str
    lines = _Writer("", remarks=True).below(_commands(merge), _commands(running), fold)
    changed = any(not line.startswith("!") for line in lines)
    return "\n".join((COMMANDS, *lines, "end", *(() if changed else (UNCHANGED,))))


def _commands(text: str) -> list[Node]:
    return [node for node in parse(text).nodes if not is_header(node.text)]


class _Writer:
    """Writes what one text has and another has not.

    Every line is marked with `sign`. With `remarks`, a line that stands elsewhere in an ordered
    list is a remark.
    """

    __slots__ = ("_context", "_lines", "_remarks", "_said", "_sign")

    def __init__(self, sign: str, *, remarks: bool) -> None:
        self._sign = sign
        self._remarks = remarks
        self._lines: list[str] = []
        self._context: list[str] = []
        self._said = 0
        """How many lines of the context are printed."""

    def below(self, left: Iterable[Node], right: Iterable[Node], fold: Fold) -> list[str]:
        """The lines for what `left` has and `right` has not."""
        self._compare(left, right, (), fold)
        return self._lines

    def _compare(
        self, left: Iterable[Node], right: Iterable[Node], parents: Parents, fold: Fold
    ) -> None:
        here = branches(left, parents, fold=fold)
        there = branches(right, parents, fold=fold)
        moved: list[Branch] = []
        for branch, other, elsewhere in walk(here.values(), there):
            if elsewhere and self._remarks:
                moved.append(branch)
                if branch.below:
                    self._moved(moved)
                if self._sign or not branch.below:
                    continue
                other = there[branch.key]
            self._moved(moved)
            if other is None:
                self._signed(branch)
            elif branch.below:
                self._context.append(" " * len(parents) + branch.text)
                self._compare(branch.below, other.below, (*parents, branch.head), fold)
                self._context.pop()
                self._said = min(self._said, len(self._context))
        self._moved(moved)

    def _signed(self, branch: Branch) -> None:
        """Print a command that the other text has not, and its context if that is not there."""
        self._lines += self._context[self._said :]
        self._said = len(self._context)
        self._write(branch.node, branch.below, self._said)

    def _write(self, node: Node, below: Sequence[Node], depth: int) -> None:
        indent = " " * depth + self._sign
        self._lines.append(indent + node.text)
        for line in node.tail:
            if node.free:
                self._lines.append(self._sign + line)
            else:
                self._lines.append(f" {indent}{line.strip()}")
        for child in below:
            self._write(child, child.children, depth + 1)

    def _moved(self, moved: list[Branch]) -> None:
        """Print the remark on commands that stand elsewhere, and forget them."""
        if not moved:
            return
        depth = len(self._context)
        self._lines += ["!", REORDERED]
        self._lines += [f"!{line}" for line in self._context]
        self._lines += [f"!{' ' * depth}{branch.text}" for branch in moved]
        self._lines += [REORDERED_END, "!"]
        if self._sign:
            # The two lists are no longer in step here: IOS takes all below for removed.
            for child in moved[-1].below:
                self._write(child, child.children, depth + 1)
        moved.clear()
