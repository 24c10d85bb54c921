from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_gm_counters import GmCounters, GroupCounters

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi gm dataplane counters"

COUNTERS = """\

Data-plane statistics for group BANK-WAN.v4:
    #pkts encrypt            : 21592009    #pkts decrypt            : 4
    #pkts tagged (send)      : 5        #pkts untagged (rcv)     : 6
    #pkts no sa (send)       : 7        #pkts invalid sa (rcv)   : 8
    #pkts encaps fail (send) : 9        #pkts decap fail (rcv)   : 10
    #pkts invalid prot (rcv) : 11       #pkts verify fail (rcv)  : 12
    #pkts not tagged (send)  : 13       #pkts not untagged (rcv) : 14
    #pkts internal err (send): 15       #pkts internal err (rcv) : 16
"""


def groups(text: str, command: str = COMMAND) -> tuple[GroupCounters, ...]:
    record = parse(command, text)
    assert isinstance(record, GmCounters)
    assert (record.unparsed, record.partial) == ((), ())
    return record.groups


def test_both_columns_are_read() -> None:
    (group,) = groups(COUNTERS)
    assert (group.group, group.encrypted, group.decrypted) == ("BANK-WAN.v4", 21592009, 4)
    assert (group.tagged, group.untagged, group.no_sa, group.invalid_sa) == (5, 6, 7, 8)
    assert (group.encapsulation_failed, group.decapsulation_failed) == (9, 10)
    assert (group.invalid_protocol, group.verification_failed) == (11, 12)
    assert (group.not_tagged, group.not_untagged) == (13, 14)
    assert (group.internal_errors_sent, group.internal_errors_received) == (15, 16)


def test_each_group_has_its_own() -> None:
    found = groups(COUNTERS + COUNTERS.replace("BANK-WAN.v4", "B2"), "sh cry gkm gm datap count")
    assert [group.group for group in found] == ["BANK-WAN.v4", "B2"]


def test_every_cut_is_noticed() -> None:
    assert unnoticed_cuts(COMMAND, COUNTERS) == []


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "Anti-replay Information For Group X:\nTimebased Replay:\n is not enabled\n")


def test_the_other_parser_agrees_on_the_columns_it_reads(shared: Path) -> None:
    for capture in captures(shared, "gdoi gm dataplane counters"):
        (group,) = groups(capture.text, capture.command)
        assert group.encrypted == 21592009
        at: Trail = ("data_plane_statistics", "group", group.group)
        assert_covers(
            capture.expected,
            {
                (*at, "pkts_decrypt"): group.decrypted,
                (*at, "pkts_invalid_prot"): group.invalid_protocol,
                (*at, "pkts_no_sa"): group.no_sa,
                (*at, "pkts_not_tagged"): group.not_tagged,
                (*at, "pkts_not_untagged"): group.not_untagged,
                (*at, "pkts_tagged"): group.tagged,
                (*at, "pkts_untagged"): group.untagged,
                (*at, "pkts_verify_fail"): group.verification_failed,
            },
            {(*at, "pkts_encrypt"): "0 is not in the text, which says 21592009"},
        )
