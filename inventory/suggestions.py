"""What somebody may have meant by a key that is not known."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from .models import Intent

MAX_LISTED: Final = 20


def nearest(word: str, words: Sequence[str], *, listed: bool = True) -> str | None:
    """The word that is meant, else all of them if they are few; None where nothing helps."""
    lowered = {each.lower(): each for each in words}
    near = get_close_matches(word.lower(), lowered, n=1)
    if near:
        return f"did you mean {lowered[near[0]]!r}?"
    shown = listed and 0 < len(words) <= MAX_LISTED
    return f"known: {', '.join(words)}" if shown else None


def known_keys(path: Iterable[int | str]) -> list[str]:
    """The keys of the mapping at a path of keys and indexes, in the order of the models."""
    places = [_schema()]
    for step in path:
        inner = [it for place in places for it in _inner(place, step)]
        # a step may name one of several models, which is no place of its own
        places = inner or places
    return list(dict.fromkeys(key for place in _all(places) for key in place.get("properties", ())))


@cache
def _schema() -> dict[str, Any]:
    return Intent.model_json_schema()


def _all(places: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The schemas themselves: what references and alternatives stand for."""
    for place in places:
        if "$ref" in place:
            yield from _all([_schema()["$defs"][place["$ref"].rpartition("/")[2]]])
        yield from _all([*place.get("anyOf", ()), *place.get("oneOf", ())])
        yield place


def _inner(place: dict[str, Any], step: int | str) -> Iterator[dict[str, Any]]:
    for each in _all([place]):
        if isinstance(step, int):
            if "items" in each:
                yield each["items"]
        elif step in each.get("properties", {}):
            yield each["properties"][step]
