"""The runbooks of keys, policies, members and faults, carried out against networks in memory."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn import (
    open_fleet,
    perform_deployment,
    perform_procedure,
    perform_resumption,
    plan_procedure,
    resume_procedure,
    run_procedure,
)
from getvpn.playbooks import (
    deploy,
    evict_member,
    failover_test,
    health,
    policy_change,
    recover_split,
    resume,
    rollover,
    watch,
)

from ..tasks.networks import network, policy
from ..tasks.procedures.group_worlds import World, changed
from ..tasks.procedures.rollover_worlds import NEW, OLD, RolloverWorld
from ..tasks.procedures.test_evict import admit, three
from ..tasks.procedures.test_recover_split import split
from .desk import Desk, Main

Capture = pytest.CaptureFixture[str]
SERVERS = ("KS1", "KS2")


@pytest.fixture(scope="module")
def shared() -> RolloverWorld:
    """A group of two key servers and three members, that each test leaves well."""
    made = RolloverWorld(three(network()))
    for name in SERVERS:
        made.lab[name].behaviour.boot_s = 240.0
        made.type(name, "write memory")
    made.lab.advance(5)
    return made


@pytest.fixture
def desk(shared: RolloverWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Somebody who runs runbooks against it, with an intent that has the key in use."""
    shared.intent = changed(shared.intent, rekey={"key": shared.signs_with("KS1")})
    yield Desk(shared, tmp_path, monkeypatch)
    shared.devices.hang_up()


def healthy(desk: Desk) -> bool:
    """What the runbook says of the health of the group."""
    return health.main(str(desk.intent), str(desk.hosts)) == 0


def lists(world: World) -> list[str]:
    """The lines for ICMP in the list that members hold."""
    shown = world.shown("BR1", "show crypto gdoi | include access-list")
    return [line.strip() for line in shown.splitlines() if " icmp " in line]


def test_a_rollover_ends_with_a_key_that_all_know(
    desk: Desk, shared: RolloverWorld, capsys: Capture
) -> None:
    (leads,) = (name for name in SERVERS if shared.role(name) == "Primary")
    desk.carries_out(rollover.main)
    out = capsys.readouterr().out
    planned, told = out.split("nothing was done\n")
    assert f"  2  {leads}  make the key GETVPN-REKEY-2 on {leads}" in planned
    assert "undo: crypto key zeroize rsa GETVPN-REKEY-2" in planned
    assert f"[ 2/11] {leads}: make the key GETVPN-REKEY-2 on {leads}: done\n" in told
    assert told.splitlines()[-1].endswith(
        f"done; G1 uses the key {NEW} everywhere, and {OLD} is gone"
    )
    for name in SERVERS:
        assert (shared.labels(name), shared.signs_with(name)) == ([NEW], NEW)
    assert shared.know() == {shared.public("KS1", NEW)}
    assert healthy(desk)


def test_members_hold_the_policy_of_the_edited_intent(desk: Desk, shared: RolloverWorld) -> None:
    traffic = shared.intent.groups[0].policies[0].traffic
    wider = {"between": ["10.0.0.0/8"], "clear": [*traffic.clear, "icmp"]}
    desk.means(changed(shared.intent, policies=[policy(traffic=wider)]))
    assert lists(shared) == []
    desk.carries_out(policy_change.main)
    assert [line for line in lists(shared) if "deny icmp any any" in line] != []
    assert all(shared.saved(name) for name in SERVERS)
    assert shared.lost() == {}
    assert healthy(desk)
    # and back, by a deployment
    desk.means(shared.intent)
    desk.carries_out(deploy.main)
    assert lists(shared) == []
    assert healthy(desk)


def test_nornirs_dry_run_carries_nothing_out(desk: Desk, shared: RolloverWorld) -> None:
    nornir = open_fleet(desk.hosts)
    told: list[str] = []
    shown = {"execute": True, "write": told.append}
    desk.means(changed(shared.intent, policies=[policy(lifetime_s=3600)]))
    plan = plan_procedure(nornir, desk.intent, "policy change")
    nornir.data.dry_run = True
    assert perform_procedure(nornir, desk.intent, "policy change", **shown) == 0
    assert perform_deployment(nornir, desk.intent, **shown) == 0
    nornir.data.dry_run = False
    run = run_procedure(nornir, plan, pause_before=plan.steps[0].name).run
    nornir.data.dry_run = True
    assert perform_resumption(nornir, run, **shown) == 0
    assert perform_procedure(nornir, desk.intent, "policy change", **shown) == 1
    assert f"\nobstacle: the run {run} is not over " in told[-2]
    nornir.data.dry_run = False
    assert (desk.acts(), len(desk.runs())) == ([], 1)
    assert told[0].startswith("policy change, group G1: ")
    assert told[-1] == "nothing was done\n"
    assert resume_procedure(nornir, run, back=True, break_lock=True).status == "rolled back"


