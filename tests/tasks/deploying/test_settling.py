"""Waiting until a network is well, and knowing when not to wait any longer."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.guarding import RELOAD_COMMAND as RELOAD
from getvpn.tasks.deploying.health import (
    EndangeredError,
    HealthError,
    UnsettledError,
    settled,
    wait_until_settled,
)
from getvpn.tasks.deploying.observing import GM, KS, KS_POLICY, Observed
from getvpn.tasks.deploying.troubles import Kind

from ..networks import network
from .looking import Running, Seen, healthy, saying, told


@pytest.fixture
def running() -> Running:
    """A network of two key servers and two members."""
    return Running(network())


def wait(running: Running, before: Seen | None = None, **options: object) -> list[list[str]]:
    """What was reported while waiting for a network to be well."""
    said: list[list[str]] = []
    wait_until_settled(
        running.devices.clock,
        lambda: running.look(whole=False),
        intent=running.intent,
        before=before,
        report=lambda lines, _: said.append([*lines]),
        **options,  # type: ignore[arg-type]
    )
    return said


def test_what_is_well_is_not_waited_for(running: Running) -> None:
    now = running.devices.clock.now()
    assert wait(running, running.look()) == [[]]
    assert running.devices.clock.now() == pytest.approx(now, abs=0.1)


def test_members_that_register_again_are_waited_for(running: Running) -> None:
    before = running.look()
    for name in ("BR1", "BR2"):
        running.type(name, "clear crypto gdoi", "yes")
    said = wait(running, before, poll_s=1)
    assert len(said) > 1
    assert said[-1] == []
    assert "BR1, group G1: it was registered before the change and is not now" in said[0]


def test_a_rekey_in_progress_is_no_trouble(running: Running) -> None:
    before = running.look()
    running.type("KS1", "crypto gdoi ks rekey")
    assert len(wait(running, before)) <= 2


def test_the_deadline_says_what_is_left(running: Running) -> None:
    running.lab.cut("KS1", "BR1")
    running.lab.cut("KS2", "BR1")
    running.type("BR1", "clear crypto gdoi", "yes")
    began = running.devices.clock.now()
    with pytest.raises(UnsettledError) as caught:
        wait(running, deadline_s=60, poll_s=7)
    assert running.devices.clock.now() - began == pytest.approx(60, abs=1)
    assert str(caught.value).startswith("not well after 60 s: BR1, group G1: it is not registered")
    assert caught.value.exit_code == 3
    assert Kind.NOT_REGISTERED in {trouble.kind for trouble in caught.value.troubles}


def test_members_that_stay_away_end_the_waiting(running: Running) -> None:
    before = running.look()
    running.lab.cut("KS1", "BR1")
    running.lab.cut("KS2", "BR1")
    running.type("BR1", "clear crypto gdoi", "yes")
    with pytest.raises(EndangeredError, match="was registered before the change"):
        wait(running, before, deadline_s=900)


def test_two_primaries_end_the_waiting(running: Running) -> None:
    running.lab.partition(["KS1", "BR1"], ["KS2", "BR2"])
    running.lab.advance(200)
    began = running.devices.clock.now()
    with pytest.raises(EndangeredError, match="KS1 and KS2 are primary at the same time"):
        wait(running, patience={Kind.SEVERAL_PRIMARIES: 30.0})
    assert running.devices.clock.now() - began == pytest.approx(30, abs=5)


def test_a_peer_may_be_away_for_a_while_only(running: Running) -> None:
    running.lab.power_off("KS2")
    running.lab.advance(60)
    with pytest.raises(EndangeredError, match=r"after 120 s: KS2: it cannot be reached.*\(and"):
        wait(running, deadline_s=600)
    running.lab.power_on("KS2")
    assert wait(running)[-1] == []


def test_troubles_that_come_and_go_begin_anew() -> None:
    intent, well = healthy()
    bad = {**well, "KS2": replace(well["KS2"], failure="no answer", texts={}, records={})}
    looks = iter([bad, bad, well | {"BR1": _away(well)}, bad, bad, well])
    clock = Ticking()
    found = wait_until_settled(
        clock,
        lambda: next(looks),
        intent=intent,
        poll_s=10,
        patience={Kind.UNREACHABLE: 15.0, Kind.PEER: 99},
    )
    assert found is well
    assert clock.time == 50


def test_each_trouble_has_its_own_time() -> None:
    intent, well = healthy()
    first, second = (
        {**well, name: replace(well[name], failure="no answer", texts={}, records={})}
        for name in ("BR1", "BR2")
    )
    looks = iter([first, first, {**first, "BR2": second["BR2"]}, second, second, well])
    clock = Ticking()
    wait_until_settled(
        clock,
        lambda: next(looks),
        intent=intent,
        poll_s=10,
        patience={Kind.UNREACHABLE: 25.0},
    )
    assert clock.time == 50


def test_what_only_matters_before_a_change_is_not_waited_for() -> None:
    intent, seen = healthy()
    soon = told(seen["KS1"], lambda texts: texts.update({RELOAD: "Reload scheduled in 9 min\n"}))
    assert soon.reload == "in 9 min"
    assert settled(intent, None, {**seen, "KS1": soon}) == []


def _away(seen: Seen) -> Observed:
    def change(texts: dict[str, str]) -> None:
        texts[GM] = texts[GM].replace(": Registered\n", ": Registering\n")

    return told(seen["BR1"], change)


class Ticking:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        """Seconds since it was made."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.time += seconds


# ---- what is settled ----


def test_everything_that_is_intended_must_be_there() -> None:
    intent, seen = healthy()
    none: Mapping[str, Observed] = {
        name: told(each, lambda texts: texts.update(dict.fromkeys(texts, "\n")))
        for name, each in seen.items()
        if name in {"KS2", "BR2"}
    }
    found = settled(intent, None, {**seen, **none})
    assert "KS2, group G1: it does not serve the group" in found
    assert "BR2, group G1: it is no member of the group" in found
    assert settled(intent, ["OTHER"], seen) == []


def test_key_servers_of_members_have_keys() -> None:
    intent, seen = healthy()
    none = told(seen["KS2"], lambda texts: texts.update({KS_POLICY: "\n"}))
    assert settled(intent, None, {**seen, "KS2": none}) == [
        "KS2, group G1: it has no keys for the group"
    ]


def test_members_must_not_become_fewer() -> None:
    intent, seen = healthy()
    now = seen
    for name in ("KS1", "KS2"):
        now = saying(now, name, KS, "Group Members            : 2", "Group Members            : 1")
    assert settled(intent, None, now) == []
    assert settled(intent, None, now, seen) == [
        "KS1, group G1: it knows 1 member, before the change there were 2"
    ]
    assert settled(intent, None, seen, now) == []


def test_devices_that_were_not_looked_at_again_do_not_count() -> None:
    intent, seen = healthy()
    servers = {name: seen[name] for name in ("KS1", "KS2")}
    assert settled(intent, ["G1"], servers, seen) == []


def test_errors_survive_pickling(running: Running) -> None:
    import pickle

    with pytest.raises(HealthError) as caught:
        wait_until_settled(
            running.devices.clock,
            dict,
            intent=running.intent,
            deadline_s=0,
        )
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert str(copy) == str(caught.value)
    assert copy.troubles == caught.value.troubles


def test_an_intent_without_groups_to_look_at_is_settled() -> None:
    intent: Intent = network()
    assert settled(intent, [], {}) == []
