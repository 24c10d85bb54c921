"""A member that is to have no keys any more: it is left behind, and nobody else is."""

from collections.abc import Iterator
from typing import Any

import pytest

from getvpn.errors import UsageError
from getvpn.inventory.models import Intent
from getvpn.tasks.procedures.evict_plan import plan_eviction
from getvpn.tasks.procedures.model import ProcedurePlan, Status

from ..lab_devices import Killed
from ..networks import PKI, group, network
from ..test_render_labs import ENROLMENT
from ..variants import variant
from .group_worlds import Told, World

OTHER = {"authentication": {**PKI, "authorize": None}, "authorize_addresses": False}


def plan_of(world: World, who: str = "BR3", **more: Any) -> ProcedurePlan:
    return plan_eviction(world.intent, world.observed(members=False), "G1", who, **more)


def three(intent: Intent) -> Intent:
    """The same network with a third member."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    more = {**document["members"][1], "name": "BR3"}
    more["wan"] = {**more["wan"], "address": "10.20.3.1/24"}
    more["wan"].pop("address6", None)
    more["lan"] = [{"interface": more["lan"][0]["interface"], "address": "10.1.3.1/24"}]
    return Intent.model_validate({**document, "members": [*document["members"], more]})


@pytest.fixture(scope="module")
def world() -> World:
    return World(three(network()))


@pytest.fixture
def fresh(world: World) -> Iterator[World]:
    world.begin()
    yield world
    world.devices.watch = None


def admit(world: World, who: str = "BR3", address: str = "10.20.3.1") -> None:
    """Give an evicted member its place again, by hand."""
    for name in ("KS1", "KS2"):
        world.type(
            name,
            *("configure terminal", f"crypto isakmp key Key-PSK_{who} address {address}"),
            *("ip access-list standard MEMBERS-G1", f"permit {address}", "end", "write memory"),
        )
    world.lab.advance(120)
    assert world.registered(who)


def others(world: World) -> dict[tuple[str, str], float]:
    """What was lost between the members that stay."""
    return {pair: lost for pair, lost in world.lost().items() if "BR3" not in pair}


def test_the_member_is_left_behind_and_nothing_is_lost_between_the_others(fresh: World) -> None:
    plan = plan_of(fresh)
    assert plan.obstacles == ()
    assert any("take BR3 out of G1 in the intent" in text for text in plan.notes)
    told = Told()
    outcome = fresh.run(plan, observer=told)
    assert (outcome.status, outcome.state) == (Status.DONE, "BR3 is no member of G1 any more")
    fresh.lab.advance(60)
    assert not fresh.registered("BR3")
    assert fresh.registered("BR1")
    assert others(fresh) == {}
    assert any("MODE_FAILURE" in text for text in told.texts)
    assert [line for _, line in fresh.acts() if "ks members" in line] == [
        "clear crypto gdoi group G1 ks members"
    ]
    assert fresh.saved("KS1")
    assert fresh.saved("KS2")
    assert "Key-PSK" not in fresh.written()
    admit(fresh)


def test_in_an_emergency_all_members_drop_their_keys_at_once(fresh: World) -> None:
    plan = plan_of(fresh, now=True)
    assert any(text.startswith("an outage of all members") for text in plan.notes)
    assert fresh.run(plan).status is Status.DONE
    assert not fresh.registered("BR3")
    assert 0 < max(others(fresh).values()) < 400
    admit(fresh)


def test_its_address_does_where_the_intent_has_it_no_more(fresh: World) -> None:
    full = fresh.intent
    fresh.intent = Intent.model_validate(
        {
            **full.model_dump(by_alias=True, mode="json", exclude_unset=True),
            "members": [
                each.model_dump(by_alias=True, mode="json", exclude_unset=True)
                for each in full.members
                if each.name != "BR3"
            ],
        }
    )
    plan = plan_of(fresh, "10.20.3.1")
    assert plan.obstacles == ()
    assert fresh.run(plan).status is Status.DONE
    assert not fresh.registered("BR3")
    fresh.intent = full
    admit(fresh)


def test_it_goes_on_wherever_the_process_ends(fresh: World) -> None:
    at = 0
    while True:
        plan = plan_of(fresh)
        fresh.kill_at(at)
        try:
            outcome, over = fresh.run(plan), True
        except Killed:
            outcome, over = fresh.resume(), False
        assert outcome.status is Status.DONE
        assert not fresh.registered("BR3")
        fresh.devices.watch = None
        admit(fresh)
        if over:
            break
        at += 1
    assert at > 8
    assert others(fresh) == {}
    assert "Key-PSK" not in fresh.written()


def test_members_are_told_once_to_register_again(fresh: World) -> None:
    plan = plan_of(fresh)
    fresh.kill_behind("clear crypto gdoi group G1 ks members")
    with pytest.raises(Killed):
        fresh.run(plan)
    assert fresh.resume().status is Status.DONE
    count = len([line for _, line in fresh.acts() if "ks members" in line])
    assert count in (1, 2)  # the first one was asked whether that is meant, and not answered
    assert others(fresh) == {}
    admit(fresh)


def test_a_key_server_that_was_cut_off_does_not_bring_it_back(fresh: World) -> None:
    """It has the member in its list still, and the others get it from there."""
    plan = plan_of(fresh)

    def cut(name: str, line: str) -> None:
        del name
        if "ks members" in line and line.startswith("clear"):
            fresh.lab.cut("KS1", "KS2")

    fresh.devices.watch = cut
    outcome = fresh.run(plan)
    assert outcome.status is Status.STOPPED
    assert outcome.state == "KS1 refuses BR3, which still has the keys of the group"
    assert "all key servers to drop BR3: not within" in outcome.reason
    assert "it is in the list of members of KS2" in outcome.reason
    fresh.lab.heal()
    fresh.lab.advance(400)
    assert fresh.resume().status is Status.DONE
    fresh.lab.advance(60)
    assert "10.20.3.1" not in fresh.shown("KS1", "show crypto gdoi ks members")
    assert not fresh.registered("BR3")
    assert [fresh.role(name) for name in ("KS1", "KS2")] == ["Primary", "Secondary"]
    admit(fresh)


def test_the_way_back_gives_it_its_place_again_in_another_process(fresh: World) -> None:
    """The key comes from the intent then: nobody has kept it."""
    before = [fresh.configuration(name) for name in ("KS1", "KS2")]
    for at in (1, 4, 8):
        plan = plan_of(fresh)
        fresh.kill_at(at)
        with pytest.raises(Killed):
            fresh.run(plan)
        assert fresh.abort().status is Status.ROLLED_BACK
        assert [fresh.configuration(name) for name in ("KS1", "KS2")] == before
    assert fresh.registered("BR3")
    assert "Key-PSK" not in fresh.written()


def test_without_the_intent_s_secrets_the_lines_are_told(fresh: World) -> None:
    plan = plan_of(fresh)
    fresh.kill_at(8)
    with pytest.raises(Killed):
        fresh.run(plan)
    fresh.secrets = None
    outcome = fresh.abort()
    assert outcome.status is Status.STOPPED
    assert "ended with the process" in outcome.reason
    assert "crypto isakmp key <removed> address 10.20.3.1" in outcome.reason + outcome.advice
    fresh.secrets = fresh.every_secret
    assert fresh.resume().status is Status.ROLLED_BACK


def test_a_primary_that_is_lost_has_the_member_admitted_again(fresh: World) -> None:
    before = [fresh.configuration(name) for name in ("KS1", "KS2")]
    plan = plan_of(fresh)
    fresh.fail_at("KS1", "no crypto isakmp key")
    assert fresh.run(plan).status is Status.ROLLED_BACK
    assert [fresh.configuration(name) for name in ("KS1", "KS2")] == before


def test_a_member_that_does_not_come_back_stops_it(fresh: World) -> None:
    plan = plan_of(fresh)
    for name in ("KS1", "KS2"):
        fresh.lab.cut(name, "BR2")
    outcome = fresh.run(plan)
    assert outcome.status is Status.STOPPED
    assert outcome.state == "all members are told to register again"
    assert "BR2" in outcome.reason
    fresh.lab.heal()
    fresh.lab.advance(120)
    assert fresh.resume().status is Status.DONE
    admit(fresh)


# ---- what speaks against it ----


def test_nobody_is_evicted_alone_where_all_have_one_key() -> None:
    plan = plan_eviction_of(variant("an older network", "xe17"), "BR2")
    assert any(
        "it would still admit 10.30.2.1 by the key for 0.0.0.0/0" in t for t in plan.obstacles
    )


def plan_eviction_of(intent: Intent, who: str) -> ProcedurePlan:
    """The plan for a network whose first group is G1."""
    return plan_of(World(intent), who)


@pytest.mark.parametrize("name", ["two uplinks", "two uplinks and IKEv2"])
def test_all_addresses_of_a_member_are_taken_away(name: str) -> None:
    plan = plan_eviction_of(variant(name, "xe17"), "BR2")
    assert tuple(plan.settings["addresses"]) == ("10.20.2.1", "10.21.2.1")
    assert plan.obstacles == ()
    removal = " ".join(plan.settings["lines"]["KS1"]["removal"])
    assert "10.21.2.1" in removal


def test_a_stranger_and_a_key_server_are_not_evicted(fresh: World) -> None:
    with pytest.raises(UsageError, match="no member 'BR9'"):
        plan_of(fresh, "BR9")
    with pytest.raises(UsageError, match="is a key server"):
        plan_of(fresh, "10.10.2.1")


# ---- certificates ----


def test_a_certificate_has_to_be_revoked_and_the_key_servers_to_know() -> None:
    world = World(network("xe17", group(**OTHER)), enrol=ENROLMENT)
    plan = plan_of(world, "BR2")
    assert plan.obstacles == ()
    assert any("has to be revoked at the authority" in text for text in plan.notes)

    def revoke(text: str) -> None:
        if text.startswith("revoke the certificate of BR2"):
            world.revoke("BR2")

    world.lab.record_traffic()
    outcome = world.run(plan, observer=Told(revoke))
    assert outcome.status is Status.DONE
    world.lab.advance(120)
    assert not world.registered("BR2")
    assert world.registered("BR1")


def test_the_group_is_watched_while_people_revoke_a_certificate() -> None:
    world = World(network("xe17", group(**OTHER)), enrol=ENROLMENT)
    began = world.devices.clock.now()

    def cut(text: str) -> None:
        if text.startswith("revoke the certificate of BR2"):
            world.lab.cut("KS1", "KS2")

    outcome = world.run(plan_of(world, "BR2"), observer=Told(cut))
    assert outcome.status is Status.STOPPED
    assert "KS1, KS2 are primary of G1 at once" in outcome.reason
    assert world.devices.clock.now() - began < 1800  # and not after all the time that they have

    world.lab.heal()
    world.revoke("BR2")
    world.lab.advance(300)
    assert world.resume().status is Status.DONE
