"""What the code says of the objects that it writes as JSON: their fields, with types and meaning.

An object is a dataclass or a TypedDict. The meaning of a field is the text behind it, or in the
annotation of a field whose name is a word of Python.
"""

import ast
import inspect
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AnySet
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from importlib import import_module
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, Union, get_args, get_origin


class Field(NamedTuple):
    """A field of an object; one that is `optional` may be absent."""

    name: str
    kind: Any
    meaning: str
    optional: bool = False


class Object(NamedTuple):
    """An object of JSON: a class, and what else is among the fields.

    That is another class with all its fields, or the name of a property of the first.
    """

    kind: type
    more: tuple[type | str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.kind.__name__

    @property
    def about(self) -> str:
        """The paragraphs of the class's docstring."""
        return inspect.cleandoc(self.kind.__doc__ or "")

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields, in the order in which they are written."""
        found = list(_fields_of(self.kind))
        for each in self.more:
            found += [_property(self.kind, each)] if isinstance(each, str) else _fields_of(each)
        return tuple(found)


def object_of(kind: Any) -> Object | None:
    """The object that values of a type are; None where they are none with known fields.

    A dict whose type is `Annotated` has the fields of what the annotation names.
    """
    if get_origin(kind) is Annotated:
        _, first, *more = get_args(kind)
        return Object(first, tuple(more))
    if isinstance(kind, type) and (is_dataclass(kind) or typing.is_typeddict(kind)):
        return Object(kind)
    return None


def objects_in(kind: Any) -> Iterator[Object]:
    """The objects that values of a type have in them, without those in their fields."""
    found = object_of(kind)
    if found is not None:
        yield found
    elif get_origin(kind) is not Literal:
        for each in get_args(kind):
            yield from objects_in(each)


@cache
def _fields_of(kind: type) -> tuple[Field, ...]:
    known = _imported_for_types(kind.__module__)
    hints = typing.get_type_hints(kind, localns=known, include_extras=True)
    meanings: dict[str, str] = {}
    for each in reversed(_lineage(kind)):
        meanings |= _meanings(each)
    names = [each.name for each in fields(kind)] if is_dataclass(kind) else list(hints)
    found = []
    for name in names:
        hint, meaning = hints[name], meanings.get(name, "")
        optional = get_origin(hint) is NotRequired
        if optional:
            (hint,) = get_args(hint)
        if get_origin(hint) is Annotated and isinstance(hint.__metadata__[0], str):
            hint, meaning = get_args(hint)
        found.append(Field(name, hint, meaning, optional))
    return tuple(found)


def _property(kind: type, name: str) -> Field:
    getter = getattr(kind, name).fget
    about = inspect.cleandoc(getter.__doc__ or "")
    return Field(name, typing.get_type_hints(getter)["return"], about)


def _lineage(kind: type) -> list[type]:
    """A class and its bases; those of a TypedDict are not in its MRO."""
    if not typing.is_typeddict(kind):
        return [each for each in kind.__mro__ if each is not object]
    known, node = vars(import_module(kind.__module__)), _node(kind)
    bases = [] if node is None else [known.get(ast.unparse(each)) for each in node.bases]
    return [kind, *(each for base in bases if typing.is_typeddict(base) for each in _lineage(base))]


@cache
def _meanings(kind: type) -> dict[str, str]:
    """The text behind each field of a class."""
    found: dict[str, str] = {}
    node = _node(kind)
    body = [] if node is None else node.body
    for field, text in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found


def _node(kind: type) -> ast.ClassDef | None:
    """The code of a class; None for a TypedDict that a call has made."""
    classes = (each for each in _tree(kind.__module__).body if isinstance(each, ast.ClassDef))
    return next((each for each in classes if each.name == kind.__name__), None)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(module)))


@cache
def _imported_for_types(module: str) -> dict[str, Any]:
    """What a module imports for its annotations only."""
    names: dict[str, Any] = {"__package__": import_module(module).__package__}
    for each in _tree(module).body:
        if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING":
            code = compile(ast.Module(body=each.body, type_ignores=[]), module, "exec")
            exec(code, names)  # noqa: S102 - imports of our own
    return names


# ---- types in words ----

_WORDS: Mapping[object, str] = {
    None: "null",
    NoneType: "null",
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    bytes: "text (hexadecimal)",
    datetime: "text (ISO 8601)",
    timedelta: "number (seconds)",
    IPv4Address: "text (address)",
    IPv6Address: "text (address)",
    IPv4Network: "text (network)",
    IPv6Network: "text (network)",
    Any: "anything",
    object: "anything",
}
_PLURALS: Mapping[str, str] = {
    "text": "texts",
    "whole number": "whole numbers",
    "number": "numbers",
    "text (address)": "texts (addresses)",
    "text (network)": "texts (networks)",
}


def words(kind: Any) -> str:
    """A type in words, as JSON has it. Raises TypeError for one that JSON has not."""
    found = object_of(kind)
    if found is not None:
        return link(found.name)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return choices(each.value for each in kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return either(words(each) for each in inner)
    if origin is Literal:
        return choices(inner)
    if origin is tuple and Ellipsis not in inner:
        return f"list of {len(inner)}: {', '.join(words(each) for each in inner)}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "object" if inner[1] is Any else f"object of {plural(words(inner[1]))} by name"
    if isinstance(origin, type) and issubclass(origin, Sequence | AnySet):
        return f"list of {plural(words(inner[0]))}"
    if kind not in _WORDS:
        raise TypeError(f"{kind} is no type of JSON")
    return _WORDS[kind]


def link(name: str) -> str:
    """The name of an object, with a link to where it is described on the same page."""
    return f"[`{name}`](#{name.lower()})"


def choices(values: Iterable[object]) -> str:
    """What a value may be."""
    return ", ".join(f"`{each}`" if each != "" else "empty" for each in values)


def either(parts: Iterable[str]) -> str:
    """One of several types, each once, null last."""
    found = sorted(dict.fromkeys(parts), key=lambda each: each == "null")
    return " or ".join(found)


def plural(text: str) -> str:
    """Many of a type."""
    parts = (each.replace("list of", "lists of") for each in text.split(" or "))
    return " or ".join(_PLURALS.get(each, each) for each in parts)
