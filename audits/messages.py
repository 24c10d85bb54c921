"""What the logs of devices tell: the messages of a kind, and whether their absence means something.

A message is known by its mnemonic; its facility (GDOI, GKM, CRYPTO) and the wording differ between
releases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from .context import DeviceContext, show_evidence
from .needs import LOGGING
from .rule import Evidence, Finding, NotChecked, Outcomes, Severity

if TYPE_CHECKING:
    from ..parsers.records.log_buffer import LogBuffer
    from ..parsers.syslog import SyslogMessage
    from .facts import Address, Shown

Speaker = Literal["key server", "group member"]

LEVELS: Final = (
    "emergencies",
    "alerts",
    "critical",
    "errors",
    "warnings",
    "notifications",
    "informational",
    "debugging",
)
"""The names of the severities of messages, from 0 on."""

_ANY_YEAR: Final = 2000
"""For time stamps without year; it has a 29th of February."""

_RING: Final = "Log Buffer ("
_LONGEST: Final = 300
"""No buffer with so many bytes left has dropped a message: few are longer."""

HEADING: Final = """
Syslog logging: enabled (0 messages dropped, 0 messages rate-limited,
                0 flushes, 0 overruns, xml disabled, filtering disabled)
    Buffer logging:  level debugging, 2 messages logged, xml disabled,
                    filtering disabled

Log Buffer (100000 bytes):
"""
"""The start of `show logging`, for the examples of rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message with the output that holds it."""

    output: Shown[LogBuffer]
    message: SyslogMessage

    @property
    def name(self) -> str:
        """The mnemonic."""
        return self.message.mnemonic

    @property
    def group(self) -> str | None:
        """The group that the message names."""
        value = self.message.fields.get("group")
        return value.rstrip(".:,") if isinstance(value, str) else None

    @property
    def evidence(self) -> Evidence:
        """The line of the log as it stands: no message that rules look for holds a secret."""
        return replace(
            show_evidence(self.output, self.message),
            text=self.output.text_of(self.message),
            field="message",
            value=self.message.id,
        )

    def address(self, field: str) -> Address | None:
        """The address that the message has as `field`."""
        value = self.message.fields.get(field)
        return None if value is None or isinstance(value, str | int | float) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Messages that `speaker` logs: their mnemonics with the severity that each has."""

    speaker: Speaker
    levels: Mapping[str, int]

    @property
    def level(self) -> int:
        """The severity that a log has to take in so that none of them is left out."""
        return max(self.levels.values())


def heard(ctx: DeviceContext, *mnemonics: str) -> tuple[Heard, ...]:
    """The messages of these kinds in the order of time; what two outputs share counts once."""
    found: list[Heard] = []
    seen: set[tuple[str, str, str]] = set()
    for output in ctx.records(LOGGING):
        new = [
            Heard(output=output, message=message)
            for message in output.record.messages
            if message.mnemonic in mnemonics
            and (message.head, message.mnemonic, message.text) not in seen
        ]
        seen |= {(each.message.head, each.name, each.message.text) for each in new}
        found += new
    messages = tuple(found)
    stamps = [each.message.at(_ANY_YEAR) for each in messages]
    dated = [stamp for stamp in stamps if stamp is not None]
    if len(ctx.records(LOGGING)) < 2 or len(dated) < len(messages):
        return messages
    order = sorted(range(len(messages)), key=dated.__getitem__)
    return tuple(messages[index] for index in order)


def is_full(ctx: DeviceContext) -> bool:
    """Whether a buffer is full, so that what came before its first message is gone."""
    return any(
        (ring := output.record.buffer) is not None
        and len(output.text.partition(_RING)[2]) > ring.size_bytes - _LONGEST
        for output in ctx.records(LOGGING)
    )


def by_group(messages: Sequence[Heard]) -> Mapping[str | None, list[Heard]]:
    """The messages of each group, None for those that name none."""
    found: dict[str | None, list[Heard]] = {}
    for each in messages:
        found.setdefault(each.group, []).append(each)
    return found


def silence(ctx: DeviceContext, wanted: Wanted) -> Iterator[NotChecked]:
    """*Not checked*, where it says nothing that the log has no message of this kind.

    Nothing for a device that is not known to be such a speaker: it has none to log.
    """
    outputs = ctx.records(LOGGING)
    if not outputs:
        if speaks(ctx, wanted.speaker):
            yield ctx.missing(LOGGING)
        return
    reasons = [_deafness(output, wanted.level) for output in outputs]
    if all(reasons):
        yield ctx.not_checked(reasons[-1])


def _deafness(output: Shown[LogBuffer], level: int) -> str:
    """Why the output may lack messages of that severity; '' if it has them all."""
    if not output.complete:
        return f"'{output.record.command}' is not known in full"
    for sink in output.record.sinks:
        if sink.kind != "Buffer":
            continue
        if sink.level is None:
            return "messages do not go to the log buffer"
        if sink.level in LEVELS and LEVELS.index(sink.level) < level:
            return f"the log buffer takes in messages down to '{sink.level}' only"
    return ""


def speaks(ctx: DeviceContext, speaker: Speaker) -> bool:
    """Whether the device is known as key server, or as group member."""
    config, families = ctx.config, [shown.family for shown in ctx.device.shown]
    if speaker == "key server":
        if config is not None and config.key_servers:
            return True
        return any(f"{family} ".startswith("gdoi ks ") for family in families)
    if config is not None and config.group_members:
        return True
    return any(f"{family} ".startswith("gdoi gm ") for family in families)


def times(messages: Sequence[Heard]) -> str:
    """How often, by which messages, and when last: `twice (GM_RE_REGISTER), last at …`."""
    names = " and ".join(dict.fromkeys(each.name for each in messages))
    count = {1: "once", 2: "twice"}.get(len(messages), f"{len(messages)} times")
    stamp = messages[-1].message.timestamp
    when = f", {'last ' if len(messages) > 1 else ''}at {stamp}" if stamp else ""
    return f"{count} ({names}){when}"


def ends(messages: Sequence[Heard]) -> tuple[Evidence, ...]:
    """The first and the last of the messages as evidence."""
    chosen = messages[:1] if len(messages) == 1 else (messages[0], messages[-1])
    return tuple(each.evidence for each in chosen)


def told(
    ctx: DeviceContext, wanted: Wanted, what: str, severity: Severity | None = None
) -> Outcomes:
    """A finding for each group with such messages, or why there may be some.

    `what` says what happened; the rule's remediation may name the `group`.
    """
    found = heard(ctx, *wanted.levels)
    for group, messages in by_group(found).items():
        yield finding(ctx, group, messages, what, severity)
    if not found:
        yield from silence(ctx, wanted)


def finding(
    ctx: DeviceContext,
    group: str | None,
    messages: Sequence[Heard],
    what: str,
    severity: Severity | None = None,
    peer: object = "<peer>",
) -> Finding:
    """A finding that rests on `messages`: `what`, then how often and when.

    The rule's remediation may name the `group` and the `peer`.
    """
    about = "" if group is None else f" on group {group}"
    made = ctx.finding(
        ends(messages),
        f"the log{about} tells of {what}: {times(messages)}",
        severity=severity,
        group=group or "<group>",
        peer=peer,
    )
    return replace(made, group=group)
