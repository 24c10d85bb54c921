from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_ks_policy import KsGroupPolicy, KsPolicy

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi ks policy"

ROLLOVER = """\
Key Server Policy:
For group BRANCH-WAN (handle: 0x40000002) server 10.10.1.1 (handle: 0x40000003):

  # of teks : 2  Seq num : 7
  KEK POLICY (transport type : Unicast)
    spi : 0xAABBCCDDEEFF00112233445566778899
    management alg     : disabled      encrypt alg           : AES
    crypto iv length   : 16            key size              : 32
    orig life(sec)     : 86400         remaining life(sec)   : 310
    time to rekey (sec): n/a
    sig hash algorithm : enabled       sig key length        : 550
    sig size           : 512
    sig key name       : REKEY KEY 2026
    acknowledgement    : Cisco

  KEK POLICY (transport type : Unicast)
    spi : 0x00112233445566778899AABBCCDDEEFF
    management alg     : disabled      encrypt alg           : AES
    crypto iv length   : 16            key size              : 32
    orig life(sec)     : 86400         remaining life(sec)   : 86390
    time to rekey (sec): 86155
    sig hash algorithm : enabled       sig key length        : 550
    sig size           : 512
    sig key name       : REKEY KEY 2026
    acknowledgement    : Cisco

  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0xB0000001
    access-list        : GET-ACL
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : 7190
    tek life(sec)      : 7200          elapsed time(sec)     : 10
    override life(sec) : 0             antireplay window size: 5
    time to rekey (sec): 6700


  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0xA0000001
    access-list        : GET-ACL
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : 0
    tek life(sec)      : 7200          elapsed time(sec)     : 7412
    override life(sec) : 0             antireplay window size: 5
    time to rekey (sec): n/a
"""

CLASSIC = """\
Key Server Policy:
For group GET.LAB-1 (handle: 2147483650) server 192.0.2.10 (handle: 2147483651):

  # of teks : 1  Seq num : 0
  KEK POLICY (transport type : Multicast)
    spi : 0xCC24F40DCEA032105661C392ACB9A5E5
    management alg     : disabled    encrypt alg       : 3DES
    crypto iv length   : 8           key size          : 24
    orig life(sec): 360         remaining life(sec): 305
    sig hash algorithm : enabled     sig key length    : 162
    sig size           : 129
    sig key name       : REKEY

  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0x9CAE4C22
    access-list        : 101
    transform          : esp-aes esp-sha-hmac
    alg key size       : 16            sig key size          : 20
    orig life(sec)     : 120           remaining life(sec)   : 96
    tek life(sec)      : 120           elapsed time(sec)     : 24
    override life (sec): 0             antireplay window size: 64
    time to rekey (sec): 5
"""

FIRST_RELEASE = """\
Key Server Policy:
For group diffint (handle: 2147483650) server 10.0.5.2 (handle: 2147483650):

  # of teks : 1  Seq num : 3
  KEK POLICY (transport type : Unicast)
    spi : 0x0FEDCBA987654321FEDCBA9876543210
    management alg     : disabled    encrypt alg       : 3DES
    crypto iv length   : 8           key size          : 24
    orig life(sec): 300         remaining life(sec): 229
    sig hash algorithm : enabled     sig key length    : 94
    sig size           : 64
    sig key name       : mykeys

  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : 0xFA9A2EA8    access-list           : 111
    # of transforms    : 0             transform             : ESP_AES
    hmac alg           : HMAC_AUTH_SHA
    alg key size       : 16            sig key size          : 20
    orig life(sec)     : 900           remaining life(sec)   : 790
    override life (sec): 0             antireplay window size: 64
"""


def policy(text: str) -> KsPolicy:
    record = parse(COMMAND, text)
    assert isinstance(record, KsPolicy)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_both_keks_and_the_expired_tek_of_a_rollover_are_kept_in_order() -> None:
    (group,) = policy(ROLLOVER).groups
    assert (group.handle, group.server_handle) == (0x40000002, 0x40000003)
    assert (group.tek_count, group.sequence) == (2, 7)
    assert [(kek.spi, kek.remaining_s, kek.time_to_rekey_s) for kek in group.keks] == [
        (0xAABBCCDDEEFF00112233445566778899, 310, None),
        (0x00112233445566778899AABBCCDDEEFF, 86390, 86155),
    ]
    assert group.keks[0].signature_key_name == "REKEY KEY 2026"
    assert group.keks[0].signature_bytes == 512
    new, old = group.teks
    assert (new.spi, new.remaining_s, new.elapsed_s) == (0xB0000001, 7190, 10)
    assert (old.spi, old.remaining_s, old.elapsed_s) == (0xA0000001, 0, 7412)
    assert (new.time_to_rekey_s, old.time_to_rekey_s) == (6700, None)
    assert (new.replay_window, old.replay_window) == (5, 5)


def test_classic_ios_prints_decimal_handles_and_no_blanks_before_some_colons() -> None:
    (group,) = policy(CLASSIC).groups
    (kek,), (tek,) = group.keks, group.teks
    assert (group.group, group.handle, group.server_handle) == ("GET.LAB-1", 2147483650, 2147483651)
    assert (kek.transport, kek.lifetime_s, kek.remaining_s) == ("Multicast", 360, 305)
    assert (kek.time_to_rekey_s, kek.acknowledgement) == (None, None)
    assert (tek.override_life_s, tek.replay_window, tek.time_to_rekey_s) == (0, 64, 5)


def test_the_tek_of_the_first_release_names_its_integrity_apart() -> None:
    (tek,) = policy(FIRST_RELEASE).groups[0].teks
    assert (tek.spi, tek.access_list, tek.transform) == (0xFA9A2EA8, "111", "ESP_AES")
    assert (tek.integrity, tek.tek_life_s, tek.lifetime_s) == ("HMAC_AUTH_SHA", None, 900)


