"""What rule functions are called with: the thing in question, and ways to say what they saw.

A function gets the context of its rule's scope and yields what `at`, `shown` and `not_checked`
return. If it yields nothing, the thing in question has passed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from .needs import CONFIG, Need, ShowNeed
from .rule import AnyRule, Evidence, Finding, Fix, NotChecked, Scope, ScopeName, Severity

if TYPE_CHECKING:
    from ..parsers.config import ConfigLine, DeviceConfig, GroupMemberConfig, KeyServerConfig, View
    from ..parsers.record import Record, Row
    from .facts import DeviceFacts, Fleet, Group, MemberRole, ServerRole, Shown
    from .settings import Settings

R = TypeVar("R", bound="Record")
_TO_FILL_IN = re.compile(r"<[A-Za-z][^<>\n]{0,60}>")


class GroupRow(Protocol):
    """A block of a record that belongs to one group."""

    @property
    def group(self) -> str | None:
        """The name of the group."""


G = TypeVar("G", bound=GroupRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetContext:
    """All devices of the audit at once; base of the narrower contexts.

    `settings` holds the thresholds in force.
    """

    rule: AnyRule
    fleet: Fleet
    settings: Settings

    @property
    def label(self) -> str:
        """What is being looked at."""
        return "all devices"

    @property
    def device_name(self) -> str:
        """The device that findings are about; empty for groups and the fleet."""
        return ""

    @property
    def group_name(self) -> str | None:
        """The group that findings are about."""
        return None

    def finding(
        self,
        evidence: Evidence | Iterable[Evidence],
        message: str,
        *,
        device: str | None = None,
        severity: Severity | None = None,
        diff: str = "",
        fixes: Iterable[Fix] | None = None,
        **fill: object,
    ) -> Finding:
        """A finding that rests on `evidence`, the first of which is its location.

        `fill` gives the names in the rule's remediation their values; `severity` overrides the
        rule's own; `diff` as in `Finding`; `fixes` those that the rule's remediation is not.
        Raises ValueError without evidence, KeyError when a name has no value.
        """
        proofs = (evidence,) if isinstance(evidence, Evidence) else tuple(evidence)
        if not proofs:
            raise ValueError(f"{self.rule.code}: a finding needs evidence")
        name = self.device_name if device is None else device
        return self._made(proofs, message, name, severity, fill, diff, fixes)

    def _made(
        self,
        proofs: tuple[Evidence, ...],
        message: str,
        device: str,
        severity: Severity | None,
        fill: dict[str, object],
        diff: str = "",
        fixes: Iterable[Fix] | None = None,
    ) -> Finding:
        remediation = self.rule.remediation.format_map(fill)
        return Finding(
            rule=self.rule.code,
            severity=self.rule.severity if severity is None else severity,
            device=device,
            group=self.group_name,
            location=proofs[0].location,
            message=message,
            evidence=proofs,
            remediation=remediation,
            diff=diff,
            fixes=self._own_fix(device, remediation) if fixes is None else tuple(fixes),
        )

    def _own_fix(self, device: str, remediation: str) -> tuple[Fix, ...]:
        """The remediation as lines for the device, where the rule says that it is.

        Where something has to be filled in it is advice.
        """
        if self.rule.fix is None or not device or _TO_FILL_IN.search(remediation):
            return ()
        every = (line for line in remediation.splitlines() if line.strip())
        lines = tuple(line for line in every if not line.lstrip().startswith("!"))
        return (Fix(device=device, lines=lines, grade=self.rule.fix),)

    def not_checked(self, reason: str, *, device: str | None = None) -> NotChecked:
        """The rule cannot be decided here, for `reason` (a clause without a full stop)."""
        return NotChecked(
            rule=self.rule.code,
            device=self.device_name if device is None else device,
            group=self.group_name,
            reason=reason,
        )


def config_evidence(device: DeviceFacts, where: View | ConfigLine, field: str = "") -> Evidence:
    """A line of the configuration of `device` as evidence.

    Of a view it is the line that set `field`, or the header where `field` has its default or
    is not given. Raises ValueError when `device` has no configuration.
    """
    from ..parsers.config.line import ConfigLine

    if device.config is None:
        raise ValueError(f"{device.name} has no configuration")
    line = where if isinstance(where, ConfigLine) else _line_of(where, field)
    return Evidence(
        kind="config",
        device=device.name,
        source=device.config.source,
        line=line.lineno or None,
        text=line.redacted,
    )


def _line_of(view: View, field: str) -> ConfigLine:
    return view.where(field) if field else view.line


def show_evidence(shown: Shown[R], row: Row, field: str = "") -> Evidence:
    """A field of a block of show output as evidence; the whole block when no field is given."""
    from ..parsers.config.redact import redact

    value: object = getattr(row, field) if field else None
    return Evidence(
        kind="show",
        device=shown.device,
        source=shown.source,
        line=shown.line_of(row),
        text=redact(shown.text_of(row)),
        command=shown.record.command or f"show crypto {shown.family}",
        field=field or None,
        value=None if value is None else str(value),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceContext(FleetContext):
    """One device."""

    device: DeviceFacts

    @property
    def label(self) -> str:
        """What is being looked at."""
        return self.device.name

    @property
    def device_name(self) -> str:
        """The device that findings are about."""
        return self.device.name

    @property
    def config(self) -> DeviceConfig | None:
        """The configuration of the device."""
        return self.device.config

    @property
    def config_missing(self) -> str:
        """Why something that is absent from the configuration cannot be judged; '' if it can."""
        if self.device.config is None:
            return "there is no configuration"
        return self.device.config_gap or ""

    def at(
        self,
        where: View | ConfigLine,
        field: str,
        message: str,
        *,
        severity: Severity | None = None,
        fixes: Iterable[Fix] | None = None,
        **fill: object,
    ) -> Finding:
        """A finding about field `field` of the view `where` ('' for its header), or a line."""
        evidence = config_evidence(self.device, where, field)
        return self._made((evidence,), message, self.device_name, severity, fill, fixes=fixes)

    def absent(
        self,
        message: str,
        *,
        severity: Severity | None = None,
        fixes: Iterable[Fix] | None = None,
        **fill: object,
    ) -> Finding | NotChecked:
        """A finding that something is nowhere in the configuration.

        *Not checked* when the configuration is missing or not whole. The location is the file.
        """
        if self.config is None or self.config_missing:
            return self.not_checked(self.config_missing)
        evidence = Evidence(kind="config", device=self.device.name, source=self.config.source)
        return self._made((evidence,), message, self.device_name, severity, fill, fixes=fixes)

    def shown(
        self,
        output: Shown[R],
        row: Row,
        field: str,
        message: str,
        *,
        severity: Severity | None = None,
        fixes: Iterable[Fix] | None = None,
        **fill: object,
    ) -> Finding:
        """A finding about field `field` of the block `row` of show output."""
        evidence = show_evidence(output, row, field)
        return self._made((evidence,), message, self.device_name, severity, fill, fixes=fixes)

    def records(self, need: ShowNeed[R]) -> tuple[Shown[R], ...]:
        """The outputs of the command `need` on this device."""
        return self.device.records(need)

    def missing(self, *needs: Need) -> NotChecked:
        """*Not checked*, since none of `needs` (by default all of the rule's) says enough."""
        wanted = needs or self.rule.needs
        if self.device.config_gap is not None and CONFIG in wanted:
            return self.not_checked(self.device.config_gap)
        names = " or ".join(map(str, wanted))
        return self.not_checked(f"there is no {names}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _RoleContext(DeviceContext):
    """A device in one of its groups."""

    group: str

    @property
    def label(self) -> str:
        """What is being looked at."""
        return f"{self.device.name}, group {self.group}"

    @property
    def group_name(self) -> str | None:
        """The group that findings are about, by its name on this device."""
        return self.group

    def rows(
        self, need: ShowNeed[R], blocks: Callable[[R], Iterable[G]]
    ) -> Iterator[tuple[Shown[R], G]]:
        """The blocks of this group in the outputs of `need`, each with its output.

        `blocks` takes them out of a record, as in `lambda record: record.groups`.
        """
        for output in self.records(need):
            for block in blocks(output.record):
                if block.group == self.group:
                    yield output, block


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerContext(_RoleContext):
    """A device as key server of one group.

    `view` is its configuration of the group, None when only show output was given.
    """

    role: ServerRole

    @property
    def view(self) -> KeyServerConfig | None:
        """The `server local` configuration of the group."""
        return self.role.view

    @property
    def configured(self) -> tuple[KeyServerConfig, DeviceConfig] | None:
        """The configuration of the group and of the whole device, None without them."""
        if self.role.view is None or self.device.config is None:
            return None
        return self.role.view, self.device.config


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberContext(_RoleContext):
    """A device as member of one group.

    `view` is its configuration of the group, None when only show output was given.
    """

    role: MemberRole

    @property
    def view(self) -> GroupMemberConfig | None:
        """The configuration of the group."""
        return self.role.view

    @property
    def configured(self) -> tuple[GroupMemberConfig, DeviceConfig] | None:
        """The configuration of the group and of the whole device, None without them."""
        if self.role.view is None or self.device.config is None:
            return None
        return self.role.view, self.device.config


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupContext(FleetContext):
    """A group across all devices."""

    group: Group

    @property
    def label(self) -> str:
        """What is being looked at."""
        return f"group {self.group.label}"

    @property
    def group_name(self) -> str | None:
        """The group that findings are about."""
        return self.group.name


def _server(rule: AnyRule, fleet: Fleet, settings: Settings, role: ServerRole) -> ServerContext:
    return ServerContext(
        rule=rule,
        fleet=fleet,
        settings=settings,
        device=role.device,
        group=role.group,
        role=role,
    )


def _member(rule: AnyRule, fleet: Fleet, settings: Settings, role: MemberRole) -> MemberContext:
    return MemberContext(
        rule=rule,
        fleet=fleet,
        settings=settings,
        device=role.device,
        group=role.group,
        role=role,
    )


def _device(rule: AnyRule, fleet: Fleet, settings: Settings, device: DeviceFacts) -> DeviceContext:
    return DeviceContext(rule=rule, fleet=fleet, settings=settings, device=device)


def _group(rule: AnyRule, fleet: Fleet, settings: Settings, group: Group) -> GroupContext:
    return GroupContext(rule=rule, fleet=fleet, settings=settings, group=group)


def _whole(rule: AnyRule, fleet: Fleet, settings: Settings, _: Fleet) -> FleetContext:
    return FleetContext(rule=rule, fleet=fleet, settings=settings)


SERVER = Scope(name=ScopeName.SERVER, things=lambda fleet: fleet.servers, about=_server)
MEMBER = Scope(name=ScopeName.MEMBER, things=lambda fleet: fleet.members, about=_member)
DEVICE = Scope(name=ScopeName.DEVICE, things=lambda fleet: fleet.devices, about=_device)
GROUP = Scope(name=ScopeName.GROUP, things=lambda fleet: fleet.groups, about=_group)
FLEET = Scope(name=ScopeName.FLEET, things=lambda fleet: (fleet,), about=_whole)
REPORT = Scope(name=ScopeName.REPORT, things=lambda _: (), about=_whole)
"""Rules about the report itself: `audits.excusing` looks at them when all others have."""
