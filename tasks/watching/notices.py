"""What a watch tells: changes of state, and alerts that begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from ...errors import printable
from ..clock import iso

Severity = Literal["info", "warning", "critical"]
SEVERITIES: Final[tuple[Severity, ...]] = ("info", "warning", "critical")
MAX_TEXT_CHARS: Final = 400
"""Words of devices are hostile: a longer text is cut."""


SCHEMA_VERSION: Final = 1
"""The version of the objects that programs get; it grows when a field gets another meaning."""


class NoticeData(TypedDict):
    """A notice: a change, or an alert that begins or ends.

    A line of `--format json`, and what the command of `--on-change` reads.
    """

    schema_version: int
    """The version of this form, 1."""
    time: str
    """When it happened, in ISO 8601 and UTC."""
    kind: Literal["event", "alert"]
    """Whether it is a change or an alert."""
    name: str
    """The rule of the alert, or the kind of change."""
    state: Literal["", "firing", "resolved"]
    """The state of the alert; empty for a change."""
    severity: Severity
    """How grave it is."""
    group: str
    """The group; empty where it is about none."""
    device: str
    """The device; empty where it is about none."""
    text: str
    """What happened, in words, on one line."""


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

    def data(self) -> NoticeData:
        """The notice for programs."""
        return {
            "schema_version": SCHEMA_VERSION,
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
