"""The whole intent as data: everybody, and what is known of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import InputError
from ...inventory.models import Group, Intent
from ...inventory.policy import largest_segment
from ...inventory.relations import Relations
from ...inventory.resolve import device_views
from ...parsers.config import Interface
from .doc_devices import member_document, server_document
from .doc_groups import group_document
from .doc_ike import Offers, common, differing, further, offers_of
from .doc_proof import Proofs, points_of
from .grouping import Identity
from .ledger import Ledger
from .member_order import member_order
from .people import Network, network_of
from .proof import Proof, domains_of, profile_of, proofs_of
from .reading import Found
from .references import References, references

Document = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Draft:
    """An intent that is being made, with what it is made of."""

    document: Document
    devices: Mapping[str, Found]
    offers: Mapping[str, Offers]
    keys: References


def draft_of(devices: Sequence[Found], folder: str | None, ledger: Ledger) -> Draft:
    """The intent of some devices; `folder` is where the files of their keys are, if anywhere."""
    network = network_of(devices, ledger)
    if not network.groups:
        why = ledger.entries[0] if ledger.entries else None
        raise InputError(
            "no group can be adopted",
            source=why.place if why is not None else None,
            hint=why.why if why is not None else None,
        )
    proofs = proofs_of(network)
    for group in network.groups:
        if proofs[group.identity] == "pki" and not points_of(group):
            proofs[group.identity] = None
    keyed = [group for group in network.groups if proofs[group.identity] != "pki"]
    keys = references(network, keyed, folder, ledger)
    proof = Proofs(network.groups, proofs, keys, ledger)
    groups = {
        group.identity: group_document(group, network, proof.document(group), ledger)
        for group in network.groups
    }
    network.members = member_order(network, proofs)
    unknown = _without_policies(network, groups, ledger)
    named = {server.name: server for server in network.servers.values()}
    servers = [
        server_document(server, network, keys, ledger, external=server.name in unknown)
        for server in named.values()
    ]
    members = [member_document(member, network, groups, keys, ledger) for member in network.members]
    made = {each["name"] for each in (*servers, *members)}
    known = {found.name: found for found in devices if found.name in made}
    offers = _algorithms(network, proofs, known, [*servers, *members])
    document: Document = {
        "version": 1,
        "domain": _domain(known, servers, members),
        "ike": common(offers.values()),
        "key_servers": servers,
        "members": members,
        "groups": list(groups.values()),
    }
    for each in (*servers, *members):
        if each["name"] in offers:
            own = differing(offers[each["name"]].own, document["ike"])
            if own is not None:
                each["ike"] = own
    return Draft(document=document, devices=known, offers=offers, keys=keys)


def _domains_of_servers(devices: Mapping[str, Found], member: Document) -> list[str | None]:
    """The domains by which a member knows its key servers."""
    found = devices.get(member["name"])
    if found is None or member.get("external"):
        return []
    names = [view.ikev2_profile for view in found.config.group_members]
    return [it for name in names for it in domains_of(profile_of(found, name))]


def _without_policies(
    network: Network, groups: Mapping[Identity, Document], ledger: Ledger
) -> set[str]:
    """The key servers of whose groups none has a policy that is known: they are external."""
    unknown: dict[str, Found] = {}
    for server in network.servers.values():
        if server.found is None:
            continue
        served = network.served_by(server.found)
        if not any(groups[group.identity]["policies"] for group, _ in served):
            unknown[server.name] = server.found
            why = "nothing says what its groups encrypt, so that it is external"
            ledger.left_out(server.found, None, why, text=server.name)
    return set(unknown)


def _algorithms(
    network: Network,
    proofs: Mapping[Identity, Proof | None],
    devices: Mapping[str, Found],
    documents: Sequence[Document],
) -> dict[str, Offers]:
    ours = [each["name"] for each in documents if not each.get("external")]
    return {name: offers_of(devices[name], network, proofs) for name in ours}


def _domain(
    devices: Mapping[str, Found], servers: Sequence[Document], members: Sequence[Document]
) -> str | None:
    """The domain of most key servers, else members; others say their own.

    Where a device has none, all that have one say it.
    """
    ours = [each for each in (*servers, *members) if not each.get("external")]
    domains = {each["name"]: devices[each["name"]].config.domain_name for each in ours}
    serving = [domains[each["name"]] for each in servers if each["name"] in domains]
    serving = serving or [it for each in members for it in _domains_of_servers(devices, each)]
    usual = None
    if None not in domains.values():
        counts = Counter(serving or domains.values())
        usual = counts.most_common(1)[0][0] if counts else None
    for each in ours:
        if domains[each["name"]] != usual:
            each["domain"] = domains[each["name"]]
    return usual


# ---- what can only be said when the rest is known ----


def refine(draft: Draft, intent: Intent) -> bool:
    """Say besides what the intent would get wrong otherwise; tell whether there was any."""
    changed = False
    views = device_views(intent)
    for each in (*draft.document["key_servers"], *draft.document["members"]):
        view = views.get(each["name"])
        if view is None:
            continue
        offers = draft.offers[each["name"]]
        more = further(view.isakmp_policies, offers.own, offers.policies)
        if more:
            each["further_ike"] = more
            changed = True
    relations = Relations(intent)
    segments = {member.name: member for member in intent.members}
    for each in draft.document["members"]:
        member = segments.get(each["name"])
        if member is None or member.external:
            continue
        groups = [seat.group for seat in relations.seats_by_member[member.name]]
        mtu = min(wan.mtu for wan in (member.wan, *member.uplinks))
        interfaces = draft.devices[member.name].config.interfaces
        for lan in each["lan"]:
            changed = _shorter(lan, interfaces[lan["interface"]], groups, mtu) or changed
    return changed


def _shorter(lan: Document, view: Interface, groups: Sequence[Group], mtu: int) -> bool:
    """Say of an interface towards the site only what does not follow; tell whether it is less."""
    there = (view.tcp_adjust_mss, view.ipv6_adjust_mss)
    before = len(lan)
    said = lan.get("mss")
    for mss in (None, "none", said):
        made = (
            largest_segment(groups, mtu, "ipv4", mss),
            largest_segment(groups, mtu, "ipv6", mss),
        )
        if made[0] == there[0] and (made[1] == there[1] or mss == said):
            if mss is None:
                lan.pop("mss", None)
            else:
                lan["mss"] = mss
            if made[1] == there[1]:
                lan.pop("mss6", None)
            break
    return len(lan) < before
