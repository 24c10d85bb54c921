from ipaddress import IPv4Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_gm_rekey import GmRekeys, GroupRekeys, RekeySlot

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi gm rekey"

COUNTS = """\
Group BANK-WAN.v4 (Unicast)
    Number of Rekeys received (cumulative)       : 12
    Number of Rekeys received after registration : 11
    Number of Rekey Acks sent                    : 10
"""
SLOTS = """\

Rekey (KEK) SA information :
          dst             src             conn-id  my-cookie  his-cookie
New     : 10.20.1.1       10.10.1.1       44334   C5AC6039   0440633E
Current : 10.20.1.1       10.10.1.2       44333   00000001   A440633F
Previous: ---             ---               ---    ---        ---


"""


def groups(text: str, command: str = f"{COMMAND} detail") -> tuple[GroupRekeys, ...]:
    record = parse(command, text)
    assert isinstance(record, GmRekeys)
    assert (record.unparsed, record.partial) == ((), ())
    return record.groups


def test_counts_and_slots_are_typed() -> None:
    (group,) = groups(COUNTS + SLOTS)
    assert (group.group, group.transport) == ("BANK-WAN.v4", "Unicast")
    assert (group.received, group.received_since_registration, group.acks_sent) == (12, 11, 10)
    assert group.new == RekeySlot(
        destination=IPv4Address("10.20.1.1"),
        source=IPv4Address("10.10.1.1"),
        conn_id=44334,
        my_cookie=0xC5AC6039,
        his_cookie=0x0440633E,
    )
    assert group.current is not None
    assert group.current.my_cookie == 1
    assert group.previous == RekeySlot()


def test_without_detail_there_are_counts_alone() -> None:
    (group,) = groups(COUNTS, COMMAND)
    assert (group.received, group.new, group.current) == (12, None, None)


def test_multicast_has_no_acknowledgements() -> None:
    text = COUNTS.replace("Unicast", "Multicast").rpartition("    Number of Rekey Acks")[0]
    (group,) = groups(text, COMMAND)
    assert (group.transport, group.acks_sent) == ("Multicast", None)


def test_several_groups_are_kept_apart() -> None:
    found = groups(COUNTS + SLOTS + (COUNTS + SLOTS).replace("BANK-WAN.v4", "BANK-WAN.v6"))
    assert [group.group for group in found] == ["BANK-WAN.v4", "BANK-WAN.v6"]


def test_every_cut_is_noticed() -> None:
    assert unnoticed_cuts(f"{COMMAND} detail", (COUNTS + SLOTS).rstrip()) == []


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "Group Member Information For Group A:\n    IPSec SA Direction : Both\n")


def test_the_other_parser_agrees(shared: Path) -> None:
    for capture in captures(shared, "gdoi gm rekey"):
        ours: dict[Trail, object] = {}
        for group in groups(capture.text, capture.command):
            at = ("gdoi_group", group.group)
            ours[(*at, "rekeys_cumulative")] = group.received
            ours[(*at, "rekeys_registration")] = group.received_since_registration
            ours[(*at, "rekey_acks_sent")] = group.acks_sent
            slots = {"New": group.new, "Current": group.current, "Previous": group.previous}
            for name, slot in slots.items():
                assert slot is not None
                place = (*at, "rekey_sa_information", name)
                ours[(*place, "dst")] = dashes(slot.destination)
                ours[(*place, "src")] = dashes(slot.source)
                ours[(*place, "conn_id")] = dashes(slot.conn_id)
                ours[(*place, "my_cookie")] = cookie(slot.my_cookie)
                ours[(*place, "his_cookie")] = cookie(slot.his_cookie)
        assert_covers(capture.expected, ours)


def dashes(value: object) -> str:
    return "---" if value is None else str(value)


def cookie(value: int | None) -> str:
    return "---" if value is None else f"{value:08X}"
