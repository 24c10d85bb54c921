"""What our parsers read of members, compared with the members themselves."""

from collections.abc import Callable
from typing import Any

from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.gdoi.member.state import Direction
from getvpn.emulator.gdoi.policy import ReplayKind, Transport
from getvpn.emulator.gdoi.records import HeldTek, Registration

from .judge_checks import Checks, address, line, lines
from .judge_key_servers import SHOWN_REPLAY
from .judge_reading import Shown

Members = dict[str, MemberGroup]
Judge = Callable[[Checks, Any, Members, Shown], None]
DIRECTIONS = {
    Direction.BOTH: "Both",
    Direction.INBOUND_ONLY: "Inbound Only",
    Direction.INBOUND_OPTIONAL: "Inbound Optional",
}
PRINTED_BYTES = 256
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - an address in a table


def alive(member: MemberGroup) -> list[HeldTek]:
    """The TEKs that have not ended, the newest first."""
    return [held for held in reversed(member.teks) if held.expires_at > member.kernel.now()]


def by_name(check: Checks, rows: Any, members: Members) -> list[Any]:
    """The row of each group, with the member; all have to be there."""
    found = {row.group: row for row in rows}
    check.same("groups that lack", [name for name in members if name not in found], [])
    return [(found[name], one) for name, one in members.items() if name in found]


def registration(check: Checks, row: Any, member: MemberGroup) -> None:
    """What `show crypto gdoi` and `… gm` say of a member."""
    now = member.kernel.now()
    check.same("address", str(row.address or NO_ADDRESS), member.policy.address or NO_ADDRESS)
    check.same("status", row.registration_status, str(member.state))
    if member.state is Registration.REGISTERED:
        check.same("registered with", str(row.registered_with), member.registered_with)
    elif member.state is Registration.REGISTERING:
        check.same(
            "asks one of its servers", str(row.registering_to) in member.policy.servers, True
        )
    due = member.reregisters_at
    check.about(
        "re-registers in", row.reregisters_in_s, 0.0 if due is None else max(0.0, due - now)
    )
    found = (row.registrations_succeeded, row.registrations_attempted)
    check.same("registrations", found, (member.succeeded, member.attempted))
    check.same("last rekey from", row.last_rekey_from, address(member.last_rekey_from))
    check.same("last sequence", row.last_rekey_sequence, member.last_sequence)
    if member.transport is Transport.MULTICAST:
        check.same("multicast rekeys", row.multicast_rekeys, member.rekeys)
    else:
        check.same(
            "rekeys", (row.unicast_rekeys, row.rekey_acks_sent), (member.rekeys, member.acks)
        )
        ago = None if member.last_rekey_at is None else now - member.last_rekey_at
        check.about("age of the last rekey", row.last_rekey_age_s, ago)
    if row.version is not None:
        check.same("version", row.version, member.host.version)
        check.same("active TEKs", row.active_teks, len({held.tek.spi for held in alive(member)}))
    if row.rekeys_total is not None:
        totals = (row.rekeys_total, row.rekeys_since_registration)
        check.same("rekeys in all", totals, (member.rekeys, member.rekeys_since))


def whole_group(check: Checks, record: Any, members: Members, _: Shown) -> None:
    """`show crypto gdoi` of a member."""
    for row, member in by_name(check, record.groups, members):
        now, kek = member.kernel.now(), member.kek
        check.same("role", row.role, "group-member")
        check.same("servers", list(map(str, row.servers)), list(member.policy.servers))
        check.same("rekeys received", row.rekeys_received, member.rekeys)
        check.same("direction", row.member_direction, DIRECTIONS[member.sa_direction])
        check.same("members", len(row.members), 1)
        for shown in row.members:
            registration(check, shown, member)
        check.same("KEKs", len(row.keks), 1 if kek else 0)
        for shown in row.keks if kek else ():
            check.about("life of the KEK", shown.remaining_s, max(0.0, member.kek_expires_at - now))
            found = (shown.transport, shown.encryption.lower(), shown.key_bits)
            check.same("KEK", found, (str(member.transport), kek.cipher.name, kek.cipher.bits))
            check.same("hash", shown.signature_hash.endswith(kek.sig_hash.upper()), True)
        _teks(check, row, member)
        downloaded = [entry for acl in row.downloaded_acls for entry in lines(acl.entries)]
        check.same("list", downloaded, [line(entry) for sa in member.sas for entry in sa.entries])


def _teks(check: Checks, row: Any, member: MemberGroup) -> None:
    now, teks = member.kernel.now(), alive(member)
    for interface in row.tek_interfaces:
        check.same("TEKs", [sa.spi for sa in interface.sas], [held.tek.spi for held in teks])
        for shown, held in zip(interface.sas, teks, strict=False):
            check.about("life of a TEK", shown.remaining_s, held.remaining_s(now))
            replay = held.tek.sa.replay
            window = None if replay.kind is ReplayKind.OFF else replay.window
            true = (SHOWN_REPLAY[replay.kind], window)
            check.same("replay", (shown.replay, shown.replay_window), true)