def test_a_failover_gives_another_primary(desk: Desk, shared: RolloverWorld) -> None:
    before = [shared.role(name) for name in SERVERS]
    desk.carries_out(failover_test.main)
    assert [shared.role(name) for name in SERVERS] == before[::-1] != before
    assert shared.lost() == {}
    assert healthy(desk)


def test_an_evicted_member_has_no_keys(desk: Desk, shared: RolloverWorld) -> None:
    desk.carries_out(evict_member.main, "BR3")
    shared.lab.advance(60)
    assert [shared.registered(name) for name in ("BR1", "BR2", "BR3")] == [True, True, False]
    assert not healthy(desk)
    admit(shared)


# ---- what ends early ----


def test_ctrl_c_is_told_and_the_next_call_goes_on(
    desk: Desk, shared: RolloverWorld, capsys: Capture
) -> None:
    def interrupted(device: str, line: str) -> None:
        if line.startswith(("policy", "set security-association")):
            raise KeyboardInterrupt(device)

    def breaks_off(main: Main, words: str) -> None:
        shared.devices.watch = interrupted
        assert main(str(desk.intent), str(desk.hosts), "--execute") == 130
        assert capsys.readouterr().out.splitlines()[-1].startswith(words)
        shared.begin()

    nornir = open_fleet(desk.hosts)
    desk.means(changed(shared.intent, policies=[policy(lifetime_s=3600)]))
    breaks_off(policy_change.main, "broken off: 'getvpn runs' tells how far it is, ")
    (run,) = desk.runs()
    assert deploy.main(str(desk.intent), str(desk.hosts), "--execute") == 2
    assert f" with the run {run.id}, since " in capsys.readouterr().err
    assert resume_procedure(nornir, run.id, back=True).status == "rolled back"
    breaks_off(deploy.main, "broken off: the same call goes on from here")
    assert perform_procedure(nornir, desk.intent, "policy change", execute=True) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert re.match(r"not carried out: G1 is held by .* with the deployment 20", last)
    assert deploy.main(str(desk.intent), str(desk.hosts), "--execute") == 0
    assert "lifetime seconds 3600" in shared.shown("KS1", "show startup-config")
    desk.means(shared.intent)
    assert deploy.main(str(desk.intent), str(desk.hosts), "--execute") == 0
    assert healthy(desk)


def test_ctrl_c_before_there_is_a_plan_is_told(
    desk: Desk, shared: RolloverWorld, capsys: Capture
) -> None:
    def interrupted(device: str, line: str) -> None:
        raise KeyboardInterrupt(device, line)

    shared.devices.watch = interrupted
    assert rollover.main(str(desk.intent), str(desk.hosts), "--execute") == 130
    assert capsys.readouterr().out == "broken off: nothing was done\n"
    shared.begin()
    assert desk.runs() == []


def test_a_run_that_ended_early_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    world = RolloverWorld()
    desk = Desk(world, tmp_path, monkeypatch)
    nornir = open_fleet(desk.hosts)
    plan = plan_procedure(nornir, desk.intent, "rollover rsa")
    paused = run_procedure(nornir, plan, pause_before="there is time to change over")
    assert world.labels("KS2") == [OLD, NEW]
    world.devices.typed.clear()
    assert resume.main(paused.run, str(desk.hosts), "--back") == 0
    assert capsys.readouterr().out == (
        f"run {paused.run}: rollover rsa of G1: paused, 4 of 11 steps done\nnothing was done\n"
    )
    assert world.devices.typed == []
    assert resume.main(paused.run, str(desk.hosts), "--back", "--execute") == 1
    assert "rolled back" in capsys.readouterr().out
    assert [world.labels(name) for name in SERVERS] == [[OLD], [OLD]]
    assert resume.main(paused.run, str(desk.hosts), "--execute") == 2
    assert capsys.readouterr().err == f"the run {paused.run} is over: rolled back\n"


def test_a_split_is_recovered_from_once_the_way_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    world = World()
    desk = Desk(world, tmp_path, monkeypatch)
    split(world)
    watched = (str(desk.intent), str(desk.hosts), "--count", "5")
    assert watch.main(*watched) == 1
    assert "critical SeveralPrimaries firing: " in capsys.readouterr().out
    desk.plans(recover_split.main)
    assert recover_split.main(str(desk.intent), str(desk.hosts), "--execute") == 1
    out = capsys.readouterr().out
    assert "        not even a ping passes between KS1 (10.10.1.1) and KS2 (10.10.2.1)" in out
    assert ": stopped" in out
    world.lab.heal()
    (run,) = desk.runs()
    assert resume.main(run.id, str(desk.hosts), "--execute") == 0
    assert [world.role(name) for name in SERVERS] == ["Primary", "Secondary"]
    assert healthy(desk)
    capsys.readouterr()
    assert watch.main(*watched) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 alerts are on"
