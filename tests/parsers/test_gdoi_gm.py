from ipaddress import IPv4Address

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi import GdoiGroups, GdoiMembers, MemberGroup
from getvpn.parsers.serialise import plain

from . import gdoi_texts as texts
from .cuts import unnoticed_cuts

COMMAND = "show crypto gdoi gm"
HEAD = texts.MEMBER_HEAD[texts.MEMBER_HEAD.index("Group Member Information") :]


def groups(text: str) -> tuple[MemberGroup, ...]:
    record = parse(COMMAND, text)
    assert isinstance(record, GdoiMembers)
    assert (record.unparsed, record.partial) == ((), ())
    return record.groups


@pytest.mark.parametrize("limits", ["", texts.MEMBER_LIMITS])
def test_a_member_is_the_same_as_in_the_whole_output(limits: str) -> None:
    (group,) = groups(HEAD + texts.MEMBER_ROWS + limits)
    (member,) = group.members
    whole = parse("show crypto gdoi", texts.MEMBER)
    assert isinstance(whole, GdoiGroups)
    (known,) = whole.groups[0].members
    assert (group.group, group.direction) == ("BANK-WAN.v4", "Inbound Only")
    assert group.received_acl == "gdoi_group_BANK-WAN.v4_temp_acl"
    ours, theirs = plain(member), plain(known)
    assert isinstance(ours, dict)
    assert isinstance(theirs, dict)
    differ = {name for name in theirs if ours[name] != theirs[name]} - {"lineno"}
    cumulative = {name for name in theirs if name.startswith("allowed_")} | {
        "rekeys_total",
        "rekeys_since_registration",
        "rekey_acks_total",
    }
    assert differ == (set() if limits else cumulative)


def test_several_groups_and_members_are_kept_apart() -> None:
    second = texts.MEMBER_ROWS.replace("10.20.1.1 ", "10.20.2.1 ").replace("vrf: None", "vrf: RED")
    other = HEAD.replace("BANK-WAN.v4", "BANK-WAN.v6") + texts.MEMBER_ROWS
    found = groups(HEAD + texts.MEMBER_ROWS + "\n" + second + "\n" + other)
    assert [(group.group, len(group.members)) for group in found] == [
        ("BANK-WAN.v4", 2),
        ("BANK-WAN.v6", 1),
    ]
    red = found[0].members[1]
    assert (red.address, red.vrf) == (IPv4Address("10.20.2.1"), "RED")


def test_a_cut_is_noticed_but_before_the_row_that_older_releases_lack() -> None:
    text = HEAD + texts.MEMBER_ROWS
    assert [line.partition(" :")[0] for line in unnoticed_cuts(COMMAND, text)] == [
        "SA Track (OID/status)"
    ]


def test_a_group_without_a_member_may_be_a_cut_output() -> None:
    record = parse(COMMAND, HEAD)
    assert record.partial == ("no group member follows for group BANK-WAN.v4",)


@pytest.mark.parametrize(
    "text",
    [
        texts.MEMBER,
        texts.SERVER,
        texts.MEMBER_ROWS,
        "Group Member Information : \n\nGroup Member ID   : 192.0.2.1\n",
    ],
)
def test_another_output_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)
