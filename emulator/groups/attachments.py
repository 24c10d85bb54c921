"""From crypto maps on interfaces to what members of groups want."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from ..config.store import Block, Entry
from ..gdoi.policy import FailClose, MemberPolicy, Protocol
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..services.reach import resolve
from ..settings.crypto_map import APPLIED, MAPS
from ..settings.gdoi import GROUP, is_key_server
from .policies import identity_of
from .protection import list_entries, transforms_named

if TYPE_CHECKING:
    from ..device import Router

IPV6_MAP = MAPS["ipv6 "]
PFS_RELEASE = (16, 12)
"""From here on members ask for perfect forward secrecy (configuration guide)."""


class Place(NamedTuple):
    """Where a member is: an interface, an entry of the crypto map on it, and its group."""

    interface: str
    setting: str
    map_name: str
    sequence: int
    group: str


def member_policies(router: "Router") -> dict[Place, MemberPolicy]:
    """What the entries of crypto maps on interfaces that are up want of their groups.

    Interfaces that register for a group from one address are one member: the first of them.
    """
    found: dict[Place, MemberPolicy] = {}
    first: dict[tuple[str, str], Place] = {}
    for place, policy in _attached(router):
        known = first.setdefault((policy.group, policy.address or place.interface), place)
        if known is place:
            found[place] = policy
        else:
            also = (*found[known].also, place.interface)
            found[known] = replace(found[known], also=also)
    return found


def group_policy(router: "Router", group: Entry) -> MemberPolicy:
    """What a group is configured with, whether or not an interface has a map with it."""
    root, block = router.config.root, group.block or Block("gdoi-group")
    profile = str(block.value("client protocol", "profile") or "")
    return MemberPolicy(
        group=str(group["name"]),
        identity=identity_of(block),
        ipv6=bool(group["ipv6"]),
        servers=tuple(_servers(router, block)),
        protocol=Protocol.GIKEV2 if profile else Protocol.GDOI,
        ikev2_profile=profile,
        registration_interface=str(block.value("client registration interface", "interface", "")),
        ciphers=tuple(block.value("client rekey encryption", "words", ())),
        hashes=tuple(block.value("client rekey hash", "words", ())),
        transforms=transforms_named(root, block.value("client transform-sets", "names", ())),
        recovery_s=int(block.value("client recovery-check interval", "seconds", 0)),
        track=int(block.value("client status active-sa track", "object", 0)),
        pfs=router.software.release >= PFS_RELEASE and not block.off("client pfs"),
        bypass_policy=not block.off("client bypass-policy"),
        passive=block.has("passive"),
        fail_close_revert=block.has("client fail-close revert"),
    )


def _servers(router: "Router", block: Block) -> Iterator[str]:
    """The addresses of the key servers in the order of preference; names that are known count."""
    for entry in block.entries.values():
        if entry.setting.name.startswith("server address"):
            yield str(ip_address(str(entry["address"])))
        elif entry.setting.name == "server hostname":
            address = resolve(router, str(entry["host"]))
            if address is not None and (":" in address) == (entry["family"] == "ipv6"):
                yield address


def _attached(router: "Router") -> Iterator[tuple[Place, MemberPolicy]]:
    root = router.config.root
    for state in router.feature(Interfaces).all():
        entry = root.find("interface", state.name)
        if entry is None or entry.block is None or not state.line_up:
            continue
        for setting in MAPS.values():
            name = entry.block.value(APPLIED[setting], "name")
            if name and (state.ipv4 or (state.ipv6 and setting == IPV6_MAP)):
                yield from _of_map(router, state, setting, str(name))


def _of_map(
    router: "Router", state: InterfaceState, setting: str, name: str
) -> Iterator[tuple[Place, MemberPolicy]]:
    """The members of one map on one interface, by the numbers of its entries."""
    root = router.config.root
    lines = [line for line in root.all(setting) if line["name"] == name and line["kind"] == "gdoi"]
    for line in sorted(lines, key=lambda line: int(line["seq"])):
        chosen = line.block.value("set group", "group") if line.block is not None else None
        group = root.find(GROUP, chosen)
        if group is None or line.block is None or is_key_server(group):
            continue
        wanted = group_policy(router, group)
        source = _source(router, state, setting, wanted, name)
        acl = str(line.block.value("match address", "acl", ""))
        place = Place(state.name, setting, name, int(line["seq"]), wanted.group)
        yield (
            place,
            replace(
                wanted,
                map_name=name,
                sequence=place.sequence,
                interface=state.name,
                address=_address(source, wanted.servers),
                vrf=state.vrf,
                front_vrf=source.vrf if source is not None else "",
                local_acl=acl,
                local_entries=list_entries(root, acl, ipv6=wanted.ipv6),
                fail_close=_fail_close(root, setting, name),
            ),
        )


def _source(
    router: "Router", state: InterfaceState, setting: str, wanted: MemberPolicy, name: str
) -> InterfaceState | None:
    """The interface that registrations come from; None if there is no such interface."""
    local = router.config.root.find(f"{setting} local-address", name)
    chosen = wanted.registration_interface or (str(local["interface"]) if local is not None else "")
    return router.feature(Interfaces).get(chosen) if chosen else state


def _address(source: InterfaceState | None, servers: tuple[str, ...]) -> str:
    """The address of a member towards its key servers; empty while it has none."""
    if source is None or not source.line_up:
        return ""
    own = source.ipv6 if servers and ":" in servers[0] else source.ipv4
    return str(own[0].ip) if own else ""


def _fail_close(root: Block, setting: str, name: str) -> FailClose | None:
    """What passes before the first registration; None unless the map says `activate`."""
    entry = root.find(f"{setting} fail-close", name)
    if entry is None or entry.block is None or not entry.block.has("activate"):
        return None
    acl = str(entry.block.value("match address", "acl", ""))
    return FailClose(acl=acl, entries=list_entries(root, acl, ipv6=setting == IPV6_MAP))
