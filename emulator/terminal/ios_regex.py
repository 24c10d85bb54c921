"""Regular expressions as the output filters of IOS read them, matched in linear time.

The characters and their meanings are those of the "Regular Expressions" chapter of the Cisco
configuration guides: `.` `*` `+` `?` `^` `$` `_` `[]` `()` `|`, and a backslash takes the meaning
away. Case counts. A pattern comes from whoever is logged in and the text may be long, so it is
never given to a backtracking engine: every character of the text is looked at once, whatever the
pattern (a Glushkov automaton, made deterministic as far as the text asks for it).
"""

from dataclasses import dataclass, field
from typing import Final

MAX_PATTERN: Final = 254
"""Characters of a pattern, at most: what a command line of IOS holds."""

MAX_DEPTH: Final = 40
"""Parentheses inside parentheses, at most."""

INVALID_TEXT: Final = "% Invalid regular expression"
"""What the router prints for a pattern that it cannot read (not seen in a public transcript)."""

_MAX_STATES: Final = 1024
_MAX_MOVES: Final = 256
_MAX_SYMBOLS: Final = 4096
_DELIMITERS: Final = frozenset(" ,{}()_")
"""What `_` stands for; itself too, or nobody could look for `ERR_DISABLE` (genielibs does)."""
_START: Final = "start of line"
_END: Final = "end of line"


class IosRegexError(ValueError):
    """A pattern that is not a regular expression; `text` is what the router prints."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.text = INVALID_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """What one place of the pattern takes: characters, ranges, or an edge of the line."""

    characters: frozenset[str] = frozenset()
    ranges: tuple[tuple[str, str], ...] = ()
    negated: bool = False
    edges: frozenset[str] = frozenset()

    def takes(self, symbol: str) -> bool:
        """Whether the place takes `symbol`: a character, or the name of an edge."""
        if symbol in (_START, _END):
            return symbol in self.edges
        if not (self.characters or self.ranges or self.negated):
            return False
        inside = symbol in self.characters or any(a <= symbol <= b for a, b in self.ranges)
        return inside is not self.negated


_ANY: Final = _Position(negated=True)
_SPECIAL: Final = {
    ".": _ANY,
    "^": _Position(edges=frozenset((_START,))),
    "$": _Position(edges=frozenset((_END,))),
    "_": _Position(characters=_DELIMITERS, edges=frozenset((_START, _END))),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A piece of the automaton: sets of places are bit masks."""

    empty: bool = True
    first: int = 0
    last: int = 0


