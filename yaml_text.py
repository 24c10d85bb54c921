"""A YAML text as nodes that know where they stand, so that errors can say so."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import yaml

from .errors import InputError

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_VALUES: Final = 1_000_000
"""Values of a text, aliases written out: what makes more of a small text is no honest file."""
_EXPLAINED_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 64
_STANDARD: Final = "tag:yaml.org,2002:"
_NULL: Final = f"{_STANDARD}null"
_MERGE: Final = f"{_STANDARD}merge"
_TAGS: Final = frozenset(
    f"{_STANDARD}{kind}"
    for kind in ("null", "bool", "int", "float", "timestamp", "str", "seq", "map", "value", "merge")
)
"""What plain YAML makes of values without naming their types."""
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,17}")
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

    def data(self) -> Any:
        """Everything below as mappings, lists and single values, for a model to check.

        Whole numbers and truth values are such, all else is text as it was written: the release
        17.10 is no fraction. Raises InputError for a key that stands there twice, for a value
        that names a type (`!!python/…`), and for aliases that make too much of the text.
        """
        return _Builder().build(self)[0]

    def locate(self, path: Iterable[int | str]) -> tuple["Node", bool]:
        """The value at a path of keys and indexes, and whether all of the path is there.

        Words of the path that the text does not have are passed over; it may be more exact than
        the text is.
        """
        place, complete = self, True
        for step in path:
            inner = place.step(step)
            place, complete = inner or place, inner is not None
        return place, complete

    def step(self, key: int | str) -> "Node | None":
        """The value of a key, or at an index; None if there is none."""
        if isinstance(self.node, yaml.MappingNode):
            return self.mapping().get(str(key))
        if isinstance(self.node, yaml.SequenceNode) and isinstance(key, int):
            return self.items()[key] if key < len(self.node.value) else None
        return None

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


class _Builder:
    """Makes data of nodes; a node that has several aliases is made once and counted each time."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, int]] = {}
        self._open: set[int] = set()

    def build(self, place: Node) -> tuple[Any, int]:
        """The data of a node, and how many values are in it."""
        key = id(place.node)
        if key in self._open:
            raise place.error("holds itself")
        if len(self._open) > MAX_DEPTH:
            raise place.error("is nested too deeply")
        if key not in self._made:
            self._open.add(key)
            self._made[key] = self._build(place)
            self._open.remove(key)
        return self._made[key]

    def _build(self, place: Node) -> tuple[Any, int]:
        node = place.node
        if node.tag not in _TAGS:
            raise place.error("names a type, which is not taken")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node), 1
        if isinstance(node, yaml.SequenceNode):
            parts = [self.build(item) for item in place.items()]
            data: Any = [value for value, _ in parts]
        else:
            entries = place.mapping()
            parts = [self.build(entry) for entry in entries.values()]
            data = dict(zip(entries, (value for value, _ in parts), strict=True))
        count = 1 + sum(size for _, size in parts)
        if count > MAX_VALUES:
            raise place.error("its aliases stand for too many values")
        return data, count


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    match node.tag.removeprefix(_STANDARD):
        case "null":
            return None
        case "bool":
            return yaml.SafeLoader.bool_values.get(text.lower(), text)
        case "int" if _WHOLE.fullmatch(text):
            return int(text)
    return text


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


def read(text: str, source: str, *, limit: int = MAX_FILE_BYTES) -> Node:
    """The root of a YAML text; raises InputError where it is no YAML, or has over `limit` bytes."""
    if len(text) > limit:
        raise InputError("the file is too large", source=source)
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
