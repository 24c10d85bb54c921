"""A YAML text as nodes that know where they stand, so that errors can say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import yaml

from ...errors import InputError

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
_EXPLAINED_BYTES: Final = 1_000_000
_NULL: Final = "tag:yaml.org,2002:null"
_MERGE: Final = "tag:yaml.org,2002:merge"
# libyaml's, where it is there, takes a fiftieth of the time
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file, the path of keys to it, and its place; `key` is the last of them."""

    source: str
    path: str
    node: yaml.Node
    key: yaml.Node | None = None

    @property
    def lineno(self) -> int:
        """The line on which it begins, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def literal(self) -> bool:
        """Whether it is a text behind `|`, whose lines are those of the file below it."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.style == "|"

    def error(self, message: str, *, hint: str | None = None) -> InputError:
        """The error to raise about this value."""
        column = self.node.start_mark.column + 1
        text = f"{self.path}: {message}" if self.path else message
        return InputError(text, source=self.source, lineno=self.lineno, column=column, hint=hint)

    def key_error(self, message: str, *, hint: str | None = None) -> InputError:
        """The error to raise about the key of this value."""
        return Node(self.source, self.path, self.key or self.node).error(message, hint=hint)

    def mapping(self, known: Iterable[str] | None = None) -> dict[str, "Node"]:
        """The entries by key; nothing at all counts as none.

        Entries that `<<` merges stand behind those of the mapping itself. Raises InputError for a
        key that is not `known`, or given twice.
        """
        allowed = None if known is None else list(known)
        found: dict[str, Node] = {}
        waiting, seen = [self], set[int]()
        while waiting:
            place = waiting.pop()
            if id(place.node) in seen:
                continue
            seen.add(id(place.node))
            own, merged = _entries(place, allowed)
            for name, entry in own.items():
                found.setdefault(name, entry)
            waiting += reversed(merged)
        return found

    @property
    def empty(self) -> bool:
        """Whether nothing is given."""
        return isinstance(self.node, yaml.ScalarNode) and (
            not self.node.value or self.node.tag == _NULL
        )

    def items(self) -> list["Node"]:
        """The values of a list; nothing at all counts as none."""
        if self.empty:
            return []
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("should be a list")
        return [
            Node(self.source, f"{self.path}[{index}]", item)
            for index, item in enumerate(self.node.value)
        ]

    def value(self) -> Any:
        """The plain value: text, a number, a truth value or None."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("should be a single value")
        try:
            return yaml.SafeLoader("").construct_object(self.node)
        except (yaml.YAMLError, ValueError, OverflowError):
            raise self.error("is no value that can be read") from None

    def text(self) -> str:
        """A text, as it was written."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("should be text")
        return "" if self.node.tag == _NULL else str(self.node.value)

    def flag(self) -> bool:
        """A truth value."""
        value = self.value()
        if not isinstance(value, bool):
            raise self.error("should be true or false")
        return value

    def number(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self.value()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error("should be a number")
        if not low <= value <= high:
            raise self.error(f"should be a number from {low} to {high}")
        return value

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.number(low, high)
        if not isinstance(value, int):
            raise self.error("should be a whole number")
        return value

    def choice(self, words: Iterable[str]) -> str:
        """One of some words."""
        value = self.text()
        allowed = list(words)
        if value not in allowed:
            raise self.error(f"{value!r} is not known", hint=_nearest(value, allowed))
        return value


def _entries(place: Node, allowed: list[str] | None) -> tuple[dict[str, Node], list[Node]]:
    """The entries that stand in the mapping itself, and the mappings that it merges."""
    if place.empty:
        return {}, []
    if not isinstance(place.node, yaml.MappingNode):
        raise place.error("should be a mapping of keys and values")
    found: dict[str, Node] = {}
    merged: list[Node] = []
    for key, value in place.node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise Node(place.source, place.path, key).error("a key should be text")
        name = str(key.value)
        if key.tag == _MERGE:
            nodes = value.value if isinstance(value, yaml.SequenceNode) else [value]
            merged += [Node(place.source, place.path, node) for node in nodes]
            continue
        key_place = Node(place.source, f"{place.path}.{name}" if place.path else name, key)
        if allowed is not None and name not in allowed:
            raise key_place.error("unknown key", hint=_nearest(name, allowed))
        if name in found:
            raise key_place.error("stands there twice")
        found[name] = Node(place.source, key_place.path, value, key)
    return found, merged


def _nearest(word: str, words: list[str]) -> str:
    near = get_close_matches(word, words, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(words)}"


def read(text: str, source: str) -> Node:
    """The root of a YAML text; raises InputError where it is no YAML."""
    if len(text) > MAX_FILE_BYTES:
        raise InputError("the file is too large for a lab", source=source)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line, column, what = _complaint(text, error)
        raise InputError(f"not YAML: {what}", source=source, lineno=line, column=column) from None
    if node is None:
        raise InputError("the file is empty", source=source, lineno=1, column=1)
    return Node(source, "", node)


def _complaint(text: str, error: Exception) -> tuple[int, int, str]:
    """Where a text is no YAML, and why; in the words of the slower reader if it is short."""
    if len(text) <= _EXPLAINED_BYTES:
        try:
            yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, ValueError, RecursionError) as better:
            error = better
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return *where, ", ".join(filter(None, (error.context, error.problem)))
    if isinstance(error, yaml.reader.ReaderError):
        return *place_behind(text[: error.position]), "it holds a character that is not allowed"
    if isinstance(error, RecursionError):
        return 1, 1, "it is nested too deeply"
    return 1, 1, "it cannot be read"


def place_behind(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what stands behind the text `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")
