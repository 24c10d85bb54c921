from datetime import datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_gm_replay import GmReplay, GroupReplay

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi gm replay"

FIGURES = """\
Anti-replay Information For Group BANK-WAN.v4:
  Timebased Replay:
    Replay Value             : 621388.66 secs
    Input Packets            : 3        Output Packets           : 4
    Input Error Packets      : 2        Output Error Packets     : 1
    Time Sync Error          : 5        Max time delta           : 0.25 secs

  TBAR Error History (sampled at 10pak/min):
"""
CLEAN = FIGURES + "    No TBAR errors detected\n\n"
ERROR = "    {at}: src=10.20.1.9; my_pst=621380.06 secs; peer_pst=621270.5 secs; win=5\n"
ERRORS = (
    FIGURES
    + ERROR.format(at=" 19:29:32.081 EST Wed Nov 13 2013")
    + ERROR.format(at="*19:29:33.181 UTC Thu Nov 14 2013")
)
OFF = """\
Anti-replay Information For Group BANK-WAN.v6:
  Timebased Replay:
             is not enabled

"""


def groups(text: str, command: str = COMMAND) -> tuple[GroupReplay, ...]:
    record = parse(command, text)
    assert isinstance(record, GmReplay)
    assert (record.unparsed, record.partial) == ((), ())
    return record.groups


def test_the_figures_are_typed() -> None:
    (group,) = groups(CLEAN)
    assert (group.group, group.enabled, group.pseudotime_s) == ("BANK-WAN.v4", True, 621388.66)
    assert (group.input_packets, group.output_packets) == (3, 4)
    assert (group.input_errors, group.output_errors) == (2, 1)
    assert (group.time_sync_errors, group.max_time_delta_s) == (5, 0.25)
    assert group.history is not None
    assert (group.history.clean, group.history.errors) == (True, ())


def test_refused_packets_are_listed() -> None:
    (group,) = groups(ERRORS)
    assert group.history is not None
    first, second = group.history.errors
    assert group.history.clean is False
    assert (first.at, second.at) == (
        datetime(2013, 11, 13, 19, 29, 32),  # noqa: DTZ001 - IOS prints no offset
        datetime(2013, 11, 14, 19, 29, 33),  # noqa: DTZ001 - IOS prints no offset
    )
    assert (first.source, first.window_s) == (IPv4Address("10.20.1.9"), 5)
    assert (first.my_pseudotime_s, first.peer_pseudotime_s) == (621380.06, 621270.5)


def test_a_group_without_time_based_replay_has_no_figures() -> None:
    off, on = groups(OFF + CLEAN, "sh cry gkm gm rep")
    assert (off.enabled, off.pseudotime_s, off.history) == (False, None, None)
    assert on.enabled


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (CLEAN, ["Time Sync Error          : 5        Max time delta           : 0.25 secs"]),
        (OFF, []),
    ],
)
def test_a_cut_is_noticed_but_before_the_history(text: str, whole: list[str]) -> None:
    assert unnoticed_cuts(COMMAND, text.rstrip()) == whole


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "Data-plane statistics for group A:\n    #pkts encrypt : 1\n")


def test_the_other_parser_agrees(shared: Path) -> None:
    for capture in captures(shared, "gdoi gm replay"):
        ours: dict[Trail, object] = {}
        for group in groups(capture.text, capture.command):
            at = ("anti_replay_information", "group", group.group, "time_based_replay")
            if not group.enabled:
                ours[(*at, "enable")] = "Not enabled"
                continue
            assert group.history is not None
            ours |= {
                (*at, "replay_value"): f"{group.pseudotime_s:.2f} secs",
                (*at, "input_packets"): group.input_packets,
                (*at, "output_packets"): group.output_packets,
                (*at, "input_error_packets"): group.input_errors,
                (*at, "output_error_packets"): group.output_errors,
                (*at, "time_sync_error"): group.time_sync_errors,
                (*at, "max_time_delta"): f"{group.max_time_delta_s:.2f} secs",
            }
            clean = "No errors detected" if group.history.clean else None
            ours[(*at, "tbar_error_history", "tbar_error")] = clean
        assert_covers(capture.expected, ours)
