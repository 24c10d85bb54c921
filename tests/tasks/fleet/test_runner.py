"""A task on many hosts, in threads of this process; nobody logs in anywhere."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from nornir.core import Nornir
from nornir.core.inventory import (
    Defaults,
    Group,
    Groups,
    Host,
    Hosts,
    Inventory,
    ParentGroups,
)
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from getvpn.errors import LoginError, OverdueError, TransportError, UsageError
from getvpn.tasks.fleet import runner as runners
from getvpn.tasks.fleet.runner import FleetRunner
from getvpn.tasks.fleet.schedule import Limits

WAIT_S = 120.0
"""So long nothing takes here, however busy the machine is, unless it never comes."""
AT_ONCE = Limits(backoff_s=0)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets runs that are broken off wait for what their threads have got."""
    monkeypatch.setattr(runners, "GRACE_S", WAIT_S)


def fleet(count: int, groups: Sequence[Sequence[str]] = ((),)) -> Nornir:
    """Hosts R0, R1, …; their groups by turns."""
    names = {name for each in groups for name in each}
    known = Groups({name: Group(name=name) for name in names})
    hosts = Hosts()
    for number in range(count):
        mine = [known[name] for name in groups[number % len(groups)]]
        hosts[f"R{number}"] = Host(name=f"R{number}", groups=ParentGroups(mine))
    return Nornir(inventory=Inventory(hosts=hosts, groups=known, defaults=Defaults()))


def run(nornir: Nornir, task: Callable[..., Any], **options: Any) -> AggregatedResult:
    options.setdefault("limits", AT_ONCE)
    runner = FleetRunner(**options)
    return nornir.with_runner(runner).run(task, raise_on_error=False)


class Tries:
    """A task that fails with an error so many times on each host."""

    def __init__(self, error: Callable[[], Exception], times: int = 99) -> None:
        self.error = error
        self.times = times
        self.counts: Counter[str] = Counter()

    def __call__(self, task: Task) -> str:
        self.counts[task.host.name] += 1
        if self.counts[task.host.name] <= self.times:
            raise self.error()
        return "fine"

    __name__ = "tries"


def begun() -> TransportError:
    error = TransportError("the connection breaks")
    error.begun = True
    return error


# Attempts


def test_each_host_gives_a_result_and_the_number_of_attempts() -> None:
    result = run(fleet(5), lambda task: task.host.name.lower())

    assert {host: multi[0].result for host, multi in result.items()} == {
        f"R{number}": f"r{number}" for number in range(5)
    }
    assert {vars(multi[0])["attempts"] for multi in result.values()} == {1}


def test_a_connection_that_does_not_come_about_is_tried_again_up_to_the_limit() -> None:
    tries = Tries(lambda: TransportError("refused"))

    result = run(fleet(2), tries, limits=Limits(retries=2, backoff_s=0))

    assert tries.counts == {"R0": 3, "R1": 3}
    assert {vars(multi[0])["attempts"] for multi in result.values()} == {3}
    assert all(multi.failed for multi in result.values())


def test_one_that_comes_about_in_the_end_is_no_failure() -> None:
    told: list[str] = []
    tries = Tries(lambda: TransportError("refused"), times=2)

    result = run(fleet(1), tries, on_retry=lambda _, multi: told.append(str(multi[0].exception)))

    assert result["R0"][0].result == "fine"
    assert told == ["refused", "refused"]
    assert not result.failed


@pytest.mark.parametrize(
    "error", [LoginError("turned down"), OverdueError("no answer"), ValueError("ours"), begun()]
)
def test_nothing_else_is_tried_again(error: Exception) -> None:
    tries = Tries(lambda: error)

    result = run(fleet(1), tries)

    assert tries.counts == {"R0": 1}
    assert result["R0"].failed


def test_what_may_be_repeated_is_tried_again_after_it_has_begun() -> None:
    tries = Tries(begun, times=1)
    tries.repeatable = True  # type: ignore[attr-defined]

    assert run(fleet(1), tries)["R0"][0].result == "fine"


