"""A group, as an intent says it: what most of its key servers say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address
from typing import Any, Final

from ...inventory.access_text import rekey_lines
from ...parsers.config import KeyServerConfig
from .doc_policies import policies_of
from .grouping import GroupFacts, Served
from .ledger import Ledger, Said, said_of
from .lists import permitted_network
from .order import merged
from .people import Network, authorized
from .proof import domains_of, profile_of
from .reading import Found

Document = dict[str, Any]
_CIPHERS: Final = {"3des-cbc": "3des", "des-cbc": "des"}
_USUAL: Final[tuple[int, ...]] = (100, 75, 50, 25, 20, 15, 10, 5)
_MOST: Final = 255


def group_document(
    group: GroupFacts, network: Network, authentication: Document, ledger: Ledger
) -> Document:
    """The group; `authentication` is how its devices prove who they are."""
    multicast = _multicast(group, network, ledger)
    document: Document = {
        "name": group.name,
        "identity": group.identity if isinstance(group.identity, int) else str(group.identity),
        "family": group.family,
        "servers": _servers(group, network, ledger),
        "versions": _versions(group, ledger),
        "authentication": authentication,
        "rekey": _rekey(group, multicast, ledger),
        "policies": policies_of(group, str(multicast) if multicast else None, ledger),
    }
    _names(document, group, ledger)
    if group.served:
        document |= _authorization(group, network, ledger)
        document |= {
            "pfs": _one(group, "pfs", "forward secrecy", ledger),
            "receive_only": _one(group, "receive_only", "receive-only", ledger),
            "d3p_window_ms": _one(group, "d3p_window_ms", "delay detection", ledger),
        }
    return document


def _one(group: GroupFacts, field: str, what: str, ledger: Ledger) -> Any:
    """What most key servers have in a field."""
    said = [
        said_of(each.found, each.view, field, getattr(each.view, field)) for each in group.served
    ]
    return ledger.agreed(f"{what} of {group.name}", said)


# ---- key servers ----


def server_order(group: GroupFacts) -> list[IPv4Address]:
    """The key servers in the order that peers, rekeys and members name them in."""
    orders: list[Sequence[IPv4Address]] = []
    for served in group.served:
        orders += _sources(served)
    for served in group.served:
        redundancy = served.view.redundancy
        peers = redundancy.peers if redundancy is not None else ()
        orders.append([peer for peer in peers if isinstance(peer, IPv4Address)])
    # what most members say counts first, where they do not agree
    told = [servers for servers, _ in Counter(it.servers for it in group.joined).most_common()]
    base = sorted(group.addresses, key=lambda address: -_priority(group, address))
    return merged(base, [*orders, *told])


def _priority(group: GroupFacts, address: IPv4Address) -> int:
    for served in group.served:
        if served.address == address and served.view.redundancy is not None:
            return served.view.redundancy.priority
    return 0


def _sources(served: Served) -> list[list[IPv4Address]]:
    """The key servers in the order of the list that describes multicast rekeys."""
    listed = served.found.config.access_lists.get(served.view.rekey_address_acl or "")
    entries = listed.entries if listed is not None else ()
    sources = [entry.source.address for entry in entries]
    return [[source for source in sources if isinstance(source, IPv4Address)]]


def _servers(group: GroupFacts, network: Network, ledger: Ledger) -> list[Document]:
    by_address = {each.address: each for each in group.served}
    known = {address: _priority(group, address) for address in by_address}
    taken: set[int] = set()
    documents: list[tuple[int, Document]] = []
    order = server_order(group)
    for address in sorted(order, key=lambda each: not known.get(each)):
        served = by_address.get(address)
        server = network.servers[address]
        wanted = known.get(address) or 0
        priority = wanted if wanted and wanted not in taken else _free(taken | set(known.values()))
        taken.add(priority)
        document: Document = {"name": server.name, "priority": priority}
        if served is None:
            why = f"{server.name} has priority {priority} in {group.name}"
            ledger.assumed(group.name, why)
        else:
            if priority != wanted and len(order) > 1:
                why = f"another key server has this priority, so that {server.name} gets {priority}"
                line = served.view.redundancy.line if served.view.redundancy else served.view.line
                ledger.left_out(served.found, line, why)
            if served.view.group != group.name:
                document["group_name"] = served.view.group
            document["kssids"] = [
                number for first, last in served.view.kssids for number in range(first, last + 1)
            ]
        documents.append((order.index(address), document))
    return [document for _, document in sorted(documents, key=lambda pair: pair[0])]


def _free(taken: set[int]) -> int:
    """A priority that no key server has."""
    wanted: list[int] = [*_USUAL, *range(1, _MOST + 1)]
    return next(each for each in wanted if each not in taken)


# ---- rekeys ----


def _multicast(group: GroupFacts, network: Network, ledger: Ledger) -> IPv4Address | None:
    """The address of multicast rekeys, None for unicast ones."""
    said: list[Said[IPv4Address | None]] = []
    for served in group.served:
        view, found = served.view, served.found
        if view.rekey_unicast or view.rekey_address_acl is None:
            said.append(said_of(found, view, "rekey_unicast", None))
            continue
        address = _address(found, view)
        if address is None:
            why = "the list names no address for multicast rekeys"
            ledger.left_out(found, view.where("rekey_address_acl"), why)
        else:
            said.append(said_of(found, view, "rekey_address_acl", address))
    if said:
        return ledger.agreed(f"rekeys of {group.name}", said)
    for member in network.members_of(group):
        if member.found is not None:
            for source, address in _joins(member.found):
                if source in group.addresses:
                    return address
    return None


def _address(found: Found, view: KeyServerConfig) -> IPv4Address | None:
    listed = found.config.access_lists.get(view.rekey_address_acl or "")
    entries = listed.entries if listed is not None else ()
    targets = [entry.destination.address for entry in entries]
    known = [each for each in targets if isinstance(each, IPv4Address) and each.is_multicast]
    return known[0] if known else None


def _joins(found: Found) -> Iterable[tuple[IPv4Address, IPv4Address]]:
    """The multicast groups that interfaces join, as source and address."""
    for interface in found.config.interfaces.values():
        for line in interface.line.children:
            words = line.words
            if words[:3] == ["ip", "igmp", "join-group"] and words[4:5] == ["source"]:
                try:
                    yield IPv4Address(words[5]), IPv4Address(words[3])
                except (ValueError, IndexError):
                    continue


def _rekey(group: GroupFacts, multicast: IPv4Address | None, ledger: Ledger) -> Document:
    document: Document = {}
    if multicast is not None:
        document["multicast"] = str(multicast)
    if not group.served:
        return document
    names = [
        said_of(it.found, it.view, "rekey_address_acl", it.view.rekey_address_acl)
        for it in group.served
        if it.view.rekey_address_acl is not None
    ]
    if multicast is not None and names:
        document["acl_name"] = ledger.agreed(f"the list of rekeys of {group.name}", names)
        _describe(group, multicast, ledger)
    cipher = _one(group, "rekey_algorithm", "the rekey cipher", ledger)
    document |= {
        "cipher": _CIPHERS.get(cipher, cipher),
        "sig_hash": _one(group, "rekey_sig_hash", "the rekey hash", ledger),
        "lifetime_s": _one(group, "rekey_lifetime_s", "the lifetime of rekeys", ledger),
        "key": _one(group, "rekey_authentication", "the rekey key", ledger),
    }
    again = [
        said_of(
            it.found,
            it.view,
            "rekey_retransmit_s",
            (
                it.view.rekey_retransmit_s,
                None if it.view.rekey_periodic else it.view.rekey_retransmit_count,
            ),
        )
        for it in group.served
    ]
    interval, number = ledger.agreed(f"retransmission of {group.name}", again)
    document["retransmit"] = {"interval_s": interval, "number": number}
    return document


def _describe(group: GroupFacts, multicast: IPv4Address, ledger: Ledger) -> None:
    """Say which lines of the lists of rekeys an intent does not make."""
    made = rekey_lines(group.addresses, multicast)
    count = len(made)
    for served in group.served:
        listed = served.found.config.access_lists.get(served.view.rekey_address_acl or "")
        for entry in listed.entries if listed is not None else ():
            fits = entry.source.address in group.addresses
            if not fits or entry.destination.address != multicast or entry.protocol != "udp":
                why = f"the list of rekeys has {count} lines, one for each key server"
                ledger.left_out(served.found, entry.line, why)


# ---- who may register, and how ----


def _versions(group: GroupFacts, ledger: Ledger) -> str:
    said = [
        said_of(
            it.found,
            it.view,
            "gikev2",
            "ikev1" if it.view.gikev2 is None else "both" if it.view.gdoi else "ikev2",
        )
        for it in group.served
    ]
    if said:
        return ledger.agreed(f"versions of IKE of {group.name}", said)
    found = {"ikev2" if it.view.protocol == "gikev2" else "ikev1" for it in group.joined}
    return "both" if len(found) > 1 else next(iter(found), "ikev1")


def _names(document: Document, group: GroupFacts, ledger: Ledger) -> None:
    """What IKEv2 profiles say: their names, those of keyrings, the domains of other members."""
    profiles: list[Said[str]] = []
    rings: list[Said[str]] = []
    pairs: list[tuple[Found, Any, str, str | None]] = [
        (it.found, it.view, "gikev2", it.view.gikev2) for it in group.served
    ]
    pairs += [(it.found, it.view, "ikev2_profile", it.view.ikev2_profile) for it in group.joined]
    for found, view, field, name in pairs:
        if name is None:
            continue
        profiles.append(said_of(found, view, field, name))
        profile = profile_of(found, name)
        if profile is not None and profile.keyring is not None:
            rings.append(said_of(found, profile, "keyring", profile.keyring))
    if profiles:
        document["ikev2_name"] = ledger.agreed(f"the IKEv2 profile of {group.name}", profiles)
    domains = [
        said_of(it.found, profile, "match_identity", tuple(domains_of(profile)))
        for it in group.served
        if (profile := profile_of(it.found, it.view.gikev2)) is not None
    ]
    if domains:
        known = {it.found.config.domain_name for it in group.joined if it.view.protocol != "gdoi"}
        told = ledger.agreed(f"the domains of members of {group.name}", domains)
        document["member_domains"] = [each for each in told if each not in known]
    if rings:
        document["keyring_name"] = ledger.agreed(f"the IKEv2 keyring of {group.name}", rings)


def _authorization(group: GroupFacts, network: Network, ledger: Ledger) -> Document:
    names = [
        said_of(
            it.found,
            it.view,
            "authorization_acl" if it.view.authorization_acl else "authorization_identity",
            it.view.authorization_acl or it.view.authorization_identity,
        )
        for it in group.served
    ]
    name = ledger.agreed(f"authorization of {group.name}", names)
    if name is None:
        return {"authorize_addresses": False}
    document: Document = {"authorization_name": name}
    by_list = [it for it in group.served if it.view.authorization_acl == name]
    if not by_list:
        return document | {"authorize_addresses": False}
    said = [each for it in by_list for each in _networks(it, ledger)]
    if not said:
        return document | {"authorize_addresses": True}
    networks = ledger.agreed(f"who may register in {group.name}", said)
    members = [it.addresses[group.identity] for it in network.members_of(group)]
    single = all(each.prefixlen == each.max_prefixlen for each in networks)
    if single and None not in members:
        return document | {"authorize_addresses": True}
    return document | {"authorize_networks": [str(each) for each in networks]}


def _networks(served: Served, ledger: Ledger) -> Iterable[Said[tuple[Any, ...]]]:
    found = served.found
    listed = authorized(found, served.view)
    if listed is None:
        line = served.view.where("authorization_acl")
        ledger.left_out(found, line, "there is no such access list")
        return
    networks = []
    for entry in listed.entries:
        network = permitted_network(entry)
        if network is None:
            ledger.left_out(found, entry.line, "a list of members permits networks, no more")
        else:
            networks.append(network)
    yield Said(
        tuple(networks),
        found.place(listed.line),
        found.name,
        f"{listed.name}: {len(networks)} lines",
    )
