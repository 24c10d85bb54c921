"""Networks of other kinds that nobody touches: days with rekeys change no state."""

import pytest

from getvpn.tasks.snapshots.agreeing import unlike_keys, unlike_policies
from getvpn.tasks.snapshots.changes import compare
from getvpn.tasks.snapshots.expecting import Expectation, Outcome, judge
from getvpn.tasks.snapshots.facts import Kind

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
