"""A group changes over to certificates: everybody gets one, both are taken, the keys go last."""

from collections.abc import Iterator
from typing import Any

import pytest

from getvpn.errors import UsageError
from getvpn.inventory.models import Intent
from getvpn.inventory.views import IsakmpPolicyView
from getvpn.tasks.deploying.waves import Wave
from getvpn.tasks.procedures.model import ProcedurePlan, Status
from getvpn.tasks.procedures.pki_plan import plan_pki
from getvpn.tasks.procedures.pki_settings import both

from ..lab_devices import Killed
from ..networks import PKI, network
from .group_worlds import changed
from .stage_worlds import SECRETS, StageWorld

ONE_BY_ONE = Wave(1, percent=False)
HALF_WAY = "1 members use certificates, the others keys, key servers take both"
CERTIFICATES = {**PKI, "key_bits": 1024}


class Enrolling(StageWorld):
    """A network that has pre-shared keys and is to have certificates."""

    def __init__(self, intent: Intent | None = None) -> None:
        super().__init__(intent or changed(network(), authentication=CERTIFICATES), network())
        self.before = self.configurations()

    def plan(self, **more: Any) -> ProcedurePlan:
        """The plan to change over."""
        options = {
            "trust_first": True,
            "challenge": "env:OTP_{NAME}",
            "wave": ONE_BY_ONE,
            "secrets": SECRETS,
        }
        return plan_pki(self.intent, self.facts(), "G1", **(options | more))

    def ready(self, **more: Any) -> ProcedurePlan:
        """A plan without obstacles."""
        plan = self.plan(**more)
        assert plan.obstacles == ()
        return plan

    def auths(self, name: str) -> set[str]:
        """How the IKE SAs of a device have been made."""
        shown = self.shown(name, "show crypto isakmp sa detail")
        rows = [line.split() for line in shown.splitlines() if " ACTIVE " in line]
        return {row[row.index("ACTIVE") + 3] for row in rows if row[row.index("ACTIVE") + 4] != "0"}

    def check_before(self) -> None:
        """All is as it was."""
        assert self.configurations() == self.before
        assert self.all_saved()
        assert "PKI-" not in self.shown("KS1", "show crypto key mypubkey rsa")
        assert "PKI-" not in self.shown("BR2", "show crypto key mypubkey rsa")
        assert self.lost() == {}


@pytest.fixture(scope="module")
def worlds() -> list[Enrolling]:
    """The network that the tests have one after the other, if there is one by now."""
    return []


@pytest.fixture
def fresh(worlds: list[Enrolling]) -> Enrolling:
    """A network that the test leaves as it was."""
    if not worlds:
        worlds.append(Enrolling())
    worlds[0].begin()
    return worlds[0]


@pytest.fixture
def spent(worlds: list[Enrolling], fresh: Enrolling) -> Iterator[Enrolling]:
    """The same for a test that leaves it otherwise: those behind it have another one."""
    yield fresh
    worlds.clear()


# ---- what speaks against it ----


def test_an_intent_with_keys_is_no_aim(fresh: Enrolling) -> None:
    with pytest.raises(UsageError, match="the intent says that G1 uses pre-shared keys"):
        plan_pki(network(), fresh.facts(), "G1")
    with pytest.raises(UsageError, match="this is no fingerprint"):
        fresh.plan(fingerprint="12:34")


def test_somebody_has_to_say_which_authority_is_meant(fresh: Enrolling) -> None:
    (obstacle,) = fresh.plan(trust_first=False).obstacles
    assert obstacle.startswith("nobody has said which authority is meant")


def test_keys_that_the_intent_of_before_has_not_are_in_the_way(fresh: Enrolling) -> None:
    line = "crypto isakmp key SHARED address 0.0.0.0"
    fresh.type("KS2", "configure terminal", line, "end", "write memory")
    fresh.lab.advance(5)
    (obstacle,) = fresh.plan().obstacles
    fresh.type("KS2", "configure terminal", f"no {line}", "end", "write memory")
    fresh.lab.advance(5)
    assert obstacle.startswith("KS2: it has pre-shared keys or policies that the intent of before")
    assert "SHARED" not in obstacle


def test_clocks_that_differ_are_told_before_anything_is_done(fresh: Enrolling) -> None:
    plan = fresh.ready()
    fresh.type("BR2", "clock set 12:00:00 1 January 2020")
    outcome = fresh.run(plan)
    fresh.type("BR2", f"clock set {_now(fresh)}")
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    assert "clocks differ from that of KS1: BR2 by " in outcome.reason
    assert fresh.acts() == []


def _now(world: Enrolling) -> str:
    words = world.shown("KS1", "show clock").strip("*\n").split()
    return f"{words[0].split('.')[0]} {words[4]} {words[3]} {words[5]}"


def test_another_authority_is_not_believed(fresh: Enrolling) -> None:
    plan = fresh.ready(fingerprint="AA" * 20)
    outcome = fresh.run(plan)
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    assert "KS2: is shown an authority with the fingerprint" in outcome.reason
    assert ("KS2", "yes") not in fresh.acts()[: fresh.acts().index(("KS2", "no")) + 1]
    fresh.check_before()


