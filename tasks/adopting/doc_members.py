"""How a member takes part in a group, and its interfaces, as an intent says them."""

from typing import Any

from ...inventory.access_lines import Family
from ...parsers.config import Interface
from .grouping import GroupFacts, Joined
from .ledger import Ledger
from .lists import lines_of
from .people import Member, Network

Document = dict[str, Any]


def wan_document(view: Interface) -> Document:
    """An interface towards the network."""
    document: Document = {"interface": view.name}
    if view.addresses:
        document["address"] = str(view.addresses[0])
    if view.ipv6_addresses:
        document["address6"] = str(view.ipv6_addresses[0])
    if view.mtu is not None:
        document["mtu"] = view.mtu
    if view.vrf is not None:
        document["vrf"] = view.vrf
    return document


def membership(
    member: Member,
    group: GroupFacts,
    joined: Joined,
    document: Document,
    inside: set[str],
    network: Network,
    ledger: Ledger,
) -> Document:
    """The member in the group, whose document is given; `inside` are its own interfaces."""
    view, found = joined.view, joined.found
    made: Document = {"group": group.name}
    if view.group != group.name:
        made["group_name"] = view.group
    if document["versions"] == "both":
        made["version"] = "ikev2" if view.protocol == "gikev2" else "ikev1"
    servers = [network.servers[address].name for address in joined.servers]
    if servers != [each["name"] for each in document["servers"]]:
        made["servers"] = servers
    source = view.registration_interface
    if source is not None:
        made["source"] = source
        address = member.addresses[group.identity]
        if source not in inside:
            made["source_address"] = str(address) if address is not None else None
            interface = found.config.interfaces.get(source)
            made["source_vrf"] = interface.vrf if interface is not None else None
    made |= {
        "recovery_check_s": view.recovery_check_s,
        "track": view.active_sa_track,
        "passive": view.passive,
    }
    family: Family = "ipv6" if view.family == "ipv6" else "ipv4"
    entry = member.attached.entries.get((family, view.group)) if member.attached else None
    if entry is None:
        return made
    made["sequence"] = entry.sequence
    if entry.acl is not None:
        lists = found.config.ipv6_access_lists if family == "ipv6" else found.config.access_lists
        listed = lists.get(entry.acl)
        if listed is None:
            ledger.left_out(found, entry.where("acl"), "there is no such access list")
            return made
        lines = lines_of(found, listed, family, ledger)
        for each in listed.entries:
            if each.action != "deny":
                ledger.left_out(found, each.line, "a list of a member denies, no more")
        made["local_clear"] = [line for line in lines if line.startswith("deny ")]
        made["local_acl_name"] = entry.acl
    return made
