"""What goes wrong on a device because somebody asked for it.

A lab file and `getvpn lab fault` describe a fault in words (`drop-after 3`); `Faults` holds those
of one device and answers each place that can fail. The SSH front asks about connections and bytes,
the session about its prompt, the files about their disk, the router about its reload.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final, Literal

from ..errors import InputError

_MOST: Final = 1_000_000_000
_GARBLE_PERCENT: Final = 2


class FaultKind(StrEnum):
    """The faults by the names that people write."""

    REFUSE = "refuse"
    """Refuse connections: the next N, or all."""
    DROP_AFTER = "drop-after"
    """Reset the connection in the middle of the output of the N-th command from now, once."""
    HANG = "hang"
    """Accept connections and never answer; stop answering on those that are open."""
    HANG_AFTER = "hang-after"
    """Stop answering for good at the N-th command from now, on the connection that sent it."""
    SLOW = "slow"
    """Send N bytes a second."""
    GARBLE = "garble"
    """Change N percent of the bytes sent, 2 if not said."""
    WRONG_PROMPT = "wrong-prompt"
    """Print another prompt once: the text given, or that of an unnamed router."""
    LOGIN_FAILURE = "login-failure"
    """Turn the next N right passwords down, 1 if not said."""
    DISK_FULL = "disk-full"
    """Have no space left on any file system."""
    CRASH_AT_WRITE = "crash-at-write"
    """Crash when the configuration is saved next."""
    RELOAD_NEVER_RETURNS = "reload-never-returns"
    """Stay down after the next reload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: its kind and what it was given.

    `count` is a number of times, of bytes a second or of percent; 0 where none was given and none
    is needed. `text` is the prompt of a wrong prompt.
    """

    kind: FaultKind
    count: int = 0
    text: str = ""

    def __str__(self) -> str:
        """The description that `parse` reads."""
        return " ".join(filter(None, (self.kind, str(self.count or ""), self.text)))

    @classmethod
    def parse(cls, description: str) -> "Fault":
        """A fault from its description, such as `drop-after 3`.

        Raises InputError when the name is unknown, or a number is missing, wrong or not wanted.
        """
        name, _, rest = description.strip().partition(" ")
        rest = rest.strip()
        try:
            kind = FaultKind(name)
        except ValueError:
            raise InputError(
                f"there is no fault named {name!r}", hint=f"choose from {', '.join(FaultKind)}"
            ) from None
        if kind is FaultKind.WRONG_PROMPT:
            return cls(kind=kind, text=rest)
        least, most, default = _COUNTS.get(kind, (0, 0, 0))
        if not rest and default is not None:
            return cls(kind=kind, count=default)
        if not most:
            raise InputError(f"the fault {kind} takes no number", hint=f"write just {kind}")
        # isascii: int() reads the digits of every script
        count = (
            int(rest) if rest.isascii() and rest.isdigit() and len(rest) < len(str(_MOST)) else 0
        )
        if not least <= count <= most:
            raise InputError(
                f"the fault {kind} needs a number from {least} to {most}, not {rest!r}",
                hint=f"for example {kind} {max(least, 3)}",
            )
        return cls(kind=kind, count=count)


_COUNTS: Final[dict[FaultKind, tuple[int, int, int | None]]] = {
    FaultKind.REFUSE: (1, _MOST, 0),
    FaultKind.DROP_AFTER: (1, _MOST, None),
    FaultKind.HANG_AFTER: (1, _MOST, None),
    FaultKind.SLOW: (1, _MOST, None),
    FaultKind.GARBLE: (1, 100, _GARBLE_PERCENT),
    FaultKind.LOGIN_FAILURE: (1, _MOST, 1),
}
"""For kinds with a number: the least, the most, and what counts when none is written."""

_ON_THE_WIRE: Final = frozenset(
    (
        FaultKind.DROP_AFTER,
        FaultKind.HANG,
        FaultKind.HANG_AFTER,
        FaultKind.SLOW,
        FaultKind.GARBLE,
    )
)


class Faults:
    """The faults of one device, and a method for each place where it can fail.

    `wire` tells whether bytes have to be looked at, so that a device without faults pays one test
    for them. `seed` decides which bytes are garbled.
    """

    __slots__ = ("_active", "_left", "_random", "_watchers", "wire")

    def __init__(self, seed: int = 0) -> None:
        self._active: dict[FaultKind, Fault] = {}
        self._left: dict[FaultKind, int] = {}
        self._random = Random(seed)  # noqa: S311 - faults of a lab are made again
        self._watchers: list[Callable[[], None]] = []
        self.wire = False

    def set(self, fault: Fault | str) -> None:
        """Let this happen from now on; replaces a fault of the same kind.

        Raises InputError when a description cannot be read.
        """
        fault = Fault.parse(fault) if isinstance(fault, str) else fault
        self._active[fault.kind] = fault
        self._left[fault.kind] = fault.count
        self._changed()

    def clear(self, kind: FaultKind | None = None) -> None:
        """Let it happen no more; without a kind, none of them."""
        for each in (kind,) if kind else tuple(self._active):
            self._active.pop(each, None)
            self._left.pop(each, None)
        self._changed()

    def active(self) -> tuple[Fault, ...]:
        """The faults that are still to happen, in the order in which they were set.

        The number of one that happens some times, or at some command, is what is left of it.
        """
        return tuple(replace(fault, count=self._left[kind]) for kind, fault in self._active.items())

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called whenever a fault comes or goes."""
        if changed not in self._watchers:
            self._watchers.append(changed)

    # Connections

    @property
    def closed(self) -> bool:
        """Whether every connection is refused, so that nobody need listen."""
        fault = self._active.get(FaultKind.REFUSE)
        return fault is not None and not fault.count

    def refuses(self) -> bool:
        """Whether the connection that arrives now is refused."""
        return self.closed or self._happens(FaultKind.REFUSE)

    @property
    def hangs(self) -> bool:
        """Whether the device takes bytes and answers none."""
        return FaultKind.HANG in self._active

    def fails_login(self) -> bool:
        """Whether this right password is turned down."""
        return self._happens(FaultKind.LOGIN_FAILURE)

    # Bytes

    def command(self) -> Literal["", "drop", "hang"]:
        """What happens at the command that was entered now."""
        if self._is_due(FaultKind.DROP_AFTER):
            return "drop"
        if self._is_due(FaultKind.HANG_AFTER):
            return "hang"
        return ""

    @property
    def rate(self) -> int:
        """How many bytes a second are sent; 0 for as many as there are."""
        fault = self._active.get(FaultKind.SLOW)
        return fault.count if fault else 0

    def garble(self, data: bytes) -> bytes:
        """What arrives of `data`: of the same length, some bytes another printable one."""
        fault = self._active.get(FaultKind.GARBLE)
        if not fault:
            return data
        garbled = bytearray(data)
        share = fault.count / 100
        for place in range(len(garbled)):
            if self._random.random() < share:
                garbled[place] = self._random.randrange(0x21, 0x7F)
        return bytes(garbled)

    # What the session, the files and the router ask

    def prompt(self, prompt: str) -> str:
        """The prompt to print instead of `prompt`; wrong once after `wrong-prompt`."""
        fault = self._active.get(FaultKind.WRONG_PROMPT)
        if not fault:
            return prompt
        self.clear(FaultKind.WRONG_PROMPT)
        return fault.text or f"Router{prompt[-1:]}"

    @property
    def disk_full(self) -> bool:
        """Whether no file system has space left."""
        return FaultKind.DISK_FULL in self._active

    def crashes_at_write(self) -> bool:
        """Whether the device crashes at this writing of its configuration; True once."""
        return self._once(FaultKind.CRASH_AT_WRITE)

    def never_returns(self) -> bool:
        """Whether the device stays down after this reload; True once."""
        return self._once(FaultKind.RELOAD_NEVER_RETURNS)

    def _changed(self) -> None:
        self.wire = not _ON_THE_WIRE.isdisjoint(self._active)
        for changed in self._watchers:
            changed()

    def _once(self, kind: FaultKind) -> bool:
        there = kind in self._active
        if there:
            self.clear(kind)
        return there

    def _happens(self, kind: FaultKind) -> bool:
        """Whether one of the times that are left is now."""
        if kind not in self._active:
            return False
        self._left[kind] -= 1
        if self._left[kind] <= 0:
            self.clear(kind)
        return True

    def _is_due(self, kind: FaultKind) -> bool:
        """Whether the command that was waited for is now."""
        return self._happens(kind) and kind not in self._active
