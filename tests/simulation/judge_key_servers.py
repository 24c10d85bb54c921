"""What our parsers read of key servers, compared with the key servers themselves."""

from collections.abc import Callable
from typing import Any

from getvpn.emulator.gdoi.policy import ReplayKind, Transport
from getvpn.emulator.gdoi.records import MemberRecord, Role
from getvpn.emulator.gdoi.server.group import ServerGroup

from .judge_checks import Checks, address, line, lines
from .judge_reading import Shown

Groups = dict[str, ServerGroup]
Judge = Callable[[Checks, Any, Groups, Shown], None]
SHOWN_REPLAY = {
    ReplayKind.TIME: "time",
    ReplayKind.COUNTER: "counter",
    ReplayKind.OFF: "none",
}
IKE = {True: "Established", False: "Failed"}


def by_name(check: Checks, rows: Any, groups: Groups, *, strict: bool = True) -> list[Any]:
    """The row of each group, with the group; all have to be there."""
    found = {row.group: row for row in rows}
    if strict:
        check.same("groups", list(found), list(groups))
    return [(found[name], group) for name, group in groups.items() if name in found]


# ---- show crypto gdoi ks policy ----


def policy(check: Checks, record: Any, groups: Groups, _: Shown) -> None:
    """KEK and TEKs, their lives and when they are renewed."""
    for row, group in by_name(check, record.groups, groups):
        now, kek = group.kernel.now(), group.kek
        check.same("handles", (row.handle, row.server_handle), (group.handle, group.server_handle))
        check.same("server", str(row.server), group.policy.address)
        check.same("number of TEKs", row.tek_count, len(group.teks))
        check.same("sequence", row.sequence, kek.sequence if kek else 0)
        check.same("KEKs", [each.spi for each in row.keks], [kek.spi] if kek else [])
        for shown in row.keks:
            _kek(check, shown, group)
        check.same("TEKs", [tek.spi for tek in row.teks], [t.spi for t in reversed(group.teks)])
        for shown, tek in zip(row.teks, reversed(group.teks), strict=False):
            check.about("remaining life", shown.remaining_s, tek.remaining_s(now))
            check.same("life", (shown.lifetime_s, shown.tek_life_s), (tek.lifetime_s,) * 2)
            check.about("elapsed time", shown.elapsed_s, now - tek.created_at)
            check.same("list", shown.access_list, tek.sa.acl)
            check.same("window", shown.replay_window, tek.sa.replay.window)
            check.about("time to rekey", shown.time_to_rekey_s, group.time_to_rekey(tek))


