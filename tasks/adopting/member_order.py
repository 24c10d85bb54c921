"""In which order members are: that of the lists and keys of their key servers."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address

from ...parsers.config import Ikev2Proposal, IsakmpPolicy
from .doc_ike import algorithms
from .grouping import GroupFacts, Identity, Joined, Served
from .keys import ikev2_keys, isakmp_keys
from .order import merged
from .people import Member, Network, authorized
from .proof import Proof, domains_of, profile_of
from .reading import Found

Names = list[str]
Offer = tuple[object, ...]


def member_order(network: Network, proofs: Mapping[Identity, Proof | None]) -> list[Member]:
    """The members in an order from which the lists of key servers follow."""
    known = {member.name: member for member in network.members}
    orders: list[Names] = []
    for group in network.groups:
        names = _names(network, group)
        for served in group.served:
            orders += _of_group(served, names)
    for group in network.groups:
        for served in group.served:
            orders += _of_keys(network, served, proofs)
    ranks = [
        _of_domains(served, network.members_of(group), group)
        for group in network.groups
        for served in group.served
    ]
    for server in network.servers.values():
        if server.found is not None:
            ranks += _of_algorithms(server.found, network)
    orders += [order for each in ranks for order in _first(each)]
    orders += [[name for names in each for name in names] for each in ranks]
    return [known[name] for name in merged(list(known), orders)]


def _names(network: Network, group: GroupFacts) -> dict[IPv4Address, str]:
    """The members of a group by the addresses from which they register."""
    pairs = ((it.addresses[group.identity], it.name) for it in network.members_of(group))
    return {address: name for address, name in pairs if address is not None}


def _of_group(served: Served, names: Mapping[IPv4Address, str]) -> Iterable[Names]:
    """The orders of what a key server has for one group: its list, its IKEv2 keys."""
    listed = authorized(served.found, served.view)
    if listed is not None:
        sources = [entry.source.address for entry in listed.entries]
        yield [names[it] for it in sources if isinstance(it, IPv4Address) and it in names]
    profile = profile_of(served.found, served.view.gikev2)
    if profile is not None:
        keys = ikev2_keys(served.found, profile.keyring)
        singles = [key.single for key in keys]
        yield [names[it] for it in singles if it is not None and it in names]


def _of_keys(
    network: Network, served: Served, proofs: Mapping[Identity, Proof | None]
) -> Iterable[Names]:
    """The order of IKEv1 keys: those of the first group, then those that others have besides."""
    singles = [key.single for key in isakmp_keys(served.found)]
    seen: set[IPv4Address] = set()
    for group, _ in network.served_by(served.found):
        if proofs[group.identity] == "pki":
            continue
        names = _names(network, group)
        fresh = [it for it in singles if it is not None and it in names and it not in seen]
        yield [names[it] for it in fresh]
        seen |= set(fresh)


def _first(ranks: Sequence[Names]) -> Iterable[Names]:
    """What has to be so that the first of each rank stands before all of the next ranks.

    Where a rank has several members, any of them may be the first, and nothing has to be.
    """
    alone: str | None = None
    for names in ranks:
        if alone is not None:
            yield from ([alone, name] for name in names)
        if len(names) == 1:
            alone = names[0]


def _of_domains(served: Served, members: Iterable[Member], group: GroupFacts) -> list[Names]:
    """The members by the domains by which a key server knows them, in its order."""
    domains = domains_of(profile_of(served.found, served.view.gikev2))
    ranked: list[tuple[int, str]] = []
    for member in members:
        joined = _joined(member, group)
        if member.found is not None and joined is not None and joined.view.protocol != "gdoi":
            domain = member.found.config.domain_name
            if domain in domains:
                ranked.append((domains.index(domain), member.name))
    return _ranked(ranked)


def _of_algorithms(found: Found, network: Network) -> Iterable[list[Names]]:
    """The members by what a key server offers because they do, in its order, by group.

    What it offers first is its own, which says nothing of members.
    """
    config = found.config
    chosen = [name for each in config.ikev2_policies.values() for name in each.proposals]
    offers: tuple[list[Offer | None], ...] = (
        [_of_policy(each) for each in config.isakmp_policies],
        [_of_proposal(config.ikev2_proposals.get(name)) for name in chosen],
    )
    seen: set[Offer | None] = {each for offered in offers for each in offered[:1]}
    for group, _ in network.served_by(found):
        ranks: tuple[list[tuple[int, str]], ...] = ([], [])
        fresh: set[Offer | None] = set()
        for member in network.members_of(group):
            joined = _joined(member, group)
            if member.found is None or joined is None:
                continue
            newer = joined.view.protocol != "gdoi"
            wanted = _wanted(member.found, newer=newer)
            if wanted is not None and wanted in offers[newer] and wanted not in seen:
                ranks[newer].append((offers[newer].index(wanted), member.name))
                fresh.add(wanted)
        yield from map(_ranked, ranks)
        seen |= fresh


def _joined(member: Member, group: GroupFacts) -> Joined | None:
    return next((each for other, each in member.joined if other is group), None)


def _ranked(ranks: Iterable[tuple[int, str]]) -> list[Names]:
    found: dict[int, Names] = {}
    for rank, name in ranks:
        found.setdefault(rank, []).append(name)
    return [found[rank] for rank in sorted(found)]


def _wanted(found: Found, *, newer: bool) -> Offer | None:
    """What a member offers first."""
    config = found.config
    if newer:
        names = [name for each in config.ikev2_policies.values() for name in each.proposals]
        return _of_proposal(config.ikev2_proposals.get(names[0])) if names else None
    first = min(config.isakmp_policies, key=lambda each: each.priority or 0, default=None)
    return _of_policy(first) if first is not None else None


def _of_policy(policy: IsakmpPolicy) -> Offer:
    said = algorithms(policy)
    return said["encryption"], said["integrity"], said["group"], policy.authentication


def _of_proposal(proposal: Ikev2Proposal | None) -> Offer | None:
    if proposal is None:
        return None
    return proposal.encryption, proposal.integrity, proposal.dh_groups
