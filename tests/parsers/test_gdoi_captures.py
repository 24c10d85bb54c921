"""`show crypto gdoi` and `show crypto gdoi gm` on the shared captures."""

from pathlib import Path

from getvpn.parsers import parse
from getvpn.parsers.records.gdoi import GdoiGroup, GdoiGroups, GdoiMembers, GmRegistration

from .oracle import Trail, assert_covers, captures

STOPPED = ("community/crypto_gdoi/2.txt", "community/crypto_gdoi_group/2.txt")
"""Captures that stop at the pager."""


def groups_of(record: object) -> tuple[GdoiGroup, ...]:
    assert isinstance(record, GdoiGroups)
    return record.groups


def test_the_shared_captures_leave_nothing_over(shared: Path) -> None:
    records = {c.path: parse(c.command, c.text) for c in captures(shared, "gdoi")}
    assert {path for path, record in records.items() if record.unparsed} == set()
    assert {path for path, record in records.items() if record.partial} == set(STOPPED)
    for path in STOPPED:
        assert "stops at the pager prompt" in records[path].partial[0]


def test_values_of_the_shared_captures(shared: Path) -> None:
    found = {c.path: parse(c.command, c.text) for c in captures(shared, "gdoi")}
    (member,) = groups_of(found["community/crypto_gdoi/1.txt"])
    assert (member.members[0].reregisters_in_s, member.members[0].last_rekey_from) == (6778, None)
    assert (member.keks, len(member.downloaded_acls[0].entries)) == ((), 20)
    (classic,) = groups_of(found["community/crypto_gdoi/3.txt"])
    assert [str(server) for server in classic.servers] == ["202.100.1.1", "202.100.1.2"]
    (server,) = groups_of(found["community/crypto_gdoi_group/3.txt"])
    assert (server.rekey_remaining_s, server.retransmit_remaining_s) == (84098, 0)
    (typed,) = groups_of(found["community/hand_typed_crypto_gdoi/2.txt"])
    assert typed.tek_interfaces[0].sas[0].spi == 1460077087
    (stopped,) = groups_of(found["community/crypto_gdoi_group/2.txt"])
    assert len(stopped.downloaded_acls[0].entries) == 1


def test_the_other_parser_agrees(shared: Path) -> None:
    compared = 0
    for capture in captures(shared, "gdoi"):
        if capture.expected is not None:
            (group,) = groups_of(parse(capture.command, capture.text))
            at = ("group_name", group.group, "group_information")
            member = (*at, "group_member", "*")
            assert_covers(
                capture.expected,
                answer(at, group),
                {(*member, "allowable_rekey_cipher"): "it holds a word of the transform row"},
            )
            compared += 1
    assert compared == 3


def answer(at: Trail, group: GdoiGroup) -> dict[Trail, object]:
    """Our values where the other parser has them, in its types."""
    info = (*at, "group_member_information")
    (member,), (kek,), (keys,) = group.members, group.keks, group.tek_interfaces
    found: dict[Trail, object] = {
        (*at, "crypto_path"): group.crypto_path,
        (*at, "group_identity"): str(group.identity),
        (*at, "group_server_list"): str(group.servers[0]),
        (*at, "group_type"): group.group_type,
        (*at, "ipsec_sa_direction"): group.direction,
        (*at, "key_management_path"): group.key_management_path,
        (*at, "rekeys_received"): group.rekeys_received,
        (*info, "acl_received_from_ks"): group.received_acl,
        (*info, "rekeys_cumulative", "after_latest_register"): member.rekeys_since_registration,
        (*info, "rekeys_cumulative", "rekey_acks_sents"): member.rekey_acks_total,
        (*info, "rekeys_cumulative", "total_received"): member.rekeys_total,
        (*at, "kek_policy", "encrypt_algorithm"): kek.encryption,
        (*at, "kek_policy", "key_size"): kek.key_bits,
        (*at, "kek_policy", "lifetime"): kek.remaining_s,
        (*at, "kek_policy", "rekey_transport_type"): kek.transport,
        (*at, "kek_policy", "sig_hash_algorithm"): kek.signature_hash,
        (*at, "kek_policy", "sig_key_length"): kek.signature_key_bits,
    }
    for name, policies in (("kgs", group.kgs_policies), ("p2p", group.p2p_policies)):
        address = str(policies[0].members[0].local_address)
        found[(*at, f"{name}_policy", "reg_gm", "local_addr")] = address
    (acl,) = group.downloaded_acls
    for index, entry in enumerate(acl.entries):
        place = (*info, "acl_download_from_ks", str(acl.server), "acl_list", str(index))
        found[place] = "access-list   " + entry.text.split(maxsplit=1)[1]
    for sa in keys.sas:
        spi = f"0x{sa.spi:08X}({sa.spi})"
        tek = (*at, "tek_policy", "interfaces", keys.interface, "ipsec_sa", "spi", spi)
        found |= {
            (*tek, "alg_key_size_bytes"): sa.key_bytes,
            (*tek, "anti_replay_count"): sa.replay_window if sa.replay == "counter" else None,
            (*tek, "encaps"): sa.encapsulation,
            (*tek, "sa_remaining_key_lifetime"): sa.remaining_s,
            (*tek, "sig_key_size_bytes"): sa.signature_key_bytes,
            (*tek, "tag_method"): sa.tag_method,
            (*tek, "transform"): sa.transform,
        }
    return found | member_answer((*at, "group_member", str(member.address)), group)


