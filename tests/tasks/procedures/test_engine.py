"""What carries procedures out: order, retries, the way back, resuming, pauses, approvals."""

import os
import pwd

import pytest

from getvpn.errors import CheckError, InputError, OverdueError, TransportError, UsageError
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.approval import approve
from getvpn.tasks.procedures.history import history_of
from getvpn.tasks.procedures.model import Status
from getvpn.tasks.procedures.runner import Runner, known

from .toy_procedures import Killed, NoDevices, Toy


@pytest.fixture
def toy() -> Toy:
    return Toy(Journal("sqlite://"))


# ---- forward ----


def test_steps_are_done_in_order(toy: Toy) -> None:
    outcome = toy.start()
    assert (outcome.status, outcome.state, outcome.exit_code) == (Status.DONE, "after three", 0)
    assert [call for call in toy.calls if call.startswith("apply")] == [
        "apply one",
        "apply two",
        "apply three",
    ]


def test_a_step_is_written_down_before_it_acts_and_after(toy: Toy) -> None:
    toy.start()
    told = toy.told("step", "acts", "done", "running", "ended")
    assert told[0] == "running"
    assert told[1:3] == ["step look", "done look"]
    assert told[3:6] == ["step one", "acts one", "done one"]
    assert told[-1] == "ended"


