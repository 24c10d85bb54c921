"""The tables of a page on JSON that are made of a JSON Schema (draft 7)."""

from collections.abc import Iterator, Mapping
from typing import Any

from json_types import choices, either, plural

Schema = Mapping[str, Any]
_WORDS: Mapping[str, str] = {
    "boolean": "true or false",
    "integer": "whole number",
    "null": "null",
    "number": "number",
    "object": "object",
    "string": "text",
}
_FORMATS: Mapping[str, str] = {
    "date": "text (YYYY-MM-DD)",
    "date-time": "text (ISO 8601)",
}


class SchemaPage:
    """The tables of a schema: one of the document, and one of each kind of object in it.

    An object is called by the field in which it first comes up. What stands in an object that has
    no kind of its own is told beside it, as `field.part`.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._headings: dict[str, str] = {}
        """The definitions that have a table, by name."""
        self._waiting: list[str] = []

    def tables(self, level: int = 2) -> Iterator[str]:
        """The table of the document, then headings and tables of what is in it."""
        yield self._table(self.schema)
        yield from self._found(level)

    def _found(self, level: int) -> Iterator[str]:
        """The objects that came up in the table before, each with those that come up in it."""
        waiting, self._waiting = self._waiting, []
        for name in waiting:
            yield f"{'#' * level} `{self._headings[name]}`"
            yield from self._described(self.schema["definitions"][name])
            yield from self._found(level)

    def _described(self, found: Schema) -> Iterator[str]:
        for each in found.get("allOf", ()):
            yield f"As in {self._object(self._name(each), '')}, and:"
        yield self._table(found)

    def _table(self, found: Schema) -> str:
        rows = ["| field | type | meaning |", "|---|---|---|"]
        return "\n".join([*rows, *self._rows(found, "")])

    def _rows(self, found: Schema, before: str) -> Iterator[str]:
        required = found.get("required", ())
        for name, each in found.get("properties", {}).items():
            kind = self._words(each, name) + ("" if name in required else ", may be absent")
            yield f"| `{before}{name}` | {kind} | {self._meaning(each)} |"
            inner = each.get("items", each)
            yield from self._rows(inner, f"{before}{name}{'[]' * ('items' in each)}.")

    def _meaning(self, found: Schema) -> str:
        target = self._target(found)
        text = found.get("description") or (target or {}).get("description", "")
        return str(text).replace("|", r"\|")

    def _words(self, found: Schema, field: str) -> str:
        """A type in words; an object is called by the `field` where it has no name yet."""
        target = self._target(found)
        if target is not None:
            if "properties" in target or "allOf" in target:
                return self._object(self._name(found), field)
            return self._words(target, field)
        if "oneOf" in found:
            return either(self._words(each, field) for each in found["oneOf"])
        if "const" in found:
            return choices((found["const"],))
        if "enum" in found:
            return choices(found["enum"])
        kinds = found["type"] if isinstance(found["type"], list) else [found["type"]]
        return either(self._word(found, kind, field) for kind in kinds)

    def _word(self, found: Schema, kind: str, field: str) -> str:
        if kind == "array":
            many = plural(self._words(found["items"], field))
            size = f"{found['minItems']} " if "maxItems" in found else ""
            return f"list of {size}{many}"
        if kind == "object" and "additionalProperties" in found:
            return f"object of {plural(self._words(found['additionalProperties'], field))} by name"
        word = _WORDS[kind]
        return _FORMATS.get(found.get("format", ""), word) if kind == "string" else word

    def _object(self, name: str, field: str) -> str:
        if name not in self._headings:
            self._headings[name] = field
            self._waiting.append(name)
        heading = self._headings[name]
        return f"[`{heading}`](#{heading})"

    def _name(self, found: Schema) -> str:
        return str(found["$ref"]).rpartition("/")[2]

    def _target(self, found: Schema) -> Schema | None:
        if "$ref" not in found:
            return None
        target: Schema = self.schema["definitions"][self._name(found)]
        return target
