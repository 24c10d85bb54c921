from ipaddress import IPv4Address

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_ks_rekey import KsRekey, SaRekey

from .cuts import unnoticed_cuts

COMMAND = "show crypto gdoi ks rekey"

TEXT = """\
Group WAN-v4.prod (Unicast)
    Number of Rekeys sent               : 44
    Number of Rekeys retransmitted      : 2
    KEK rekey lifetime (sec)            : 86400
        Remaining lifetime (sec)        : 78903
    Retransmit period                   : 10
    Number of retransmissions           : 3
    IPSec SA 10  lifetime (sec)         : 7200
        Remaining lifetime (sec)        : 5432
    IPSec SA 20  lifetime (sec)         : 3600
        Remaining lifetime (sec)        : 17
    Number of registrations after rekey : 4

Group VIDEO (Multicast)
    Number of Rekeys sent               : 0
    Number of Rekeys retransmitted      : 0
    KEK rekey lifetime (sec)            : 300
    Retransmit period                   : 10
    Number of retransmissions           : 2
    IPSec SA 1  lifetime (sec)          : 900
    Number of registrations after rekey : 0
    Multicast destination address       : 239.10.10.10
"""


def rekey(text: str) -> KsRekey:
    record = parse(COMMAND, text)
    assert isinstance(record, KsRekey)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_a_unicast_group_with_two_policies() -> None:
    group = rekey(TEXT).groups[0]
    assert (group.group, group.transport, group.destination) == ("WAN-v4.prod", "Unicast", None)
    assert (group.sent, group.retransmitted) == (44, 2)
    assert (group.kek_lifetime_s, group.kek_remaining_s) == (86400, 78903)
    assert (group.retransmit_s, group.retransmit_count) == (10, 3)
    assert group.sas == (
        SaRekey(sequence=10, lifetime_s=7200, remaining_s=5432),
        SaRekey(sequence=20, lifetime_s=3600, remaining_s=17),
    )
    assert group.registrations_after_rekey == 4


def test_a_multicast_group_without_remaining_times() -> None:
    group = rekey(TEXT).groups[1]
    assert (group.kek_remaining_s, group.sas[0].remaining_s) == (None, None)
    assert group.destination == IPv4Address("239.10.10.10")


def test_rows_that_are_not_known_stay_unparsed() -> None:
    row = "    Rekeys in flight                    : 1\n"
    record = parse(COMMAND, TEXT.replace("    Retransmit period", row + "    Retransmit period", 1))
    assert [line.text for line in record.unparsed] == [row.strip()]


def test_a_cut_is_noticed_before_the_last_row_that_all_groups_have() -> None:
    ends = (
        "Number of retransmissions",
        "IPSec SA",
        "Remaining lifetime",
        "Number of registrations",
    )
    assert all(line.startswith(ends) for line in unnoticed_cuts(COMMAND, TEXT))


@pytest.mark.parametrize("text", ["Key Server Policy:\n", "GETVPN REKEY SA\n"])
def test_another_output_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)
