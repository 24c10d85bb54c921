"""What all typed views of a configuration have in common: values, a header line, origins."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, dataclass_transform

from .line import ConfigLine

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def value(cls: type[_T]) -> type[_T]:
    """Make `cls`, a subclass of `Value`, a slotted, keyword-only dataclass.

    What `dataclass` would compile anew for each class (construction, comparison, repr,
    immutability) is inherited from `Value`: it would be half of the time that importing this
    package takes, and a lint run pays for that at every start.
    """
    return dataclass(init=False, repr=False, eq=False, slots=True, kw_only=True)(cls)


class _Plan(NamedTuple):
    """How to construct, compare and show instances of a class."""

    names: tuple[str, ...]
    setters: dict[str, Callable[[object, object], None]]
    defaults: dict[str, object]
    factories: tuple[tuple[str, Callable[[], object]], ...]
    compared: Callable[[object], object]
    shown: tuple[str, ...]


_PLANS: dict[type, _Plan] = {}


def _getter(names: list[str]) -> Callable[[object], object]:
    return attrgetter(*names) if names else lambda _: ()


def _plan(cls: type["Value"]) -> _Plan:
    """The plan of `cls`, made when it is first used."""
    plan = _PLANS.get(cls)
    if plan is None:
        every = fields(cls)
        plan = _PLANS[cls] = _Plan(
            names=tuple(f.name for f in every),
            setters={f.name: getattr(cls, f.name).__set__ for f in every},
            defaults={f.name: f.default for f in every if f.default is not MISSING},
            factories=tuple(
                (f.name, f.default_factory) for f in every if f.default_factory is not MISSING
            ),
            compared=_getter([f.name for f in every if f.compare]),
            shown=tuple(f.name for f in every if f.repr),
        )
    return plan


@value
class Value:
    """Base of the typed values: immutable, equal when class and compared fields are equal."""

    def __init__(self, **given: object) -> None:
        plan = _plan(self.__class__)
        values = {**plan.defaults, **given}
        for name, make in plan.factories:
            if name not in values:
                values[name] = make()
        setters = plan.setters
        try:
            for name, content in values.items():
                setters[name](self, content)
        except KeyError:
            pass
        else:
            if len(values) == len(plan.names):
                return
        wrong = sorted(values.keys() ^ set(plan.names))
        raise TypeError(f"{self.__class__.__name__}: missing or unknown {', '.join(wrong)}")

    def __setattr__(self, name: str, content: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __getstate__(self) -> list[object]:
        return [getattr(self, name) for name in _plan(self.__class__).names]

    def __setstate__(self, state: list[object]) -> None:
        for name, content in zip(_plan(self.__class__).names, state, strict=True):
            object.__setattr__(self, name, content)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Value) or self.__class__ is not other.__class__:
            return NotImplemented
        compared = _plan(self.__class__).compared
        return compared(self) == compared(other)

    def __hash__(self) -> int:
        return hash(_plan(self.__class__).compared(self))

    def __repr__(self) -> str:
        shown = _plan(self.__class__).shown
        inner = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__name__}({inner})"


@value
class View(Value):
    """A typed view of a block or line of the configuration.

    Values are effective: where no line sets a field it holds the IOS default. `line` is the
    header; `origins` tells which line set which field. Both say where something stands, not
    what it is, so they take no part in comparison.
    """

    line: ConfigLine = field(compare=False)
    origins: Mapping[str, ConfigLine] = field(default_factory=dict, compare=False, repr=False)

    def where(self, name: str) -> ConfigLine:
        """The line that set field `name`, or the header where the value is a default.

        Raises AttributeError when the view has no such field.
        """
        if name not in self.origins:
            getattr(self, name)
            return self.line
        return self.origins[name]

    def is_default(self, name: str) -> bool:
        """Whether no line set field `name`. Raises AttributeError when there is no such field."""
        getattr(self, name)
        return name not in self.origins


class Draft:
    """The fields of a view while its lines are being read; later lines override earlier ones.

    Tuples grow in `items`, where each item stands once, under a key and with the line that
    brought it: however many lines there are, each costs the same.
    """

    __slots__ = ("items", "line", "origins", "values")

    def __init__(self, line: ConfigLine, **values: object) -> None:
        self.line = line
        self.origins: dict[str, ConfigLine] = {}
        # Any: these become the arguments of a dataclass; a test checks their types.
        self.values: dict[str, Any] = dict(values)
        self.items: dict[str, dict[object, tuple[object, ConfigLine]]] = {}

    def set(self, name: str, new: object, line: ConfigLine) -> None:
        """Field `name` has the value `new`, said by `line`."""
        self.values[name] = new
        self.origins[name] = line

    def add(self, name: str, new: object, line: ConfigLine, key: object = None) -> None:
        """Append `new` to the tuple `name`, unless it, or another of its `key`, is there."""
        self.items.setdefault(name, {}).setdefault(new if key is None else key, (new, line))

    def remove(self, name: str, key: object) -> None:
        """Take the item of `key` (or itself) out of the tuple `name`, where it may be missing."""
        self.items.get(name, {}).pop(key, None)

    def lines_of(self, name: str) -> tuple[ConfigLine, ...]:
        """The lines that brought the items of the tuple `name`, in step with it."""
        return tuple(line for _, line in self.items.get(name, {}).values())

    def reset(self, name: str) -> None:
        """Field `name` is back at its default."""
        self.values.pop(name, None)
        self.origins.pop(name, None)
        self.items.pop(name, None)

    def make(self, cls: Callable[..., _T]) -> _T:
        """The finished view of class `cls`."""
        for name, items in self.items.items():
            if items:
                _, first = next(iter(items.values()))
                self.set(name, tuple(item for item, _ in items.values()), first)
        return cls(line=self.line, origins=self.origins, **self.values)
