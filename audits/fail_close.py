"""Fail-close blocks of members: what they let through while there are no keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from ..parsers.config import (
    AccessList,
    AclEntry,
    CryptoMap,
    DeviceConfig,
    FailClose,
    GroupMemberConfig,
)
from ..parsers.config.acl import Action
from ..parsers.config.acl_algebra import expand, traffic
from ..parsers.config.acl_sets import PacketSets
from .context import DeviceContext
from .ike import is_member
from .needs import CONFIG
from .policy import list_gap
from .rule import NotChecked, Outcome, Outcomes, Severity

_OPPOSITE: Final[dict[Action, Action]] = {"permit": "deny", "deny": "permit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The fail-close block of a crypto map, with what it says of packets.

    `entries` are those of its list, object groups replaced; behind them comes a permit for
    everything, which is dropped while there are no keys. `gap` says why there may be more.
    """

    map: CryptoMap
    block: FailClose
    acl: AccessList | None
    entries: tuple[AclEntry, ...]
    gap: str

    @property
    def ipv6(self) -> bool:
        """Whether it is about IPv6."""
        return self.map.family == "ipv6"

    @property
    def judged(self) -> tuple[AclEntry, ...]:
        """The entries with the permit that IOS adds."""
        return (*self.entries, traffic("ipv6" if self.ipv6 else "ip"))

    @property
    def header(self) -> str:
        """The command that opens the list, or gives the block one."""
        kind = "ipv6 access-list" if self.ipv6 else "ip access-list extended"
        return f"{kind} {self.acl.name if self.acl else '<FAIL-CLOSE>'}"

    @property
    def appends(self) -> bool:
        """Whether a deny may be put at the end: there is a list, and no permit stands in it."""
        return self.acl is not None and all(each.action == "deny" for each in self.entries)

    @property
    def clear(self) -> PacketSets:
        """What passes in clear, as a policy that encrypts just that."""
        return _in_clear(self.entries, self.ipv6)


@lru_cache(maxsize=64)
def _in_clear(entries: tuple[AclEntry, ...], ipv6: bool) -> PacketSets:
    """The packets that a list with these entries denies; most members have the same list."""
    swapped = (replace(each, action=_OPPOSITE[each.action]) for each in entries)
    return PacketSets(swapped, ipv6=ipv6)


def group_maps(config: DeviceConfig) -> Iterator[CryptoMap]:
    """The crypto maps with entries of groups."""
    for crypto_map in config.crypto_maps:
        if any(entry.kind == "gdoi" for entry in crypto_map.entries):
            yield crypto_map


def closed_maps(ctx: DeviceContext) -> Iterator[Closed | NotChecked]:
    """The fail-close blocks of a member; *not checked* for what is not known of it."""
    if ctx.config is None:
        if is_member(ctx.device):
            yield ctx.missing(CONFIG)
        return
    for crypto_map in group_maps(ctx.config):
        if crypto_map.fail_close is not None:
            yield _closed(ctx, ctx.config, crypto_map, crypto_map.fail_close)
        elif ctx.config_missing:
            yield ctx.not_checked(ctx.config_missing)


def _closed(
    ctx: DeviceContext, config: DeviceConfig, crypto_map: CryptoMap, block: FailClose
) -> Closed:
    lists = config.ipv6_access_lists if crypto_map.family == "ipv6" else config.access_lists
    acl = lists.get(block.acl) if block.acl is not None else None
    gap = "" if acl is None else list_gap(ctx.device, acl)
    if acl is None and ctx.config_missing:
        gap = ctx.config_missing
    entries = () if acl is None else expand(acl.entries, config.object_groups)
    return Closed(map=crypto_map, block=block, acl=acl, entries=entries, gap=gap)


def for_each_block(
    ctx: DeviceContext, judge: Callable[[DeviceContext, Closed], Iterator[Outcome]]
) -> Outcomes:
    """What `judge` says of each fail-close block whose list is known in full."""
    for closed in closed_maps(ctx):
        if isinstance(closed, NotChecked):
            yield closed
        elif closed.gap:
            yield ctx.not_checked(closed.gap)
        else:
            yield from judge(ctx, closed)


def by_state(closed: Closed, active: Severity) -> Severity:
    """`active` for a block that is in force, medium where it would be one day."""
    return active if closed.block.activated else Severity.MEDIUM


def registers_aside(config: DeviceConfig, view: GroupMemberConfig, outer: set[str]) -> bool:
    """Whether registrations leave by an interface that does not encrypt."""
    interface = config.interfaces.get(view.registration_interface or "")
    return interface is not None and not interface.is_loopback and interface.name not in outer
