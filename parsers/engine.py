"""Lines + a bound template → a record.

The lines are walked once. Each goes to the innermost open block that has a pattern for it, first to
the pattern that follows the one matched last (IOS prints in order), then to the others, then to the
blocks around it. A line that no open block claims stays in `unclaimed`; nothing is dropped.

Long tables go faster: a block whose lines stand in the template's order is taken by one expression
made of all its lines (`Bulk`), which claims exactly what the walk would have claimed.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import lru_cache
from typing import Any

from ..errors import ParseError
from . import text as terminal
from .block import Block, Choice, Pattern, Values
from .bulk import BulkReader, bulk_of
from .record import Row
from .text import MAX_LINE_CHARS, Line

BULK_LINES = 500
"""Texts of fewer lines are walked: block expressions pay only for tables."""

REMEMBERED_LINES = 8192
REMEMBERED_CHARS = 160
"""How many lines, up to what length, are remembered with what they mean, per process."""

SHORT_LINE = 60
"""Lines of fewer columns were not broken because the screen ended."""

MANY_STRAYS = 64
"""After so many lines that nobody claims, no more of them are put together."""

MAX_PARTS = 4
"""Most screen lines that one broken line is put together from."""


class _Frame:
    """A block that is being filled."""

    __slots__ = ("block", "children", "lineno", "next_line", "parent", "values")

    def __init__(self, block: Block, parent: _Frame | None, lineno: int) -> None:
        self.block = block
        self.parent = parent
        self.lineno = lineno
        self.values: dict[str, Any] = {}
        self.children: dict[str, list[Row]] = {}
        self.next_line = 0


class Assembly:
    """Fills the blocks of one template with the lines of one text."""

    def __init__(self, root: Block) -> None:
        self._root = self._frame = _Frame(root, None, 1)
        self.faults: list[tuple[int, str]] = []
        """Blocks that lack what every such block has, by the number of their first line."""
        self.whole = True
        """Whether the record itself can be made."""
        self.unclaimed: list[Line] = []
        self.claimed = 0
        self._screen = 0

    def feed(
        self, texts: Sequence[str], numbers: Sequence[int], doubtful: Set[int] = frozenset()
    ) -> None:
        """Offer each non-blank line to the open blocks; `numbers` are the lines' numbers.

        Those in `doubtful` are hardly part of the output: not any pattern claims them.
        """
        body = "\n".join(texts)
        wraps = terminal.screen_width(texts)
        if wraps or "\t" in body:
            texts = terminal.without_padding([*map(terminal.without_tabs, texts)])
            body, wraps = "\n".join(texts), terminal.screen_width(texts)
        self._screen = wraps
        tabular = not wraps and len(texts) >= BULK_LINES and max(map(len, texts)) <= MAX_LINE_CHARS
        bulk = BulkReader(texts, numbers, body) if tabular else None
        index, count = 0, len(texts)
        if bulk is None and not wraps and not doubtful:
            self._walk(texts, numbers)
            return
        while index < count:
            text = texts[index].strip()
            index += 1
            if not text:
                continue
            lineno = numbers[index - 1]
            if lineno in doubtful and not self._claims(text, firmly=True):
                self.unclaimed.append(Line(lineno, texts[index - 1]))
            elif bulk is not None and (taken := self._take_bulk(bulk, index - 1)):
                index += taken - 1
            elif wraps and (taken := self._unwrap(texts, numbers, index, doubtful)):
                index += taken
            elif self._place(text, lineno):
                self.claimed += 1
            else:
                self._set_aside(Line(lineno, texts[index - 1]))

    def _walk(self, texts: Sequence[str], numbers: Sequence[int]) -> None:
        """Offer line after line."""
        place, claimed = self._place, 0
        for text, lineno in zip(texts, numbers, strict=True):
            stripped = text.strip()
            if not stripped:
                continue
            if place(stripped, lineno):
                claimed += 1
            else:
                self._set_aside(Line(lineno, text))
        self.claimed += claimed

    def _set_aside(self, line: Line) -> None:
        """Keep a line that nobody claims, unless it ends the one before, which nobody claimed."""
        begun = self.unclaimed[-1] if 0 < len(self.unclaimed) <= MANY_STRAYS else None
        if begun is not None and begun.lineno == line.lineno - 1:
            start = begun.text.strip()
            # behind a lone label anything would do as the value that is missing there
            bare = start.endswith(":") and len(start) < SHORT_LINE
            for joint in () if bare else (" ", ""):
                if self._place(f"{start}{joint}{line.text.strip()}", begun.lineno):
                    self.unclaimed.pop()
                    self.claimed += 2
                    return
        self.unclaimed.append(line)

    def _place(self, text: str, lineno: int) -> bool:
        """Give `text` to the innermost block that has a place for it."""
        if len(text) > MAX_LINE_CHARS:
            return False
        expected, choose = _READERS[len(text) <= REMEMBERED_CHARS]
        frame: _Frame | None = self._frame
        while frame is not None:
            block, place = frame.block, frame.next_line
            if place < len(block.lines):
                pattern = block.lines[place]
                read = expected(pattern, text)
                if read is not None and _take(frame, pattern, read):
                    if self._frame is not frame:
                        self._close_to(frame)
                    frame.next_line = place if pattern.joins else place + 1
                    return True
            if (chosen := choose(block, text)) is not None:
                choice, values = chosen
                if values is not None and self._accept(frame, choice, values, lineno):
                    return True
                if self._accept_another(frame, choice, text, lineno):
                    return True
            frame = frame.parent
        return self._place_loosely(text, lineno)

    def _place_loosely(self, text: str, lineno: int) -> bool:
        """`_place` without regard to case."""
        frame: _Frame | None = self._frame
        while frame is not None:
            loose = frame.block.loose
            if loose is not None and loose.fullmatch(text) is not None:
                for choice in frame.block.choices:
                    match = choice.pattern.loose.fullmatch(text)
                    values = None if match is None else choice.pattern.read(match)
                    if values is not None and self._accept(frame, choice, values, lineno):
                        return True
            frame = frame.parent
        return False

    def _accept_another(self, frame: _Frame, refused: Choice, text: str, lineno: int) -> bool:
        """Try what stands in the template after `refused`, whose values do not fit."""
        choices = frame.block.choices
        for choice in choices[choices.index(refused) + 1 :]:
            match = choice.pattern.regex.fullmatch(text)
            values = None if match is None else choice.pattern.read(match)
            if values is not None and self._accept(frame, choice, values, lineno):
                return True
        return False

    def _accept(self, frame: _Frame, choice: Choice, values: Values, lineno: int) -> bool:
        """Take a line of `frame`, or open the child that it starts; False if it does not fit."""
        child = choice.child
        if child is None:
            if not _take(frame, choice.pattern, values):
                return False
            if self._frame is not frame:
                self._close_to(frame)
            frame.next_line = choice.place if choice.pattern.joins else choice.place + 1
            return True
        if not child.many and (child.name in frame.children or self._is_open(child, frame)):
            return False
        opened = _Frame(child, frame, lineno)
        if not _take(opened, choice.pattern, values):
            return False
        self._close_to(frame)
        self._frame = opened
        return True

    def _is_open(self, child: Block, parent: _Frame) -> bool:
        frame: _Frame | None = self._frame
        while frame is not None:
            if frame.block is child and frame.parent is parent:
                return True
            frame = frame.parent
        return False

    def _take_bulk(self, reader: BulkReader, index: int) -> int:
        """Read a run of equal blocks that starts at line `index`; the number of lines taken."""
        text = reader.texts[index].strip()
        frame: _Frame | None = self._frame
        while frame is not None:
            block = frame.block
            match = block.regex.fullmatch(text) if block.regex is not None else None
            if match is not None:
                child = block.by_group[match.lastindex].child
                bulk = bulk_of(child) if child is not None else None
                if child is None or bulk is None or not (taken := reader.run(child, bulk, index)):
                    return 0
                self._adopt(reader, child, frame)
                self.claimed += taken
                return taken
            frame = frame.parent
        return 0

    def _adopt(self, bulk: BulkReader, child: Block, frame: _Frame) -> None:
        """Put the rows of a run into `frame`, and open its last block."""
        self._close_to(frame)
        frame.children.setdefault(child.name, []).extend(bulk.rows)
        if bulk.last_values is not None:
            self._frame = _Frame(child, frame, bulk.last_lineno)
            self._frame.values, self._frame.next_line = bulk.last_values, bulk.last_place

    def _unwrap(
        self, texts: Sequence[str], numbers: Sequence[int], index: int, doubtful: Set[int]
    ) -> int:
        """Join the line before `index` with what the screen's edge broke off; parts taken."""
        parts, lineno = [texts[index - 1]], numbers[index - 1]
        for at in range(index, min(index + MAX_PARTS - 1, len(texts))):
            text = texts[at].strip()
            if not self._is_full(parts[-1]) or not text or numbers[at] in doubtful:
                break
            # whoever is a line of its own is not a continuation
            if self._claims(text, after=parts[0].strip()):
                break
            parts.append(texts[at].rstrip())
        for count in range(len(parts), 1, -1):
            if self._place(terminal.rejoined(parts[:count]), lineno):
                self.claimed += count
                return count - 1
        return 0

    def _is_full(self, text: str) -> bool:
        return self._screen - terminal.LOST_BLANKS <= len(text) <= self._screen

    def _claims(self, text: str, *, firmly: bool = False, after: str | None = None) -> bool:
        """Whether an open block has a pattern for `text`, or the block that `after` would open.

        `firmly` asks for a pattern that says more than "some value".
        """
        found = self._choice(text)
        if found is not None and not found.pattern.takes_anything:
            return not firmly or found.pattern.telling
        opener = None if after is None else self._choice(after)
        return (
            opener is not None
            and opener.child is not None
            and _chosen(opener.child, text) is not None
        )

    def knows(self, text: str) -> bool:
        """Whether any block, open or not, has a pattern for `text`."""
        pending = [self._root.block]
        while pending:
            block = pending.pop()
            if len(text) <= MAX_LINE_CHARS and _chosen(block, text) is not None:
                return True
            pending += block.children
        return False

    def _choice(self, text: str) -> Choice | None:
        """What `text` is in the innermost open block that has a pattern for it."""
        frame: _Frame | None = self._frame
        while frame is not None:
            if (found := _chosen(frame.block, text)) is not None:
                return found[0]
            frame = frame.parent
        return None

    def _close_to(self, frame: _Frame) -> None:
        """Build the rows of all blocks that are open inside `frame`."""
        while self._frame is not frame:
            closing, self._frame = self._frame, self._frame.parent or self._root
            if self._buildable(closing):
                row = closing.block.maker.make(_arguments(closing), closing.lineno)
                self._frame.children.setdefault(closing.block.name, []).append(row)

    def _buildable(self, frame: _Frame) -> bool:
        """Note what the block lacks; whether its row can be made all the same."""
        block = frame.block
        if not (block.required or block.together):
            return True
        there = frame.values.keys() | frame.children.keys()
        missing = block.missing(there)
        if missing:
            title = block.starts[0].label if block.starts else "the output"
            self.faults.append((frame.lineno, f"'{title}' without {', '.join(missing)}"))
        return not missing or block.required <= there

    @property
    def expected(self) -> str:
        """How an output of this template starts, for messages."""
        block = self._root.block
        labels = [p.label for p in (*block.lines, *(s for c in block.children for s in c.starts))]
        return " or ".join(f"'{label}…'" for label in dict.fromkeys(labels[:4]) if label)

    @property
    def alien(self) -> Line | None:
        """The first line that only another command prints, or None."""
        patterns = self._root.block.alien
        for line in self.unclaimed if patterns else ():
            text = line.text.strip()
            if len(text) <= MAX_LINE_CHARS and any(p.regex.fullmatch(text) for p in patterns):
                return line
        return None

    def finish(self) -> dict[str, Any]:
        """Close all blocks; the constructor arguments of the record, with the complete blocks."""
        self._close_to(self._root)
        self.whole = self._buildable(self._root)
        return _arguments(self._root)


