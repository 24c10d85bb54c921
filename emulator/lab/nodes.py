"""A YAML text as nodes that know where they stand, so that errors can say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from ...errors import InputError

MAX_FILE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file, the path of keys to it, and its place."""

    source: str
    path: str
    node: yaml.Node

    def error(self, message: str, *, hint: str | None = None) -> InputError:
        """The error to raise about this value."""
        mark = self.node.start_mark
        text = f"{self.path}: {message}" if self.path else message
        return InputError(
            text, source=self.source, lineno=mark.line + 1, column=mark.column + 1, hint=hint
        )

    def mapping(self, known: Iterable[str] | None = None) -> dict[str, "Node"]:
        """The entries by key; raises InputError for a key that is not `known`, or given twice."""
        if isinstance(self.node, yaml.ScalarNode) and not self.node.value:
            return {}
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("should be a mapping of keys and values")
        allowed = None if known is None else list(known)
        found: dict[str, Node] = {}
        for key, value in self.node.value:
            name = str(key.value)
            place = Node(self.source, f"{self.path}.{name}" if self.path else name, key)
            if allowed is not None and name not in allowed:
                near = get_close_matches(name, allowed, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(allowed)}"
                raise place.error("unknown key", hint=hint)
            if name in found:
                raise place.error("stands there twice")
            found[name] = Node(self.source, place.path, value)
        return found

    def items(self) -> list["Node"]:
        """The values of a list."""
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
        return yaml.SafeLoader("").construct_object(self.node)

    def text(self) -> str:
        """A text, as it was written."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("should be text")
        return str(self.node.value)

    def number(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self.value()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error("should be a number")
        if not low <= value <= high:
            raise self.error(f"should be a number from {low:g} to {high:g}")
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
            near = get_close_matches(value, allowed, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(allowed)}"
            raise self.error(f"{value!r} is not known", hint=hint)
        return value


def read(text: str, source: str) -> Node:
    """The root of a YAML text; raises InputError where it is no YAML."""
    if len(text) > MAX_FILE_BYTES:
        raise InputError("the file is too large for a lab", source=source)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InputError(
            f"not YAML: {error.problem or error.context}",
            source=source,
            lineno=mark.line + 1 if mark else None,
            column=mark.column + 1 if mark else None,
        ) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"not YAML: {type(error).__name__}", source=source) from None
    if node is None:
        raise InputError("the file is empty", source=source)
    return Node(source, "", node)