@pytest.mark.parametrize(
    ("printed", "server"),
    [
        ("2001:DB8::10", IPv6Address("2001:db8::10")),
        ("ks1.example.net", "ks1.example.net"),
        ("192.0.2.7", IPv4Address("192.0.2.7")),
    ],
)
def test_the_server_is_an_address_or_a_name(printed: str, server: object) -> None:
    assert policy(CLASSIC.replace("192.0.2.10", printed)).groups[0].server == server


def test_several_groups_keep_their_own_keys() -> None:
    second = ROLLOVER.split("\n", 1)[1].replace("BRANCH-WAN", "BRANCH-WAN-v6")
    groups = policy(ROLLOVER + "\n\n" + second).groups
    assert [group.group for group in groups] == ["BRANCH-WAN", "BRANCH-WAN-v6"]
    assert [(len(group.keks), len(group.teks)) for group in groups] == [(2, 2), (2, 2)]


def test_gkm_is_another_spelling_of_the_command() -> None:
    assert parse("sh crypto gkm ks pol", ROLLOVER) == policy(ROLLOVER)


@pytest.mark.parametrize("text", [ROLLOVER, CLASSIC, FIRST_RELEASE])
def test_a_cut_is_noticed_but_for_a_last_row_that_the_first_release_lacks(text: str) -> None:
    assert all("antireplay window size" in line for line in unnoticed_cuts(COMMAND, text))


def test_teks_that_are_announced_and_do_not_follow_make_the_record_partial() -> None:
    record = parse(COMMAND, ROLLOVER[: ROLLOVER.rindex("  TEK POLICY")])
    assert record.partial == ("group BRANCH-WAN announces 2 TEKs, 1 follow",)


def test_a_filtered_output_says_so() -> None:
    record = parse(f"{COMMAND} | section TEK", "KS1#sh cry gdoi ks pol | sec TEK\n" + ROLLOVER)
    assert record.partial == ("output filter '| section TEK'",)


@pytest.mark.parametrize(
    "text",
    [
        "Group Member Information : \n",
        "                            ^\n% Invalid input detected at '^' marker.\n",
        "Crypto Gdoi Group Name :BRANCH-WAN\n        *NO* redundancy configured for this group\n",
    ],
)
def test_another_output_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)


def test_the_shared_captures_leave_nothing_over(shared: Path) -> None:
    records = {c.path: policy(c.text) for c in captures(shared, "gdoi ks policy")}
    (group,) = records["community/crypto_gdoi_ks_policy/1.txt"].groups
    assert (group.group, group.handle) == ("CUST-A-GETVPN", 2147483650)
    assert (group.keks[0].encryption, group.keks[0].time_to_rekey_s) == ("3DES", 85152)
    assert group.teks[0].spi == 0x4B650CEE


def test_the_other_parser_agrees(shared: Path) -> None:
    for capture in captures(shared, "gdoi ks policy"):
        if capture.expected is not None:
            assert_covers(capture.expected, answer(policy(capture.text)))


def answer(record: KsPolicy) -> dict[Trail, object]:
    found: dict[Trail, object] = {}
    for group in record.groups:
        at: Trail = ("key_server_policy", "group", group.group)
        found[(*at, "handle")] = f"{group.handle:#010x}"
        at = (*at, "server", str(group.server))
        found[(*at, "handle")] = f"{group.server_handle:#010x}"
        found[(*at, "teks_num")] = group.tek_count
        found[(*at, "seq_num")] = group.sequence
        found |= keys(at, group)
    return found


def keys(at: Trail, group: KsGroupPolicy) -> dict[Trail, object]:
    found: dict[Trail, object] = {}
    for kek in group.keks:
        found[(*at, "kek_policy", "transport_type")] = kek.transport
        key = (*at, "kek_policy", "spi", f"0x{kek.spi:032X}")
        found |= {
            (*key, "acknowledgement"): kek.acknowledgement,
            (*key, "crypto_iv_length"): kek.iv_bytes,
            (*key, "encrypt_alg"): kek.encryption,
            (*key, "key_size"): kek.key_bytes,
            (*key, "management_alg"): kek.management_alg,
            (*key, "orig_life_secs"): kek.lifetime_s,
            (*key, "remaining_life_secs"): kek.remaining_s,
            (*key, "sig_hash_algorithm"): "enabled" if kek.signature_hash else "disabled",
            (*key, "sig_key_length"): kek.signature_key_bytes,
            (*key, "sig_key_name"): kek.signature_key_name,
            (*key, "sig_size"): kek.signature_bytes,
            (*key, "time_to_rekey_sec"): seconds(kek.time_to_rekey_s),
        }
    for tek in group.teks:
        found[(*at, "tek_policy", "encaps")] = tek.encapsulation
        key = (*at, "tek_policy", "spi", f"0x{tek.spi:08X}")
        found |= {
            (*key, "access_list"): tek.access_list,
            (*key, "alg_key_size"): tek.key_bytes,
            (*key, "antireplay_window_size"): tek.replay_window,
            (*key, "elapsed_time_sec"): tek.elapsed_s,
            (*key, "orig_life_secs"): tek.lifetime_s,
            (*key, "override_life_sec"): tek.override_life_s,
            (*key, "remaining_life_secs"): tek.remaining_s,
            (*key, "sig_key_size"): tek.signature_key_bytes,
            (*key, "tek_life_sec"): tek.tek_life_s,
            (*key, "time_to_rekey_sec"): seconds(tek.time_to_rekey_s),
            (*key, "transform"): tek.transform,
        }
    return found


def seconds(value: int | None) -> str:
    return "n/a" if value is None else str(value)
