"""Whether the members of a group are registered, and hold what its key servers give out."""

from collections.abc import Iterator

from .network import GroupLook
from .seen import JoinedGroup
from .troubles import Kind, Trouble, members


def member_troubles(look: GroupLook, *, complete: bool = False) -> Iterator[Trouble]:
    """What is wrong with the members that were looked at; with `complete` all must take part."""
    for name in look.intended_members:
        member, seen = look.members.get(name), look.observed.get(name)
        if member is not None:
            yield from _member(look, member)
        elif complete and seen is not None and not seen.failure:
            yield Trouble(
                kind=Kind.NOT_JOINED,
                devices=(name,),
                group=look.name,
                what="it is no member of the group",
            )


def _member(look: GroupLook, member: JoinedGroup) -> Iterator[Trouble]:
    name = member.device
    if not member.registered:
        state = member.status or "in no crypto map"
        yield Trouble(
            kind=Kind.NOT_REGISTERED,
            devices=(name,),
            group=look.name,
            what=f"it is not registered ({state})",
            advice="see 'show crypto gdoi' and its log for the reason",
        )
        return
    known = look.names_by_address
    foreign = [address for address in member.registered_with if address not in known]
    for address in foreign:
        yield Trouble(
            kind=Kind.FOREIGN_SERVER,
            devices=(name,),
            group=look.name,
            what=f"it is registered with {address}, which is no key server of the intent",
            advice="take that key server into the intent, or enter 'clear crypto gdoi' here",
        )
    if look.servers and not foreign:
        yield from _beside_servers(look, member)


def _beside_servers(look: GroupLook, member: JoinedGroup) -> Iterator[Trouble]:
    servers = look.servers.values()
    own = member.addresses
    lists = all(server.lists_members for server in servers)
    if lists and own and not any(server.knows(own) for server in servers):
        yield Trouble(
            kind=Kind.NOT_LISTED,
            devices=(member.device,),
            group=look.name,
            what="it is registered, but no key server lists it, so that it gets no rekeys",
            advice="enter 'clear crypto gdoi' here, so that it registers again",
        )
    wanted = frozenset(spi for server in servers for spi in server.every_tek_spi)
    if wanted and not member.tek_spis & wanted:
        yield Trouble(
            kind=Kind.OLD_KEYS,
            devices=(member.device,),
            group=look.name,
            what="it holds none of the traffic keys that the key servers give out",
            advice="enter 'clear crypto gdoi' here, so that it registers again",
        )


def lost_troubles(look: GroupLook, before: GroupLook) -> Iterator[Trouble]:
    """Members that were registered before and are not now."""
    for name, earlier in before.members.items():
        now = look.members.get(name)
        if earlier.registered and name in look.observed and (now is None or not now.registered):
            yield Trouble(
                kind=Kind.MEMBERS_LOST,
                devices=(name,),
                group=look.name,
                what="it was registered before the change and is not now",
            )
    one, other = before.leading, look.leading
    if one is not None and other is not None:
        was, now_count = one.member_count, other.member_count
        if was is not None and now_count is not None and now_count < was:
            yield Trouble(
                kind=Kind.MEMBERS_LOST,
                devices=(other.device,),
                group=look.name,
                what=f"it knows {members(now_count)}, before the change there were {was}",
            )
