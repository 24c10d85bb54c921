"""What genie reads of key servers and members, compared with them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.gdoi.policy import Transport
from getvpn.emulator.gdoi.server.group import ServerGroup
from getvpn.emulator.services.crypto_sas import CryptoSas

from ..emulator.commands.sweep import Reading
from .judge_checks import Checks
from .judge_members import PRINTED_BYTES, alive

Groups = Mapping[str, ServerGroup]
Members = Mapping[str, MemberGroup]
OfServer = Callable[[Checks, Any, Groups], None]
OfMember = Callable[[Checks, Any, Members], None]
OfRouter = Callable[[Checks, Any, Router], None]


def judge(
    check: Checks, reading: Reading, servers: Groups, members: Members, router: Router
) -> None:
    """Compare what genie found in an output."""
    command = reading.form.text.removeprefix("show crypto ").replace("gkm", "gdoi")
    if command in OF_ROUTERS:
        OF_ROUTERS[command](check, reading.found, router)
    if servers and command in OF_SERVERS:
        OF_SERVERS[command](check, reading.found, servers)
    if members and command in OF_MEMBERS:
        OF_MEMBERS[command](check, reading.found, members)


def each(check: Checks, rows: Any, known: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """What genie has of each group, with the group itself."""
    check.same("groups (genie)", sorted(rows), sorted(known))
    for name in rows:
        if name in known:
            yield rows[name], known[name]


# ---- key servers ----


def policy(check: Checks, found: Any, groups: Groups) -> None:
    """`show crypto gdoi ks policy`."""
    for group_row, group in each(check, found["key_server_policy"]["group"], groups):
        now, row = group.kernel.now(), group_row["server"][group.policy.address]
        check.same("TEKs (genie)", row["teks_num"], len(group.teks))
        check.same("sequence (genie)", row["seq_num"], group.kek.sequence if group.kek else 0)
        keks = row.get("kek_policy", {}).get("spi", {})
        check.same(
            "KEK (genie)", [int(spi, 16) for spi in keks], [group.kek.spi] if group.kek else []
        )
        for kek in keks.values():
            left = group.kek.remaining_s(now) if group.kek else None
            check.about("life of the KEK (genie)", kek["remaining_life_secs"], left)
            check.about("rekey (genie)", int(kek["time_to_rekey_sec"]), group.kek_time_to_rekey())
        teks = row.get("tek_policy", {}).get("spi", {})
        true = {tek.spi: tek for tek in group.teks}
        check.same("SPIs (genie)", {int(spi, 16) for spi in teks}, set(true))
        for spi, shown in teks.items():
            tek = true.get(int(spi, 16))
            if tek is not None:
                left = tek.remaining_s(now)
                check.about(f"life of {spi} (genie)", shown["remaining_life_secs"], left)
                again = shown["time_to_rekey_sec"]
                seconds = None if again == "n/a" else int(again)
                check.about(f"rekey of {spi} (genie)", seconds, group.time_to_rekey(tek))


def members(check: Checks, found: Any, groups: Groups) -> None:
    """`show crypto gdoi ks members`."""
    for row, group in each(check, found["groups"], groups):
        check.same("rekeys (genie)", row["rekeys_sent"], group.rekeys_sent)
        check.same("members (genie)", set(row["group_members"]), set(group.members))
        for address, shown in row["group_members"].items():
            known = group.members.get(address)
            if known is None or group.policy.rekey.transport is Transport.MULTICAST:
                continue
            counters = (
                shown["gm_version"],
                shown["key_server_id"],
                shown["rekeys_sent"],
                shown["rekeys_retries"],
                shown["rekey_acks_rcvd"],
                shown["rekey_acks_missed"],
            )
            true = (
                known.version,
                known.key_server,
                known.rekeys_sent,
                known.retries,
                known.acks,
                known.missed,
            )
            check.same(f"counters of {address} (genie)", counters, true)


def summary(check: Checks, found: Any, groups: Groups) -> None:
    """`show crypto gdoi ks members summary`."""
    for row, group in each(check, found["group_member_information"]["groups"], groups):
        check.same("members (genie)", row["group_members"], len(group.members))
        shown = {
            address: (server, member["rekey_sent"], member["rekey_ack_missed"])
            for server, rows in row["key_server_ids"].items()
            for address, member in rows.get("members", {}).items()
        }
        true = {m.address: (m.key_server, m.rekeys_sent, m.missed) for m in group.members.values()}
        check.same("members (genie)", shown, true)


def coop(check: Checks, found: Any, groups: Groups) -> None:
    """`show crypto gdoi ks coop detail`."""
    for row, group in each(check, found["crypto_gdoi_group_name"], groups):
        own = group.coop
        if own is None:
            continue
        check.same("role (genie)", row["local_ks_role"], str(group.role))
        for number, peer in enumerate(own.peers.values(), 1):
            shown = row[str(number)] if str(number) in row else row[number]
            role, status = shown["peer_ks_role"], shown["peer_ks_status"]
            check.same(
                f"peer {number} (genie)",
                (shown["peer_address"], shown["peer_priority"], role, status),
                (peer.address, peer.priority, str(peer.role), str(peer.status)),
            )
            counters = shown["counters"]
            check.same(
                f"messages of peer {number} (genie)",
                (counters["ann_msgs_sent"], counters["ann_msgs_recv"]),
                (peer.sent, peer.received),
            )


def lists(check: Checks, found: Any, groups: Groups) -> None:
    """`show crypto gdoi ks acl`."""
    for row, group in each(check, found["group_name"], groups):
        count = sum(len(sa.entries) for sa in group.policy.sas)
        check.same("lines (genie)", len(row["configured_acl"]), count)


def detail(check: Checks, found: Any, groups: Groups) -> None:
    """`show crypto gdoi ks detail`."""
    for name, group in groups.items():
        row = found[name]
        check.same("members (genie)", row["group_members"], len(group.members))
        if group.coop is not None:
            check.same("role (genie)", row["redundancy"]["local_ks_role"], str(group.role))


def server_keks(check: Checks, found: Any, groups: Groups) -> None:
    """`show crypto gdoi rekey sa detail` of a key server."""
    row = found["kek_sa_db_stats"]
    keks = [group.kek for group in groups.values() if group.kek is not None]
    check.same("KEKs (genie)", row["num_active"], len(keks))
    if len(keks) == 1:
        spi = int(row["kek_policy"]["remote_details"]["spi"], 16)
        check.same("KEK (genie)", spi, keks[0].spi)


# ---- members ----


def whole_group(check: Checks, found: Any, members: Members) -> None:
    """`show crypto gdoi` of a member."""
    for group_row, member in each(check, found["group_name"], members):
        row = group_row["group_information"]
        own = row["group_member"][member.policy.address]
        check.same("status (genie)", own["registration"], str(member.state))
        shown = (own["succeeded_registration_count"], own["attempted_registration_count"])
        check.same("registrations (genie)", shown, (member.succeeded, member.attempted))
        check.same("rekeys (genie)", row["rekeys_received"], member.rekeys)
        check.same("sequence (genie)", own["last_rekey_seq_num"], member.last_sequence)
        interfaces = row.get("tek_policy", {}).get("interfaces", {})
        held = {f"0x{each.tek.spi:X}({each.tek.spi})" for each in alive(member)}
        for interface in interfaces.values():
            check.same("SPIs (genie)", set(interface.get("ipsec_sa", {}).get("spi", {})), held)
        if "kek_policy" in row:
            left = max(0.0, member.kek_expires_at - member.kernel.now())
            check.about("life of the KEK (genie)", row["kek_policy"]["lifetime"], left)


def registrations(check: Checks, found: Any, members: Members) -> None:
    """`show crypto gdoi gm`."""
    for row, member in each(check, found["group_member"], members):
        # it takes one word
        check.same("status (genie)", row["registration_status"], str(member.state).split()[0])
        check.same("address (genie)", row["group_member_ip"], member.policy.address)
        shown = (row["registration_succeded"], row["registration_attempt"])
        check.same("registrations (genie)", shown, (member.succeeded, member.attempted))
        check.same("active TEKs (genie)", row["active_tek_number"], len(alive(member)))


def rekeys(check: Checks, found: Any, members: Members) -> None:
    """`show crypto gdoi gm rekey detail`."""
    for row, member in each(check, found["gdoi_group"], members):
        shown = (row["rekeys_cumulative"], row["rekeys_registration"])
        check.same("rekeys (genie)", shown, (member.rekeys, member.rekeys_since))
        slots = row["rekey_sa_information"].values()
        cookies = {slot["my_cookie"] for slot in slots} - {"---"}
        known = {
            f"{k.cookies[0] >> 32:08X}" for k in (member.kek, member.previous) if k is not None
        }
        check.same("cookies (genie)", cookies, known)


def public_keys(check: Checks, found: Any, members: Members) -> None:
    """`show crypto gdoi gm pubkey`."""
    for rows, member in each(check, found["gdoi_group"], members):
        shown = {
            row["ks_ipaddress"]: bytes.fromhex("".join(row["key_data"]["key_data_info"]))
            for row in rows.values()
        }
        known = {key.server: key.public_der[:PRINTED_BYTES] for key in member.server_keys.values()}
        check.same("public keys (genie)", shown, known)


def replay(check: Checks, found: Any, members: Members) -> None:
    """`show crypto gkm gm replay`."""
    for row, member in each(check, found["anti_replay_information"]["group"], members):
        shown = row["time_based_replay"].get("replay_value")
        if shown is not None:
            true = f"{member.pseudotime() or 0.0:.2f} secs"
            check.same("pseudotime (genie)", shown, true)


# ---- tables ----


def isakmp(check: Checks, found: Any, router: Router) -> None:
    """`show crypto isakmp sa`."""
    rows = found["isakmp_stats"].get("IPv4", {}).values()
    shown = [(row["conn_id"], row["session_state"]) for row in rows]
    true = [(sa.conn_id, sa.state) for sa in router.feature(CryptoSas).ike if not sa.deleted]
    check.same("SAs of IKE (genie)", shown, true)


def keys(check: Checks, found: Any, router: Router) -> None:
    """`show crypto key mypubkey rsa`."""
    shown = {
        row["key_name"]: bytes.fromhex("".join(row["key_type"]["RSA KEYS"]["key_data"]))
        for row in found["keys"].values()
    }
    known = {pair.label: pair.material.public_der for pair in router.keys.pairs()}
    for label, data in shown.items():
        check.same(f"key {label} (genie)", data, known.get(label))


OF_SERVERS: dict[str, OfServer] = {
    "gdoi ks policy": policy,
    "gdoi ks members": members,
    "gdoi ks members summary": summary,
    "gdoi ks coop detail": coop,
    "gdoi ks acl": lists,
    "gdoi ks detail": detail,
    "gdoi rekey sa detail": server_keks,
}
OF_MEMBERS: dict[str, OfMember] = {
    "gdoi": whole_group,
    "gdoi detail": whole_group,
    "gdoi gm": registrations,
    "gdoi gm rekey detail": rekeys,
    "gdoi gm pubkey": public_keys,
    "gdoi gm replay": replay,
}
OF_ROUTERS: dict[str, OfRouter] = {
    "isakmp sa": isakmp,
    "key mypubkey rsa": keys,
}
