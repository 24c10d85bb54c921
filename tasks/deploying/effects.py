"""What the lines of a change do to traffic and registrations, in plain sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ...parsers.config import (
    AccessList,
    CryptoMap,
    DeviceConfig,
    GroupMemberConfig,
    Interface,
    KeyServerConfig,
)
from ..comparing.plan import Command
from .policy import CARRIED, Facet, FacetChange, facet_changes

NOTHING: Final = "neither traffic nor registrations change"
_IKE: Final = ("crypto isakmp policy", "crypto ikev2 policy", "crypto ikev2 proposal")
_KEYS: Final = ("crypto isakmp key", "pre-shared-key", "no crypto isakmp key", "no pre-shared-key")
_GROUP: Final = ("no crypto gdoi group ", "no crypto gkm group ")
_MAP: Final = re.compile(r"(?:ipv6 )?crypto map \S+$")
_NO_MAP: Final = re.compile(r"no (?:ipv6 )?crypto map(?: (?:ipv6 )?(\S+))?")
_LONG: Final = 60
"""A value of more characters is not said: it stands among the lines."""


def effects(old: DeviceConfig, new: DeviceConfig, commands: Iterable[Command]) -> tuple[str, ...]:
    """The effects of `commands`, which turn `old` into what `new` says; `NOTHING` if none.

    `new` holds only what the intent speaks of, so that what it leaves out is not lost.
    """
    told = list(commands)
    found = [
        *_served(old, new),
        *_policies(facet_changes(old, new)),
        *_joined(old, new),
        *_maps(old, new),
        *_interfaces(old, new),
        *_taken(old, new, told),
        *_ike(old, told),
    ]
    if told and told[-1].text.startswith("hostname "):
        found.append(f"it is called {told[-1].text.split()[1]} from now on")
    return tuple(dict.fromkeys(found)) if found else (NOTHING,)


# ---- key servers ----


def _policies(changes: Iterable[FacetChange]) -> Iterator[str]:
    for change in changes:
        if change.facet == "signature" and change.old != "none":
            yield (
                f"{change.group}: rekeys are signed with the RSA key {change.new}, which members "
                "refuse until they have registered again"
            )
            continue
        if change.facet in CARRIED:
            yield f"{change.group}: {_facet(change)}, from the next rekey on"


def _facet(change: FacetChange) -> str:
    facet: Facet = change.facet
    if facet == "traffic":
        gone, come = (set(text.split("; ")) for text in (change.old, change.new))
        more, less = len(come - gone), len(gone - come)
        if not (more or less):
            return "the lines that say what is encrypted stand in another order"
        return f"what is encrypted changes ({more} line{'s' * (more != 1)} more, {less} less)"
    if len(change.old) + len(change.new) > _LONG:
        return f"{CARRIED[facet]} changes"
    return f"{CARRIED[facet]} is {change.new} instead of {change.old}"


def _served(old: DeviceConfig, new: DeviceConfig) -> Iterator[str]:
    before = {server.group: server for server in old.key_servers}
    after = {server.group: server for server in new.key_servers}
    for name, server in after.items():
        if name not in before:
            yield f"it serves the group {name} from now on"
        else:
            yield from _server(old, new, before[name], server)
    for name in before:
        if name not in after:
            yield f"it serves the group {name} no more: members have to register elsewhere"


def _server(
    old: DeviceConfig, new: DeviceConfig, one: KeyServerConfig, other: KeyServerConfig
) -> Iterator[str]:
    name = other.group
    if one.identity != other.identity:
        yield (
            f"{name}: its identity is {other.identity} instead of {one.identity}: members that "
            "have the old one cannot register"
        )
    if one.address != other.address:
        yield f"{name}: members and partners reach it at {other.address} instead of {one.address}"
    if _authorization(old, one) != _authorization(new, other):
        yield f"{name}: other members may register; who is registered already stays"
    if (one.gdoi, one.gikev2) != (other.gdoi, other.gikev2):
        yield f"{name}: members register by {_versions(other)} instead of {_versions(one)}"
    resent = [
        (each.rekey_retransmit_s, each.rekey_retransmit_count, each.rekey_periodic)
        for each in (one, other)
    ]
    if resent[0] != resent[1]:
        yield f"{name}: rekeys that nobody acknowledges are sent again at other times"
    if one.crl_trustpoint != other.crl_trustpoint:
        word = "registers" if other.crl_trustpoint else "does not register"
        yield f"{name}: each member {word} again when a list of revoked certificates is new"
    if one.kssids != other.kssids:
        yield f"{name}: it gives other sender identifiers to members"
    yield from _cooperation(one, other)


def _cooperation(one: KeyServerConfig, other: KeyServerConfig) -> Iterator[str]:
    name, was, becomes = other.group, one.redundancy, other.redundancy
    if becomes is None or was is None:
        if becomes is not None:
            yield f"{name}: it cooperates with other key servers from now on: a primary is elected"
        if was is not None:
            yield f"{name}: it cooperates with no key servers any more, and makes its own keys"
        return
    if was.priority != becomes.priority:
        yield (
            f"{name}: its priority is {becomes.priority} instead of {was.priority}, which counts "
            "in the next election"
        )
    for peer in becomes.peers:
        if peer not in was.peers:
            yield f"{name}: it cooperates with {peer} too"
    for peer in was.peers:
        if peer not in becomes.peers:
            yield f"{name}: it cooperates with {peer} no more"


def _authorization(config: DeviceConfig, server: KeyServerConfig) -> tuple[object, ...]:
    listed = config.access_lists.get(server.authorization_acl or "")
    names = config.crypto_identities.get(server.authorization_identity or "")
    return _lines(listed), names and (names.dns, names.fqdns), server.authorization_acl is None


def _versions(server: KeyServerConfig) -> str:
    words = ["IKEv1"] if server.gdoi else []
    words += ["G-IKEv2"] if server.gikev2 else []
    return " and ".join(words) or "nothing"


# ---- members ----


def _joined(old: DeviceConfig, new: DeviceConfig) -> Iterator[str]:
    before = {member.group: member for member in old.group_members}
    for member in new.group_members:
        if member.group not in before:
            yield f"it joins the group {member.group}"
        else:
            yield from _member(before[member.group], member)


def _member(one: GroupMemberConfig, other: GroupMemberConfig) -> Iterator[str]:
    name = other.group
    again = [
        (each.identity, each.protocol, each.ikev2_profile, each.registration_interface)
        for each in (one, other)
    ]
    if again[0] != again[1]:
        yield f"{name}: it registers otherwise than before"
    if one.servers != other.servers:
        servers = ", ".join(map(str, other.servers))
        yield f"{name}: it tries the key servers {servers}, at its next registration"
    if one.passive != other.passive:
        word = "takes clear traffic too" if other.passive else "takes clear traffic no more"
        yield f"{name}: it {word}"
    if (one.recovery_check_s, one.active_sa_track) != (
        other.recovery_check_s,
        other.active_sa_track,
    ):
        yield f"{name}: it watches its keys otherwise"


def _maps(old: DeviceConfig, new: DeviceConfig) -> Iterator[str]:
    before = {(each.family, each.name): each for each in old.crypto_maps}
    for each in new.crypto_maps:
        was = before.get((each.family, each.name))
        if was is None:
            continue
        yield from _entries(old, new, was, each)
        if _closed(old, was) != _closed(new, each):
            yield "before it is registered, other traffic passes"


def _entries(
    old: DeviceConfig, new: DeviceConfig, was: CryptoMap, map_: CryptoMap
) -> Iterator[str]:
    known = {entry.group: entry for entry in was.entries}
    for entry in map_.entries:
        one = known.get(entry.group)
        mine = _lines(new.access_lists.get(entry.acl or ""))
        if one is not None and _lines(old.access_lists.get(one.acl or "")) != mine:
            yield f"{entry.group}: it leaves other traffic in clear by itself, at once"
    left = known.keys() - {entry.group for entry in map_.entries}
    for name in sorted(filter(None, left)):
        yield f"it leaves the group {name}: its traffic is no longer encrypted"


def _closed(config: DeviceConfig, map_: CryptoMap) -> object:
    if map_.fail_close is None or not map_.fail_close.activated:
        return None
    lists = config.ipv6_access_lists if map_.family == "ipv6" else config.access_lists
    return _lines(lists.get(map_.fail_close.acl or ""))


def _interfaces(old: DeviceConfig, new: DeviceConfig) -> Iterator[str]:
    for name, becomes in new.interfaces.items():
        was = old.interfaces.get(name)
        if was is None:
            yield f"{name} is made"
            continue
        yield from _interface(name, was, becomes)


def _interface(name: str, was: Interface, becomes: Interface) -> Iterator[str]:
    if becomes.vrf != was.vrf:
        yield f"{name} moves to {_table(becomes.vrf)}: sessions over it end, this one too"
    elif becomes.addresses and becomes.addresses[:1] != was.addresses[:1]:
        rest = ": sessions over it end" if was.addresses else ""
        yield f"{name} gets the address {becomes.addresses[0]}{rest}"
    for applied, before in (
        (becomes.crypto_map, was.crypto_map),
        (becomes.ipv6_crypto_map, was.ipv6_crypto_map),
    ):
        if applied != before and applied is not None:
            rest = "" if before is None else ", after a moment without one"
            yield f"{name} gets the crypto map {applied}{rest}: its groups are registered with"
    if becomes.mtu != was.mtu:
        yield f"{name} has an MTU of {becomes.mtu or 1500} bytes, which may interrupt it"
    for size, size_before in (
        (becomes.tcp_adjust_mss, was.tcp_adjust_mss),
        (becomes.ipv6_adjust_mss, was.ipv6_adjust_mss),
    ):
        if size != size_before and size is not None:
            yield f"{name}: TCP segments of new connections have at most {size} bytes"


def _taken(old: DeviceConfig, new: DeviceConfig, commands: list[Command]) -> Iterator[str]:
    """What lines take away: what is not in `new` may only be what the intent does not speak of."""
    joined = {member.group for member in old.group_members}
    joined -= {member.group for member in new.group_members}
    mapped = {
        (name, applied)
        for name, each in old.interfaces.items()
        for applied in (each.crypto_map, each.ipv6_crypto_map)
    }
    given = {each.modes[0] for each in commands if each.modes and _MAP.match(each.text)}
    for command in commands:
        words = command.text.split()
        if not command.modes and command.text.startswith(_GROUP) and words[-1] in joined:
            yield f"it leaves the group {words[-1]}: its traffic is no longer encrypted"
        map_ = _NO_MAP.fullmatch(command.text)
        for name, applied in sorted(mapped, key=str):
            here = not command.modes or command.modes[0] == f"interface {name}"
            named = map_ is not None and applied is not None and map_[1] in (applied, None)
            if here and named and f"interface {name}" not in given:
                yield f"{name} loses the crypto map {applied}: its traffic is no longer encrypted"
        if command.text == "shutdown" and command.modes:
            name = command.modes[0].removeprefix("interface ")
            yield f"{name} is shut down: sessions over it end"


def _table(vrf: str | None) -> str:
    return "the global routing table" if vrf is None else f"the VRF {vrf}"


# ---- both ----


def _ike(old: DeviceConfig, commands: Iterable[Command]) -> Iterator[str]:
    """What is said of the lines themselves: a configuration does not show keys."""
    fresh = gone = 0
    has_ike = bool(old.isakmp_policies or old.ikev2_policies or old.ikev2_proposals)
    for command in commands:
        text, modes = command.text, command.modes
        if text.startswith(_KEYS):
            fresh, gone = fresh + (text[:3] != "no "), gone + (text[:3] == "no ")
        elif has_ike and (
            text.removeprefix("no ").startswith(_IKE)
            or any(mode.startswith(_IKE) for mode in modes)
        ):
            yield "IKE protects new sessions otherwise; those that stand stay as they are"
    if fresh or gone:
        yield f"pre-shared keys: {fresh} set, {gone} removed; sessions that stand stay"


def _lines(listed: AccessList | None) -> tuple[str, ...]:
    entries = listed.entries if listed is not None else ()
    texts = [str(entry).removeprefix(f"{entry.sequence} ") for entry in entries]
    # where all lines do the same, their order does not count
    same = len({entry.action for entry in entries}) < 2
    return tuple(sorted(texts) if same else texts)
