from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_gm_pubkey import PRINTED_BYTES, GmPubkeys, GroupPubkeys

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi gm pubkey"


def key(bits: int) -> bytes:
    """A public key of that size; that its modulus has no factors does not matter here."""
    numbers = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) | 1)
    return numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def output(server: str, data: bytes) -> str:
    """The block of one key, as IOS-XE prints it."""
    words = data[:PRINTED_BYTES].hex(" ", -4).upper().split()
    lines = [" ".join(words[start : start + 8]) for start in range(0, len(words), 8)]
    return (
        f"    KS IP Address: {server}\n"
        "    conn-id: 75010    my-cookie:DCF18B05    his-cookie:03313E80\n"
        "    Key Data:\n" + "".join(f"      {line} \n" for line in lines) + "\n"
    )


def groups(text: str, command: str = COMMAND) -> tuple[GroupPubkeys, ...]:
    record = parse(command, text)
    assert isinstance(record, GmPubkeys)
    assert (record.unparsed, record.partial) == ((), ())
    return record.groups


def test_a_short_key_is_whole() -> None:
    (group,) = groups("  GDOI Group: BANK-WAN.v4\n" + output("10.10.1.1", key(1024)))
    (found,) = group.keys
    assert (group.group, found.server) == ("BANK-WAN.v4", IPv4Address("10.10.1.1"))
    assert (found.conn_id, found.my_cookie, found.his_cookie) == (75010, 0xDCF18B05, 0x03313E80)
    assert (found.key_data, found.whole, found.modulus_bits) == (key(1024), True, 1024)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_the_size_of_a_key_is_known_though_ios_prints_its_beginning(bits: int) -> None:
    (group,) = groups("  GDOI Group: A\n" + output("10.10.1.1", key(bits)))
    (found,) = group.keys
    assert (len(found.key_data), found.whole, found.modulus_bits) == (PRINTED_BYTES, False, bits)


def test_the_keys_of_several_servers_and_groups_are_kept_apart() -> None:
    found = groups(
        "  GDOI Group: A\n"
        + output("10.10.1.1", key(1024))
        + output("10.10.1.2", key(2048))
        + "  GDOI Group: A-IPV6\n  GDOI Group: B\n"
        + output("10.10.1.3", key(1024))
    )
    assert [(group.group, [str(item.server) for item in group.keys]) for group in found] == [
        ("A", ["10.10.1.1", "10.10.1.2"]),
        ("A-IPV6", []),
        ("B", ["10.10.1.3"]),
    ]


def test_bytes_that_are_no_rsa_key_have_no_size() -> None:
    (group,) = groups("  GDOI Group: A\n" + output("10.10.1.1", bytes(256)))
    assert group.keys[0].modulus_bits is None


@pytest.mark.parametrize("bits", [1024, 2048])
def test_a_cut_is_noticed_but_before_the_first_key(bits: int) -> None:
    text = "  GDOI Group: A\n" + output("10.10.1.1", key(bits)).rstrip()
    assert unnoticed_cuts(COMMAND, text) == ["GDOI Group: A"]


def test_a_line_of_half_bytes_is_not_taken_for_key_data() -> None:
    text = "  GDOI Group: A\n" + output("10.10.1.1", key(1024)) + "      ABC\n"
    assert [line.text for line in parse(COMMAND, text).unparsed] == ["ABC"]


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "% Key name: A\n Usage: General Purpose Key\n Key Data:\n  30820122\n")


def test_the_other_parser_agrees(shared: Path) -> None:
    for capture in captures(shared, "gdoi gm pubkey"):
        found = groups(capture.text, capture.command)
        ours: dict[Trail, object] = {}
        for group in found:
            for index, item in enumerate(group.keys):
                at = ("gdoi_group", group.group, str(index))
                ours[(*at, "ks_ipaddress")] = str(item.server)
                ours[(*at, "conn_id")] = item.conn_id
                ours[(*at, "my_cookie")] = f"{item.my_cookie:08X}"
                ours[(*at, "his_cookie")] = f"{item.his_cookie:08X}"
                for line, start in enumerate(range(0, len(item.key_data), 32)):
                    text = item.key_data[start : start + 32].hex(" ", -4).upper()
                    ours[(*at, "key_data", "key_data_info", str(line))] = text
                assert item.modulus_bits == 2048
        assert set(capture.expected["gdoi_group"]) == {group.group for group in found}
        assert_covers(capture.expected, ours)


def test_the_keys_of_a_group_may_stand_under_its_gkm_heading() -> None:
    (group,) = groups("  GKM Group: BANK-WAN.v4\n" + output("10.10.1.1", key(1024)))
    assert group.group == "BANK-WAN.v4"
