"""Expectations of what was half done, or done beside something else, on routers in memory."""

from collections.abc import Callable, Iterator

import pytest

from getvpn.emulator.testing import console
from getvpn.tasks.snapshots.changes import Change, Comparison, compare
from getvpn.tasks.snapshots.expecting import Expectation, Outcome, Verdict, judge
from getvpn.tasks.snapshots.facts import Kind, State

from ..procedures.group_worlds import World
from .captured_worlds import seen

LIST = "ip access-list extended POLICY-G1"
PROFILE = "crypto ipsec profile PROFILE-G1"
GROUP = ("crypto gkm group G1", "server local")
LIFE = (PROFILE, "set security-association lifetime seconds")
POLICY = Expectation.POLICY_CHANGE
Typed = Callable[..., State]


@pytest.fixture(scope="module")
def world() -> World:
    """A network that tests leave as they found it."""
    return World()


@pytest.fixture
def typed(world: World) -> Iterator[Typed]:
    """Type lines of configuration at some routers, and look; in the end all is taken back."""
    names = [device.name for device in (*world.intent.key_servers, *world.intent.members)]
    for name in names:
        world.type(name, "copy running-config flash:before.cfg", "", "")

    def at(*devices: str, lines: tuple[str, ...], rekey: bool = False) -> State:
        for name in devices:
            world.type(name, "configure terminal", *lines, "end")
        world.lab.advance(5)
        if rekey:
            world.type("KS1", "crypto gdoi ks group G1 rekey", "yes")
            world.lab.advance(60)
        return seen(world)

    yield at
    for name in names:
        console(world.lab[name]).run("configure replace flash:before.cfg force")
    world.type("KS1", "crypto gdoi ks group G1 rekey replace-now", "yes")
    world.lab.advance(120)


def state_changes(comparison: Comparison) -> list[Change]:
    """What is different for good."""
    return list(comparison.of(Kind.STATE))


def verdict(before: State, after: State) -> Verdict:
    """The judgement of a change of policy."""
    return judge(compare(before, after), POLICY)


# ---- packets ----


def test_an_access_list_is_told_by_its_packets(world: World, typed: Typed) -> None:
    before = seen(world)
    after = typed("KS1", lines=(LIST, "5 deny tcp any any eq 443"))
    told = [each.lines() for each in state_changes(compare(before, after))]
    words = [
        "  + deny tcp any any eq 443",
        "  newly in clear: tcp from 10.0.0.0/8 to 10.0.0.0/8 port 443 but for what other lines say",
    ]
    assert told == [["ip access list POLICY-G1:", *words], ["access list:", *words]]


def test_other_lines_for_the_same_packets_are_told_as_such(world: World, typed: Typed) -> None:
    before, ten = seen(world), "10.0.0.0 0.255.255.255"
    after = typed("KS1", lines=(LIST, "no 130", f"130 permit ip 10.0.0.0 0.127.255.255 {ten}"))
    half = [each.packets for each in state_changes(compare(before, after))]
    assert [each.same for each in half if each is not None] == [False, False]
    after = typed("KS1", lines=(LIST, f"140 permit ip 10.128.0.0 0.127.255.255 {ten}"))
    changes = state_changes(compare(before, after))
    assert [each.lines()[-1] for each in changes] == ["  the same packets"] * 2
    assert judge(compare(before, after), Expectation.NOTHING).outcome is Outcome.NOT_AS_EXPECTED


# ---- half done ----


