"""Laws of comparing and judging, for any two states."""

from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.tasks.snapshots.changes import compare
from getvpn.tasks.snapshots.expecting import RULES, Expectation, Outcome, judge
from getvpn.tasks.snapshots.facts import Fact, Key, Kind, State, Topic

FAMILIES = ("config", "gdoi ks policy", "key mypubkey", "version")
KEYS = st.builds(
    Key,
    st.sampled_from(["KS1", "KS2", "BR1"]),
    st.sampled_from(["", "G1"]),
    st.sampled_from([each for each in Topic if each not in {Topic.DEVICES, Topic.RESTART}]),
    st.sampled_from(["public key", "version", "access list", "x"]),
)
VALUES = st.one_of(st.integers(0, 3), st.sampled_from(["a", "b"]), st.tuples(st.just("a")))


def kind_of(key: Key) -> Kind:
    """A fact is of one kind, whenever it is looked at."""
    return list(Kind)[len(key.topic) % 3]


def family_of(key: Key) -> str:
    """A fact comes from one command."""
    return FAMILIES[len(key.name) % len(FAMILIES)]


@st.composite
def states(draw: st.DrawFn) -> State:
    """Any state whose facts come from commands that were answered."""
    values = draw(st.dictionaries(KEYS, VALUES, max_size=12))
    told = draw(
        st.dictionaries(
            st.sampled_from(["KS1", "KS2", "BR1"]),
            st.frozensets(st.sampled_from(FAMILIES), min_size=1),
        )
    )
    facts = {
        key: Fact(value=value, kind=kind_of(key), family=family_of(key))
        for key, value in values.items()
        if family_of(key) in told.get(key.device, ())
    }
    return State(facts=facts, told=told, at=0.0, servers={"G1": ("KS1", "KS2")})


@given(states())
@settings(max_examples=30)
def test_nothing_differs_from_itself(state: State) -> None:
    comparison = compare(state, state)
    assert (comparison.changes, comparison.unknown) == ((), ())
    assert judge(comparison, Expectation.NOTHING).outcome is Outcome.AS_EXPECTED


@given(states(), states())
@settings(max_examples=50)
def test_back_is_the_same_the_other_way(first: State, second: State) -> None:
    there, back = compare(first, second), compare(second, first)
    assert {(each.key, each.before, each.after) for each in there.changes} == {
        (each.key, each.after, each.before) for each in back.changes
    }
    assert len(there.unknown) == len(back.unknown)


@given(states(), states())
@settings(max_examples=50)
def test_a_change_is_of_one_kind_and_rests_on_both(first: State, second: State) -> None:
    comparison = compare(first, second)
    assert sum(len(comparison.of(kind)) for kind in Kind) == len(comparison.changes)
    for each in comparison.changes:
        assert each.before != each.after
        if each.key.topic is not Topic.DEVICES:
            assert {each.key.device} <= first.told.keys() & second.told.keys()


@given(states(), states(), st.sampled_from(list(Expectation)))
@settings(max_examples=80)
def test_a_verdict_holds_what_it_says(
    first: State, second: State, expectation: Expectation
) -> None:
    comparison = compare(first, second)
    verdict, rule = judge(comparison, expectation), RULES[expectation]
    changes = comparison.of(Kind.STATE)
    assert set(verdict.unexpected) >= {each for each in changes if each.key.topic not in rule.may}
    assert set(verdict.unexpected) <= set(changes)
    if verdict.outcome is Outcome.AS_EXPECTED:
        assert not comparison.unknown
        assert rule.must is None or any(each.key.topic is rule.must for each in changes)
    if expectation is Expectation.NOTHING and not verdict.unknown:
        assert (verdict.outcome is Outcome.AS_EXPECTED) == (not changes)
