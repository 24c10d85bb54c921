"""Whether the key servers of a group get on with each other."""

from collections.abc import Iterator
from typing import Final

from .network import GroupLook
from .seen import ELECTION, PRIMARY, Address, ServedGroup
from .troubles import Kind, Trouble, members
from .verify import policy_differences

_ALIVE: Final = "alive"
_ESTABLISHED: Final = "established"


def server_troubles(look: GroupLook, *, complete: bool = False) -> Iterator[Trouble]:
    """What is wrong among the key servers.

    With `complete` everything that the intent wants must be there; without, the group may not exist
    yet.
    """
    yield from _absent(look, complete=complete)
    if complete or not look.is_beginning:
        yield from _roles(look)
    yield from peer_troubles(look)
    yield from _keys(look, complete=complete)
    yield from _counts(look)
    yield from policy_troubles(look)


def _absent(look: GroupLook, *, complete: bool) -> Iterator[Trouble]:
    for server in look.intended:
        seen = look.observed.get(server.name)
        if seen is None and not server.external:
            yield Trouble(
                kind=Kind.UNSEEN,
                devices=(server.name,),
                group=look.name,
                what="the key server was not looked at",
                advice="look at all key servers of the group",
            )
        elif look.is_elsewhere(server.name) and (complete or look.servers):
            yield Trouble(
                kind=Kind.NOT_SERVED,
                devices=(server.name,),
                group=look.name,
                what="it does not serve the group",
            )


def _roles(look: GroupLook) -> Iterator[Trouble]:
    for server in look.servers.values():
        if server.role == ELECTION:
            yield Trouble(
                kind=Kind.ELECTION,
                devices=(server.device,),
                group=look.name,
                what="it is electing a primary",
                advice="wait until one is elected",
            )
    primaries = look.primaries
    split = [
        server
        for server in primaries
        if any(look.cooperate(server, other) for other in primaries if other is not server)
    ]
    if split:
        names = " and ".join(server.device for server in split)
        yield Trouble(
            kind=Kind.SEVERAL_PRIMARIES,
            devices=(),
            group=look.name,
            what=f"{names} are primary at the same time",
            advice="restore the connection between them and wait until one steps back",
        )
    led = list(_led(look))
    yield from (
        Trouble(
            kind=Kind.FOREIGN_PRIMARY,
            devices=(server.device,),
            group=look.name,
            what=f"its primary is {address}, which the intent does not have",
            advice="let another one take over: 'clear crypto gdoi ks coop role' there",
        )
        for server, address in led
        if address not in look.names_by_address
    )
    if look.servers and not primaries and not led:
        names = ", ".join(look.servers)
        yield Trouble(
            kind=Kind.NO_PRIMARY,
            devices=(),
            group=look.name,
            what=f"none of its key servers ({names}) is primary",
            advice="wait for an election, or check the connections between them",
        )


def _led(look: GroupLook) -> Iterator[tuple[ServedGroup, Address]]:
    """Key servers whose primary was not looked at, and the address of that."""
    names = look.names_by_address
    for server in look.servers.values():
        for peer in server.peers:
            leads = (peer.role or "").lower() == PRIMARY and (peer.status or "").lower() == _ALIVE
            if leads and names.get(peer.address) not in look.observed:
                yield server, peer.address


def peer_troubles(look: GroupLook) -> Iterator[Trouble]:
    """Peers that are dead, or that key servers do not have."""
    for server in look.servers.values():
        yield from _peers(look, server)


def _peers(look: GroupLook, server: ServedGroup) -> Iterator[Trouble]:
    known = look.names_by_address
    listed = {peer.address for peer in server.peers}
    for peer in server.peers:
        name = known.get(peer.address)
        if name is None or look.is_elsewhere(name):
            continue
        other = look.servers.get(name)
        if other is not None and not other.lists_peer(server):
            continue  # that is why: it is told of `other`
        status, ike = (peer.status or "unknown").lower(), (peer.ike_status or "").lower()
        called = look.called(peer.address)
        if status != _ALIVE:
            what = f"its peer {called} is {status}"
            advice = "check the connection between them"
        elif ike not in {"", _ESTABLISHED}:
            what = f"IKE with its peer {called} is {ike}"
            advice = "check their keys or certificates, and the connection between them"
        else:
            continue
        yield Trouble(
            kind=Kind.PEER,
            devices=(server.device, name),
            group=look.name,
            what=what,
            advice=advice,
        )
    for address, name in known.items():
        other = look.servers.get(name)
        if other is not None and other.device != server.device and address not in listed:
            yield Trouble(
                kind=Kind.PEER_MISSING,
                devices=(server.device,),
                group=look.name,
                what=f"it does not cooperate with {look.called(address)}",
                advice=f"give it the line 'peer address ipv4 {address}'",
            )