@dataclass(slots=True)
class _Compiler:
    """Reads a pattern once, from left to right, into places and what may follow each."""

    pattern: str
    at: int = 0
    depth: int = 0
    positions: list[_Position] = field(default_factory=list)
    follow: list[int] = field(default_factory=list)
    literals: list[list[str]] = field(default_factory=lambda: [[""]])
    """Of each alternative of the whole the runs of plain characters that every match holds."""

    def expression(self) -> _Part:
        """Alternatives, up to the end or a closing parenthesis."""
        whole = self.branch()
        while self.at < len(self.pattern) and self.pattern[self.at] == "|":
            if not self.depth:
                self.literals.append([""])
            self.at += 1
            other = self.branch()
            whole = _Part(
                empty=whole.empty or other.empty,
                first=whole.first | other.first,
                last=whole.last | other.last,
            )
        return whole

    def branch(self) -> _Part:
        """Pieces one after the other."""
        whole = _Part()
        fresh = True
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            literal = fresh and self.pattern[self.at] in "*+?"
            piece, fresh = self.piece(literal=literal)
            whole = self.join(whole, piece)
        return whole

    def join(self, left: _Part, right: _Part) -> _Part:
        """`left`, then `right`."""
        self.connect(left.last, right.first)
        return _Part(
            empty=left.empty and right.empty,
            first=left.first | right.first if left.empty else left.first,
            last=left.last | right.last if right.empty else right.last,
        )

    def connect(self, last: int, first: int) -> None:
        """Let every place of `first` follow every place of `last`."""
        while last:
            low = last & -last
            self.follow[low.bit_length() - 1] |= first
            last ^= low

    def piece(self, *, literal: bool) -> tuple[_Part, bool]:
        """An atom with its repetitions, and whether a repetition after it has nothing to repeat.

        Repetitions of repetitions say no more than the widest of them.
        """
        start = self.at
        atom = self.atom(literal=literal)
        sign = ""
        if self.pattern[start] != "^" or literal:
            while self.at < len(self.pattern) and self.pattern[self.at] in "*+?":
                sign += self.pattern[self.at]
                self.at += 1
        self.note(start, sign, literal=literal)
        if "*" in sign or "+" in sign:
            self.connect(atom.last, atom.first)
        if "*" in sign or "?" in sign:
            atom = _Part(empty=True, first=atom.first, last=atom.last)
        return atom, self.pattern[start] == "^" and not literal

    def note(self, start: int, sign: str, *, literal: bool) -> None:
        """Keep runs of plain characters."""
        if self.depth:
            return
        text = self.pattern[start : self.at - len(sign)]
        plain = literal or (len(text) == 1 and text not in _SPECIAL)
        if len(text) == 2 and text[0] == "\\":
            text, plain = text[1], True
        if plain and not sign:
            self.literals[-1][-1] += text
        else:
            self.literals[-1].append("")

    def atom(self, *, literal: bool) -> _Part:
        """One character, class, edge or group."""
        char = self.pattern[self.at]
        self.at += 1
        if literal:
            return self.place(_Position(characters=frozenset(char)))
        if char == "(":
            return self.group()
        if char == "[":
            return self.place(self.bracket())
        if char == "\\":
            if self.at == len(self.pattern):
                raise IosRegexError("trailing \\")
            char = self.pattern[self.at]
            self.at += 1
        elif char in _SPECIAL:
            return self.place(_SPECIAL[char])
        return self.place(_Position(characters=frozenset(char)))

    def group(self) -> _Part:
        """What stands in parentheses."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise IosRegexError("too many ()")
        inner = self.expression()
        if self.at == len(self.pattern):
            raise IosRegexError("unmatched ()")
        self.at += 1
        self.depth -= 1
        return inner

    def bracket(self) -> _Position:
        """A class; a backslash takes the meaning of `-` and `]` away."""
        pattern = self.pattern
        negated = pattern.startswith("^", self.at)
        self.at += negated
        items: list[tuple[str, bool]] = []
        while self.at < len(pattern) and (pattern[self.at] != "]" or not items):
            escaped = pattern[self.at] == "\\" and self.at + 1 < len(pattern)
            self.at += escaped
            items.append((pattern[self.at], escaped))
            self.at += 1
        if self.at == len(pattern):
            raise IosRegexError("unmatched []")
        self.at += 1
        return _class(items, negated=negated)

    def place(self, position: _Position) -> _Part:
        """A new place of the automaton."""
        bit = 1 << len(self.positions)
        self.positions.append(position)
        self.follow.append(0)
        return _Part(empty=False, first=bit, last=bit)


def _class(items: list[tuple[str, bool]], *, negated: bool) -> _Position:
    single: set[str] = set()
    ranges: list[tuple[str, str]] = []
    index = 0
    while index < len(items):
        low = items[index][0]
        if index + 2 < len(items) and items[index + 1] == ("-", False):
            high = items[index + 2][0]
            if low > high:
                raise IosRegexError("invalid [] range")
            ranges.append((low, high))
            index += 3
        else:
            single.add(low)
            index += 1
    return _Position(characters=frozenset(single), ranges=tuple(ranges), negated=negated)


@dataclass(slots=True)
class _State:
    """A set of places that the text so far has reached, and where each character leads."""

    places: int
    found: bool
    moves: "dict[str, _State]" = field(default_factory=dict)
    found_at_end: bool | None = None


class IosRegex:
    """A compiled pattern.

    Raises `IosRegexError` for a pattern that is none, or that is longer than `MAX_PATTERN`.
    """

    __slots__ = (
        "_edges",
        "_final",
        "_first",
        "_follow",
        "_masks",
        "_plain",
        "_positions",
        "_required",
        "_start",
        "_states",
        "_tables",
        "pattern",
    )

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN:
            raise IosRegexError("regexp too big")
        compiler = _Compiler(pattern)
        whole = compiler.expression()
        if compiler.at < len(pattern):
            raise IosRegexError("unmatched ()")
        self.pattern = pattern
        required = tuple(max(runs, key=len) for runs in compiler.literals)
        self._required = required if all(required) else ()
        whole_runs = all(len(runs) == 1 for runs in compiler.literals)
        self._plain = whole_runs and sum(map(len, required)) == len(compiler.positions)
        self._positions = compiler.positions
        self._follow = compiler.follow
        self._first = whole.first
        self._final = whole.last
        self._edges = sum(bool(each.edges) for each in compiler.positions)
        self._masks: dict[str, int] = {}
        self._tables: dict[int, int] = {}
        self._states: dict[int, _State] = {}
        places = 0
        for _ in range(self._edges):
            places = self._step(places, _START)
        self._start = _State(places, whole.empty or bool(places & self._final))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pattern!r})"

    def search(self, line: str) -> bool:
        """Whether the pattern matches anywhere in `line`, which is one line without its end."""
        for each in self._required:
            if each in line:
                break
        else:
            if self._required:
                return False
        if self._plain:
            return True
        state = self._start
        if state.found:
            return True
        for char in line:
            following = state.moves.get(char)
            if following is None:
                following = self._move(state, char)
            if following.found:
                return True
            state = following
        if state.found_at_end is None:
            state.found_at_end = self._ends(state.places)
        return state.found_at_end

    def _ends(self, places: int) -> bool:
        """Whether the end of the line completes a match.

        The pattern may ask for an edge several times over, so it is offered as often.
        """
        for _ in range(self._edges):
            places = self._step(places, _END)
            if places & self._final:
                return True
        return False

    def _move(self, state: _State, char: str) -> _State:
        places = self._step(state.places, char)
        following = self._states.get(places)
        if following is None:
            if len(self._states) >= _MAX_STATES:
                self._forget()
            following = self._states[places] = _State(places, bool(places & self._final))
        if len(state.moves) < _MAX_MOVES:
            state.moves[char] = following
        return following

    def _forget(self) -> None:
        """Drop what was worked out, so that a text cannot make it grow without end."""
        self._start.moves.clear()
        for each in self._states.values():
            each.moves.clear()
        self._states.clear()

    def _step(self, places: int, symbol: str) -> int:
        mask = self._masks.get(symbol)
        if mask is None:
            if len(self._masks) >= _MAX_SYMBOLS:
                self._masks.clear()
            mask = sum(1 << i for i, each in enumerate(self._positions) if each.takes(symbol))
            self._masks[symbol] = mask
        return (self._after(places) | self._first) & mask

    def _after(self, places: int) -> int:
        """The places that may follow any of `places`, looked up eight at a time."""
        reached = 0
        base = 0
        while places:
            byte = places & 0xFF
            if byte:
                key = base << 8 | byte
                found = self._tables.get(key)
                if found is None:
                    found = 0
                    for bit in range(8):
                        if byte >> bit & 1:
                            found |= self._follow[base + bit]
                    self._tables[key] = found
                reached |= found
            places >>= 8
            base += 8
        return reached
