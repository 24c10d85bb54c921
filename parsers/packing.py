"""Things as bytes for a copy of this process, and back: `pickle`, but faster for dataclasses.

What `dataclass` gives classes with slots for `pickle` asks for the fields of each instance anew.
"""

from __future__ import annotations

import copyreg
import pickle
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from io import BytesIO
from operator import attrgetter, methodcaller
from types import MemberDescriptorType
from typing import Any


def packed(thing: object) -> bytes:
    """`thing` as bytes. Raises what `pickle` raises for things that cannot be sent."""
    data = BytesIO()
    pickler = pickle.Pickler(data, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _Reducers(copyreg.dispatch_table)
    pickler.dump(thing)
    return data.getvalue()


def unpacked(data: bytes) -> Any:
    """What `packed` was given. Only for what a copy of this process wrote."""
    return pickle.loads(data)  # noqa: S301 - written by our own copy, never by a device


_Reducer = Callable[[Any], str | tuple[Any, ...]]


class _Reducers(dict[type, _Reducer]):
    """How to send instances of a class, found when the first of them comes."""

    def __missing__(self, cls: Any) -> _Reducer:
        if issubclass(cls, type):  # classes are sent by name
            raise KeyError(cls)
        names = [each.name for each in fields(cls)] if _is_plain(cls) else []
        if len(names) > 1:  # of one name `attrgetter` gives no tuple
            values = attrgetter(*names)
            self[cls] = lambda thing: (_made, (cls, *values(thing)))
        else:
            self[cls] = methodcaller("__reduce_ex__", pickle.HIGHEST_PROTOCOL)
        return self[cls]


def _is_plain(cls: Any) -> bool:
    """Whether instances are their fields in slots, and nothing else."""
    return (
        not cls.__dictoffset__
        and is_dataclass(cls)
        and cls.__reduce__ is object.__reduce__
        and cls.__reduce_ex__ is object.__reduce_ex__
        and all(isinstance(getattr(cls, each.name), MemberDescriptorType) for each in fields(cls))
    )


@cache
def _setters(cls: Any) -> tuple[Callable[[object, object], None], ...]:
    """What sets each field, also where instances are frozen."""
    return tuple(getattr(cls, each.name).__set__ for each in fields(cls))


def _made(cls: type, *values: object) -> Any:
    """The instance of `cls` with these values of its fields."""
    made: Any = object.__new__(cls)
    for put, value in zip(_setters(cls), values, strict=True):
        put(made, value)
    return made
