from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.ntp import NtpAssociation, NtpAssociations, NtpStatus

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures
from .texts import KS_POLICY

STATUS = "show ntp status"
ASSOCIATIONS = "show ntp associations"

XE = """\
Clock is synchronized, stratum 3, reference is 10.9.9.1
nominal freq is 250.0000 Hz, actual freq is 249.9981 Hz, precision is 2**10
ntp uptime is 1921500 (1/100 of seconds), resolution is 4016
reference time is EB51E3A0.8B020DC8 (08:12:00.543 CET Tue Mar 3 2026)
clock offset is -1.2500 msec, root delay is 4.31 msec
root dispersion is 12.94 msec, peer dispersion is 1.20 msec
loopfilter state is 'CTRL' (Normal Controlled Loop), drift is -0.000000317 s/s
system poll interval is 128, last update was 34 sec ago.
"""

CLASSIC = """\
Clock is unsynchronized, stratum 16, no reference clock
nominal freq is 250.0000 Hz, actual freq is 250.0000 Hz, precision is 2**18
reference time is 00000000.00000000 (00:00:00.000 UTC Mon Jan 1 1900)
clock offset is 0.0000 msec, root delay is 0.00 msec
root dispersion is 0.00 msec, peer dispersion is 0.00 msec
"""

PEERS = """\
  address         ref clock       st   when   poll reach  delay  offset   disp
*~10.9.9.1        .GPS.            1     34     64   377  1.250  -0.500  1.204
-~10.9.9.2        10.9.8.1         2     5m   1024   277  2.000   7.250 15.900
 ~2001:DB8::123   .INIT.          16      -     64     0  0.000   0.000 15937.
+10.9.9.3         10.9.8.1         2     12     64   377  2.000   0.250  0.900
 * sys.peer, # selected, + candidate, - outlyer, x falseticker, ~ configured
"""

CLASSIC_PEERS = """\
      address         ref clock     st  when  poll reach  delay  offset    disp
*~10.9.9.1         127.127.7.1       5    44    64  377     3.2    2.39     1.2
 * master (synced), # master (unsynced), + selected, - candidate, ~ configured
"""


def _status(text: str, command: str = STATUS) -> NtpStatus:
    record = parse(command, text)
    assert isinstance(record, NtpStatus)
    assert record.unparsed == ()
    return record


def _peers(text: str, command: str = ASSOCIATIONS) -> NtpAssociations:
    record = parse(command, text)
    assert isinstance(record, NtpAssociations)
    assert record.unparsed == ()
    return record


def test_a_synchronized_clock_tells_its_reference_and_errors() -> None:
    status = _status(XE)

    assert (status.synchronized, status.stratum) == (True, 3)
    assert status.reference == IPv4Address("10.9.9.1")
    assert (status.offset_ms, status.root_delay_ms) == (-1.25, 4.31)
    assert (status.root_dispersion_ms, status.dispersion_ms) == (12.94, 1.2)
    assert status.reference_time == datetime.fromisoformat("2026-03-03T08:12:00.543")
    assert (status.uptime_s, status.poll_s, status.last_update_s) == (19215.0, 128, 34)
    assert (status.loop_state, status.drift, status.precision) == ("CTRL", -3.17e-7, 10)


def test_a_clock_that_was_never_set_has_no_reference_time() -> None:
    status = _status(CLASSIC)

    assert (status.synchronized, status.stratum, status.reference) == (False, 16, None)
    assert status.reference_time is None
    assert status.uptime_s is None


def test_a_device_without_ntp_says_so() -> None:
    status, peers = _status("%NTP is not enabled.\n"), _peers("%NTP is not enabled.\n")

    assert (status.enabled, status.synchronized) == (False, False)
    assert (peers.enabled, peers.associations) == (False, ())


def test_associations_are_rows_with_marks() -> None:
    first, second, third, fourth = _peers(PEERS).associations

    assert (first.mark, first.configured, first.reference) == ("*", True, ".GPS.")
    assert (first.reach, first.last_heard_s) == (0o377, 34)
    assert (second.mark, second.last_heard_s, second.offset_ms) == ("-", 300, 7.25)
    assert second.reference == IPv4Address("10.9.8.1")
    assert (third.mark, third.last_heard_s, third.dispersion_ms) == (None, None, 15937.0)
    assert third.address == IPv6Address("2001:db8::123")
    assert (fourth.mark, fourth.configured) == ("+", False)
    assert _peers(PEERS).followed == first


def test_the_legend_of_12_4_is_known() -> None:
    (peer,) = _peers(CLASSIC_PEERS).associations

    assert (peer.stratum, peer.delay_ms, peer.dispersion_ms) == (5, 3.2, 1.2)


