"""Who there is: key servers and members that were found, and those that others only tell of."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Final

from ...parsers.config import AccessList, KeyServerConfig
from .grouping import GroupFacts, Identity, Joined, Served, groups_of
from .keys import Key, ikev2_keys, isakmp_keys, key_for
from .ledger import Ledger
from .lists import permitted_network
from .maps import Attachment, attachment
from .reading import Found

_HOST: Final = 32
_LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A key server; `found` is None where others only tell of it."""

    name: str
    address: IPv4Address
    found: Found | None = None


@dataclass(slots=True, kw_only=True)
class Member:
    """A member of some groups; `found` is None where key servers only tell of its address.

    `joined` has the groups in the order of its configuration, `addresses` whence it registers in
    each, by the identity of the group.
    """

    name: str
    found: Found | None = None
    attached: Attachment | None = None
    joined: list[tuple[GroupFacts, Joined | None]] = field(default_factory=list)
    addresses: dict[Identity, IPv4Address | None] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Network:
    """Everybody, and which groups there are."""

    groups: list[GroupFacts]
    servers: dict[IPv4Address, Server]
    members: list[Member]
    _served: dict[str, list[tuple[GroupFacts, Served]]] = field(default_factory=dict)
    _joined: dict[str, list[tuple[GroupFacts, Joined]]] = field(default_factory=dict)
    _members: dict[Identity, list[Member]] = field(default_factory=dict)

    def settle(self) -> None:
        """Look up once who has to do with whom; nothing changes any more."""
        for group in self.groups:
            for served in group.served:
                self._served.setdefault(served.found.name, []).append((group, served))
            for joined in group.joined:
                self._joined.setdefault(joined.found.name, []).append((group, joined))
        for member in self.members:
            for group, _ in member.joined:
                self._members.setdefault(group.identity, []).append(member)

    def served_by(self, found: Found) -> list[tuple[GroupFacts, Served]]:
        """The groups that a device serves."""
        return self._served.get(found.name, [])

    def joined_by(self, found: Found) -> list[tuple[GroupFacts, Joined]]:
        """The groups that a device has joined."""
        return self._joined.get(found.name, [])

    def members_of(self, group: GroupFacts) -> list[Member]:
        """The members of a group."""
        return self._members.get(group.identity, [])


def network_of(devices: Sequence[Found], ledger: Ledger) -> Network:
    """Everybody of whom the configurations tell."""
    groups = groups_of(devices, ledger)
    for group in groups:
        _one_address(group, ledger)
    groups = [group for group in groups if group.addresses]
    names = {found.name.casefold() for found in devices}
    servers = _servers(groups, names)
    members = _members(devices, groups, ledger)
    network = Network(groups=groups, servers=servers, members=members)
    _match_keys(network, ledger)
    _add_strangers(network, devices, names)
    network.groups = [it for it in groups if it.served or it.joined]
    network.settle()
    return network


def _one_address(group: GroupFacts, ledger: Ledger) -> None:
    """A device serves a group once."""
    seen: dict[str, IPv4Address] = {}
    kept = []
    for each in group.served:
        if seen.setdefault(each.found.name, each.address) == each.address:
            kept.append(each)
        else:
            ledger.left_out(each.found, each.view.line, "the device serves this group already")
    group.served[:] = kept


def _servers(groups: Iterable[GroupFacts], names: set[str]) -> dict[IPv4Address, Server]:
    found: dict[IPv4Address, Server] = {}
    for group in groups:
        for each in group.served:
            found.setdefault(
                each.address, Server(name=each.found.name, address=each.address, found=each.found)
            )
    for group in groups:
        for address in group.addresses:
            if address not in found:
                label = _label(_keyring_name(group, address), names) or f"KS-{address}"
                found[address] = Server(name=_free(label, names), address=address)
    return found


def _keyring_name(group: GroupFacts, address: IPv4Address) -> str | None:
    """What the IKEv2 keyrings of members call a key server."""
    keys = (key for each in group.joined for key in member_keys(each.found, each))
    named = (key.peer for key in keys if key.single == address and key.peer is not None)
    return next(named, None)


def _members(
    devices: Iterable[Found], groups: Sequence[GroupFacts], ledger: Ledger
) -> list[Member]:
    places = {id(each.view): (group, each) for group in groups for each in group.joined}
    members = []
    for found in devices:
        joined = [places[id(it)] for it in found.config.group_members if id(it) in places]
        if not joined:
            continue
        attached = attachment(found, ledger)
        member = Member(name=found.name, found=found, attached=attached)
        for group, each in joined:
            view = each.view
            if any(other is group for other, _ in member.joined):
                ledger.left_out(found, view.line, "the member has joined this group already")
                continue
            if (view.family, view.group) not in attached.entries and attached.maps:
                ledger.left_out(found, view.line, "no entry of its crypto map has this group")
                continue
            member.joined.append((group, each))
            member.addresses[group.identity] = attached.address(view)
        if member.joined:
            members.append(member)
    for group in groups:
        kept = {id(each) for it in members for other, each in it.joined if other is group}
        group.joined[:] = [each for each in group.joined if id(each) in kept]
    return members