def _kek(check: Checks, shown: Any, group: ServerGroup) -> None:
    kek, key = group.kek, None
    if kek is None:
        return
    check.same("transport", shown.transport, str(group.policy.rekey.transport))
    check.same("life of the KEK", shown.lifetime_s, kek.lifetime_s)
    check.about("remaining life of the KEK", shown.remaining_s, kek.remaining_s(group.kernel.now()))
    check.about("time to rekey of the KEK", shown.time_to_rekey_s, group.kek_time_to_rekey())
    check.same("cipher", shown.encryption.lower(), kek.cipher.name)
    check.same(
        "sizes", (shown.iv_bytes, shown.key_bytes), (kek.cipher.iv_bytes, kek.cipher.key_bytes)
    )
    key = group.host.signing_key(kek.label) if kek.label else None
    sizes = (len(key.public_der), key.bits // 8) if key else (0, 0)
    check.same("sizes of the RSA key", (shown.signature_key_bytes, shown.signature_bytes), sizes)
    check.same("name of the RSA key", shown.signature_key_name, kek.label)


# ---- show crypto gdoi ks members [summary] ----


def members(check: Checks, record: Any, groups: Groups, shown: Shown) -> None:
    """The database of members and their counters."""
    wanted = shown.form.value("address")
    true = [
        (group, member)
        for group in groups.values()
        for member in group.members.values()
        if wanted in ("", member.address)
    ]
    for row, group in by_name(check, record.groups, groups, strict=not wanted):
        check.same("rekeys", row.sent, group.rekeys_sent)
        check.same("retransmits", row.last_retransmits, group.retransmits)
        check.same("duration", row.last_duration_ms, round(group.duration_s * 1000))
    check.same("members", [str(m.address) for m in record.members], [m.address for _, m in true])
    for row, (group, member) in zip(record.members, true, strict=False):
        _member(check, row, group, member)


def _member(check: Checks, row: Any, group: ServerGroup, member: MemberRecord) -> None:
    name = member.address
    check.same(
        f"group of {name}", (row.group, row.group_id), (group.policy.group, _identity(group))
    )
    check.same(f"version of {name}", row.version, member.version)
    check.same(f"type of {name}", "G-IKEv2" in row.group_type, member.protocol == "gikev2")
    check.same(f"state of {name}", row.state == "Revoked", member.revoked)
    check.same(f"key server of {name}", str(row.key_server), member.key_server)
    if group.policy.rekey.transport is Transport.MULTICAST:
        check.same(f"rekeys of {name}", row.rekeys_sent, None)
        return
    counters = (row.rekeys_sent, row.rekey_retries, row.acks_received, row.acks_missed)
    true = (member.rekeys_sent, member.retries, member.acks, member.missed)
    check.same(f"counters of {name}", counters, true)
    for what, found, known in (
        ("sent", row.sent_sequences, member.sent),
        ("received", row.received_sequences, member.received),
    ):
        padded = [*known, *[0] * (4 - len(known))]
        check.same(f"sequences {what} of {name}", sorted(found), sorted(padded))


def _identity(group: ServerGroup) -> object:
    text = group.policy.identity
    return int(text) if text.isdecimal() else address(text)


def summary(check: Checks, record: Any, groups: Groups, _: Shown) -> None:
    """The members by key server."""
    for row, group in by_name(check, record.groups, groups):
        check.same("members", row.member_count, len(group.members))
        found = {
            str(member.address): (str(server.key_server), member.rekeys_sent, member.acks_missed)
            for server in row.servers
            for member in server.members
        }
        true = {m.address: (m.key_server, m.rekeys_sent, m.missed) for m in group.members.values()}
        check.same("members by key server", found, true)
        states = {str(server.key_server): server.state for server in row.servers}
        check.same("states", {k for k, v in states.items() if v == "LOCAL"}, {group.policy.address})


# ---- show crypto gdoi ks coop ----


def coop(check: Checks, record: Any, groups: Groups, _: Shown) -> None:
    """The key servers of the group, who is what, and what was heard of whom."""
    for row, group in by_name(check, record.groups, groups):
        own, policy = group.coop, group.policy.coop
        if own is None or policy is None:
            check.same("redundancy", (row.redundancy, row.peers), (False, ()))
            continue
        check.same("address", str(row.address), group.policy.address)
        check.same("priority", row.priority, policy.priority)
        check.same("role", row.role, str(group.role))
        check.same("version", row.version, group.host.server_version)
        check.same("sequence", row.antireplay_sequence, own.sequence)
        timers = row.primary_timers or row.secondary_timers
        check.same("timers", row.primary_timers is not None, group.role is Role.PRIMARY)
        if timers is not None:
            check.about("remaining time", timers.remaining_s, own.remaining_s())
        if row.secondary_timers is not None:
            check.same("retries", row.secondary_timers.retries, own.retries)
        check.same("peers", [str(peer.address) for peer in row.peers], list(own.peers))
        for shown, peer in zip(row.peers, own.peers.values(), strict=False):
            _peer(check, shown, peer)


def _peer(check: Checks, shown: Any, peer: Any) -> None:
    name = peer.address
    found = (shown.priority, shown.role, shown.status, shown.ike_status, shown.antireplay_sequence)
    role = None if peer.role is Role.UNKNOWN else str(peer.role)
    status = str(peer.status)
    true = (peer.priority, role, status, IKE[peer.established], peer.sequence)
    check.same(
        f"peer {name}",
        (found[0], _word(found[1]), _word(found[2]), *found[3:]),
        (true[0], _word(true[1]), _word(true[2]), *true[3:]),
    )
    counters = (
        shown.announcements_sent,
        shown.announcements_sent_with_request,
        shown.announcements_received,
        shown.announcements_received_with_request,
        shown.sent_drops,
        shown.received_drops,
        shown.bytes_sent,
        shown.bytes_received,
    )
    counted = (
        peer.sent,
        peer.sent_asking,
        peer.received,
        peer.received_asking,
        peer.sent_drops,
        peer.received_drops,
        peer.bytes_sent,
        peer.bytes_received,
    )
    check.same(f"counters of {name}", counters, counted)


def _word(text: str | None) -> str:
    return "Unknown" if text is None else text


# ---- sender identifiers ----


def identifiers(check: Checks, record: Any, groups: Groups, shown: Shown) -> None:
    """The sender identifiers that the key server gives."""
    for row, group in by_name(check, record.groups, groups):
        state = group.sender_ids.state
        check.same("current KSSID", row.current_kssid, state.current)
        check.same("last GMSID", row.last_gmsid, state.last)
        check.same("length", row.sid_bits, state.bits)
        if "detail" in shown.form.words:
            found = (row.assigned, row.used, row.used_before)
            check.same("KSSIDs", found, (state.assigned, state.used, state.old))


def coop_identifiers(check: Checks, record: Any, groups: Groups, shown: Shown) -> None:
    """Those of all key servers."""
    for row, group in by_name(check, record.groups, groups):
        state = group.sender_ids.state
        own = row.local
        check.same(
            "KSSIDs",
            (own.assigned, own.used, own.current_kssid),
            (state.assigned, state.used, state.current),
        )
        coop = group.coop
        peers = list(coop.peers) if coop is not None and "detail" in shown.form.words else []
        check.same("peers", [str(peer.address) for peer in row.peers], peers)
        for peer in row.peers:
            told = coop.senders_of(str(peer.address)) if coop is not None else None
            check.same("KSSIDs of a peer", peer.assigned, told.assigned if told else ())


# ---- the others ----


def rekeys(check: Checks, record: Any, groups: Groups, _: Shown) -> None:
    """How keys are renewed."""
    for row, group in by_name(check, record.groups, groups):
        now, policy = group.kernel.now(), group.policy.rekey
        check.same("rekeys", (row.sent, row.retransmitted), (group.rekeys_sent, group.retransmits))
        check.same("life of the KEK", row.kek_lifetime_s, policy.lifetime_s)
        left = None if group.kek is None else group.kek.remaining_s(now)
        check.about("remaining life of the KEK", row.kek_remaining_s, left)
        check.same(
            "retransmission",
            (row.retransmit_s, row.retransmit_count),
            (policy.interval_s, policy.count or 0),
        )
        check.same("SAs", [sa.sequence for sa in row.sas], [sa.number for sa in group.policy.sas])


def replay(check: Checks, record: Any, groups: Groups, _: Shown) -> None:
    """The pseudotime."""
    for row, group in by_name(check, record.groups, groups):
        timed = any(sa.replay.kind is ReplayKind.TIME for sa in group.policy.sas)
        true = group.pseudotime() if timed else None
        check.same("check by time", row.enabled, true is not None)
        if true is not None:
            check.same("pseudotime", row.pseudotime_s, round(true, 2))


def lists(check: Checks, record: Any, groups: Groups, _: Shown) -> None:
    """What is encrypted."""
    for row, group in by_name(check, record.groups, groups):
        entries = [entry for sa in group.policy.sas for entry in sa.entries]
        check.same("lines of the list", lines(row.entries), [line(entry) for entry in entries])


def overview(check: Checks, record: Any, groups: Groups, _: Shown) -> None:
    """`show crypto gdoi ks`."""
    total = sum(len(group.members) for group in groups.values())
    if groups:
        check.same("members of all groups", record.registered_members, total)
    for row, group in by_name(check, record.groups, groups):
        check.same("members", row.members, len(group.members))
        check.same("identity", row.identity, _identity(group))
        check.same("direction", row.direction != "Both", group.policy.receive_only)
        check.same("lists", list(row.access_lists), [sa.acl for sa in group.policy.sas])
        _redundancy(check, row.redundancy, group)


def _redundancy(check: Checks, row: Any, group: ServerGroup) -> None:
    coop = group.policy.coop
    if coop is None:
        check.same("redundancy", row, None)
        return
    found = (str(row.address), row.priority, row.role)
    check.same("redundancy", found, (group.policy.address, coop.priority, str(group.role)))


def whole_group(check: Checks, record: Any, groups: Groups, _: Shown) -> None:
    """`show crypto gdoi` of a key server."""
    rows = [row for row in record.groups if row.role == "key-server"]
    for row, group in by_name(check, rows, groups):
        now, kek = group.kernel.now(), group.kek
        check.same("members", row.member_count, len(group.members))
        check.same("transport", row.transport, str(group.policy.rekey.transport))
        check.same("life of the KEK", row.rekey_lifetime_s, group.policy.rekey.lifetime_s)
        check.about("remaining life", row.rekey_remaining_s, kek.remaining_s(now) if kek else None)
        _redundancy(check, row.redundancy, group)
        for shown, sa in zip(row.sas, group.policy.sas, strict=True):
            newest = [tek for tek in group.teks if tek.sa.number == sa.number][-1:]
            check.same("number", shown.number, sa.number)
            check.same("life of the SA", shown.lifetime_s, sa.lifetime_s)
            check.same(
                "replay",
                (shown.replay, shown.replay_window),
                (SHOWN_REPLAY[sa.replay.kind], sa.replay.window),
            )
            left = newest[0].remaining_s(now) if newest else None
            check.about("remaining life of the SA", shown.remaining_s, left)


def features(check: Checks, record: Any, groups: Groups, _: Shown) -> None:
    """Which devices there are, and their versions."""
    for row, group in by_name(check, record.groups, groups, strict=False):
        servers = {group.policy.address: group.host.server_version}
        for peer in group.coop.peers.values() if group.coop else ():
            if peer.version:
                servers[peer.address] = peer.version
        check.same("key servers", _versions(row.key_servers), servers)
        known = {member.address: member.version for member in group.members.values()}
        check.same("versions of members", _versions(row.members), known)


def _versions(table: Any) -> dict[str, str | None]:
    return {str(device.address): device.version for device in table.devices} if table else {}


def rekey_sas(check: Checks, record: Any, groups: Groups, shown: Shown) -> None:
    """The SAs of rekeys of key servers."""
    true = [group for group in groups.values() if group.kek is not None]
    if "detail" not in shown.form.words:
        own = [str(row.source) for row in record.sas]
        check.same("SAs of rekeys", own, [group.policy.address for group in true])
        return
    check.same("KEKs", [row.spi for row in record.keks], [g.kek.spi for g in true if g.kek])
    for row, group in zip(record.keks, true, strict=False):
        check.same("sequence", row.sequence, group.kek.sequence if group.kek else 0)
        check.same("transport", row.transport, str(group.policy.rekey.transport))
        check.same("group", row.group, group.policy.group)


JUDGES: dict[str, Judge] = {
    "gdoi": whole_group,
    "gdoi feature": features,
    "gdoi ks": overview,
    "gdoi ks acl": lists,
    "gdoi ks coop": coop,
    "gdoi ks coop identifier": coop_identifiers,
    "gdoi ks identifier": identifiers,
    "gdoi ks members": members,
    "gdoi ks members summary": summary,
    "gdoi ks policy": policy,
    "gdoi ks rekey": rekeys,
    "gdoi ks replay": replay,
    "gdoi rekey sa": rekey_sas,
}
"""Who judges which family of commands on a key server."""
