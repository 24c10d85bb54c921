"""What a watch tells: changes of state, and alerts that begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ...errors import printable
from ..clock import iso

Severity = Literal["info", "warning", "critical"]
SEVERITIES: Final[tuple[Severity, ...]] = ("info", "warning", "critical")
MAX_TEXT_CHARS: Final = 400
"""Words of devices are hostile: a longer text is cut."""


def weight(severity: Severity) -> int:
    """How grave it is, to compare with."""
    return SEVERITIES.index(severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to be told; `at` in UTC seconds since 1970.

    `kind` is `event` for a change, which has no `state`, or `alert`, whose state is `firing` or
    `resolved`. `name` is that of the rule, or of the kind of change. `text` is printable.
    """

    at: float
    kind: Literal["event", "alert"]
    name: str
    severity: Severity
    text: str
    state: Literal["", "firing", "resolved"] = ""
    group: str = ""
    device: str = ""

    def data(self) -> dict[str, str]:
        """The notice for programs: all values are text."""
        return {
            "time": iso(self.at),
            "kind": self.kind,
            "name": self.name,
            "state": self.state,
            "severity": self.severity,
            "group": self.group,
            "device": self.device,
            "text": self.text,
        }

    def line(self) -> str:
        """The notice for people, without its time."""
        where = ", ".join(
            part for part in (self.device, f"group {self.group}" if self.group else "") if part
        )
        head = " ".join(part for part in (self.severity, self.name, self.state) if part)
        return f"{head}: {where}: {self.text}" if where else f"{head}: {self.text}"


def clean(text: str) -> str:
    """A text that may come from a device: on one line, and not long."""
    shown = printable(" ".join(text.split()))
    return shown if len(shown) <= MAX_TEXT_CHARS else shown[: MAX_TEXT_CHARS - 1] + "…"
