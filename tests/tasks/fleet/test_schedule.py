"""Turns of hosts under limits, by a clock that the test holds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.errors import UsageError
from getvpn.tasks.fleet.schedule import JITTER, Limits, Schedule

AWHILE = 1e-9
Hosts = Mapping[str, tuple[str, ...]]


def turns(schedule: Schedule, now: float) -> list[str]:
    """All hosts whose turn is at `now`."""
    found = []
    while (host := schedule.next(now)) is not None:
        found.append(host)
    return found


def plain(*names: str, limits: Limits | None = None) -> Schedule:
    return Schedule(((name, ()) for name in names), limits or Limits(), seed=1)


# What a plan of hosts does over its whole time


@dataclass(slots=True)
class Day:
    """What happened: when each attempt began, and who was on with whom."""

    begun: list[tuple[float, str]] = field(default_factory=list)
    ended: list[tuple[float, str, bool]] = field(default_factory=list)
    most: Counter[str] = field(default_factory=Counter)

    def of(self, host: str) -> list[float]:
        return [at for at, name in self.begun if name == host]


def live(hosts: Hosts, limits: Limits, lasts: Mapping[str, float], fails: Mapping[str, int]) -> Day:
    """Drive a schedule to its end: attempts of a host last so long, and so many of them fail."""
    schedule = Schedule(hosts.items(), limits, seed=1)
    day, now = Day(), 0.0
    busy: dict[str, float] = {}
    while not schedule.finished:
        for host in turns(schedule, now):
            assert host not in busy
            day.begun.append((now, host))
            busy[host] = now + lasts[host]
            on = Counter(group for each in busy for group in hosts[each])
            day.most |= on
        due = schedule.next_at(now)
        times = [*busy.values(), *([] if due is None else [due])]
        assert times, "nobody has a turn any more, and somebody waits"
        now = max(now, min(times))
        for host in [each for each, end in busy.items() if end <= now]:
            del busy[host]
            failed = len(day.of(host)) <= fails[host]
            day.ended.append((now, host, failed))
            if failed:
                schedule.again(host, now)
            else:
                schedule.done(host)
        assert len(day.begun) < 1000
    return day


groups_of_hosts = st.lists(st.sets(st.sampled_from("AB")), min_size=1, max_size=8)
limits_of_fleets = st.builds(
    Limits,
    rate=st.none() | st.sampled_from((0.5, 2.0, 10.0)),
    per_group=st.none() | st.integers(1, 3) | st.fixed_dictionaries({"A": st.integers(1, 2)}),
    retries=st.integers(0, 2),
    backoff_s=st.sampled_from((0.0, 0.5, 3.0)),
)


@settings(max_examples=60)
@given(st.data(), groups_of_hosts, limits_of_fleets)
def test_no_plan_exceeds_its_limits_and_all_come_to_an_end(
    data: st.DataObject, groups: list[set[str]], limits: Limits
) -> None:
    hosts = {f"R{number}": tuple(sorted(each)) for number, each in enumerate(groups)}
    lasts = {host: data.draw(st.sampled_from((0.0, 0.3, 1.0, 5.0))) for host in hosts}
    fails = {host: data.draw(st.sampled_from((0, 0, 1, 5))) for host in hosts}

    day = live(hosts, limits, lasts, fails)

    for host in hosts:
        assert len(day.of(host)) == min(fails[host], limits.retries) + 1
    for group, most in day.most.items():
        assert most <= (limits.of_group(group) or len(hosts))
    _check_rate([at for at, _ in day.begun], limits)
    _check_pauses(day, limits)


def _check_rate(starts: list[float], limits: Limits) -> None:
    """In no window more logins than the rate allows, the one at its edge and one that was late."""
    if limits.rate is None:
        return
    for first, begin in enumerate(starts):
        for number, end in enumerate(starts[first:], start=1):
            assert number <= (end - begin) * limits.rate + 2 + AWHILE


def _check_pauses(day: Day, limits: Limits) -> None:
    """Before another attempt at least the time of its back-off passes."""
    for host in {name for _, name in day.begun}:
        ends = [at for at, name, failed in day.ended if name == host and failed]
        for tried, (end, begin) in enumerate(zip(ends, day.of(host)[1:], strict=False)):
            least = limits.backoff_s * 2**tried * (1 - JITTER)
            assert begin - end >= least - AWHILE


# Single rules


def test_hosts_have_their_turns_in_the_order_in_which_they_are_given() -> None:
    assert turns(plain("C", "A", "B"), 0.0) == ["C", "A", "B"]


def test_logins_are_spread_over_the_seconds() -> None:
    schedule = plain(*"ABCDE", limits=Limits(rate=2.0))

    begun = [(at / 10, host) for at in range(25) for host in turns(schedule, at / 10)]

    assert begun == [(0.0, "A"), (0.5, "B"), (1.0, "C"), (1.5, "D"), (2.0, "E")]


def test_a_pause_is_no_reason_for_a_burst() -> None:
    schedule = plain(*"ABCDEF", limits=Limits(rate=1.0))

    assert turns(schedule, 0.0) == ["A"]
    assert turns(schedule, 100.0) == ["B", "C"]
    assert turns(schedule, 100.5) == []


def test_what_takes_no_login_is_told_when_to_ask_again() -> None:
    schedule = plain("A", "B", limits=Limits(rate=4.0))
    turns(schedule, 10.0)

    assert schedule.next_at(10.0) == 10.25
    turns(schedule, 10.25)
    assert schedule.next_at(10.25) is None


def test_a_full_group_lets_hosts_of_others_go_first() -> None:
    hosts = [("A1", ["A"]), ("A2", ["A"]), ("B1", ["B"]), ("X", [])]
    schedule = Schedule(hosts, Limits(per_group=1))

    assert turns(schedule, 0.0) == ["A1", "B1", "X"]
    schedule.done("A1")
    assert turns(schedule, 0.0) == ["A2"]


def test_a_host_of_two_groups_needs_room_in_both() -> None:
    hosts = [("A1", ["A"]), ("AB", ["A", "B"]), ("B1", ["B"])]
    schedule = Schedule(hosts, Limits(per_group={"A": 1, "B": 1}))

    assert turns(schedule, 0.0) == ["A1", "B1"]
    schedule.done("A1")
    assert turns(schedule, 0.0) == []
    schedule.done("B1")
    assert turns(schedule, 0.0) == ["AB"]


def test_a_group_without_a_number_has_no_limit() -> None:
    hosts = [(f"B{number}", ["B"]) for number in range(9)]

    assert len(turns(Schedule(hosts, Limits(per_group={"A": 1})), 0.0)) == 9


def test_the_pauses_before_attempts_double_and_differ_from_host_to_host() -> None:
    names = [f"R{number}" for number in range(30)]
    schedule = plain(*names, limits=Limits(retries=3, backoff_s=4.0))
    turns(schedule, 0.0)

    pauses: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        for _ in range(3):
            assert schedule.again(name, 0.0)
            due = schedule.next_at(0.0)
            assert due is not None
            pauses[name].append(due)
            assert turns(schedule, due) == [name]
        assert not schedule.again(name, 0.0)

    for tried, usual in enumerate((4.0, 8.0, 16.0)):
        found = [each[tried] for each in pauses.values()]
        assert usual * 0.75 <= min(found) < max(found) <= usual * 1.25
        assert len(set(found)) > 20
    assert all(first < second for each in pauses.values() for first, second in pairwise(each))


def test_a_host_that_waits_for_another_attempt_holds_no_place_in_its_group() -> None:
    schedule = Schedule([("A1", ["A"]), ("A2", ["A"])], Limits(per_group=1))
    assert turns(schedule, 0.0) == ["A1"]

    assert schedule.again("A1", 0.0)

    assert turns(schedule, 0.0) == ["A2"]


def test_without_retries_there_is_one_attempt() -> None:
    schedule = plain("A", limits=Limits(retries=0))
    turns(schedule, 0.0)

    assert not schedule.again("A", 0.0)
    assert schedule.finished


def test_whoever_waits_can_be_sent_home() -> None:
    schedule = plain(*"ABCD", limits=Limits(rate=1.0))
    turns(schedule, 0.0)
    turns(schedule, 1.0)
    schedule.again("A", 1.0)

    assert schedule.drop() == ["A", "C", "D"]
    assert (schedule.running, schedule.waiting) == ({"B"}, 0)
    schedule.done("B")
    assert schedule.finished


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0.0},
        {"rate": -1.0},
        {"per_group": 0},
        {"per_group": {"A": 0}},
        {"retries": -1},
        {"backoff_s": -0.1},
    ],
)
def test_limits_without_meaning_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Limits(**wrong)  # type: ignore[arg-type]
