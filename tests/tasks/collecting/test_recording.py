"""The index of a run while hosts come in."""

import json
from pathlib import Path

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from getvpn.errors import TransportError
from getvpn.tasks.collecting.gathered import Failure, Gathered, Index, Output, read_index
from getvpn.tasks.collecting.recording import Interrupted, Recorder

BROKEN = Failure(host="R1", kind="transport", message="ends the connection")


@pytest.fixture
def task() -> Task:
    nornir = Nornir(inventory=Inventory(hosts=Hosts(), groups=Groups(), defaults=Defaults()))
    return Task(lambda _: None, nornir, global_dry_run=False, processors=[], name="x")  # type: ignore[arg-type, return-value]


def result_of(gathered: object, error: Exception | None = None) -> MultiResult:
    multi = MultiResult("x")
    multi.append(Result(None, result=gathered, failed=error is not None, exception=error))
    return multi


def part(*commands: str) -> Gathered:
    outputs = tuple(
        Output(command=each, at="", seconds=0.0, size=3, file=f"R1/{each}") for each in commands
    )
    return Gathered(host="R1", outputs=outputs, failure=BROKEN)


def commands_of(folder: Path) -> dict[str, list[str]]:
    return {each.host: [out.command for out in each.outputs] for each in read_index(folder)}


def test_hosts_are_written_as_they_come_in_and_forgotten(tmp_path: Path, task: Task) -> None:
    told: list[Gathered] = []
    multi = result_of(Gathered(host="R1"))

    with Recorder(Index(tmp_path / "x"), 2, told.append) as recorder:
        recorder.task_instance_completed(task, Host("R1"), multi)
        assert commands_of(tmp_path / "x") == {"R1": []}

    assert multi[0].result is None
    assert [each.host for each in told] == ["R1"]
    assert (recorder.collection.done, recorder.collection.hosts) == (1, 2)


def test_what_an_attempt_before_has_got_is_part_of_the_last(tmp_path: Path, task: Task) -> None:
    with Recorder(Index(tmp_path / "x"), 1) as recorder:
        recorder.keep_attempt(Host("R1"), result_of(part("a", "b", "c")))
        recorder.keep_attempt(Host("R1"), result_of(part("a", "b")))
        recorder.task_instance_completed(task, Host("R1"), result_of(part("a")))

    assert commands_of(tmp_path / "x") == {"R1": ["c", "b", "a"]}
    assert recorder.collection.outputs == 3
    assert recorder.collection.failures == (BROKEN,)


def test_on_ctrl_c_what_waits_for_another_attempt_is_written_too(tmp_path: Path) -> None:
    told: list[Gathered] = []

    def run() -> None:
        with Recorder(Index(tmp_path / "x"), 3, told.append) as recorder:
            recorder.keep_attempt(Host("R1"), result_of(part("a")))
            recorder.keep_attempt(Host("R1"), result_of(part("a", "b")))
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        run()

    assert commands_of(tmp_path / "x") == {"R1": ["a", "b"]}
    found = caught.value.collection
    assert (found.interrupted, found.hosts, found.done, found.outputs) == (True, 3, 0, 2)
    assert found.failures == (BROKEN,)
    assert [(each.host, each.attempts) for each in told] == [("R1", 2)]
    last = (tmp_path / "x/collection.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["interrupted"] is True


@pytest.mark.parametrize(
    ("error", "kind"), [(TransportError("lost"), "transport"), (ValueError("x"), "internal")]
)
def test_a_task_that_gave_nothing_is_a_failure(
    tmp_path: Path, task: Task, error: Exception, kind: str
) -> None:
    with Recorder(Index(tmp_path / "x"), 1) as recorder:
        recorder.task_instance_completed(task, Host("R1"), result_of("a trace", error))

    (failure,) = recorder.collection.failures
    assert (failure.host, failure.kind) == ("R1", kind)


def test_it_hears_of_everything_else_without_a_word(tmp_path: Path, task: Task) -> None:
    with Recorder(Index(tmp_path / "x"), 0) as recorder:
        recorder.task_started(task)
        recorder.task_instance_started(task, Host("R1"))
        recorder.subtask_instance_started(task, Host("R1"))
        recorder.subtask_instance_completed(task, Host("R1"), MultiResult("x"))
        recorder.task_completed(task, AggregatedResult("x"))

    assert commands_of(tmp_path / "x") == {}