def _keys(look: GroupLook, *, complete: bool) -> Iterator[Trouble]:
    first = look.leading
    if first is None:
        return
    for server in look.servers.values():
        if server.kek is None and not server.teks:
            if complete and first.member_count:
                yield Trouble(
                    kind=Kind.NO_KEYS,
                    devices=(server.device,),
                    group=look.name,
                    what="it has no keys for the group",
                )
            continue
        if first.kek is None or not look.cooperate(server, first):
            continue
        same = server.kek_spi == first.kek_spi and server.tek_spis == first.tek_spis
        if not same:
            yield Trouble(
                kind=Kind.KEYS,
                devices=(server.device, first.device),
                group=look.name,
                what=f"it has other keys than {first.device}",
                advice="wait until they have synchronised, or mend their cooperation",
            )


def _counts(look: GroupLook) -> Iterator[Trouble]:
    first = look.leading
    for server in look.servers.values():
        if first is None or not look.cooperate(server, first):
            continue
        own, others = server.member_count, first.member_count
        if own is not None and others is not None and own != others:
            yield Trouble(
                kind=Kind.MEMBER_COUNT,
                devices=(server.device, first.device),
                group=look.name,
                what=f"it knows {members(own)}, {first.device} knows {others}",
                advice="wait until they have synchronised, or mend their cooperation",
            )


def change_troubles(look: GroupLook, rekey_after_s: float) -> Iterator[Trouble]:
    """What only matters to a change that is about to begin: the next rekey, and RSA keys."""
    primary = look.primary
    if primary is not None and primary.member_count != 0:
        left = primary.time_to_rekey_s
        if left is not None and left < rekey_after_s:
            yield Trouble(
                kind=Kind.REKEY_SOON,
                devices=(primary.device,),
                group=look.name,
                what=f"the next rekey leaves in {left} s, the change needs {rekey_after_s:.0f} s",
                advice="wait until it has been sent",
            )
    yield from _rsa(look)


def _rsa(look: GroupLook) -> Iterator[Trouble]:
    label = look.group.rekey.key
    if label is None:
        return
    keys = {
        server.name: look.observed[server.name].public_keys
        for server in look.intended
        if server.name in look.observed and look.observed[server.name].shows_keys
    }
    lead = look.leading.device if look.leading is not None else next(iter(keys), "")
    model = keys.get(lead, {}).get(label)
    for name, own in keys.items():
        if label not in own:
            yield Trouble(
                kind=Kind.RSA,
                devices=(name,),
                group=look.name,
                what=f"it has no RSA key '{label}', which is to sign rekeys",
                advice="generate it on one key server, export it and import it on the others",
            )
        elif model is not None and own[label] != model:
            yield Trouble(
                kind=Kind.RSA,
                devices=(name, lead),
                group=look.name,
                what=f"its RSA key '{label}' is another one than that of {lead}",
                advice="export the key of one key server and import it on the others",
            )


def policy_troubles(look: GroupLook) -> Iterator[Trouble]:
    """Key servers whose policies differ: what the audit rule COOP006 finds."""
    first = look.leading
    seen = [look.observed[name] for name in look.servers]
    if first is None or len(seen) < 2 or any(each.running is None for each in seen):
        return
    names = {name: server.group for name, server in look.servers.items()}
    for device, what in policy_differences(seen, names, first.device):
        yield Trouble(
            kind=Kind.POLICY,
            devices=(device, first.device),
            group=look.name,
            what=f"its policy differs from that of {first.device}: {what}",
            advice="bring both to the intended policy",
        )