def test_what_is_written_before_an_act_is_on_disk_when_it_happens(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/journal.db"
    toy, seen = Toy(Journal(url)), []

    def look(_: str) -> None:
        other = Journal(url)
        (record,) = other.all_runs()
        seen.append(other.events(record.id)[-1].kind)
        other.close()

    toy.acting = look
    toy.start()
    assert seen == ["acts"] * 3


def test_what_is_so_already_is_not_done_again(toy: Toy) -> None:
    toy.world.add("two")
    assert toy.start().status is Status.DONE
    assert "apply two" not in toy.calls
    (done,) = (event for event in toy.events("done") if event.step == "two")
    assert done.data["already"]


@pytest.mark.parametrize("kind", ["precheck", "apply", "after", "verify"])
@pytest.mark.parametrize("error", [TransportError("broken"), OverdueError("late")])
def test_a_session_that_breaks_is_not_the_end(toy: Toy, kind: str, error: Exception) -> None:
    toy.broken[f"{kind} two"] = [error, error, error]
    assert toy.start().status is Status.DONE
    times = 1 if kind == "after" else 3  # then it is so already, and not done again
    assert toy.clock.slept == [15.0, 30.0, 60.0][:times]
    assert len(toy.events("broken")) == times


def test_a_session_that_breaks_again_and_again_is(toy: Toy) -> None:
    toy.broken["apply two"] = [TransportError("broken")] * 4
    outcome = toy.start()
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    assert outcome.exit_code == 1


# ---- and back ----


@pytest.mark.parametrize("kind", ["precheck", "apply", "after", "verify"])
def test_a_step_that_fails_lets_all_be_taken_back(toy: Toy, kind: str) -> None:
    toy.broken[f"{kind} three"] = [CheckError("it is not so")]
    outcome = toy.start()
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    assert outcome.reason == "it is not so"
    assert toy.world == set()
    undone = [call for call in toy.calls if call.startswith("undo")]
    begun = [] if kind == "precheck" else ["undo three"]
    assert undone == [*begun, "undo two", "undo one"]


def test_advice_names_the_run_that_it_is_about(toy: Toy) -> None:
    toy.options["three"] = {
        "stops": True,
        "advice": "'getvpn runs resume' goes on, 'getvpn runs abort' takes back; 'getvpn runs'",
    }
    toy.broken["verify three"] = [CheckError("it is not so")]
    outcome = toy.start()
    assert outcome.advice == (
        f"'getvpn runs resume {outcome.run}' goes on, "
        f"'getvpn runs abort {outcome.run}' takes back; 'getvpn runs'"
    )


def test_what_was_so_before_is_not_taken_back(toy: Toy) -> None:
    toy.world.add("one")
    toy.broken["verify three"] = [CheckError("it is not so")]
    assert toy.start().status is Status.ROLLED_BACK
    assert toy.world == {"one"}


def test_nothing_is_taken_back_after_a_final_step(toy: Toy) -> None:
    toy.options["two"] = {"final": True}
    toy.broken["verify three"] = [CheckError("it is not so")]
    outcome = toy.start()
    assert (outcome.status, outcome.state) == (Status.STOPPED, "after two")
    assert (outcome.reason, outcome.advice) == ("it is not so", "advice of three")
    assert toy.world == {"one", "two", "three"}


def test_a_final_step_that_must_not_begin_is_no_point_of_no_return(toy: Toy) -> None:
    toy.options["two"] = {"final": True}
    toy.broken["precheck two"] = [CheckError("it must not be")]
    assert toy.start().status is Status.ROLLED_BACK
    assert toy.world == set()


def test_a_step_that_stops_leaves_the_choice_to_people(toy: Toy) -> None:
    toy.options["two"] = {"stops": True}
    toy.broken["verify two"] = [CheckError("it is not so")]
    outcome = toy.start()
    assert (outcome.status, outcome.state) == (Status.STOPPED, "after one")
    assert toy.runner().abort(outcome.run).status is Status.ROLLED_BACK
    assert toy.world == set()


def test_a_step_that_cannot_be_undone_is_named_and_tried_again(toy: Toy) -> None:
    toy.broken |= {
        "verify three": [CheckError("it is not so")],
        "undo two": [CheckError("it stays")],
    }
    outcome = toy.start()
    assert outcome.status is Status.STOPPED
    assert outcome.state == "taken back as far as 'two', which could not be undone"
    assert outcome.reason == "it is not so; it stays"
    assert "runs resume" in outcome.advice
    assert toy.world == {"one", "two"}
    assert toy.runner().resume(outcome.run).status is Status.ROLLED_BACK
    assert toy.world == set()
    assert toy.calls.count("undo three") == 1


def test_one_reason_for_failing_and_for_not_being_undone_is_told_once(toy: Toy) -> None:
    toy.broken |= {
        "verify three": [CheckError("no space left")],
        "undo two": [CheckError("no space left")],
    }
    assert toy.start().reason == "no space left"


def test_a_session_that_breaks_while_taking_back_is_not_the_end(toy: Toy) -> None:
    toy.broken |= {
        "verify three": [CheckError("it is not so")],
        "undo two": [TransportError("broken")] * 3,
    }
    assert toy.start().status is Status.ROLLED_BACK


# ---- processes that end ----


@pytest.mark.parametrize("step", ["one", "two", "three"])
@pytest.mark.parametrize("kind", ["precheck", "apply", "after", "verify"])
def test_another_process_goes_on(toy: Toy, kind: str, step: str) -> None:
    toy.broken[f"{kind} {step}"] = [Killed()]
    with pytest.raises(Killed):
        toy.start()
    outcome = toy.runner().resume(toy.only_run())
    assert outcome.status is Status.DONE
    assert toy.world == {"one", "two", "three"}
    done = [call for call in toy.calls if call.startswith("after")]
    assert done == ["after one", "after two", "after three"]


@pytest.mark.parametrize("kind", ["precheck", "apply", "after", "verify"])
def test_another_process_takes_back(toy: Toy, kind: str) -> None:
    toy.broken[f"{kind} two"] = [Killed()]
    with pytest.raises(Killed):
        toy.start()
    assert toy.runner().abort(toy.only_run()).status is Status.ROLLED_BACK
    assert toy.world == set()


def test_another_process_goes_on_taking_back(toy: Toy) -> None:
    toy.broken |= {"verify three": [CheckError("it is not so")], "undo two": [Killed()]}
    with pytest.raises(Killed):
        toy.start()
    outcome = toy.runner().resume(toy.only_run())
    assert (outcome.status, outcome.reason) == (Status.ROLLED_BACK, "it is not so")
    assert toy.world == set()


def test_a_gate_is_looked_at_again_as_long_as_nothing_was_done(toy: Toy) -> None:
    toy.broken["precheck one"] = [Killed()]
    with pytest.raises(Killed):
        toy.start()
    toy.broken["verify look"] = [CheckError("the time is over")]
    outcome = toy.runner().resume(toy.only_run())
    assert (outcome.status, outcome.reason) == (Status.ROLLED_BACK, "the time is over")
    assert toy.calls.count("apply one") == 0


def test_a_gate_is_passed_for_good_once_something_was_done(toy: Toy) -> None:
    toy.broken["after one"] = [Killed()]
    with pytest.raises(Killed):
        toy.start()
    toy.broken["verify look"] = [CheckError("the time is over")]
    assert toy.runner().resume(toy.only_run()).status is Status.DONE


def test_a_run_that_is_over_is_over(toy: Toy) -> None:
    run = toy.start().run
    for act in (toy.runner().resume, toy.runner().abort):
        with pytest.raises(UsageError, match="is over: done"):
            act(run)


def test_a_run_behind_its_point_of_no_return_is_not_aborted(toy: Toy) -> None:
    toy.options["one"] = {"final": True}
    toy.broken["verify two"] = [CheckError("it is not so")]
    run = toy.start().run
    with pytest.raises(CheckError, match="'one' is final") as error:
        toy.runner().abort(run)
    assert error.value.hint == "advice of one"
    assert toy.runner().resume(run).status is Status.DONE


def test_a_run_of_another_version_is_refused(toy: Toy) -> None:
    toy.broken["apply one"] = [Killed()]
    with pytest.raises(Killed):
        toy.start()
    runner = toy.runner()
    toy.name = "something else"
    with pytest.raises(UsageError, match="has no procedure 'toy'"):
        toy.runner().resume(toy.only_run())
    del runner


# ---- what people decide ----


def test_a_plan_with_obstacles_is_not_carried_out(toy: Toy) -> None:
    plan = toy.plan(obstacles=("there is no time", "the disk is full"))
    with pytest.raises(CheckError, match="must not run now: there is no time; and 1 more"):
        toy.runner().start(plan)
    assert toy.journal.all_runs() == []
    assert toy.calls == []


def test_a_run_pauses_before_a_step_and_lets_go_of_its_groups(toy: Toy) -> None:
    outcome = toy.start(pause_before="two")
    assert (outcome.status, outcome.state, outcome.exit_code) == (
        Status.PAUSED,
        "before 'two'",
        0,
    )
    assert toy.world == {"one"}
    assert toy.journal.locks.held() == []
    assert toy.runner().resume(outcome.run, pause_before="three").status is Status.PAUSED
    assert toy.runner().resume(outcome.run).status is Status.DONE


def test_a_pause_before_nothing_is_refused(toy: Toy) -> None:
    with pytest.raises(UsageError, match="there is no step 'four'"):
        toy.start(pause_before="four")
    assert toy.journal.all_runs() == []


def test_a_run_waits_for_the_approval_of_somebody_else(toy: Toy) -> None:
    outcome = toy.start(approve_by="bob")
    assert (outcome.status, outcome.exit_code) == (Status.WAITING, 0)
    assert "runs approve" in outcome.advice
    assert toy.calls == []
    assert toy.journal.locks.held() == []
    with pytest.raises(UsageError, match="waits for the approval of bob"):
        toy.runner().resume(outcome.run)
    approve(toy.journal, outcome.run, toy.clock, by="bob")
    assert toy.runner().resume(outcome.run).status is Status.DONE
    assert history_of(toy.events()).approved


@pytest.mark.parametrize(
    ("who", "words"),
    [("alice", "nobody approves what he does himself"), ("carol", "waits for bob, not for carol")],
)
def test_nobody_else_approves(toy: Toy, who: str, words: str) -> None:
    outcome = toy.start(approve_by="bob")
    with pytest.raises(UsageError, match=words):
        approve(toy.journal, outcome.run, toy.clock, by=who)
    with pytest.raises(UsageError, match="nobody approves what he does himself"):
        toy.start(approve_by="alice")


def test_a_run_that_is_entered_waits_from_the_beginning(toy: Toy) -> None:
    run = toy.start(approve_by="bob").run
    assert [event.number for event in toy.journal.events(run)] == [1]
    # however early its process ends: both are in one transaction
    assert toy.journal.events(run)[0].at == toy.journal.run(run).began


def test_who_somebody_is_is_not_what_the_environment_says(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = pwd.getpwuid(os.getuid()).pw_name
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(variable, "bob")
    run = toy.start(approve_by="bob").run
    with pytest.raises(UsageError, match=f"waits for bob, not for {account}"):
        approve(toy.journal, run, toy.clock)
    assert Runner(toy.journal, NoDevices(), toy.clock, known({})).owner == account


def test_who_has_no_account_runs_but_does_not_approve(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = toy.start(approve_by="bob").run
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    assert Runner(toy.journal, NoDevices(), toy.clock, known({})).owner == "uid 4000000000"
    with pytest.raises(UsageError, match="the user id 4000000000 has no account") as error:
        approve(toy.journal, run, toy.clock)
    assert "\n" not in str(error.value)


def test_a_run_that_waits_for_nobody_needs_no_approval(toy: Toy) -> None:
    run = toy.start(pause_before="one").run
    with pytest.raises(UsageError, match="waits for nobody's approval"):
        approve(toy.journal, run, toy.clock, by="bob")


# ---- several operators ----


def test_two_operators_are_not_on_one_group(toy: Toy) -> None:
    def meanwhile(_: str) -> None:
        toy.acting = lambda _: None
        with pytest.raises(UsageError, match="the group G1 is held by alice on") as error:
            toy.start(owner="bob")
        assert error.value.hint == "wait for it; if it is no more, 'getvpn runs unlock G1'"
        # what was refused is no run: none is left that waits for ever
        assert [run.owner for run in toy.journal.all_runs()] == ["alice"]

    toy.acting = meanwhile
    assert toy.start("G1", "G2").status is Status.DONE
    assert toy.start(owner="bob").status is Status.DONE


def test_two_operators_are_on_different_groups(toy: Toy) -> None:
    def meanwhile(_: str) -> None:
        toy.acting = lambda _: None
        assert toy.start("G2", owner="bob").status is Status.DONE

    toy.acting = meanwhile
    assert toy.start("G1").status is Status.DONE


def test_whoever_lost_his_lock_stops_and_writes_nothing_more(toy: Toy) -> None:
    def taken(name: str) -> None:
        if name == "one":
            locks = toy.journal.locks
            holder = locks.holder("G1")
            assert holder is not None
            locks.break_lock(holder)
            locks.take(["G1"], run="another", owner="bob", at=toy.clock.now())

    toy.acting = taken
    outcome = toy.start()
    assert outcome.status is Status.STOPPED
    assert "was broken" in outcome.reason
    assert toy.world == {"one"}
    holder = toy.journal.locks.holder("G1")
    assert holder is not None
    assert holder.run == "another"
    assert toy.told("ended") == []


def test_a_journal_that_fails_is_one_line(toy: Toy) -> None:
    toy.journal.close()
    broken = Toy(Journal("sqlite://"))
    broken.journal._engine.dispose()
    with pytest.raises(InputError, match="the journal fails: no such table"):
        broken.start()
