"""What another access list means: for groups, for members' own lists, and for all others."""

import pytest

from getvpn.audits.load import fleet_of
from getvpn.parsers.transcript.capture import Capture
from getvpn.tasks.snapshots.changes import Change, compare
from getvpn.tasks.snapshots.facts import Kind, State, Topic, state_of
from getvpn.tasks.snapshots.figures import figures_of
from getvpn.tasks.snapshots.lists import Use

SERVER = """\
hostname KS1
crypto gdoi group{family} G1
 identity number 1
 server local
  sa ipsec 1
   match address ip{version} LIST
object-group network SITES
 10.1.0.0 255.255.0.0
{lines}
end
"""
MEMBER = """\
hostname BR1
crypto gdoi group G1
 identity number 1
 server address ipv4 192.0.2.1
crypto map MAP 10 gdoi
 set group G1
 match address LIST
{lines}
end
"""


def state(text: str) -> State:
    """What a configuration says."""
    capture = Capture(
        host=None, command="show running-config", text=text, source="a.cfg", first_line=1
    )
    return state_of(fleet_of([capture]), 0.0)


def lists_changed(old: str, new: str) -> list[Change]:
    """The changes of access lists of the configuration."""
    changes = compare(state(old), state(new)).of(Kind.STATE)
    return [each for each in changes if each.packets is not None and not each.key.group]


def server(*entries: str, kind: str = "ip access-list extended LIST", version: str = "v4") -> str:
    """A key server with this list."""
    lines = "\n ".join((kind, *entries))
    family = " ipv6" if version == "v6" else ""
    return SERVER.format(family=family, version=version, lines=lines)


def member(*entries: str, kind: str = "ip access-list extended LIST") -> str:
    """A member with this list of its own."""
    return MEMBER.format(lines="\n ".join((kind, *entries)))


def test_aggregated_prefixes_are_the_same_packets() -> None:
    halves = ("permit ip 10.0.0.0 0.0.0.255 any", "permit ip 10.0.1.0 0.0.0.255 any")
    (change,) = lists_changed(server(*halves), server("permit ip 10.0.0.0 0.0.1.255 any"))
    assert change.packets is not None
    assert (change.packets.same, change.packets.use) == (True, Use.ENCRYPTS)
    assert change.lines()[-1] == "  the same packets"
    assert lists_changed(server(*halves), server(*reversed(halves)))[0].lines() == [
        "ip access list LIST: in another order",
        "  the same packets",
    ]


def test_an_order_that_means_something_is_told() -> None:
    web, all_ = "deny tcp any any eq www", "permit ip any any"
    (change,) = lists_changed(server(web, all_), server(all_, web))
    assert change.lines() == [
        "ip access list LIST: in another order",
        "  newly encrypted: tcp from any to any port www",
    ]


@pytest.mark.parametrize("spelling", ["eq 80", "eq www", "range 80 80"])
def test_the_spelling_of_a_port_does_not_count_or_is_the_same(spelling: str) -> None:
    changes = lists_changed(
        server("deny tcp any any eq www"), server(f"deny tcp any any {spelling}")
    )
    assert all(each.packets is not None and each.packets.same for each in changes)
    assert len(changes) == (spelling == "range 80 80")


def test_a_list_of_ipv6_is_compared_too() -> None:
    kind = "ipv6 access-list LIST"
    old = server("permit ipv6 2001:db8::/33 any", kind=kind, version="v6")
    new = server("permit ipv6 2001:db8::/32 any", kind=kind, version="v6")
    (change,) = lists_changed(old, new)
    assert change.key.topic is Topic.POLICY
    assert change.lines()[-1] == (
        "  newly encrypted: ipv6 from 2001:db8::/32 to any but for what other lines say"
    )


def test_what_a_member_denies_stays_in_clear() -> None:
    old, new = member("deny tcp any any eq 22"), member("deny tcp any any eq 22", "deny ip any any")
    (change,) = lists_changed(old, new)
    assert (change.packets and change.packets.use, change.key.topic) == (Use.EXEMPTS, Topic.POLICY)
    assert change.lines()[-1] == (
        "  newly kept in clear: ip from any to any but for what other lines say"
    )
    (change,) = lists_changed(new, old)
    assert change.lines()[-1].startswith("  no longer kept in clear: ip from any")


def test_other_lists_permit_and_are_configuration() -> None:
    kind = "ip access-list standard VTY"
    (change,) = lists_changed(member(kind=kind), member("permit 10.0.0.0 0.0.0.255", kind=kind))
    assert (change.packets and change.packets.use, change.key.topic) == (
        Use.PERMITS,
        Topic.CONFIGURATION,
    )
    assert change.lines() == [
        "ip access list VTY:",
        "  + permit 10.0.0.0 0.0.0.255",
        "  newly permitted: ip from 10.0.0.0/24 to any",
    ]


def test_object_groups_are_looked_into() -> None:
    named, said = "permit ip object-group SITES any", "permit ip 10.1.0.0 0.0.255.255 any"
    (change,) = lists_changed(server(said), server(named))
    assert change.packets is not None
    assert change.packets.same
    (change,) = lists_changed(server(said), server("permit ip object-group NONE any"))
    assert change.packets is not None
    assert not change.packets.same
    assert "  not known in full: " in change.lines()[-1]


def test_each_line_of_a_configuration_is_counted_once() -> None:
    text = server("permit ip any any", "permit esp any any")
    (figure,) = figures_of(state(text))
    assert (figure.name, figure.value) == ("lines of configuration", text.count("\n") - 1)


@pytest.mark.parametrize("line", ["{} permit frob any any", "{} remark for the tills"])
def test_the_number_of_a_line_that_is_no_entry_does_not_count(line: str) -> None:
    first, second = (server("permit ip any any", line.format(number)) for number in (20, 30))
    assert compare(state(first), state(second)).changes == ()


def test_lists_that_are_too_long_are_not_worked_out() -> None:
    many = [f"permit ip host 10.{n // 250}.{n % 250}.1 any" for n in range(401)]
    (change,) = lists_changed(server(*many), server(*many[1:], many[0]))
    assert change.packets is not None
    assert change.packets.unknown == ("the lists are longer than 400 lines",)


def test_a_numbered_list_is_the_same_in_both_forms() -> None:
    new = server("permit ip any any", kind="ip access-list extended 101")
    old = server(kind="access-list 101 permit ip any any")
    both = (text.replace("ipv4 LIST", "ipv4 101") for text in (old, new))
    assert compare(*map(state, both)).changes == ()
