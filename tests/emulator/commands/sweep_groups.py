"""What the groups of a router are doing, for the tables of what parsers cannot find or read."""

from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.gdoi.member.state import Direction
from getvpn.emulator.gdoi.policy import Protocol, ReplayKind, Transport
from getvpn.emulator.gdoi.records import Registration
from getvpn.emulator.gdoi.server.group import ServerGroup
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.services.crypto_sas import CryptoSas, IkeSa, IpsecFlow
from getvpn.emulator.settings.gdoi import GROUP, is_key_server

from .sweep_truth import Truth


def served(truth: Truth) -> list[ServerGroup]:
    """The groups that the router serves."""
    return list(truth.router.feature(Gdoi).servers.values())


def joined(truth: Truth) -> list[MemberGroup]:
    """The groups that it is a member of."""
    return truth.router.feature(Gdoi).members


def sas(truth: Truth) -> CryptoSas:
    """Its security associations."""
    return truth.router.feature(CryptoSas)


# ---- key servers ----


def serves(truth: Truth) -> bool:
    """Whether it serves a group."""
    return bool(served(truth))


def lacks_members(truth: Truth) -> bool:
    """Whether a group has no member."""
    return any(not group.members for group in served(truth))


def lacks_keys(truth: Truth) -> bool:
    """Whether a group that it serves has no KEK or TEK."""
    return any(group.kek is None or not group.teks for group in served(truth))


def lacks_keks(truth: Truth) -> bool:
    """Whether no group has a KEK."""
    return all(each.kek is None for each in (*served(truth), *joined(truth)))


def has_dashes(truth: Truth) -> bool:
    """Whether the name of a group or of a list has a dash."""
    return any("-" in name for name in (*truth.names(GROUP), *truth.lists()))


def has_several_teks(truth: Truth) -> bool:
    """Whether a group that it serves has an old TEK beside the new one."""
    return any(len(group.teks) > 1 for group in served(truth))


def serves_multicast(truth: Truth) -> bool:
    """Whether rekeys of a group are multicast, which nobody acknowledges."""
    return any(g.policy.rekey.transport is Transport.MULTICAST for g in served(truth))


def serves_one_way(truth: Truth) -> bool:
    """Whether members of a group only receive what is encrypted."""
    return any(group.policy.receive_only for group in served(truth))


def gives_sender_ids(truth: Truth) -> bool:
    """Whether it has sender identifiers to give."""
    return any(group.policy.kssids for group in served(truth))


# ---- members ----


def has_map(truth: Truth) -> bool:
    """Whether a crypto map is applied to an interface, be it up or not."""
    lines = [entry.text for name in truth.states for entry in truth.lines_of(name)]
    return any("crypto map " in line for line in lines)


def is_unregistered(truth: Truth) -> bool:
    """Whether a member has nothing of a key server."""
    return any(not member.sas for member in joined(truth))


def is_detached(truth: Truth) -> bool:
    """Whether no crypto map stands for a group, as on an interface that is down."""
    names = {member.policy.group for member in joined(truth)}
    groups = truth.router.config.root.all(GROUP)
    return any(not is_key_server(each) and each["name"] not in names for each in groups)


def is_registering(truth: Truth) -> bool:
    """Whether a member asks a key server now."""
    return any(member.state is Registration.REGISTERING for member in joined(truth))


def lacks_something(truth: Truth) -> bool:
    """Whether a member has no KEK, TEK or list: it has not registered, or they have ended."""
    members = joined(truth)
    return any(not (each.kek and each.has_keys and each.sas) for each in members)


def hears_multicast(truth: Truth) -> bool:
    """Whether rekeys come to a member by multicast."""
    return any(member.transport is Transport.MULTICAST for member in joined(truth))


def has_sender_ids(truth: Truth) -> bool:
    """Whether a member has sender identifiers of a counter mode."""
    return any(member.gmsids for member in joined(truth))


def checks_times(truth: Truth) -> bool:
    """Whether a member checks pseudotimes."""
    policies = [sa for member in joined(truth) for sa in member.sas]
    return any(sa.replay.kind is ReplayKind.TIME for sa in policies)


def tags(truth: Truth) -> bool:
    """Whether a member tags packets with security groups."""
    return any(sa.tag for member in joined(truth) for sa in member.sas)


def is_one_way(truth: Truth) -> bool:
    """Whether a member does not protect in both directions."""
    directions = {member.sa_direction for member in joined(truth)}
    told = any(member.receive_only for member in joined(truth))
    return told or bool(directions - {Direction.BOTH})


def protects_ipv6(truth: Truth) -> bool:
    """Whether a member protects IPv6."""
    return any(member.policy.ipv6 for member in joined(truth))


def holds_keys(truth: Truth) -> bool:
    """Whether a member has a TEK that has not ended."""
    return any(member.has_keys for member in joined(truth))


def speaks_version_2(truth: Truth) -> bool:
    """Whether a member registers with G-IKEv2."""
    return any(member.policy.protocol is Protocol.GIKEV2 for member in joined(truth))


# ---- security associations ----


def has_ike(truth: Truth) -> bool:
    """Whether there is an SA of IKE version 1."""
    return bool(sas(truth).ike)


def lacks_ike(truth: Truth) -> bool:
    """Whether there is none."""
    return not has_ike(truth)


def has_ikev2(truth: Truth) -> bool:
    """Whether there is an SA of IKE version 2."""
    return bool(sas(truth).ikev2)


def is_incapable(sa: IkeSa) -> bool:
    """Whether an SA of IKE has none of the capabilities that have letters."""
    return not sa.capabilities


def has_incapable_ike(truth: Truth) -> bool:
    """Whether the first SA of IKE has no capability."""
    return any(map(is_incapable, sas(truth).ike))


def flows(truth: Truth) -> list[IpsecFlow]:
    """What groups protect."""
    return [flow for flow in sas(truth).flows if flow.group]


def has_flows(truth: Truth) -> bool:
    """Whether a group protects anything."""
    return bool(flows(truth))
