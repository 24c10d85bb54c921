from ipaddress import IPv4Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.log_buffer import LogBuffer

from .cuts import unnoticed_cuts
from .oracle import captures
from .texts import KS_POLICY

COMMAND = "show logging"

HEADING = """\
Syslog logging: enabled (0 messages dropped, 2 messages rate-limited, 0 flushes, 0 overruns, \
xml disabled, filtering disabled)

No Active Message Discriminator.



No Inactive Message Discriminator.


    Console logging: disabled
    Monitor logging: level debugging, 0 messages logged, xml disabled,
                     filtering disabled
    Buffer logging:  level debugging, 25903 messages logged, xml disabled,
                    filtering disabled
    Exception Logging: size (4096 bytes)
    Count and timestamp logging messages: disabled
    Persistent logging: disabled

No active filter modules.

    Trap logging: level informational, 25907 message lines logged
        Logging to 10.12.55.11  (udp port 514, audit disabled,
              link up),
              25907 message lines logged,
              0 message lines rate-limited,
              0 message lines dropped-by-MD,
              xml disabled, sequence number disabled
              filtering disabled
        Logging to log.example.net  (Mgmt-vrf) (tcp port 6514, audit disabled,
              link down),
              12 message lines logged,
              3 message lines rate-limited,
              1 message lines dropped-by-MD,
              xml disabled, sequence number enabled
              filtering disabled
        Logging Source-Interface:       VRF Name:
        Loopback0
        GigabitEthernet0/0/0.10         Mgmt-vrf

    TLS Profiles:

"""

BUFFER = """\
Log Buffer (100000 bytes):
k0, changed state to down
000048: Dec  2 12:09:21.207: ISAKMP: (0):beginning GDOI exchange
*Sep 14 06:00:45.693: %CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed
        connection id=29, sequence number=219

000050: Dec  2 12:09:25.715: %SYS-5-RESTART: System restarted --
Cisco IOS Software, C2900 Software
000051: Dec  2 12:10:25.715: %GDOI-5-COOP_KS_REACH: Reachability restored with Cooperative KS \
10.10.1.2 in group WAN.
"""

CLASSIC = """\
Syslog logging: enabled (11 messages dropped, 1 messages rate-limited,
                0 flushes, 0 overruns, xml disabled, filtering disabled)
    Console logging: level debugging, 41 messages logged, xml disabled,
                     filtering disabled
    Monitor logging: level debugging, 0 messages logged, xml disabled,
                     filtering disabled
    Buffer logging: level debugging, 52 messages logged, xml disabled,
                    filtering disabled
    Logging Exception size (4096 bytes)
    Count and timestamp logging messages: disabled
    Trap logging: level informational, 72 message lines logged
        Logging to 192.0.2.5 (udp port 514,  audit disabled,
             authentication disabled, encryption disabled, link up),
             72 message lines logged,
             xml disabled,
             filtering disabled

Log Buffer (4096 bytes):
"""


def _log(text: str, command: str = COMMAND) -> LogBuffer:
    record = parse(command, text)
    assert isinstance(record, LogBuffer)
    assert record.unparsed == ()
    return record


def test_the_heading_tells_where_messages_go() -> None:
    log = _log(HEADING + BUFFER)

    assert (log.enabled, log.dropped, log.rate_limited) == (True, 0, 2)
    assert [(sink.kind, sink.level, sink.messages) for sink in log.sinks] == [
        ("Console", None, None),
        ("Monitor", "debugging", 0),
        ("Buffer", "debugging", 25903),
        ("Trap", "informational", 25907),
    ]
    first, second = log.hosts
    assert (first.host, first.transport, first.port, first.link_up) == (
        "10.12.55.11",
        "udp",
        514,
        True,
    )
    assert (second.vrf, second.port, second.link_up, second.dropped) == ("Mgmt-vrf", 6514, False, 1)
    assert log.sources is not None
    assert [(one.interface, one.vrf) for one in log.sources.interfaces] == [
        ("Loopback0", None),
        ("GigabitEthernet0/0/0.10", "Mgmt-vrf"),
    ]


def test_the_buffer_holds_messages_and_what_is_none() -> None:
    log = _log(HEADING + BUFFER)

    assert log.buffer is not None
    assert log.buffer.size_bytes == 100000
    assert [message.id for message in log.messages] == [
        "CRYPTO-4-PKT_REPLAY_ERR",
        "SYS-5-RESTART",
        "GDOI-5-COOP_KS_REACH",
    ]
    assert [other.text.split(":")[0] for other in log.buffer.others] == [
        "k0, changed state to down",
        "000048",
        "Cisco IOS Software, C2900 Software",
    ]


def test_a_message_of_two_lines_has_the_fields_of_both() -> None:
    message = _log(HEADING + BUFFER).messages[0]

    assert message.fields == {"connection": 29, "sequence": 219}
    assert message.lineno == (HEADING + BUFFER[: BUFFER.index("*Sep")]).count("\n") + 1


def test_messages_in_the_buffer_carry_their_fields() -> None:
    message = _log(HEADING + BUFFER).messages[-1]

    assert message.fields == {"key_server": IPv4Address("10.10.1.2"), "group": "WAN"}
    assert message.number == 51


def test_the_heading_of_12_4_is_broken_at_other_places() -> None:
    log = _log(CLASSIC)

    assert (log.dropped, log.flushes, log.overruns) == (11, 0, 0)
    assert [(host.host, host.link_up, host.messages) for host in log.hosts] == [
        ("192.0.2.5", True, 72)
    ]
    assert log.messages == ()


def test_a_filter_leaves_messages_without_heading() -> None:
    text = "Feb 17 15:14:30: %GDOI-5-COOP_KS_ADD: 10.10.1.2 added as COOP Key Server in group G.\n"
    log = _log(text * 3, "show logging | include GDOI")

    assert len(log.messages) == 3
    assert log.partial == ("output filter '| include GDOI'",)


def test_a_filter_may_leave_nothing() -> None:
    assert _log("", "show logging | include GDOI").empty


def test_a_cut_heading_is_noticed_within_a_host() -> None:
    kept = unnoticed_cuts(COMMAND, HEADING)

    assert "Logging to 10.12.55.11  (udp port 514, audit disabled," not in kept
    assert "link up)," not in kept


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, KS_POLICY)


def test_shared_captures_are_read_in_full(shared: Path) -> None:
    for capture in captures(shared, "logging"):
        log = _log(capture.text, capture.command)
        assert log.messages
        for message in log.messages:
            assert message.meaning is not None
            assert message.meaning.verbatim
            assert message.fields["group"] == "LAB-GDOI"
            assert "identity" in message.fields