def test_the_error_of_a_subtask_counts() -> None:
    inner = Tries(lambda: TransportError("refused"), times=1)

    def outer(task: Task) -> str:
        task.run(inner)
        return "fine"

    result = run(fleet(1), outer)

    assert inner.counts == {"R0": 2}
    assert result["R0"][0].result == "fine"


def test_a_host_that_fails_does_not_keep_the_others_from_being_done() -> None:
    def some(task: Task) -> str:
        if task.host.name == "R1":
            raise LoginError("turned down")
        return "fine"

    result = run(fleet(4), some, jobs=1)

    assert sorted(result.failed_hosts) == ["R1"]
    assert sum(multi[0].result == "fine" for multi in result.values()) == 3


def test_processors_hear_of_each_host_once_whatever_the_attempts() -> None:
    heard: list[str] = []

    class Listener(Quiet):
        def task_instance_started(self, task: Task, host: Host) -> None:
            heard.append(f"start {host.name}")

        def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
            heard.append(f"end {host.name}")

    tries = Tries(lambda: TransportError("refused"), times=1)
    run(fleet(1).with_processors([Listener()]), tries)

    assert tries.counts == {"R0": 2}
    assert heard == ["start R0", "end R0"]


# Limits


class Crowd:
    """A task that counts who is on beside it; each waits until `company` are, and for one more."""

    def __init__(self, company: int) -> None:
        self.company = company
        self.exceeded = threading.Event()
        self.barrier = threading.Barrier(company)
        self.lock = threading.Lock()
        self.on: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    __name__ = "crowd"

    def __call__(self, task: Task) -> None:
        names = [group.name for group in task.host.groups] or [""]
        with self.lock:
            self.on.update(names)
            self.most |= self.on
            if max(self.on.values()) > self.company:
                self.exceeded.set()
        self.barrier.wait(WAIT_S)
        self.exceeded.wait(0.05)
        with self.lock:
            self.on.subtract(names)


def test_as_many_sessions_as_there_are_jobs_are_on_at_a_time() -> None:
    crowd = Crowd(3)

    assert not run(fleet(9), crowd, jobs=3).failed
    assert crowd.most == {"": 3}


def test_no_group_has_more_sessions_than_it_may() -> None:
    crowd = Crowd(2)

    result = run(fleet(8, [["HUB"]]), crowd, limits=Limits(per_group=2))

    assert not result.failed
    assert crowd.most == {"HUB": 2}


def test_the_limit_of_a_parent_group_holds_for_all_below_it() -> None:
    nornir = fleet(6, [["HUB"]])
    nornir.inventory.groups["HUB"].groups = ParentGroups([Group(name="ALL")])
    crowd = Crowd(2)

    assert not run(nornir, crowd, limits=Limits(per_group={"ALL": 2})).failed
    assert crowd.most == {"HUB": 2}


@pytest.mark.parametrize(
    "data",
    [
        {"getvpn_groups": ["WAN"]},
        {"getvpn_groups": "LAN, WAN"},
        {"custom_fields": {"getvpn_groups": ["WAN"]}},
    ],
)
def test_a_group_may_also_be_told_by_the_data_of_hosts(data: dict[str, Any]) -> None:
    nornir = fleet(6)
    for host in nornir.inventory.hosts.values():
        host.data = data
    crowd = Crowd(2)

    assert not run(nornir, crowd, limits=Limits(per_group={"WAN": 2})).failed
    assert crowd.most == {"": 2}


@pytest.mark.parametrize(("limit", "most"), [({"key_servers": 2}, 2), ({"members": 2}, 4), (2, 4)])
def test_a_role_is_a_group_where_it_is_named(limit: Any, most: int) -> None:
    nornir = fleet(4, [["key_servers"]])
    for host in nornir.inventory.hosts.values():
        host.data = {"getvpn_role": "key_server"}
    crowd = Crowd(most)

    assert not run(nornir, crowd, limits=Limits(per_group=limit)).failed
    assert crowd.most == {"key_servers": most}


