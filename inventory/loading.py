"""Reading `network.yml`: every mistake in it is an error with line, column and path.

`load(path)` and `parse(text)` give an `Intent`. A file with several mistakes raises one InputError
for the first of them, whose `others` are the rest, in the order of the text.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from ..errors import InputError
from ..yaml_text import Node, read
from .models import Intent
from .problem import Problem
from .suggestions import known_keys, nearest

MAX_BYTES: Final = 16 * 1024 * 1024
"""What a network of the largest kind takes, several times over."""
MAX_PROBLEMS: Final = 100
"""Mistakes that are told of at once."""


def load(path: Path | str) -> Intent:
    """The intent in a file. Raises InputError for what is wrong in it, OSError for the file."""
    path = Path(path)
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"is larger than {MAX_BYTES // 1024 // 1024} MiB", source=str(path))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lineno = data.count(b"\n", 0, error.start) + 1
        raise InputError("is not UTF-8", source=str(path), lineno=lineno) from None
    return parse(text, source=str(path))


def read_intent(path: Path | str) -> Intent:
    """The intent in a file. Raises InputError, also for a file that cannot be read."""
    try:
        return load(path)
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", source=str(path)) from None


def parse(text: str, source: str = "network.yml") -> Intent:
    """The intent in a text; `source` is what errors call it. Raises InputError."""
    root = read(text, source, limit=MAX_BYTES)
    try:
        return Intent.model_validate(root.data())
    except ValidationError as error:
        found = list(_located(root, _problems(error)))
    # nothing of the validation error goes along: it knows the values
    raise _together(found)


def checked(data: Any) -> tuple[Intent | None, tuple[Problem, ...]]:
    """The intent that data say, or None and what is wrong with them."""
    try:
        return Intent.model_validate(data), ()
    except ValidationError as error:
        return None, tuple(_problems(error))


def _together(found: list[InputError]) -> InputError:
    """The first error in the text, with the others behind it, each once."""
    ordered = sorted(found, key=lambda it: (it.lineno or 0, it.column or 0))
    first, *others = {str(error): error for error in ordered}.values()
    first.others = tuple(others[: MAX_PROBLEMS - 1])
    return first


def _located(root: Node, problems: Iterable[Problem]) -> Iterator[InputError]:
    for problem in problems:
        place, complete = root.locate(problem.path)
        at_key = complete and problem.message == UNKNOWN
        say = place.key_error if at_key else place.error
        yield say(problem.message, hint=problem.hint)


# ---- what the models say, in our words ----

UNKNOWN: Final = "unknown key"
_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": UNKNOWN,
    "model_type": "should be a mapping of keys and values",
    "model_attributes_type": "should be a mapping of keys and values",
    "dict_type": "should be a mapping of keys and values",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_parsing_size": "should be a smaller number",
    "int_from_float": "should be a whole number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "ip_v4_address": "should be an IPv4 address",
    "ip_v4_interface": "should be an IPv4 address with its prefix length",
    "ip_v6_interface": "should be an IPv6 address with its prefix length",
    "union_tag_not_found": "kind is missing",
    "too_short": "should not be empty",
}
_TEMPLATES: Final = {
    "greater_than_equal": "should be at least {ge}",
    "less_than_equal": "should be at most {le}",
    "literal_error": "should be {expected}",
    "union_tag_invalid": "kind should be {expected_tags}",
    "too_long": "should have at most {max_length} entries",
}


def _problems(error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        context: dict[str, Any] = detail.get("ctx", {})
        if detail["type"] == "inconsistent":
            yield from context["problems"]
        elif not (detail["type"] == "too_short" and detail["input"]):
            # what has entries is too short only because they are wrong, which is told of already
            yield _problem(detail["loc"], detail["type"], context, detail["msg"], detail["input"])


def _problem(
    path: tuple[int | str, ...], kind: str, context: dict[str, Any], said: str, given: Any
) -> Problem:
    if kind == "missing":
        return Problem(path[:-1], f"{path[-1]} is missing")
    if kind == "extra_forbidden":
        return Problem(path, UNKNOWN, nearest(str(path[-1]), known_keys(path[:-1])))
    if kind == "value_error":
        return Problem(path, str(context["error"]))
    if kind in _TEMPLATES:
        hint = None
        if kind == "literal_error":
            hint = nearest(str(given), _words_of(str(context["expected"])), listed=False)
        return Problem(path, _TEMPLATES[kind].format_map(context), hint)
    return Problem(path, _WORDS.get(kind, said[:1].lower() + said[1:]))


def _words_of(expected: str) -> list[str]:
    """The words in pydantic's list of what a value may be: `'a', 'b' or 'c'`."""
    return expected.split("'")[1::2]