def test_members_that_did_not_get_the_list_are_told(world: World, typed: Typed) -> None:
    before, lines = seen(world), (LIST, "5 deny tcp any any eq 443")
    after = typed("KS2", "KS1", lines=lines)
    assert verdict(before, after).missing == (
        "G1: policy, access list: BR1, BR2 have another than KS1",
    )
    assert verdict(before, typed(lines=(), rekey=True)).outcome is Outcome.AS_EXPECTED


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((PROFILE, f"{LIFE[1]} 3600"), "lifetime in s of POLICY-G1 is 7200, and 3600"),
        (
            (*GROUP, "sa ipsec 10", "replay time window-size 20"),
            "replay window of POLICY-G1 is 5, and 20",
        ),
        ((*GROUP, "sa ipsec 10", "no replay"), "replay window of POLICY-G1 is 5, and 0"),
        (
            (*GROUP, "rekey lifetime seconds 43200"),
            "lifetime of the rekey key in s is 86400, and 43200",
        ),
        ((*GROUP, "rekey algorithm aes 128"), "encryption of rekeys is aes 256, and aes 128"),
    ],
)
def test_what_is_configured_and_not_in_use_is_told(
    world: World, typed: Typed, lines: tuple[str, ...], said: str
) -> None:
    before = seen(world)
    after = typed("KS2", "KS1", lines=lines)
    assert verdict(before, after).missing == tuple(
        f"{name}, G1: {said} is configured" for name in ("KS1", "KS2")
    )
    assert verdict(before, typed(lines=(), rekey=True)).outcome is Outcome.AS_EXPECTED


def test_members_that_go_on_in_both_directions_are_told(world: World, typed: Typed) -> None:
    before, lines = seen(world), (*GROUP, "sa receive-only")
    half = verdict(before, typed("KS2", lines=lines))
    assert half.missing == ("G1: policy, direction: KS2 has another than KS1",)
    after = typed("KS1", lines=lines)
    assert verdict(before, after).missing == tuple(
        f"G1: policy, direction: {name} has Both, no key server has" for name in ("BR1", "BR2")
    )
    assert verdict(before, typed(lines=(), rekey=True)).outcome is Outcome.AS_EXPECTED


def test_a_member_that_sends_in_clear_by_itself_is_told(world: World) -> None:
    before = seen(world)
    world.type("BR1", "crypto gdoi gm group G1 ipsec direction inbound only")
    comparison = compare(before, seen(world))
    world.type("BR1", "crypto gdoi gm group G1 ipsec direction both")
    (change,) = judge(comparison, Expectation.NOTHING).unexpected
    assert (change.key.device, str(change.key.topic)) == ("BR1", "policy")
    assert change.lines() == ["own direction: Both -> Inbound Only"]


def test_key_servers_agree_by_packets_not_by_lines(world: World, typed: Typed) -> None:
    before = seen(world)
    typed("KS1", lines=(LIST, "5 deny tcp any any eq 443"))
    after = typed("KS2", lines=(LIST, "35 deny tcp any any eq 443"), rekey=True)
    assert verdict(before, after).outcome is Outcome.AS_EXPECTED


# ---- beside something else ----


@pytest.mark.parametrize(
    ("device", "lines", "topic"),
    [
        ("KS2", ("ip access-list standard SNMP", "permit 10.1.1.1"), "configuration"),
        ("KS2", ("object-group network OTHER", "host 10.1.1.1"), "configuration"),
        ("BR1", ("crypto ipsec transform-set DMVPN esp-aes",), "configuration"),
        ("BR1", ("crypto gkm group G1", "no server address ipv4 10.10.2.1"), "registration"),
        ("KS2", (*GROUP, "redundancy", "local priority 90"), "cooperation"),
    ],
)
def test_another_change_beside_that_of_the_policy_is_not_expected(
    world: World, typed: Typed, device: str, lines: tuple[str, ...], topic: str
) -> None:
    before = seen(world)
    typed("KS2", "KS1", lines=(LIST, "5 deny tcp any any eq 443"), rekey=True)
    after = typed(device, lines=lines)
    judged = verdict(before, after)
    assert {(each.key.device, str(each.key.topic)) for each in judged.unexpected} == {
        (device, topic)
    }


def test_a_second_community_is_seen_though_neither_is_kept(world: World, typed: Typed) -> None:
    typed("BR1", lines=("snmp-server community One-Word RO",))
    before = seen(world)
    after = typed("BR1", lines=("snmp-server community Other-Word RO",))
    (change,) = state_changes(compare(before, after))
    assert change.lines() == ["+ snmp-server community <removed> RO (2)"]
