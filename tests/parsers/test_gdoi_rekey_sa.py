from ipaddress import IPv4Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_rekey_sa import KekDatabase, RekeySas

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi rekey sa"

TABLE = """\
GETVPN REKEY SA
dst             src             conn-id         status
10.20.1.1       10.10.1.1       1712            ACTIVE
10.20.1.1       10.10.1.2       1711            ACTIVE
"""
STATS = """\
KEK SA DB STATS:
    num_active = 1
    num_malloc = 107
    num_free = 105

"""
DETAIL = """\
  KEK POLICY (transport type : Unicast)
   Local addr/port : 10.20.1.1/848
   Remote addr/port : 10.10.1.1/848
    spi : 0x0C78568A11D464C47E9268A1D9A8787D
    management alg     : disabled    encrypt alg       : AES
    crypto iv length   : 16          key size          : 32
    orig life(sec)     : 86400     remaining life(sec)     : 1234
    sig hash algorithm : enabled     sig key length    : 294
    sig size           : 256
    acknowledgement    : Cisco
    conn_id (IKEv1)    : 1138
    seq num            : 7           prev seq num      : 6
    handle             : 40000072
    Interface          : GigabitEthernet
    Group Name         : BANK-WAN.v4
"""


def rekey_sas(text: str, command: str = COMMAND) -> RekeySas:
    record = parse(command, text)
    assert isinstance(record, RekeySas)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_the_table_is_typed() -> None:
    record = rekey_sas(TABLE)
    assert [(sa.conn_id, str(sa.source), sa.status) for sa in record.sas] == [
        (1712, "10.10.1.1", "ACTIVE"),
        (1711, "10.10.1.2", "ACTIVE"),
    ]
    assert record.sas[0].destination == IPv4Address("10.20.1.1")
    assert (record.keks, record.database) == ((), None)


def test_a_table_without_rows_is_whole() -> None:
    assert rekey_sas("".join(TABLE.splitlines(keepends=True)[:2])).sas == ()


def test_the_detail_is_typed() -> None:
    record = rekey_sas(STATS + DETAIL, f"{COMMAND} detail")
    (kek,) = record.keks
    assert record.database == KekDatabase(active=1, allocated=107, freed=105)
    assert (kek.transport, kek.local_address, kek.remote_port) == (
        "Unicast",
        IPv4Address("10.20.1.1"),
        848,
    )
    assert kek.spi == 0x0C78568A11D464C47E9268A1D9A8787D
    assert (kek.encryption, kek.iv_bytes, kek.key_bytes) == ("AES", 16, 32)
    assert (kek.lifetime_s, kek.remaining_s) == (86400, 1234)
    assert (kek.signature_hash, kek.signature_key_bytes, kek.signature_bytes) == (True, 294, 256)
    assert (kek.protocol, kek.conn_id, kek.sequence, kek.previous_sequence) == ("IKEv1", 1138, 7, 6)
    assert (kek.interface, kek.group) == ("GigabitEthernet", "BANK-WAN.v4")


@pytest.mark.parametrize(
    ("printed", "handle"),
    [("40000072", 0x40000072), ("2147483650", 0x80000002), ("0x40000002", 0x40000002)],
)
def test_a_handle_is_a_number_however_it_is_printed(printed: str, handle: int) -> None:
    (kek,) = rekey_sas(STATS + DETAIL.replace("40000072", printed)).keks
    assert kek.handle == handle


def test_a_release_may_leave_out_the_remaining_life() -> None:
    (kek,) = rekey_sas(STATS + DETAIL.replace("remaining life(sec)     : 1234", "")).keks
    assert (kek.lifetime_s, kek.remaining_s) == (86400, None)


def test_keks_that_are_counted_and_do_not_follow_make_the_record_partial() -> None:
    record = parse(COMMAND, STATS.replace("active = 1", "active = 2") + DETAIL)
    assert record.partial == ("2 KEKs are active, 1 follow",)


def test_a_cut_is_noticed_but_between_the_rows_of_the_table() -> None:
    assert unnoticed_cuts(COMMAND, STATS + DETAIL) == []
    assert unnoticed_cuts(COMMAND, TABLE) == TABLE.splitlines()[:-1]


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "IPv4 Crypto ISAKMP SA\ndst             src             state\n")


def test_the_other_parser_agrees(shared: Path) -> None:
    for capture in captures(shared, "gdoi rekey sa"):
        record = rekey_sas(capture.text, capture.command)
        (kek,) = record.keks
        assert record.database is not None
        at: Trail = ("kek_sa_db_stats",)
        local = (*at, "kek_policy")
        remote = (*local, "remote_details")
        assert_covers(
            capture.expected,
            {
                (*at, "num_active"): record.database.active,
                (*at, "num_malloc"): record.database.allocated,
                (*at, "num_free"): record.database.freed,
                (*local, "transport_type"): kek.transport,
                (*local, "local_addr"): str(kek.local_address),
                (*local, "local_port"): kek.local_port,
                (*remote, "remote_addr"): str(kek.remote_address),
                (*remote, "remote_port"): kek.remote_port,
                (*remote, "spi"): f"0x{kek.spi:032X}",
                (*remote, "mgmt_alg_status"): kek.management_alg,
                (*remote, "encrypt_alg"): kek.encryption,
                (*remote, "crypto_iv_length"): kek.iv_bytes,
                (*remote, "key_size"): kek.key_bytes,
                (*remote, "orig_life"): kek.lifetime_s,
                (*remote, "sig_hash_alg_status"): "enabled" if kek.signature_hash else "disabled",
                (*remote, "sig_key_length"): kek.signature_key_bytes,
                (*remote, "sig_size"): kek.signature_bytes,
                (*remote, "ack"): kek.acknowledgement,
                (*remote, "connection_type"): kek.protocol,
                (*remote, "connection_id"): kek.conn_id,
                (*remote, "seq_num"): kek.sequence,
                (*remote, "prev_seq_num"): kek.previous_sequence,
                (*remote, "interface_type"): kek.interface,
                (*remote, "group_name"): kek.group,
            },
            {(*remote, "handle"): "base 16 read as base 10: handles start at 0x40000000"},
        )
        assert kek.handle == 0x40000072
