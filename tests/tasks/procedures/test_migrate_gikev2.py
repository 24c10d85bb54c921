"""A group changes over to G-IKEv2, member by member, and back again from everywhere."""

from collections.abc import Iterator
from typing import Any

import pytest

from getvpn.errors import RefusedError, UsageError
from getvpn.inventory.models import Intent
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_feature import GdoiFeature
from getvpn.tasks.deploying.waves import Wave
from getvpn.tasks.procedures.gikev2_features import FEATURE, ask_feature
from getvpn.tasks.procedures.gikev2_plan import plan_gikev2
from getvpn.tasks.procedures.model import ProcedurePlan, Status

from ..lab_devices import Killed
from ..networks import PKI, network
from .group_worlds import changed
from .stage_worlds import SECRETS, StageWorld, edited

ONE_BY_ONE = Wave(1, percent=False)
HALF_WAY = "1 members use G-IKEv2, the others GDOI, key servers offer both"


class Changing(StageWorld):
    """A network that uses GDOI and is to use G-IKEv2."""

    def __init__(self, intent: Intent | None = None) -> None:
        super().__init__(intent or changed(network(), versions="ikev2"), network())
        self.before = self.configurations()

    def plan(self, **more: Any) -> ProcedurePlan:
        """The plan to change over."""
        device = self.open("KS1")
        feature = ask_feature(device)
        device.close()
        options = {"feature": feature, "asked": True, "wave": ONE_BY_ONE, "secrets": SECRETS}
        return plan_gikev2(self.intent, self.facts(), "G1", **(options | more))

    def ready(self) -> ProcedurePlan:
        """A plan without obstacles."""
        plan = self.plan()
        assert plan.obstacles == ()
        return plan

    def types(self) -> list[str]:
        """How members have registered, as they and the primary say."""
        shown = [self.shown(name, "show crypto gdoi") for name in ("BR1", "BR2")]
        shown.append(self.shown("KS1", "show crypto gdoi ks members"))
        lines = [line for text in shown for line in text.splitlines() if "Group Type" in line]
        return [line.split(":")[1].strip() for line in lines]


@pytest.fixture(scope="module")
def worlds() -> list[Changing]:
    """The network that the tests have one after the other, if there is one by now."""
    return []


@pytest.fixture
def fresh(worlds: list[Changing]) -> Changing:
    """A network that the test leaves as it was."""
    if not worlds:
        worlds.append(Changing())
    worlds[0].begin()
    return worlds[0]


@pytest.fixture
def spent(worlds: list[Changing], fresh: Changing) -> Iterator[Changing]:
    """The same for a test that leaves it otherwise: those behind it have another one."""
    yield fresh
    worlds.clear()


# ---- what speaks against it ----


def test_an_intent_with_ikev1_is_no_aim(fresh: Changing) -> None:
    with pytest.raises(UsageError, match="the intent says that G1 uses IKEv1"):
        plan_gikev2(network(), fresh.facts(), "G1")


def test_delay_detection_is_refused(fresh: Changing) -> None:
    intent = edited(fresh.intent, lambda said: said["groups"][0].update(d3p_window_ms=2000))
    plan = plan_gikev2(intent, fresh.facts(), "G1")
    assert plan.obstacles == (
        "group G1: the intent wants IP-D3P, which members with G-IKEv2 cannot do",
    )


def test_members_that_are_too_old_are_told(fresh: Changing) -> None:
    text = fresh.shown("KS1", FEATURE).replace("1.0.25         Yes", "1.0.11         No")
    record = parse(FEATURE, text)
    assert isinstance(record, GdoiFeature)
    (obstacle,) = fresh.plan(feature=record).obstacles
    assert obstacle == (
        "KS1: these members cannot do G-IKEv2: 10.20.1.1 (1.0.11), 10.20.2.1 (1.0.11)"
    )
    (obstacle,) = fresh.plan(feature=None).obstacles
    assert obstacle.startswith("KS1: it does not say which devices can do G-IKEv2")


# ---- processes that end, and single faults ----


@pytest.mark.parametrize("number", [7, 66, 105])
def test_it_is_taken_back_from_wherever_the_process_ended(number: int, fresh: Changing) -> None:
    plan = fresh.ready()
    fresh.kill_at(number)
    with pytest.raises(Killed):
        fresh.run(plan)
    fresh.lab.advance(20)
    outcome = fresh.abort()
    assert (outcome.status, outcome.state) == (Status.ROLLED_BACK, "as before")
    assert {name: sorted(lines) for name, lines in fresh.configurations().items()} == {
        name: sorted(lines) for name, lines in fresh.before.items()
    }
    assert fresh.all_saved()
    assert set(fresh.types()) == {"GDOI (ISAKMP)"}
    assert all(seconds < 2 for seconds in fresh.lost().values())


