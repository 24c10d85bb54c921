"""Holds data from JSON against the types and schemas that the reference is made of."""

import copy
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from .modules import module_in_docs

make_json = module_in_docs("make_json.py")
json_types = sys.modules["json_types"]


def misfits(value: object, kind: Any, place: str = "$") -> Iterator[str]:
    """What a value has that its type has not, or the other way round."""
    origin, inner = get_origin(kind), get_args(kind)
    found = json_types.object_of(kind)
    if origin in {Union, UnionType}:
        told = [list(misfits(value, each, place)) for each in inner]
        if all(told):
            yield from min(told, key=len)
    elif found is not None and isinstance(value, dict):
        yield from _fields(value, found, place)
    elif isinstance(value, dict) and _is_of(origin, Mapping):
        for name, each in value.items():
            yield from misfits(each, inner[1], f"{place}.{name}")
    elif isinstance(value, list) and _is_of(origin, Collection) and not _is_of(origin, Mapping):
        kinds = inner if origin is tuple and Ellipsis not in inner else inner[:1] * len(value)
        yield from [] if len(kinds) == len(value) else [f"{place}: {len(value)} in the list"]
        for at, (each, one) in enumerate(zip(value, kinds, strict=False)):
            yield from misfits(each, one, f"{place}[{at}]")
    elif found is not None or not _is(value, json_types.words(kind)):
        yield f"{place}: {value!r} is no {json_types.words(kind)}"


def _is_of(origin: object, kind: type) -> bool:
    return isinstance(origin, type) and issubclass(origin, kind)


def _fields(value: dict[str, Any], found: Any, place: str) -> Iterator[str]:
    fields = {each.name: each for each in found.fields}
    yield from (f"{place}: {name} is not in the reference" for name in value.keys() - fields.keys())
    for name, field in fields.items():
        if name in value:
            yield from misfits(value[name], field.kind, f"{place}.{name}")
        elif not field.optional:
            yield f"{place}: {name} is not in the output"


def _is(value: object, words: str) -> bool:
    """Whether a value is what the reference says in words."""
    if words.startswith(("`", "empty")):
        return value in ([*re.findall("`([^`]*)`", words), *[""] * ("empty" in words)])
    if words == "anything":
        return True
    if isinstance(value, bool):
        return words == "true or false"
    kinds: dict[str, Any] = {"null": NoneType, "whole number": int, "number": int | float}
    return isinstance(value, kinds.get(words, str)) and words != "true or false"


def closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema whose objects have no other fields than those that it names."""
    made: dict[str, Any] = copy.deepcopy(dict(schema))
    definitions = made["definitions"]
    for name, found in definitions.items():
        for each in found.pop("allOf", ()):
            base = definitions[each["$ref"].rpartition("/")[2]]
            definitions[name] = {
                **base,
                "properties": {**base["properties"], **found["properties"]},
                "required": [*base["required"], *found["required"]],
            }
    _close(made)
    return made


def _close(found: Any) -> None:
    if isinstance(found, dict):
        if isinstance(found.get("properties"), dict) and "type" in found:
            found.setdefault("additionalProperties", False)
        for each in found.values():
            _close(each)
    elif isinstance(found, list):
        for each in found:
            _close(each)
