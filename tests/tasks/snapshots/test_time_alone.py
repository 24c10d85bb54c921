"""What time does to networks that nobody touches, and how restarts are told by it."""

import pytest

from getvpn.tasks.snapshots.agreeing import unlike_keys, unlike_policies
from getvpn.tasks.snapshots.changes import compare
from getvpn.tasks.snapshots.expecting import Expectation, Outcome, judge
from getvpn.tasks.snapshots.facts import Fact, Key, Kind, State, Topic
from getvpn.tasks.snapshots.reading import TIME, UPTIME

from ..procedures.group_worlds import World
from ..test_render_labs import ENROLMENT
from ..variants import variant
from .captured_worlds import seen


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("several policies", "xe17"),
        ("multicast rekeys in a VRF", "classic"),
        ("names and numbers of its own", "xe16"),
    ],
)
def test_days_with_rekeys_change_no_state(name: str, kind: str) -> None:
    intent = variant(name, kind)
    certificates = any(group.authentication.kind == "pki" for group in intent.groups)
    world = World(intent, enrol=ENROLMENT if certificates else ())
    world.lab.advance(1800)
    before = seen(world)
    for hours in (21, 100):
        world.lab.advance(hours * 3600)
        after = seen(world)
        comparison = compare(before, after)
        assert [each.lines() for each in comparison.of(Kind.STATE)] == []
        assert judge(comparison, Expectation.NOTHING).outcome is Outcome.AS_EXPECTED
    assert [*unlike_keys(after), *unlike_policies(after), *after.pending] == []


@pytest.mark.parametrize(
    ("uptime", "clock", "live", "restarted"),
    [
        (50, None, True, True),  # an hour later
        (50, None, False, True),
        (150, None, True, True),
        (150, None, False, False),  # the texts may be as old
        (150, 60, True, False),
        (3700, 3600, True, False),
        (3400, 3600, False, True),
        (3400, 90_000, True, True),  # its clock was set
        (50, -90_000, True, True),
    ],
)
def test_a_restart_is_told_by_the_shorter_of_two_times(
    uptime: int, clock: int | None, live: bool, restarted: bool
) -> None:
    def said(at: float, uptime: int, clock: int | None) -> State:
        keys = {Key("KS1", "", Topic.RESTART, UPTIME): uptime}
        keys |= {} if clock is None else {Key("KS1", "", Topic.CLOCK, TIME): clock}
        facts = {
            key: Fact(value=each, family="x", kind=Kind.VOLATILE) for key, each in keys.items()
        }
        told = {"KS1": frozenset({"x"})}
        return State(facts=facts, told=told, at=at, live=live, servers={})

    first = said(0.0, 200, None if clock is None else 100_000)
    second = said(3600.0, uptime, None if clock is None else 100_000 + clock)
    found = compare(first, second).of(Kind.STATE)
    assert [each.key.name for each in found] == ["restarted"] * restarted