def test_nobody_may_be_followed() -> None:
    assert _peers(PEERS.replace("*~", " ~")).followed is None


def test_a_cut_status_is_noticed_up_to_the_errors() -> None:
    assert unnoticed_cuts(STATUS, CLASSIC) == []
    assert all(
        "root dispersion" in line or "loopfilter" in line for line in unnoticed_cuts(STATUS, XE)
    )


def test_a_cut_row_of_the_associations_is_noticed() -> None:
    row = PEERS.splitlines()[1]

    with pytest.raises(ParseError):
        parse(ASSOCIATIONS, row[:40])


@pytest.mark.parametrize("command", [STATUS, ASSOCIATIONS])
def test_another_output_is_refused(command: str) -> None:
    with pytest.raises(ParseError):
        parse(command, KS_POLICY)


def test_shared_status_is_read_as_the_other_parser_does(shared: Path) -> None:
    for capture in captures(shared, "ntp status"):
        found = _status(capture.text, capture.command)
        theirs = capture.expected["clock_state"]["system_status"]
        for unit in ("drift", "last_update", "uptime"):
            if unit in theirs:
                theirs[unit] = float(theirs[unit].split()[0])
        assert_covers(theirs, _ours(found))


def _ours(found: NtpStatus) -> dict[Trail, object]:
    assert found.reference_time is not None
    time = found.reference_time
    stamp = f"{time:%H:%M:%S}.{time.microsecond // 1000:03}"
    return {
        ("act_freq",): found.actual_hz,
        ("nom_freq",): found.nominal_hz,
        ("drift",): found.drift,
        ("last_update",): found.last_update_s,
        ("leap_status",): f"'{found.loop_state}' ({found.loop_text})",
        ("offset",): found.offset_ms,
        ("peerdispersion",): found.dispersion_ms,
        ("poll",): found.poll_s,
        ("precision",): f"2**{found.precision}",
        ("refid",): str(found.reference),
        ("reftime",): _Containing(stamp),
        ("resolution",): found.resolution,
        ("rootdelay",): found.root_delay_ms,
        ("rootdispersion",): found.root_dispersion_ms,
        ("status",): "synchronized" if found.synchronized else "unsynchronized",
        ("stratum",): found.stratum,
        ("uptime",): (found.uptime_s or 0) * 100,
    }


class _Containing:
    """Equal to any text that holds `part`."""

    def __init__(self, part: str) -> None:
        self.part = part

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.part in other

    __hash__ = None  # type: ignore[assignment]  # equal to many


MODES = {"*": "synchronized", "+": "candidate", None: "unsynchronized"}


def test_shared_associations_are_read_as_the_other_parser_does(shared: Path) -> None:
    for capture in captures(shared, "ntp associations"):
        found = _peers(capture.text, capture.command)
        assert found.followed is not None
        ours = _summary(found.followed)
        for peer in found.associations:
            ours |= _row(peer)
        assert_covers(_by_number(capture.expected), ours)


def _by_number(expected: Any) -> Any:
    for peer in expected["peer"].values():
        row = peer["local_mode"]["client"]
        row["reach"] = int(str(row["reach"]), 8)
    return expected


def _summary(peer: NtpAssociation) -> dict[Trail, object]:
    at = ("clock_state", "system_status")
    return {
        (*at, "associations_address"): str(peer.address).upper(),
        (*at, "associations_local_mode"): "client",
        (*at, "clock_offset"): peer.offset_ms,
        (*at, "clock_refid"): str(peer.reference).upper(),
        (*at, "clock_state"): "synchronized",
        (*at, "clock_stratum"): peer.stratum,
        (*at, "root_delay"): peer.delay_ms,
    }


def _row(peer: NtpAssociation) -> dict[Trail, object]:
    address = str(peer.address).upper()
    at = ("peer", address, "local_mode", "client")
    return {
        (*at, "remote"): address,
        (*at, "configured"): peer.configured,
        (*at, "delay"): peer.delay_ms,
        (*at, "jitter"): peer.dispersion_ms,
        (*at, "local_mode"): "client",
        (*at, "mode"): MODES[peer.mark],
        (*at, "offset"): peer.offset_ms,
        (*at, "poll"): peer.poll_s,
        (*at, "reach"): peer.reach,
        (*at, "receive_time"): "-" if peer.last_heard_s is None else peer.last_heard_s,
        (*at, "refid"): str(peer.reference).upper(),
        (*at, "stratum"): peer.stratum,
    }
