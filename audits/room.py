"""How large a packet of a member may be before it is encrypted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from ..overhead import BEST, WORST, Encapsulation, Family, encapsulation, metadata
from ..parsers.config import DeviceConfig, GroupMemberConfig, Interface
from .context import config_evidence, show_evidence
from .facts import DeviceFacts, Fleet, ServerRole
from .needs import GDOI, IPSEC_SA
from .rule import Evidence
from .wan import mtu_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the WAN of a member leaves for a packet, in bytes.

    `mtu` is that of interface `wan`, the smallest of those that encrypt. The largest packet
    that fits is at least `least` and at most `most`: these differ where the transform is not
    known. `added` is how much encryption may add. `evidence` tells where all this stands.
    """

    wan: str
    mtu: int
    least: int
    most: int
    added: tuple[int, int]
    evidence: tuple[Evidence, ...]


def room_of(
    fleet: Fleet,
    device: DeviceFacts,
    config: DeviceConfig,
    outer: Iterable[Interface],
    family: Family,
) -> Room:
    """The room behind the interfaces `outer`, of which there is one at least.

    `config` is that of the member `device`; `fleet` has its key servers.
    """
    wan = min(outer, key=lambda interface: mtu_of(config, interface, family))
    mtu = mtu_of(config, wan, family)
    evidence = [config_evidence(device, wan, f"{'ip' if family == 'ipv4' else family}_mtu")]
    found = [*_in_use(device), *_configured(fleet, config, family)]
    if found:
        worst, proof = min(found, key=lambda pair: pair[0].largest_inner(mtu, family))
        least = most = worst.largest_inner(mtu, family)
        added = worst.added(family)
        evidence.append(proof)
    else:
        least, most = WORST.largest_inner(mtu, family), BEST.largest_inner(mtu, family)
        added = BEST.added(family)[0], WORST.added(family)[1]
    own = min(_plaintext(device, config, family), key=lambda pair: pair[0], default=None)
    if own is not None and own[0] < most:
        least, most = min(least, own[0]), own[0]
        evidence.append(own[1])
    return Room(
        wan=wan.name, mtu=mtu, least=least, most=most, added=added, evidence=tuple(evidence)
    )


def _in_use(device: DeviceFacts) -> Iterator[tuple[Encapsulation, Evidence]]:
    """What the keys of a member put around packets."""
    for output in device.records(GDOI):
        for interface in chain.from_iterable(one.tek_interfaces for one in output.record.groups):
            for key in interface.sas:
                tagged = key.tag_method not in (None, "disabled")
                extra = metadata(time_based=key.replay == "time", tagged=tagged)
                made = encapsulation(key.transform, metadata=extra)
                if made is not None:
                    yield made, show_evidence(output, key, "transform")


def _configured(
    fleet: Fleet, config: DeviceConfig, family: Family
) -> Iterator[tuple[Encapsulation, Evidence]]:
    """What the key servers of a member's groups are configured to have put around packets."""
    for server in chain.from_iterable(_servers(fleet, member) for member in config.group_members):
        view, its_config = server.view, server.device.config
        if view is None or its_config is None:
            continue
        for sa in view.sas:
            if sa.acl_family != family:
                continue
            extra = metadata(time_based=sa.replay == "time", tagged=sa.tag_cts_sgt)
            for transform_set in its_config.transform_sets_of(sa):
                made = encapsulation(" ".join(transform_set.transforms), metadata=extra)
                if made is not None:
                    yield made, config_evidence(server.device, transform_set)


def _servers(fleet: Fleet, member: GroupMemberConfig) -> Iterator[ServerRole]:
    """The key servers of the group that a member's configuration names."""
    for group in fleet.groups:
        if member.identity is None:
            its_own = group.name == member.group
        else:
            its_own = group.identity == member.identity
        if its_own:
            yield from group.servers


def _plaintext(
    device: DeviceFacts, config: DeviceConfig, family: Family
) -> Iterator[tuple[int, Evidence]]:
    """The device's own answer: `plaintext mtu` of the SAs of its groups."""
    names = {member.group for member in config.group_members}
    version = 6 if family == "ipv6" else 4
    for output in device.records(IPSEC_SA):
        for flow in output.record.flows:
            size, address = flow.plaintext_mtu_bytes, flow.local_endpoint
            ours = flow.group in names and address is not None and address.version == version
            if ours and size is not None:
                yield size, show_evidence(output, flow, "plaintext_mtu_bytes")