def test_a_member_that_cannot_is_taken_back_alone(fresh: Changing) -> None:
    plan = fresh.ready()

    def watch(name: str, line: str) -> None:
        if (name, line) == ("BR2", "client protocol gikev2 GKM-G1"):
            fresh.lab.cut("BR2", "KS1")
            fresh.lab.cut("BR2", "KS2")
        if name == "BR2" and line.startswith("no client protocol"):
            fresh.lab.mend("BR2", "KS1")
            fresh.lab.mend("BR2", "KS2")

    fresh.devices.watch = watch
    outcome = fresh.run(plan)
    fresh.devices.watch = None
    assert (outcome.status, outcome.state) == (Status.STOPPED, HALF_WAY)
    assert outcome.reason.startswith("missing: BR2 (it is not registered")
    assert "; it was taken back" in outcome.reason
    assert fresh.types()[:2] == ["G-IKEv2 (IKEv2)", "GDOI (ISAKMP)"]
    assert fresh.configuration("BR2") == fresh.before["BR2"]
    assert fresh.abort().status is Status.ROLLED_BACK


def test_a_member_that_refuses_is_taken_back_alone(fresh: Changing) -> None:
    plan = fresh.ready()

    def watch(name: str, line: str) -> None:
        if name == "BR2" and line.startswith("client protocol"):
            words = "% Incomplete command."
            raise RefusedError(f"refuses '{line}': {words}", device=name, words=words)

    fresh.devices.watch = watch
    outcome = fresh.run(plan)
    fresh.devices.watch = None
    assert (outcome.status, outcome.state) == (Status.STOPPED, HALF_WAY)
    assert "BR2: refuses 'client protocol gikev2 GKM-G1'" in outcome.reason
    assert fresh.configuration("BR2") == fresh.before["BR2"]
    assert fresh.abort().status is Status.ROLLED_BACK


def test_gdoi_does_not_end_while_somebody_uses_it(fresh: Changing) -> None:
    def foreign(document: dict[str, Any]) -> None:
        document["members"][1]["external"] = True

    fresh.intent, intent = edited(fresh.intent, foreign), fresh.intent
    plan = fresh.ready()
    assert "members of somebody else change over by themselves: BR2" in plan.notes
    outcome = fresh.run(plan)
    fresh.intent = intent
    assert (outcome.status, outcome.state) == (Status.STOPPED, HALF_WAY)
    assert "has members that use GDOI: 10.20.2.1" in outcome.reason
    assert fresh.registered("BR2")
    assert fresh.abort().status is Status.ROLLED_BACK


# ---- how it goes ----


def test_it_goes_to_its_end_however_often_the_process_ends(spent: Changing) -> None:
    fresh, plan = spent, spent.ready()
    fresh.kill_at(3)
    with pytest.raises(Killed):
        fresh.run(plan)
    (run,) = fresh.journal.all_runs(limit=1)
    outcome = None
    while outcome is None:
        fresh.devices.hang_up()
        fresh.lab.advance(5)
        fresh.kill_at(29)
        try:
            outcome = fresh.runner().resume(run.id, break_lock=True)
        except Killed:
            continue
    fresh.devices.watch = None
    assert (outcome.status, outcome.state) == (Status.DONE, "G1 is served by G-IKEv2")
    assert set(fresh.types()) == {"G-IKEv2 (IKEv2)"}
    assert fresh.is_well()
    assert fresh.all_saved()
    assert "  no gdoi" in fresh.configuration("KS1")
    assert "crypto isakmp key Key-PSK_COOP address 10.10.2.1      " in fresh.configuration("KS1")
    assert not any("PSK_BR" in line for line in fresh.configuration("KS1") if "isakmp" in line)
    # each member alone is without keys from its change until it has registered
    assert all(seconds < 2 for seconds in fresh.lost().values())
    assert "Key-PSK" not in fresh.written()
    fresh.lab.advance(7200)
    assert fresh.registered("BR1")


def test_with_certificates_and_for_one_member_only() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["groups"][0] |= {"versions": "both"}
        document["members"][1]["groups"] = [{"group": "G1", "version": "ikev2"}]

    before = changed(network("classic"), authentication={**PKI, "key_bits": 1024})
    from ..test_render_labs import ENROLMENT

    world = StageWorld(edited(before, edit), before, enrol=ENROLMENT)
    world.begin()
    plan = plan_gikev2(world.intent, world.facts(), "G1", secrets=SECRETS)
    assert plan.obstacles == ()
    outcome = world.run(plan)
    assert outcome.status is Status.DONE
    assert outcome.state == "1 members use G-IKEv2, G1 is served by both"
    assert "Group Type               : GDOI" in world.shown("BR1", "show crypto gdoi")
    assert "Group Type               : G-IKEv2" in world.shown("BR2", "show crypto gdoi")
    assert not any(line.strip() == "no gdoi" for line in world.configuration("KS1"))