def registrations(check: Checks, record: Any, members: Members, _: Shown) -> None:
    """`show crypto gdoi gm`."""
    check.same("groups", [row.group for row in record.groups], list(members))
    for row, member in by_name(check, record.groups, members):
        check.same("direction", row.direction, DIRECTIONS[member.sa_direction])
        for shown in row.members:
            registration(check, shown, member)


def acls(check: Checks, record: Any, members: Members, shown: Shown) -> None:
    """The lists that a member applies."""
    for row, member in by_name(check, record.groups, members):
        if "local" not in shown.form.words:
            found = [entry for acl in row.downloaded for entry in lines(acl.entries)]
            true = [line(entry) for sa in member.sas for entry in sa.entries]
            check.same("downloaded lines", found, true)
        if "download" not in shown.form.words:
            found = [entry for acl in row.local for entry in lines(acl.entries)]
            check.same("local lines", found, [line(e) for e in member.policy.local_entries])


def identifiers(check: Checks, record: Any, members: Members, _: Shown) -> None:
    """Sender identifiers."""
    for row, member in by_name(check, record.groups, members):
        for shown in row.members:
            counting = any(sa.transform.counter_mode for sa in member.sas)
            check.same("counter mode", shown.counter_mode, counting)
            count = sum(last - first + 1 for first, last in member.gmsids)
            found = shown.current.downloaded if shown.current else 0
            check.same("sender identifiers", found, count)


def public_keys(check: Checks, record: Any, members: Members, _: Shown) -> None:
    """The public keys that verify rekeys."""
    for row, member in by_name(check, record.groups, members):
        found = {str(key.server): key.key_data for key in row.keys}
        true = {key.server: key.public_der[:PRINTED_BYTES] for key in member.server_keys.values()}
        check.same("public keys", found, true)
        cookies = {str(key.server): (key.my_cookie, key.his_cookie) for key in row.keys}
        known = {
            key.server: (key.cookies[0] >> 32, key.cookies[1] >> 32)
            for key in member.server_keys.values()
        }
        check.same("cookies", cookies, known)


def rekeys(check: Checks, record: Any, members: Members, _: Shown) -> None:
    """The rekeys that came, and the KEKs."""
    for row, member in by_name(check, record.groups, members):
        found = (row.received, row.received_since_registration)
        check.same("rekeys", found, (member.rekeys, member.rekeys_since))
        transport = None if member.transport is None else str(member.transport)
        check.same("transport", row.transport, transport)
        if member.transport is not Transport.MULTICAST:
            check.same("acknowledgements", row.acks_sent, member.acks)
        slots = [slot for slot in (row.new, row.current, row.previous) if slot and slot.my_cookie]
        shown = {(slot.my_cookie, slot.his_cookie) for slot in slots}
        known = {
            (kek.cookies[0] >> 32, kek.cookies[1] >> 32)
            for kek in (member.kek, member.previous)
            if kek is not None
        }
        if row.new is not None:
            check.same("cookies", shown, known)


def replay(check: Checks, record: Any, members: Members, _: Shown) -> None:
    """The pseudotime."""
    for row, member in by_name(check, record.groups, members):
        timed = any(sa.replay.kind is ReplayKind.TIME for sa in member.sas)
        check.same("check by time", row.enabled, timed)
        if timed:
            check.same("pseudotime", row.pseudotime_s, round(member.pseudotime() or 0.0, 2))
            check.same("errors", row.input_errors, member.replays)


def counters(check: Checks, record: Any, members: Members, _: Shown) -> None:
    """The data plane."""
    for row, member in by_name(check, record.groups, members):
        check.same("packets of unknown SPIs", row.invalid_sa, member.invalid_spis)


def selectors(check: Checks, record: Any, members: Members, _: Shown) -> None:
    """What the TEKs protect."""
    holding = {name: member for name, member in members.items() if member.has_keys}
    for row, member in by_name(check, record.groups, holding):
        count = sum(len(held.tek.sa.entries) for held in alive(member))
        check.same("selectors", [len(each.selectors) for each in row.interfaces], [count])
        shown = {each.direction for interface in row.interfaces for each in interface.selectors}
        check.same("directions", shown, {DIRECTIONS[member.sa_direction]} if count else set())


def rekey_sas(check: Checks, record: Any, members: Members, shown: Shown) -> None:
    """The SAs of rekeys of members."""
    true = [member for member in members.values() if member.kek is not None]
    if "detail" not in shown.form.words:
        own = [str(row.destination) for row in record.sas]
        check.same("SAs of rekeys", own, [member.policy.address for member in true])
        return
    check.same("KEKs", [row.spi for row in record.keks], [m.kek.spi for m in true if m.kek])
    for row, member in zip(record.keks, true, strict=False):
        found = (row.sequence, row.previous_sequence)
        check.same("sequences", found, (member.last_sequence, member.previous_sequence))


JUDGES: dict[str, Judge] = {
    "gdoi": whole_group,
    "gdoi gm": registrations,
    "gdoi gm acl": acls,
    "gdoi gm dataplane counters": counters,
    "gdoi gm identifier": identifiers,
    "gdoi gm pubkey": public_keys,
    "gdoi gm rekey": rekeys,
    "gdoi gm replay": replay,
    "gdoi ipsec sa": selectors,
    "gdoi rekey sa": rekey_sas,
}
"""Who judges which family of commands on a member."""