def test_policies_for_certificates_come_before_those_for_keys() -> None:
    def policy(priority: int, method: Any) -> IsakmpPolicyView:
        return IsakmpPolicyView(
            priority=priority,
            encryption="aes 256",
            hash="sha256",
            authentication=method,
            group=19,
            lifetime_s=86_400,
        )

    def numbers(first: int) -> list[tuple[int, str]]:
        found = both([policy(first, "pre-share")], [policy(first, "rsa-sig")])
        return [(each.priority, each.authentication) for each in found]

    assert numbers(10) == [(9, "rsa-sig"), (10, "pre-share")]
    assert numbers(1) == [(1, "rsa-sig"), (2, "pre-share")]


def test_the_plan_has_the_end_of_the_keys_of_members(fresh: Enrolling) -> None:
    """They are the members' own because of their group, which stays as it is."""
    (step,) = (
        step for step in fresh.ready().steps if step.name == "remove keys from members, wave 1 of 2"
    )
    assert [line for line in step.commands if line.startswith("no crypto isakmp key")] == [
        f"no crypto isakmp key <removed> address 10.10.{n}.1" for n in (1, 2)
    ]


# ---- processes that end, and single faults ----


@pytest.mark.parametrize("number", [3, 40, 78, 85])
def test_it_is_taken_back_from_wherever_the_process_ended(number: int, fresh: Enrolling) -> None:
    plan = fresh.ready()
    fresh.kill_at(number)
    with pytest.raises(Killed):
        fresh.run(plan)
    fresh.lab.advance(20)
    outcome = fresh.abort()
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    fresh.check_before()


def test_a_member_that_cannot_is_taken_back_alone(fresh: Enrolling) -> None:
    plan = fresh.ready()

    renewed: list[str] = []

    def watch(name: str, line: str) -> None:
        if (name, line) == ("BR2", "clear crypto isakmp") and not renewed:
            renewed.append(line)
            fresh.lab.cut("BR2", "KS1")
            fresh.lab.cut("BR2", "KS2")
        if name == "BR2" and line.startswith("no crypto isakmp policy"):
            fresh.lab.mend("BR2", "KS1")
            fresh.lab.mend("BR2", "KS2")

    fresh.devices.watch = watch
    outcome = fresh.run(plan)
    fresh.devices.watch = None
    assert (outcome.status, outcome.state) == (Status.STOPPED, HALF_WAY)
    assert outcome.reason.startswith("missing: BR2 (it is not registered")
    assert fresh.auths("BR2") == {"psk"}
    assert fresh.registered("BR2")
    told = {line for _, line in fresh.acts() if line.startswith("clear crypto gdoi")}
    assert told == {"clear crypto gdoi group G1"}
    assert {line for step in plan.steps for line in step.commands if "crypto gdoi" in line} == {
        "clear crypto gdoi group G1, if it does not register again by itself"
    }
    fresh.lab.record_traffic()
    assert fresh.abort().status is Status.ROLLED_BACK
    fresh.check_before()


def test_an_authority_that_does_not_answer_takes_nothing_with_it(fresh: Enrolling) -> None:
    plan = fresh.ready()
    fresh.fail_at("BR2", "crypto pki enroll")
    outcome = fresh.run(plan)
    fresh.devices.watch = None
    assert outcome.status is Status.STOPPED
    assert outcome.state == "key servers and 1 members have certificates, keys are in use"
    assert fresh.abort().status is Status.ROLLED_BACK
    fresh.check_before()


# ---- how it goes ----


def test_it_goes_to_its_end_however_often_the_process_ends(spent: Enrolling) -> None:
    fresh, plan = spent, spent.ready()
    fresh.kill_at(3)
    with pytest.raises(Killed):
        fresh.run(plan)
    (run,) = fresh.journal.all_runs(limit=1)
    outcome = None
    while outcome is None:
        fresh.devices.hang_up()
        fresh.lab.advance(5)
        fresh.kill_at(37)
        try:
            outcome = fresh.runner().resume(run.id, break_lock=True)
        except Killed:
            continue
    fresh.devices.watch = None
    assert outcome.status is Status.DONE
    assert outcome.state == "G1 uses certificates, and its keys are gone"
    assert all(fresh.auths(name) == {"rsig"} for name in ("KS1", "KS2", "BR1", "BR2"))
    assert fresh.is_well()
    assert fresh.all_saved()
    for name in ("KS1", "BR2"):
        lines = fresh.configuration(name)
        assert not any(line.startswith("crypto isakmp key") for line in lines)
        assert [line for line in lines if line.startswith("crypto isakmp policy")] == [
            "crypto isakmp policy 10"
        ]
    assert "  authorization identity MEMBERS-G1" in fresh.configuration("KS1")
    assert fresh.lost() == {}
    assert ("BR1", "Key-OTP_BR1") in fresh.devices.typed
    assert "Key-" not in fresh.written()
    fresh.type("BR1", "clear crypto gdoi", "yes")
    fresh.lab.advance(7200)
    assert fresh.registered("BR1")
    assert fresh.registered("BR2")