def _free(wanted: str, names: set[str]) -> str:
    name, number = wanted, 2
    while name.casefold() in names:
        name, number = f"{wanted}-{number}", number + 1
    names.add(name.casefold())
    return name


# ---- members of whom only key servers tell ----


def server_keys(found: Found, view: KeyServerConfig) -> list[Key]:
    """The keys by which a key server knows the members of a group."""
    keys = list(isakmp_keys(found)) if view.gdoi or view.redundancy is not None else []
    if view.gikev2 is not None:
        profile = found.config.ikev2_profiles.get(view.gikev2)
        keys += ikev2_keys(found, profile.keyring if profile is not None else None)
    return keys


def member_keys(found: Found, each: Joined) -> list[Key]:
    """The keys by which a member knows the key servers of a group."""
    if each.view.protocol == "gdoi":
        return list(isakmp_keys(found))
    profile = found.config.ikev2_profiles.get(each.view.ikev2_profile or "")
    return list(ikev2_keys(found, profile.keyring if profile is not None else None))


def authorized(found: Found, view: KeyServerConfig) -> AccessList | None:
    """The list of those who may register, None where there is none."""
    return found.config.access_lists.get(view.authorization_acl or "")


def _match_keys(network: Network, ledger: Ledger) -> None:
    """A member whose address is not written down may be known by its key."""
    for group in network.groups:
        known = {address for it in network.members for address in it.addresses.values() if address}
        told: dict[IPv4Address, Key] = {}
        for served in group.served:
            for key in server_keys(served.found, served.view):
                address = key.single
                if address is not None and address not in known | network.servers.keys():
                    told.setdefault(address, key)
        values = Counter(key.value for key in told.values() if key.value is not None)
        for member in network.members:
            joined = next((each for other, each in member.joined if other is group), None)
            if member.found is None or joined is None:
                continue
            if member.addresses[group.identity] is not None:
                continue
            own = [key_for(member_keys(member.found, joined), server) for server in joined.servers]
            mine = {key.value for key in own if key is not None}
            fit = [
                address
                for address, key in told.items()
                if key.value is not None and values[key.value] == 1 and key.value in mine
            ]
            if len(fit) == 1:
                member.addresses[group.identity] = fit[0]
                why = f"it registers from {fit[0]}, for which a key server has its key"
                ledger.assumed(member.name, why, member.found)


def _add_strangers(network: Network, devices: Iterable[Found], names: set[str]) -> None:
    """Add the members that key servers tell of, and that have no configuration here."""
    known: set[IPv4Address] = set(network.servers)
    for found in devices:
        for interface in found.config.interfaces.values():
            known |= {address.ip for address in interface.addresses}
    for member in network.members:
        known |= {address for address in member.addresses.values() if address is not None}
    strangers: dict[IPv4Address, Member] = {}
    keyed: dict[IPv4Address, GroupFacts] = {}
    for group in network.groups:
        for address, name in _told(group, keyed):
            if address in known:
                continue
            if address not in strangers:
                label = _label(name, names) or f"GM-{address}"
                strangers[address] = Member(name=_free(label, names))
            member = strangers[address]
            if all(other is not group for other, _ in member.joined):
                member.joined.append((group, None))
                member.addresses[group.identity] = address
    for address, group in keyed.items():
        if address not in strangers and address not in known:
            member = Member(name=_free(f"GM-{address}", names), joined=[(group, None)])
            member.addresses[group.identity] = address
            strangers[address] = member
    network.members += strangers.values()


def _label(name: str | None, names: set[str]) -> str | None:
    """The name that a key server has for a member, if it can be one."""
    if name is None or _LABEL.fullmatch(name) is None or name.casefold() in names:
        return None
    return name


def _told(
    group: GroupFacts, keyed: dict[IPv4Address, GroupFacts]
) -> Iterable[tuple[IPv4Address, str | None]]:
    """The addresses of members that are told of as such, with their names if they have one.

    Those that only have a key go into `keyed`, with the first group that they may be of.
    """
    for served in group.served:
        listed = authorized(served.found, served.view)
        entries = listed.entries if listed is not None else ()
        networks = [it for it in map(permitted_network, entries) if it is not None]
        yield from ((it.network_address, None) for it in networks if it.prefixlen == _HOST)
        wider = [it for it in networks if it.prefixlen < _HOST]
        for key in server_keys(served.found, served.view):
            address = key.single
            if address is None:
                continue
            if key.keyring is not None and key.peer is not None:
                yield address, key.peer
            elif listed is None or any(address in network for network in wider):
                keyed.setdefault(address, group)
