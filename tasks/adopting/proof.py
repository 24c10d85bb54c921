"""How the devices of a group prove who they are: by keys or by certificates."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from itertools import product
from typing import Final, Literal

from ...parsers.config import Ikev2Profile, Trustpoint
from .grouping import GroupFacts, Identity
from .keys import Key, isakmp_keys, key_for
from .people import Network
from .reading import Found

Proof = Literal["psk", "pki"]
METHODS: Final[dict[str, Proof]] = {"pre-share": "psk", "rsa-sig": "pki"}
_BOTH: Final[tuple[Proof, Proof]] = ("psk", "pki")
_MOST_OPEN: Final = 8
"""Groups for which all combinations are looked at."""
_NOT_OURS: Final = ("TP-self-signed", "SLA-TrustPoint", "CISCO_IDEVID_SUDI")


def proofs_of(network: Network) -> dict[Identity, Proof | None]:
    """How most devices of each group prove who they are; None where no configuration tells.

    Where devices could do both in a group, that is taken which leaves them the fewest policies
    that no group of theirs needs.
    """
    found: dict[Identity, Proof | None] = {}
    fit: Mapping[Identity, Proof | None]
    open_: dict[Identity, Proof] = {}
    for group in network.groups:
        sure, unsure = _votes(group, network)
        found[group.identity] = _most(sure) if sure else None
        if not sure and unsure:
            open_[group.identity] = found[group.identity] = _most(unsure)
    if 0 < len(open_) <= _MOST_OPEN:
        choices = [(first, *(it for it in _BOTH if it != first)) for first in open_.values()]
        fit = max(
            (dict(zip(open_, chosen, strict=True)) for chosen in product(*choices)),
            key=lambda chosen: _fitting(network, {**found, **chosen}),
        )
        found.update(fit)
    return found


def _most(votes: list[Proof]) -> Proof:
    counts = Counter(votes)
    return max(dict.fromkeys(votes), key=lambda each: counts[each])


@dataclass(slots=True)
class _Need:
    """What IKEv1 needs on a device: methods, keys of key servers in order, keys of members."""

    found: Found
    methods: set[Proof | None] = field(default_factory=set)
    servers: list[IPv4Address] = field(default_factory=list)
    members: set[IPv4Address] = field(default_factory=set)

    @property
    def has_methods(self) -> bool:
        """Whether its policies have these methods, and no other."""
        return methods_of(self.found) == self.methods

    def has_keys(self, known: set[IPv4Address]) -> bool:
        """Whether its keys for those who are known are these, and in this order."""
        there = [key.single for key in isakmp_keys(self.found)]
        wanted = list(dict.fromkeys(self.servers))
        in_order = [each for each in there if each in wanted]
        members = {each for each in there if each in known and each not in wanted}
        return in_order == [each for each in wanted if each in there] and (
            members == self.members - set(wanted)
        )


def _fitting(network: Network, chosen: dict[Identity, Proof | None]) -> tuple[int, int]:
    """How many devices have the ISAKMP policies that their groups need, and the keys."""
    needs: dict[str, _Need] = {}
    for group in network.groups:
        for served in group.served:
            redundancy = served.view.redundancy
            if served.view.gdoi or redundancy is not None:
                need = needs.setdefault(served.found.name, _Need(served.found))
                need.methods.add(chosen[group.identity])
                if chosen[group.identity] == "psk":
                    peers = redundancy.peers if redundancy is not None else ()
                    need.servers += [it for it in peers if isinstance(it, IPv4Address)]
                    need.members |= _older_members(group, network)
    for member in network.members:
        for group, joined in member.joined:
            if joined is not None and joined.view.protocol == "gdoi":
                need = needs.setdefault(joined.found.name, _Need(joined.found))
                need.methods.add(chosen[group.identity])
                if chosen[group.identity] == "psk":
                    need.servers += joined.servers
    addresses = (it for member in network.members for it in member.addresses.values())
    known = {address for address in addresses if address is not None}
    every = list(needs.values())
    return sum(it.has_methods for it in every), sum(it.has_keys(known) for it in every)


def _older_members(group: GroupFacts, network: Network) -> set[IPv4Address]:
    """The addresses of the members that use IKEv1."""
    newer = {it.found.name for it in group.joined if it.view.protocol != "gdoi"}
    members = [it for it in network.members_of(group) if it.name not in newer]
    addresses = [it.addresses[group.identity] for it in members]
    return {address for address in addresses if address is not None}


def _votes(group: GroupFacts, network: Network) -> tuple[list[Proof], list[Proof]]:
    """What devices must do, and what those that could do both do first."""
    sure: list[Proof] = []
    unsure: list[Proof] = []
    for served in group.served:
        view, found = served.view, served.found
        if view.authorization_identity is not None or view.crl_trustpoint is not None:
            return ["pki"], []
        sure += _newer(found, view.gikev2)
        if view.gdoi or view.redundancy is not None:
            peers = [it.addresses.get(group.identity) for it in network.members_of(group)]
            _count(_older(found, [*group.addresses, *peers]), sure, unsure)
    for joined in group.joined:
        if joined.view.protocol == "gikev2":
            sure += _newer(joined.found, joined.view.ikev2_profile)
        else:
            _count(_older(joined.found, joined.servers), sure, unsure)
    return sure, unsure


def _count(possible: list[Proof], sure: list[Proof], unsure: list[Proof]) -> None:
    (sure if len(possible) == 1 else unsure).extend(possible[:1])


def profile_of(found: Found, name: str | None) -> Ikev2Profile | None:
    """The IKEv2 profile of a group, None where there is none."""
    return found.config.ikev2_profiles.get(name or "")


def domains_of(profile: Ikev2Profile | None) -> list[str]:
    """The domains by which an IKEv2 profile knows peers."""
    words = [text.split() for text in (profile.match_identity if profile is not None else ())]
    return [each[-1] for each in words if "domain" in each]


def methods_of(found: Found) -> set[Proof]:
    """What the ISAKMP policies of a device allow."""
    known = (METHODS.get(each.authentication) for each in found.config.isakmp_policies)
    return {each for each in known if each is not None}


def trustpoint_of(found: Found, group: GroupFacts) -> Trustpoint | None:
    """The trustpoint whose certificates a device uses in a group."""
    points = found.config.trustpoints
    for name in _named_points(found, group):
        if name in points:
            return points[name]
    chains = found.config.certificate_chains
    fit = [
        each
        for name, each in points.items()
        if not name.startswith(_NOT_OURS) and each.enrollment != "selfsigned"
    ]

    def doubt(each: Trustpoint) -> tuple[bool, bool]:
        kinds = chains[each.name].certificates if each.name in chains else ()
        return not any(not kind.startswith("ca") for kind in kinds), each.subject_name is None

    return min(fit, key=doubt, default=None)


def _named_points(found: Found, group: GroupFacts) -> Iterable[str]:
    config = found.config
    for served in group.served:
        if served.found is found:
            if served.view.crl_trustpoint is not None:
                yield served.view.crl_trustpoint
            profile = profile_of(found, served.view.gikev2)
            yield from profile.trustpoints if profile is not None else ()
    for joined in group.joined:
        if joined.found is found:
            profile = profile_of(found, joined.view.ikev2_profile)
            yield from profile.trustpoints if profile is not None else ()
    for older in config.isakmp_profiles.values():
        yield from older.trustpoints


def _newer(found: Found, name: str | None) -> list[Proof]:
    profile = profile_of(found, name)
    if profile is None:
        return []
    said = (profile.authentication_local, *profile.authentication_remote)
    known = (METHODS.get(each or "") for each in said)
    return [each for each in known if each is not None][:1]


def _older(found: Found, peers: Iterable[IPv4Address | None]) -> list[Proof]:
    """The methods of IKEv1: those of its policies, as far as it has what they need."""
    keys = isakmp_keys(found)
    has_key = _any_key(keys, peers)
    has_point = any(
        not name.startswith(_NOT_OURS) and each.enrollment != "selfsigned"
        for name, each in found.config.trustpoints.items()
    )
    known = [METHODS.get(each.authentication) for each in found.config.isakmp_policies]
    possible = [
        each
        for each in dict.fromkeys(known)
        if (each == "psk" and has_key) or (each == "pki" and has_point)
    ]
    told = [each for each in (possible or known[:1]) if each is not None]
    if told:
        return told
    return ["psk"] if has_key else ["pki"] if has_point else []


def _any_key(keys: Iterable[Key], peers: Iterable[IPv4Address | None]) -> bool:
    known = list(keys)
    return any(key_for(known, peer) is not None for peer in peers)