# The end before all are through


class Quiet:
    """A processor that does nothing."""

    def task_started(self, task: Task) -> None: ...
    def task_completed(self, task: Task, result: AggregatedResult) -> None: ...
    def task_instance_started(self, task: Task, host: Host) -> None: ...
    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None: ...
    def subtask_instance_started(self, task: Task, host: Host) -> None: ...
    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None: ...


class EndsAt(Quiet):
    """Does something when so many hosts are through."""

    def __init__(self, count: int, action: Callable[[], None]) -> None:
        self.left = count
        self.action = action
        self.through: list[str] = []

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        self.through.append(host.name)
        self.left -= 1
        if self.left == 0:
            self.action()


def _interrupted() -> None:
    raise KeyboardInterrupt


def test_ctrl_c_ends_the_run_and_no_further_host_has_a_turn() -> None:
    tries = Tries(ValueError, times=0)
    ends = EndsAt(2, _interrupted)

    with pytest.raises(KeyboardInterrupt):
        run(fleet(9).with_processors([ends]), tries, jobs=1)

    assert ends.through[:2] == ["R0", "R1"]
    assert len(tries.counts) <= 3


def test_sessions_that_are_on_are_broken_off_and_what_they_got_is_taken() -> None:
    class Plugin:
        """A connection that ends as soon as it is closed."""

        def __init__(self) -> None:
            self.closed = threading.Event()

        def close(self) -> None:
            self.closed.set()

    nornir = fleet(3)
    plugins = {name: Plugin() for name in nornir.inventory.hosts}
    on = threading.Barrier(3)
    for name, host in nornir.inventory.hosts.items():
        host.connections["fake"] = plugins[name]  # type: ignore[assignment]

    def waits(task: Task) -> Result:
        on.wait(WAIT_S)
        if task.host.name != "R0":
            assert plugins[task.host.name].closed.wait(WAIT_S)
        return Result(task.host, result="a part")

    ends = EndsAt(1, _interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(nornir.with_processors([ends]), waits)

    assert sorted(ends.through) == ["R0", "R1", "R2"]


def test_a_run_that_is_stopped_gives_what_there_is() -> None:
    nornir = fleet(9)
    runner = FleetRunner(jobs=1, limits=AT_ONCE)
    ends = EndsAt(2, runner.stop)

    result = nornir.with_runner(runner).with_processors([ends]).run(lambda _: "fine")

    assert list(result)[:2] == ["R0", "R1"]
    assert len(result) <= 3


def test_after_a_stop_nothing_is_tried_again() -> None:
    runner = FleetRunner(jobs=1, limits=Limits(retries=5, backoff_s=0))
    tries = Tries(lambda: TransportError("refused"))
    ends = EndsAt(1, lambda: None)

    def stops(task: Task) -> str:
        runner.stop()
        return tries(task)

    fleet(3).with_runner(runner).with_processors([ends]).run(stops, raise_on_error=False)

    assert tries.counts == {"R0": 1}
    assert ends.through == ["R0"]


def test_a_limit_for_a_group_that_there_is_not_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    limits = Limits(per_group={"HUB": 1, "HUP": 1, "SPOKE": 1})
    run(fleet(2, [["HUB"]]), lambda _: "fine", limits=limits)

    ours = [record for record in caplog.records if record.name == runners.__name__]
    assert [record.message for record in ours] == [
        "no host is in a group 'HUP', which has a limit; did you mean 'HUB'?",
        "no host is in a group 'SPOKE', which has a limit",
    ]


def test_no_hosts_are_no_work() -> None:
    assert not run(fleet(0), lambda _: "fine")


@pytest.mark.parametrize("wrong", [{"jobs": 0}, {"processes": 0}])
def test_a_runner_without_hands_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="at least one job and one process"):
        FleetRunner(**wrong)