def member_answer(at: Trail, group: GdoiGroup) -> dict[Trail, object]:
    (member,) = group.members
    return {
        (*at, "active_tek_num"): member.active_teks,
        (*at, "attempted_registration_count"): member.registrations_attempted,
        (*at, "dp_error_monitoring"): "ON" if member.dp_error_monitoring else "OFF",
        (*at, "fail_close_revert"): "Enabled" if member.fail_close_revert else "Disabled",
        (*at, "fvrf"): str(member.fvrf),
        (*at, "ipsec_init_reg_executed"): member.init_registrations_executed,
        (*at, "ipsec_init_reg_postponed"): member.init_registrations_postponed,
        (*at, "ivrf"): str(member.ivrf),
        (*at, "last_rekey_seq_num"): member.last_rekey_sequence,
        (*at, "last_rekey_server"): str(member.last_rekey_from),
        (*at, "local_addr"): str(member.local_address),
        (*at, "local_addr_port"): str(member.local_port),
        (*at, "pfs_rekey_received"): member.pfs_rekeys,
        (*at, "re_register_time_sec"): member.reregisters_in_s,
        (*at, "registration"): member.registration_status,
        (*at, "rekey_acks_sent"): member.rekey_acks_sent,
        (*at, "remote_addr"): str(member.remote_address),
        (*at, "remote_addr_port"): member.remote_port,
        (*at, "sa_track"): member.sa_track_status,
        (*at, "server_ip"): str(member.registered_with),
        (*at, "succeeded_registration_count"): member.registrations_succeeded,
        (*at, "uncicast_rekey_received"): member.unicast_rekeys,
        (*at, "version"): member.version,
        (*at, "vrf"): str(member.vrf),
    }


def test_the_members_alone_agree_too(shared: Path) -> None:
    compared = 0
    for capture in captures(shared, "gdoi gm"):
        record = parse(capture.command, capture.text)
        assert isinstance(record, GdoiMembers)
        assert (record.unparsed, record.partial) == ((), ())
        (group,) = record.groups
        (member,) = group.members
        at: Trail = ("group_member", group.group)
        ours: dict[Trail, object] = {
            (*at, "direction"): group.direction,
            (*at, "acl_recieved"): group.received_acl,
        }
        assert_covers(capture.expected, ours | brief_answer(at, member))
        compared += 1
    assert compared == 1


def brief_answer(at: Trail, member: GmRegistration) -> dict[Trail, object]:
    minutes, seconds = divmod(member.last_rekey_age_s or 0, 60)
    return {
        (*at, "group_member_ip"): str(member.address),
        (*at, "vrf"): str(member.vrf),
        (*at, "local_ip"): str(member.local_address),
        (*at, "local_port"): member.local_port,
        (*at, "remote_ip"): str(member.remote_address),
        (*at, "remote_port"): member.remote_port,
        (*at, "fvrf"): str(member.fvrf),
        (*at, "ivrf"): str(member.ivrf),
        (*at, "version"): member.version,
        (*at, "registration_status"): member.registration_status,
        (*at, "registered_ip"): str(member.registered_with),
        (*at, "registered_time"): f"{member.reregisters_in_s} sec",
        (*at, "registration_succeded"): member.registrations_succeeded,
        (*at, "registration_attempt"): member.registrations_attempted,
        (*at, "rekey_ip"): str(member.last_rekey_from),
        (*at, "rekey_seq_num"): member.last_rekey_sequence,
        (*at, "unicast_rekeys_recieved"): member.unicast_rekeys,
        (*at, "ack_unicast_key"): member.rekey_acks_sent,
        (*at, "rekey_recieved_time"): f"00:{minutes:02}:{seconds:02}",
        (*at, "pfs_rekey_recieved"): member.pfs_rekeys,
        (*at, "dp_error_monitoring"): "ON" if member.dp_error_monitoring else "OFF",
        (*at, "ipsec_init_reg_executed"): member.init_registrations_executed,
        (*at, "ipsec_init_reg_postponed"): member.init_registrations_postponed,
        (*at, "active_tek_number"): member.active_teks,
        (*at, "sa_track_status"): member.sa_track_status,
        (*at, "fail_close_revert"): "Enabled" if member.fail_close_revert else "Disabled",
    }
