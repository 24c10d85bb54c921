"""How large a packet of a member may be before it is encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ..overhead import BEST, WORST, Encapsulation, Family, encapsulation, metadata
from ..parsers.config import DeviceConfig, GroupMemberConfig, Interface
from .context import config_evidence, show_evidence
from .facts import DeviceFacts, Fleet, ServerRole
from .needs import GDOI, IPSEC_SA
from .rule import Evidence
from .wan import groups_behind, mtu_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the WAN of a member leaves for a packet, in bytes.

    `mtu` is that of interface `wan`, the smallest of those in the VRF `vrf` that encrypt packets
    of `family`, for `groups` (None: that is not known). The largest packet that fits is at least
    `least` and at most `most`: these differ where the transform is not known. `added` is how much
    encryption may add. `evidence` tells where all this stands.
    """

    family: Family
    vrf: str | None
    groups: frozenset[str] | None
    wan: str
    mtu: int
    least: int
    most: int
    added: tuple[int, int]
    evidence: tuple[Evidence, ...]

    def is_for(self, group: str) -> bool:
        """Whether packets of the group go this way, as far as that is known."""
        return self.groups is None or group in self.groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapping:
    """What is put around the packets of a group: `transforms` as they are written or shown."""

    transforms: str
    time_based: bool
    tagged: bool
    encapsulation: Encapsulation
    evidence: Evidence


def wrappings(
    fleet: Fleet,
    device: DeviceFacts,
    config: DeviceConfig,
    family: Family,
    group: str | None = None,
) -> Iterator[Wrapping]:
    """What is put around packets of a member, or of its `group`: in use, and as configured."""
    yield from _in_use(device, group)
    yield from _configured(fleet, config, family, group)


def room_of(
    fleet: Fleet,
    device: DeviceFacts,
    config: DeviceConfig,
    outer: Sequence[Interface],
    family: Family,
) -> Room:
    """The room behind the interfaces `outer` of one VRF, of which there is one at least.

    `config` is that of the member `device`; `fleet` has its key servers.
    """
    wan = min(outer, key=lambda interface: mtu_of(config, interface, family))
    mtu = mtu_of(config, wan, family)
    groups = groups_behind(config, outer, family)
    names = (None,) if groups is None else sorted(groups)
    evidence = [config_evidence(device, wan, f"{'ip' if family == 'ipv4' else family}_mtu")]
    found = [each for name in names for each in wrappings(fleet, device, config, family, name)]
    if found:
        worst = min(found, key=lambda each: each.encapsulation.largest_inner(mtu, family))
        least = most = worst.encapsulation.largest_inner(mtu, family)
        added = worst.encapsulation.added(family)
        evidence.append(worst.evidence)
    else:
        least, most = WORST.largest_inner(mtu, family), BEST.largest_inner(mtu, family)
        added = BEST.added(family)[0], WORST.added(family)[1]
    told = [each for name in names for each in plaintext_mtus(device, config, family, name)]
    own = min(told, key=lambda pair: pair[0], default=None)
    if own is not None and own[0] < most:
        least, most = min(least, own[0]), own[0]
        evidence.append(own[1])
    return Room(
        family=family,
        vrf=wan.vrf,
        groups=groups,
        wan=wan.name,
        mtu=mtu,
        least=least,
        most=most,
        added=added,
        evidence=tuple(evidence),
    )


def _in_use(device: DeviceFacts, group: str | None) -> Iterator[Wrapping]:
    """What the keys of a member put around packets."""
    for output in device.records(GDOI):
        groups = (one for one in output.record.groups if group in (None, one.group))
        for interface in chain.from_iterable(one.tek_interfaces for one in groups):
            for key in interface.sas:
                tagged = key.tag_method not in (None, "disabled")
                proof = show_evidence(output, key, "transform")
                timed = key.replay == "time"
                yield from _wrapping(key.transform, proof, time_based=timed, tagged=tagged)


def _wrapping(
    transforms: str, evidence: Evidence, *, time_based: bool, tagged: bool
) -> Iterator[Wrapping]:
    """The wrapping by these transforms, if their sizes are known."""
    extra = metadata(time_based=time_based, tagged=tagged)
    made = encapsulation(transforms, metadata=extra)
    if made is not None:
        yield Wrapping(
            transforms=transforms,
            time_based=time_based,
            tagged=tagged,
            encapsulation=made,
            evidence=evidence,
        )


def _configured(
    fleet: Fleet, config: DeviceConfig, family: Family, group: str | None
) -> Iterator[Wrapping]:
    """What the key servers of a member's groups are configured to have put around packets."""
    members = (each for each in config.group_members if group in (None, each.group))
    for server in chain.from_iterable(_servers(fleet, member) for member in members):
        view, its_config = server.view, server.device.config
        if view is None or its_config is None:
            continue
        for sa in view.sas:
            if sa.acl_family != family:
                continue
            for transform_set in its_config.transform_sets_of(sa):
                yield from _wrapping(
                    transform_set.normalised,
                    config_evidence(server.device, transform_set),
                    time_based=sa.replay == "time",
                    tagged=sa.tag_cts_sgt,
                )


def _servers(fleet: Fleet, member: GroupMemberConfig) -> Iterator[ServerRole]:
    """The key servers of the group that a member's configuration names."""
    for group in fleet.groups:
        if member.identity is None:
            its_own = group.name == member.group
        else:
            its_own = group.identity == member.identity
        if its_own:
            yield from group.servers


def plaintext_mtus(
    device: DeviceFacts, config: DeviceConfig, family: Family, group: str | None = None
) -> Iterator[tuple[int, Evidence]]:
    """The device's own answer: `plaintext mtu` of the SAs of its groups."""
    names = {member.group for member in config.group_members if group in (None, member.group)}
    version = 6 if family == "ipv6" else 4
    for output in device.records(IPSEC_SA):
        for flow in output.record.flows:
            size, address = flow.plaintext_mtu_bytes, flow.local_endpoint
            ours = flow.group in names and address is not None and address.version == version
            if ours and size is not None:
                yield size, show_evidence(output, flow, "plaintext_mtu_bytes")
