"""The facts in what devices show: the last word of each command, under what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ...audits.servers import current_kek, current_teks
from .facts import Fact, Key, Kind, Topic, Value
from .lists import Listed, Use, printed

if TYPE_CHECKING:
    from ...audits.facts import DeviceFacts
    from ...parsers.record import Record
    from ...parsers.records.acl_line import AclLine
    from ...parsers.records.gdoi import GdoiGroup, GdoiGroups, GmRegistration
    from ...parsers.records.gdoi_acl import GmAcls, KsAcls
    from ...parsers.records.gdoi_gm_counters import GmCounters
    from ...parsers.records.gdoi_gm_pubkey import GmPubkeys
    from ...parsers.records.gdoi_gm_rekey import GmRekeys
    from ...parsers.records.gdoi_ks import KeyServers
    from ...parsers.records.gdoi_ks_coop import CoopPeer, KsCoop
    from ...parsers.records.gdoi_ks_members import KsMembers
    from ...parsers.records.gdoi_ks_policy import KsGroupPolicy, KsPolicy
    from ...parsers.records.gdoi_ks_rekey import KsRekey
    from ...parsers.records.keys import PublicKeys
    from ...parsers.records.ntp import NtpStatus
    from ...parsers.records.pki import Certificates
    from ...parsers.records.system import DeviceClock, Version

PRINTED: Final = 256
"""Members print so many bytes of a rekey key: more of it is not compared."""
PUBLIC: Final = "public key"
LIST: Final = "access list"
"""What a group encrypts: as a key server pushes it, or as a member has got it."""
UPTIME: Final = "uptime in s"
TIME: Final = "time in s"
LISTS: Final = "gdoi ks acl"
"""What prints the lists of a key server."""
ROUTINE: Final = Kind.ROUTINE
MOVING: Final = Kind.VOLATILE


class Said(NamedTuple):
    """A fact on its way."""

    group: str
    topic: Topic
    name: str
    value: Value
    kind: Kind = Kind.STATE
    listed: Listed | None = None


def latest_of(device: DeviceFacts) -> dict[str, Record]:
    """The last whole answer to each command, else the last."""
    found: dict[str, Record] = {}
    whole: dict[str, bool] = {}
    for shown in device.shown:
        if shown.complete or not whole.get(shown.family):
            found[shown.family] = shown.record
            whole[shown.family] = shown.complete
    return found


def shown_facts(device: DeviceFacts, records: Mapping[str, Record]) -> dict[Key, Fact]:
    """The facts of a device by what it showed; what it did not print is no fact."""
    found: dict[Key, Fact] = {}
    for family, record in records.items():
        for said in READERS.get(family, _nothing)(record):
            if said.value is not None:
                key = Key(device.name, said.group, said.topic, said.name)
                found[key] = Fact(
                    value=said.value, kind=said.kind, family=family, listed=said.listed
                )
    return found | _rekey_keys(device, records)


def digest(data: bytes) -> str:
    """A public key in short, from what every command prints of it."""
    return sha256(data[:PRINTED]).hexdigest()[:16]


def _rekey_keys(device: DeviceFacts, records: Mapping[str, Record]) -> dict[Key, Fact]:
    """The key that each group's rekeys are signed with, as a key server has it.

    The policy that it shows may name the key before for as long as nothing was signed with the
    other one, so that its configuration goes first.
    """
    keys: Any = records.get("key mypubkey")
    if keys is None:
        return {}
    policy: Any = records.get("gdoi ks policy")
    names: dict[str, str | None] = {}
    for group in policy.groups if policy is not None else ():
        kek = current_kek(group)
        names[group.group] = None if kek is None else kek.signature_key_name
    for view in device.config.key_servers if device.config is not None else ():
        names[view.group] = view.rekey_authentication
    known = {each.name: digest(each.data) for each in keys.keys if each.data}
    return {
        Key(device.name, group, Topic.REKEY_KEY, PUBLIC): Fact(
            value=known[name], family="key mypubkey"
        )
        for group, name in names.items()
        if name is not None and name in known
    }


def _spis(values: list[int | None]) -> tuple[str, ...]:
    return tuple(sorted(f"0x{value:X}" for value in values if value))


def _list(group: str, name: str, lines: Iterable[AclLine], use: Use = Use.ENCRYPTS) -> Said:
    """A list without its name, which members are not told."""
    value, listed = printed(lines, use)
    return Said(group, Topic.POLICY, name, value, listed=listed)


# ---- devices ----


def _nothing(record: Any) -> Iterator[Said]:
    del record
    yield from ()


def _version(record: Version) -> Iterator[Said]:
    yield Said("", Topic.SOFTWARE, "version", record.xe_version or record.version)
    yield Said("", Topic.SOFTWARE, "image", record.image_file)
    yield Said("", Topic.HARDWARE, "model", record.model)
    yield Said("", Topic.HARDWARE, "serial", record.serial)
    yield Said("", Topic.RESTART, UPTIME, record.uptime_s, MOVING)
    yield Said("", Topic.RESTART, "reason", record.reload_reason or record.returned_by, MOVING)


def _keys(record: PublicKeys) -> Iterator[Said]:
    for each in record.keys:
        if not each.temporary:
            yield Said("", Topic.KEYS, each.name, digest(each.data) if each.data else "?")


def _certificates(record: Certificates) -> Iterator[Said]:
    found: dict[str, list[str]] = {}
    for each in record.certificates:
        points = ", ".join(each.trustpoints or ())
        serial = "without a number" if each.serial is None else f"0x{each.serial:X}"
        until = "" if each.valid_until is None else f" until {each.valid_until:%Y-%m-%d}"
        name = f"{each.kind} of {points}" if points else each.kind
        found.setdefault(name, []).append(f"{serial}, {each.status}{until}")
    for name, told in found.items():
        yield Said("", Topic.CERTIFICATES, name, told[0] if len(told) == 1 else tuple(sorted(told)))


def _clock(record: DeviceClock) -> Iterator[Said]:
    # in the zone of the device: only how much later another one is counts
    seconds = record.now.time.replace(tzinfo=UTC).timestamp()
    yield Said("", Topic.CLOCK, TIME, int(seconds), MOVING)


def _ntp(record: NtpStatus) -> Iterator[Said]:
    yield Said("", Topic.CLOCK, "synchronised", record.synchronized)


# ---- key servers ----


def _key_servers(record: KeyServers) -> Iterator[Said]:
    for each in record.groups:
        yield Said(each.group, Topic.POLICY, "identity", str(each.identity))
        yield Said(each.group, Topic.POLICY, "transport", each.transport)
        yield Said(each.group, Topic.POLICY, "acknowledgement", each.rekey_acknowledgement)
        yield Said(each.group, Topic.POLICY, "direction", each.direction)
        yield Said(each.group, Topic.POLICY, "names of access lists", each.access_lists)
        yield Said(each.group, Topic.MEMBERS, "how many", each.members)


def _members(record: KsMembers) -> Iterator[Said]:
    by_group: dict[str, list[str]] = {each.group: [] for each in record.groups}
    for each in record.members:
        where = each.address
        by_group.setdefault(each.group, []).append(str(where))
        yield Said(each.group, Topic.SOFTWARE, f"GETVPN version of {where}", each.version)
        yield Said(each.group, Topic.SERVER, f"{where} is with", str(each.key_server))
        yield Said(each.group, Topic.REKEYS, f"ACKs missed by {where}", each.acks_missed, MOVING)
        yield Said(each.group, Topic.REKEYS, f"rekeys sent to {where}", each.rekeys_sent, MOVING)
    for group, addresses in by_group.items():
        yield Said(group, Topic.MEMBERS, "addresses", tuple(sorted(addresses)))
    for count in record.groups:
        yield Said(count.group, Topic.REKEYS, "rekeys sent", count.sent, MOVING)


def _policy(record: KsPolicy) -> Iterator[Said]:
    for group in record.groups:
        yield from _group_policy(group)


def _group_policy(group: KsGroupPolicy) -> Iterator[Said]:
    name, kek = group.group, current_kek(group)
    yield Said(name, Topic.REKEYS, "sequence", group.sequence, MOVING)
    spis = _spis([each.spi for each in group.teks])
    yield Said(name, Topic.TRAFFIC_KEYS, "SPIs", spis, ROUTINE)
    for tek in current_teks(group):
        of = f"of {tek.access_list}"
        yield Said(name, Topic.POLICY, f"transform {of}", tek.transform)
        yield Said(name, Topic.POLICY, f"lifetime in s {of}", tek.tek_life_s or tek.lifetime_s)
        yield Said(name, Topic.POLICY, f"replay window {of}", tek.replay_window)
        yield Said(name, Topic.TRAFFIC_KEYS, f"remaining s {of}", tek.remaining_s, MOVING)
        yield Said(name, Topic.TRAFFIC_KEYS, f"next rekey in s {of}", tek.time_to_rekey_s, MOVING)
    if kek is None:
        return
    yield Said(name, Topic.POLICY, "rekey encryption", kek.encryption)
    yield Said(name, Topic.POLICY, "rekey key bytes", kek.key_bytes)
    yield Said(name, Topic.POLICY, "rekey lifetime in s", kek.lifetime_s)
    yield Said(name, Topic.REKEY_KEY, "name", kek.signature_key_name, ROUTINE)
    yield Said(name, Topic.REKEY_KEY, "bytes", kek.signature_bytes, ROUTINE)
    yield Said(name, Topic.REKEYS, "SPI", _spis([kek.spi]), ROUTINE)
    yield Said(name, Topic.REKEYS, "remaining s", kek.remaining_s, MOVING)


def _server_lists(record: KsAcls) -> Iterator[Said]:
    for each in record.groups:
        yield _list(each.group, LIST, each.entries)


def _coop(record: KsCoop) -> Iterator[Said]:
    for each in record.groups:
        yield Said(each.group, Topic.ROLES, "role", each.role)
        yield Said(each.group, Topic.COOPERATION, "priority", each.priority)
        yield Said(each.group, Topic.COOPERATION, "status", each.status)
        yield Said(each.group, Topic.SOFTWARE, "GETVPN version", each.version)
        peers = tuple(sorted(str(peer.address) for peer in each.peers))
        yield Said(each.group, Topic.COOPERATION, "peers", peers)
        for peer in each.peers:
            yield from _peer(each.group, peer)


def _peer(group: str, peer: CoopPeer) -> Iterator[Said]:
    where = peer.address
    yield Said(group, Topic.ROLES, f"role of {where}", peer.role)
    yield Said(group, Topic.COOPERATION, f"status of {where}", peer.status)
    yield Said(group, Topic.COOPERATION, f"IKE with {where}", peer.ike_status)
    yield Said(group, Topic.COOPERATION, f"priority of {where}", peer.priority)
    yield Said(group, Topic.SOFTWARE, f"GETVPN version of {where}", peer.version)
    sent, received = peer.announcements_sent, peer.announcements_received
    yield Said(group, Topic.COOPERATION, f"announcements to {where}", sent, MOVING)
    yield Said(group, Topic.COOPERATION, f"announcements from {where}", received, MOVING)


def _rekey_settings(record: KsRekey) -> Iterator[Said]:
    for each in record.groups:
        yield Said(each.group, Topic.POLICY, "retransmission in s", each.retransmit_s)
        yield Said(each.group, Topic.POLICY, "retransmissions", each.retransmit_count)
        yield Said(each.group, Topic.REKEYS, "retransmitted", each.retransmitted, MOVING)


# ---- members ----


def _status(record: GdoiGroups) -> Iterator[Said]:
    for group in record.groups:
        if group.role == "group-member":
            yield from _member_group(group)


def _member_group(group: GdoiGroup) -> Iterator[Said]:
    name = group.group
    yield Said(name, Topic.REGISTRATION, "servers", tuple(map(str, group.servers)))
    # as key servers have it, and as somebody has told the member alone
    yield Said(name, Topic.POLICY, "direction", group.direction)
    yield Said(name, Topic.POLICY, "own direction", group.member_direction)
    for each in group.members:
        yield from _registration(name, each)
    # one for each registration: most are alike
    lists = {tuple(line.text for line in acl.entries): acl for acl in group.downloaded_acls}
    if lists:
        yield _list(name, LIST, chain.from_iterable(acl.entries for acl in lists.values()))
    for kek in sorted(group.keks, key=lambda one: one.remaining_s):
        yield Said(name, Topic.POLICY, "rekey encryption", f"{kek.encryption} {kek.key_bits}")
        yield Said(name, Topic.REKEY_KEY, "bits as encoded", kek.signature_key_bits)
        yield Said(name, Topic.REKEYS, "remaining s", kek.remaining_s, MOVING)
    for place in group.tek_interfaces:
        of = f"on {place.interface}"
        # which of several policies a key is of is not told
        yield Said(name, Topic.POLICY, f"transform {of}", _all(sa.transform for sa in place.sas))
        windows = _all(f"{sa.replay} {sa.replay_window or ''}".strip() for sa in place.sas)
        yield Said(name, Topic.POLICY, f"replay {of}", windows)
        for sa in sorted(place.sas, key=lambda one: one.remaining_s)[-1:]:
            yield Said(name, Topic.TRAFFIC_KEYS, f"remaining s {of}", sa.remaining_s, MOVING)
        spis = _spis([sa.spi for sa in place.sas])
        yield Said(name, Topic.TRAFFIC_KEYS, f"SPIs {of}", spis, ROUTINE)


def _all(values: Iterable[str]) -> Value:
    """What the keys of an interface have: of several policies, and until they end of older ones."""
    found = tuple(sorted(set(values)))
    return found if len(found) > 1 else next(iter(found), None)


def _registration(group: str, each: GmRegistration) -> Iterator[Said]:
    of = f"of {each.address}" if each.address is not None else ""
    server = None if each.registered_with is None else str(each.registered_with)
    yield Said(group, Topic.REGISTRATION, f"status {of}".strip(), each.registration_status)
    yield Said(group, Topic.SERVER, f"registered with {of}".strip(), server)
    counters = {
        "registrations": each.registrations_succeeded,
        "attempts to register": each.registrations_attempted,
        "rekeys received": each.rekeys_total,
        "registers again in s": each.reregisters_in_s,
        "age of the last rekey in s": each.last_rekey_age_s,
    }
    for name, value in counters.items():
        yield Said(group, Topic.REKEYS, f"{name} {of}".strip(), value, MOVING)


def _public_keys(record: GmPubkeys) -> Iterator[Said]:
    for each in record.groups:
        found = sorted({digest(key.key_data) for key in each.keys if key.key_data})
        yield Said(each.group, Topic.REKEY_KEY, PUBLIC, ", ".join(found) or None)


def _member_lists(record: GmAcls) -> Iterator[Said]:
    for group in record.groups:
        for acl in group.local:
            name = f"local list of {acl.map_name}"
            yield _list(group.group, name, acl.entries, Use.EXEMPTS)


def _rekeys(record: GmRekeys) -> Iterator[Said]:
    for each in record.groups:
        yield Said(each.group, Topic.REKEYS, "received", each.received, MOVING)
        yield Said(each.group, Topic.REKEYS, "acknowledged", each.acks_sent, MOVING)


def _packets(record: GmCounters) -> Iterator[Said]:
    from ...parsers.serialise import plain

    for each in record.groups:
        row = plain(each)
        for name, value in row.items() if isinstance(row, dict) else ():
            if isinstance(value, int) and name != "lineno":
                yield Said(each.group, Topic.TRAFFIC, name.replace("_", " "), value, MOVING)


READERS: Final[Mapping[str, Callable[[Any], Iterator[Said]]]] = {
    "version": _version,
    "key mypubkey": _keys,
    "pki certificates": _certificates,
    "clock": _clock,
    "ntp status": _ntp,
    "gdoi ks": _key_servers,
    "gdoi ks members": _members,
    "gdoi ks policy": _policy,
    LISTS: _server_lists,
    "gdoi ks coop": _coop,
    "gdoi ks rekey": _rekey_settings,
    "gdoi": _status,
    "gdoi gm pubkey": _public_keys,
    "gdoi gm acl": _member_lists,
    "gdoi gm rekey": _rekeys,
    "gdoi gm dataplane counters": _packets,
}
