from collections import Counter
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import engine, parse
from getvpn.parsers.config.acl import Selector
from getvpn.parsers.records.acl_line import acl_line
from getvpn.parsers.records.gdoi_ipsec_sa import GdoiIpsecSas, GroupSas

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi ipsec sa"

SAS = """\
SA created for group BANK-WAN.v4:
  GigabitEthernet0/0/1:
    protocol = udp
      local ident  = ANY, port = 848
      remote ident = 10.20.1.9, port = 0
      direction: Both, replay(method/window): Counter/64
    protocol = ip
      local ident  = 10.0.0.0/8, port = 0
      remote ident = 10.0.0.0/8, port = 0
      direction: Inbound Only, replay(method/window): Time/5 sec
  Tunnel0.7:
    protocol = ipv6
      local ident  = 2001:DB8::/32, port = 0
      remote ident = 2001:DB8::9, port = 0
      direction: Both, replay(method/window): Disabled
"""


def groups(text: str, command: str = COMMAND) -> tuple[GroupSas, ...]:
    record = parse(command, text)
    assert isinstance(record, GdoiIpsecSas)
    assert (record.unparsed, record.partial) == ((), ())
    return record.groups


def test_selectors_stand_below_their_interface() -> None:
    (group,) = groups(SAS)
    wan, tunnel = group.interfaces
    assert (group.group, wan.interface, tunnel.interface) == (
        "BANK-WAN.v4",
        "GigabitEthernet0/0/1",
        "Tunnel0.7",
    )
    assert [(sa.protocol, sa.direction) for sa in wan.selectors] == [
        ("udp", "Both"),
        ("ip", "Inbound Only"),
    ]
    assert [(sa.source_port, sa.destination_port) for sa in wan.selectors] == [(848, 0), (0, 0)]


def test_a_window_is_counted_or_timed() -> None:
    found = [sa for at in groups(SAS)[0].interfaces for sa in at.selectors]
    assert [(sa.replay, sa.replay_window) for sa in found] == [
        ("counter", 64),
        ("time", 5),
        ("none", None),
    ]


def test_a_selector_is_that_of_the_access_list() -> None:
    found = [sa for at in groups(SAS)[0].interfaces for sa in at.selectors]
    assert (found[0].source, str(found[0].destination)) == (Selector(kind="any"), "host 10.20.1.9")
    line = acl_line("access-list   permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255")
    assert (found[1].source, found[1].destination) == (line.source, line.destination)
    assert (str(found[2].source), str(found[2].destination)) == (
        "2001:db8::/32",
        "host 2001:db8::9",
    )


def test_each_group_has_its_own() -> None:
    found = groups(SAS + "\n" + SAS.replace("BANK-WAN.v4", "B.2"), "show crypto gkm ipsec sa")
    assert [group.group for group in found] == ["BANK-WAN.v4", "B.2"]
    assert [len(group.interfaces) for group in found] == [2, 2]


def test_a_large_table_is_read_as_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    block = "".join(SAS.splitlines(keepends=True)[2:6])
    text = SAS.replace(block, block * 40)
    walked = groups(text)
    monkeypatch.setattr(engine, "BULK_LINES", 0)
    assert groups(text) == walked
    assert len(walked[0].interfaces[0].selectors) == 41


def test_a_cut_is_noticed_but_between_whole_selectors() -> None:
    assert all(line.startswith("direction") for line in unnoticed_cuts(COMMAND, SAS))


@pytest.mark.parametrize("value", ["10.0.0.0/33", "10.0.0", "any/8", "10.0.0.0/x"])
def test_what_is_no_selector_stays_unparsed(value: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, SAS.replace("10.20.1.9", value))


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, "interface: GigabitEthernet0/0/1\n    Crypto map tag: GET-MAP\n")


def test_the_shared_captures_leave_nothing_over(shared: Path) -> None:
    found = {c.path: groups(c.text, c.command) for c in captures(shared, "gdoi ipsec sa")}
    (group,) = found["community/crypto_gdoi_ipsec_sa/1.txt"]
    (selector,) = group.interfaces[0].selectors
    assert (str(selector.source), selector.replay, selector.replay_window) == (
        "172.16.0.0 0.0.255.255",
        "time",
        3,
    )


def test_the_other_parser_agrees(shared: Path) -> None:
    for capture in captures(shared, "gdoi ipsec sa"):
        if capture.expected is not None:
            assert_covers(capture.expected, answer(groups(capture.text, capture.command)))


def answer(found: tuple[GroupSas, ...]) -> dict[Trail, object]:
    """Our values as the other parser orders them: numbered within each protocol."""
    ours: dict[Trail, object] = {}
    for group in found:
        for at in group.interfaces:
            seen: Counter[str] = Counter()
            place = ("sa_created_for_group", group.group, "interface", at.interface, "protocol")
            for sa in at.selectors:
                seen[sa.protocol] += 1
                key = (*place, sa.protocol, str(seen[sa.protocol]))
                ours |= {
                    (*key, "local_ident"): ident(sa.source),
                    (*key, "local_port"): sa.source_port,
                    (*key, "remote_ident"): ident(sa.destination),
                    (*key, "remote_port"): sa.destination_port,
                    (*key, "direction"): sa.direction,
                    (*key, "replay", "method"): sa.replay.title(),
                    (*key, "replay", "window"): sa.replay_window,
                }
    return ours


def ident(selector: Selector) -> str:
    if selector.kind == "any":
        return "ANY"
    bits = selector.bits
    assert bits is not None
    length = bits[1].bit_count()
    return str(selector.address) if length == 32 else f"{selector.address}/{length}"