def _expected(pattern: Pattern, text: str) -> Values | None:
    """The values of `text` as the line `pattern`; None when it is not."""
    match = pattern.regex.fullmatch(text)
    return None if match is None else pattern.read(match)


def _choose(block: Block, text: str) -> tuple[Choice, Values | None] | None:
    """What `text` is in `block`, and its values (None when one is no such value)."""
    match = None if block.regex is None else block.regex.fullmatch(text)
    if match is None:
        return None
    choice = block.by_group[match.lastindex]
    return choice, choice.pattern.read(match, choice.base)


def _chosen(block: Block, text: str) -> tuple[Choice, Values | None] | None:
    return _READERS[len(text) <= REMEMBERED_CHARS][1](block, text)


_READERS = (
    (_expected, _choose),
    (lru_cache(REMEMBERED_LINES)(_expected), lru_cache(REMEMBERED_LINES)(_choose)),
)
"""For long lines, and for short ones: the devices of a network print much the same lines."""


def _take(frame: _Frame, pattern: Pattern, read: Values) -> bool:
    """Set the values of a line on `frame`; False when one contradicts what is there."""
    values = frame.values
    if pattern.plain and values.keys().isdisjoint(read):
        values.update(read)
        return True
    collected = frame.block.collected
    for name, value in read.items():
        # another value for one field would replace the first without a word
        if name in values and name not in collected and values[name] != value:
            return False
    for name, value in read.items():
        if name in collected:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return True


def _arguments(frame: _Frame) -> dict[str, Any]:
    """The values of a block as arguments for its row class."""
    values, block = frame.values, frame.block
    if not block.gathers:
        return values
    for name in block.sequences:
        if name in values:
            values[name] = tuple(values[name])
    for name, joint, convert in block.texts:
        if name in values:
            try:
                values[name] = convert(joint.join(values[name]))
            except ValueError as error:
                raise ParseError(f"bad {name}: {error}", lineno=frame.lineno) from None
    for child in block.children:
        rows = frame.children.get(child.name)
        if rows is not None:
            values[child.name] = tuple(rows) if child.many else rows[0]
    return values
