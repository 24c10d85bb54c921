"""Key servers and members, as an intent says them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ...parsers.config import Interface
from .doc_members import membership, wan_document
from .grouping import Identity
from .keys import isakmp_keys, key_for
from .ledger import Ledger
from .lists import clear_of, lines_of
from .maps import FAMILIES, Attachment, address_of, site_interfaces
from .people import Member, Network, Server
from .reading import Found
from .references import References
from .software import software

Document = dict[str, Any]
_LOOPBACK: Final = "Loopback"


def device_document(found: Found, ledger: Ledger) -> Document:
    """What key servers and members have in common."""
    if found.hostname is None:
        ledger.assumed(found.name, "it is called after its file", found)
    runs = software(found)
    document: Document = {"name": found.name, "os": runs.os, "release": runs.release}
    if not runs.sure:
        why = f"it runs {runs.os} {runs.release}, by the spelling of its lines"
        ledger.assumed(found.name, why, found)
    return document


# ---- key servers ----


def server_document(
    server: Server, network: Network, keys: References, ledger: Ledger, *, external: bool
) -> Document:
    """A key server; one of which others only tell is external, too."""
    if server.found is None or external:
        return {"name": server.name, "external": True, "address": str(server.address)}
    found, config = server.found, server.found.config
    document = device_document(found, ledger) | {"address": str(server.address)}
    own = next(
        (
            view
            for view in config.interfaces.values()
            if any(address.ip == server.address for address in view.addresses)
        ),
        None,
    )
    document["interface"] = own.name if own is not None else None
    wan = _server_wan(found, own, network)
    if wan is not None:
        document["wan"] = wan_document(wan)
    served = [group for group, _ in network.served_by(found)]
    document |= _identity(found)
    vrf = own.vrf if own is not None else None
    values = {it.value for group in served if (it := keys.groups.get(group.identity)) and it.shared}
    networks = []
    for key in isakmp_keys(found):
        if key.network is None or key.single is not None or key.vrf != vrf:
            continue
        if len(values) == 1 and key.value in values:
            networks.append(str(key.network))
    document["key_networks"] = networks
    document |= _keyring(found, [vrf])
    return document


def _server_wan(found: Found, own: Interface | None, network: Network) -> Interface | None:
    """The interface towards the network, if it is clear which one that is."""
    if own is not None and not own.name.startswith(_LOOPBACK):
        return own
    fit = [
        view
        for view in found.config.interfaces.values()
        if view.addresses
        and not view.shutdown
        and not view.name.startswith(_LOOPBACK)
        and not view.is_tunnel
        and (own is None or view.vrf == own.vrf)
    ]
    multicast = [view for view in fit if view.pim]
    if multicast and any(
        it.view.rekey_address_acl is not None for _, it in network.served_by(found)
    ):
        return multicast[0]
    return fit[0] if len(fit) == 1 or (fit and own is not None and own.vrf is not None) else None


def _identity(found: Found) -> Document:
    """What the device calls itself; what an intent would say anyway is left out later."""
    return {"isakmp_identity": found.config.isakmp_identity}


def _keyring(found: Found, vrfs: Iterable[str | None]) -> Document:
    """The name of the keyring of the first VRF that has one."""
    for vrf in vrfs:
        names = [ring.name for ring in found.config.keyrings.values() if ring.vrf == vrf]
        if vrf is not None and names:
            return {"keyring_name": names[0]}
    return {}


# ---- members ----


def member_document(
    member: Member,
    network: Network,
    groups: Mapping[Identity, Document],
    keys: References,
    ledger: Ledger,
) -> Document:
    """A member; `groups` are the documents of its groups by identity."""
    if member.found is None or member.attached is None:
        return _stranger(member)
    found, attached = member.found, member.attached
    interfaces = found.config.interfaces
    outer = [interfaces[name] for name in attached.interfaces]
    document = device_document(found, ledger)
    if not outer:
        ledger.left_out(found, None, "no interface has its crypto map, so that it is external")
        document["external"] = True
        address = next((it for it in member.addresses.values() if it is not None), None)
        document["wan"] = {"address": f"{address}/32"} if address is not None else {}
    else:
        document["wan"] = wan_document(outer[0])
        document["uplinks"] = [wan_document(view) for view in outer[1:]]
    vrf = outer[0].vrf if outer else None
    sources = {attached.source(it.view) for _, it in member.joined if it is not None}
    lan = _lan(found, attached, vrf, sources)
    document["lan"] = lan
    inside = {each["interface"] for each in lan} | set(attached.interfaces)
    document["groups"] = [
        membership(member, group, joined, groups[group.identity], inside, network, ledger)
        for group, joined in member.joined
        if joined is not None
    ]
    document |= _fail_close(found, attached, ledger)
    document |= _map(member, attached, inside)
    document |= _identity(found)
    document["key_networks"] = _networks(member, keys)
    elsewhere = [
        interfaces[name].vrf for name in sorted(filter(None, sources)) if name in interfaces
    ]
    return document | _keyring(found, [vrf, *elsewhere])


def _stranger(member: Member) -> Document:
    """A member of which key servers only tell."""
    addresses = {str(address) for address in member.addresses.values()}
    return {
        "name": member.name,
        "external": True,
        "wan": {"address": f"{next(iter(addresses))}/32"},
        "groups": [group.name for group, _ in member.joined],
    }


def _lan(
    found: Found, attached: Attachment, vrf: str | None, sources: set[str | None]
) -> list[Document]:
    views = site_interfaces(found, attached.interfaces, vrf)
    names = {view.name for view in views}
    for name in sorted(name for name in sources if name is not None):
        view = found.config.interfaces.get(name)
        fits = view is not None and view.vrf == vrf and name not in attached.interfaces
        if view is not None and fits and name not in names:
            views.append(view)
    # of two with one network, the intent keeps the one that is up
    views.sort(key=lambda view: view.shutdown)
    return [
        {
            "interface": view.name,
            **_addresses(view),
            "mss": view.tcp_adjust_mss or "none",
            "mss6": view.ipv6_adjust_mss or "none",
        }
        for view in views
    ]


def _addresses(view: Interface) -> Document:
    document: Document = {}
    if view.addresses:
        document["address"] = str(view.addresses[0])
    if view.ipv6_addresses:
        document["address6"] = str(view.ipv6_addresses[0])
    return document


def _fail_close(found: Found, attached: Attachment, ledger: Ledger) -> Document:
    """What passes before the first registration: the lists of both maps say the same."""
    for family in FAMILIES:
        each = attached.maps.get(family)
        if each is None or each.fail_close is None:
            continue
        block = each.fail_close
        lists = found.config.ipv6_access_lists if family == "ipv6" else found.config.access_lists
        listed = lists.get(block.acl or "")
        if not block.activated or listed is None:
            ledger.left_out(found, block.line, "fail-close without a list, or not activated")
            continue
        lines = lines_of(found, listed, family, ledger)
        denied = [line for line in lines if line.startswith("deny ")]
        if len(denied) < len(lines):
            ledger.left_out(found, listed.line, "the list of fail-close denies, no more")
        names, rest = clear_of(denied, family)
        name = block.acl or ""
        if family == "ipv6" and name.endswith("6"):
            name = name[:-1]
        return {"fail_close": {"acl_name": name, "clear": names, "extra_clear": rest}}
    return {}


def _map(member: Member, attached: Attachment, inside: set[str]) -> Document:
    document: Document = {}
    older, newer = attached.maps.get("ipv4"), attached.maps.get("ipv6")
    if older is not None:
        document["map_name"] = older.name
    elif newer is not None and newer.name.endswith("6") and len(newer.name) > 1:
        document["map_name"] = newer.name[:-1]
    name = attached.local_interface
    if name is not None:
        document["local_interface"] = name
        written = address_of(attached.found.config, name)
        told = [
            member.addresses[group.identity]
            for group, joined in member.joined
            if joined is not None and attached.source(joined.view) == name
        ]
        address = written or next((it for it in told if it is not None), None)
        if address is not None and (written is None or name not in inside):
            document["local_address"] = str(address)
    return document


def _networks(member: Member, keys: References) -> list[str]:
    """The networks whose key a member uses for key servers that have none of their own."""
    found = member.found
    if found is None:
        return []
    known = isakmp_keys(found)
    networks: dict[str, None] = {}
    for group, joined in member.joined:
        if joined is None or group.identity not in keys.groups or joined.view.protocol != "gdoi":
            continue
        for server in joined.servers:
            key = key_for(known, server)
            if key is not None and key.single is None and key.network is not None:
                networks[str(key.network)] = None
    return list(networks)
