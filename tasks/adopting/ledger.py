"""What an intent does not say of the configurations that it was made from, and what was assumed."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from ...parsers.config import ConfigLine, View
from .reading import Found

Kind = Literal["changes", "left out", "disagrees", "assumed", "stays"]
KINDS: Final[tuple[Kind, ...]] = ("left out", "disagrees", "changes", "assumed", "stays")
"""In the order in which they are told."""
COUNTED: Final = frozenset({"left out", "disagrees", "changes"})
"""The kinds that say that the intent is not all that the configurations are."""
T = TypeVar("T", bound=Hashable)
"""What devices say of one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Something that could not be expressed, or that nobody said.

    `changes`: rendering the intent would change the device there. `left out`: a device, a group or
    a part of one is not in the intent. `disagrees`: devices say different things, of which the
    intent has one. `assumed`: no configuration says it. `stays`: the intent has no word for it, and
    the device keeps it. `device` is the name of a device or a group, `place` a file and its line,
    `text` the line without secrets.
    """

    kind: Kind
    device: str
    place: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """What a device says, where, and as people read it."""

    value: T
    place: str
    device: str
    shown: str


def said_of(found: Found, view: View, field: str, value: T) -> Said[T]:
    """What a view of a configuration has in a field; `value` is how an intent says it."""
    line = view.where(field)
    implied = view.is_default(field)
    shown = (
        f"{line.redacted} (nothing about {field.replace('_', ' ')})" if implied else line.redacted
    )
    return Said(value, found.place(line), found.name, shown)


class Ledger:
    """Takes what comes up while an intent is made."""

    def __init__(self) -> None:
        self.entries: list[Left] = []
        self._lines: set[int] = set()

    def left_out(self, found: Found, line: ConfigLine | None, why: str, text: str = "") -> None:
        """A part of a configuration is not in the intent."""
        self._add("left out", found, line, why, text)

    def assumed(self, about: str, why: str, found: Found | None = None) -> None:
        """Something was assumed of a device or a group, whose name is `about`."""
        place = found.source if found is not None else ""
        self.entries.append(Left(kind="assumed", device=about, place=place, text="", why=why))

    def changes(self, found: Found, line: ConfigLine | None, text: str, why: str) -> None:
        """Rendering changes a line, or adds one."""
        self._add("changes", found, line, why, text)

    def stays(self, found: Found, line: ConfigLine, why: str) -> None:
        """A line stays as it is, unsaid."""
        self._add("stays", found, line, why, "")

    def agreed(self, what: str, said: Sequence[Said[T]]) -> T:
        """What most devices say, the first of them if in doubt; the others are told of.

        There has to be one at least.
        """
        counts = Counter(each.value for each in said)
        best = max(counts.values())
        taken = next(each for each in said if counts[each.value] == best)
        told = {taken.value}
        for each in said:
            if each.value not in told:
                told.add(each.value)
                self.entries.append(
                    Left(
                        kind="disagrees",
                        device=each.device,
                        place=each.place,
                        text=each.shown,
                        why=f"{what}: {taken.place} says '{taken.shown}', which is taken",
                    )
                )
        return taken.value

    def knows(self, line: ConfigLine) -> bool:
        """Whether something was said of a line already."""
        return id(line) in self._lines

    def _add(self, kind: Kind, found: Found, line: ConfigLine | None, why: str, text: str) -> None:
        if line is not None:
            self._lines.add(id(line))
        shown = text or (line.redacted if line is not None else "")
        self.entries.append(
            Left(kind=kind, device=found.name, place=found.place(line), text=shown, why=why)
        )


def ordered(entries: Iterable[Left]) -> list[Left]:
    """The entries, each once, by kind; within one in the order in which they came up."""
    return sorted(dict.fromkeys(entries), key=lambda each: KINDS.index(each.kind))
