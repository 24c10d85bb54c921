"""What is known about the devices and groups that an audit looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from .needs import ShowNeed

if TYPE_CHECKING:
    from ..errors import InputError
    from ..parsers.config import ConfigLine, DeviceConfig, GroupMemberConfig, KeyServerConfig
    from ..parsers.record import Record, Row

Address = IPv4Address | IPv6Address
Identity = int | IPv4Address
R = TypeVar("R", bound="Record")
_FAMILIES = "outputs by family"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Generic[R]):
    """The output of one show command: its record, and where the text stands.

    `first_line` is the number, in `source`, of the first line of `text`.
    """

    device: str
    family: str
    record: R
    source: str
    first_line: int = 1
    text: str = field(default="", repr=False, compare=False)

    @property
    def complete(self) -> bool:
        """Whether the record holds all that the device had to say.

        What is absent from an incomplete record may still exist on the device.
        """
        return not self.record.partial and not self.record.unparsed

    def line_of(self, row: Row) -> int:
        """The line of `source` at which `row` starts."""
        return self.first_line + max(row.lineno, 1) - 1

    def text_of(self, row: Row) -> str:
        """The first line of `row` as it stands in the text."""
        lines = _lines(self.text)
        return lines[row.lineno - 1].strip() if 0 < row.lineno <= len(lines) else ""


@lru_cache(maxsize=16)
def _lines(text: str) -> list[str]:
    """The lines of a text: of all outputs together they would take more room than the texts."""
    return text.split("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """All that was given about one device.

    `name` is unique among the devices of a fleet; `hostname` is what the device calls itself.
    `config_gap` says why `config` is not the whole configuration (a filter, a snippet, a cut);
    None means that what is absent from it is absent from the device. `problems` are texts of
    this device that could not be read. `memo` keeps what several rules work out of one device.
    """

    name: str
    hostname: str | None = None
    config: DeviceConfig | None = None
    config_gap: str | None = None
    shown: tuple[Shown[Record], ...] = ()
    problems: tuple[InputError, ...] = ()
    memo: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def config_complete(self) -> bool:
        """Whether there is a configuration, and it is the whole one."""
        return self.config is not None and self.config_gap is None

    def records(self, need: ShowNeed[R]) -> tuple[Shown[R], ...]:
        """The outputs of the command `need`, in the order of the text."""
        families = self.memo.get(_FAMILIES)
        if families is None:
            families = self.memo[_FAMILIES] = self._families()
        return cast("dict[str, tuple[Shown[R], ...]]", families).get(need.family, ())

    def _families(self) -> dict[str, tuple[Shown[Record], ...]]:
        """The outputs by the family of their command."""
        found: dict[str, list[Shown[Record]]] = {}
        for each in self.shown:
            found.setdefault(each.family, []).append(each)
        return {family: tuple(outputs) for family, outputs in found.items()}

    def block_complete(self, header: ConfigLine) -> bool:
        """Whether all lines of the global block that `header` opens are known and were read.

        An output filter leaves whole blocks; a cut may go through the last one.
        """
        if self.config is None:
            return False
        lines = self.config.tree.lines
        if self.config_gap is not None and lines and lines[-1] is header:
            return False
        if not self.config.problems:
            return True
        unread = {problem.line.lineno for problem in self.config.problems}
        return not any(line.lineno in unread for line in header.walk())


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRole:
    """A device as key server of a group.

    `group` is the local name; `view` is None when the role is known from show output only.
    """

    device: DeviceFacts
    group: str
    view: KeyServerConfig | None = None

    @property
    def address(self) -> Address | None:
        """The address that the server's peers and members know it by."""
        return self.view.address if self.view else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRole:
    """A device as member of a group.

    `group` is the local name; `view` is None when the role is known from show output only.
    """

    device: DeviceFacts
    group: str
    view: GroupMemberConfig | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group across the devices: names are local to each, the identity is common.

    `servers` has each key server once: of several texts about one address the fullest counts,
    and further whole configurations are groups by themselves, without members.
    `identity` is None when no text tells it; the devices then agree in the name.
    """

    name: str
    identity: Identity | None = None
    servers: tuple[ServerRole, ...] = ()
    members: tuple[MemberRole, ...] = ()

    @property
    def label(self) -> str:
        """The name, with the identity where it is known."""
        return self.name if self.identity is None else f"{self.name} ({self.identity})"

    @property
    def server_addresses(self) -> tuple[Address, ...]:
        """Addresses of the key servers by their own configurations and their COOP peers'."""
        found: dict[Address, None] = {}
        for role in self.servers:
            if role.view is None:
                continue
            if role.view.address is not None:
                found[role.view.address] = None
            if role.view.redundancy is not None:
                found.update(dict.fromkeys(role.view.redundancy.peers))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """Something among the input that is not looked at: a file, or what stands from a line on."""

    source: str
    line: int | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The devices of one audit, their roles, and the groups that they form.

    `problems` are inputs that were asked for, belong to no device and cannot be used.
    """

    devices: tuple[DeviceFacts, ...] = ()
    servers: tuple[ServerRole, ...] = ()
    members: tuple[MemberRole, ...] = ()
    groups: tuple[Group, ...] = ()
    problems: tuple[InputError, ...] = ()
    unused: tuple[Unused, ...] = ()

    @classmethod
    def of(
        cls,
        devices: Iterable[DeviceFacts],
        *,
        problems: Iterable[InputError] = (),
        unused: Iterable[Unused] = (),
    ) -> Fleet:
        """The fleet of `devices`, sorted by name, with roles and groups worked out."""
        from .groups import groups_of, member_roles, server_roles

        ordered = tuple(sorted(devices, key=lambda device: device.name))
        servers = tuple(role for device in ordered for role in server_roles(device))
        members = tuple(role for device in ordered for role in member_roles(device))
        return cls(
            devices=ordered,
            servers=servers,
            members=members,
            groups=groups_of(servers, members),
            problems=tuple(problems),
            unused=tuple(unused),
        )
