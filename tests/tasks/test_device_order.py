"""In which order devices are changed."""

from typing import Any

from getvpn.inventory.models import Intent
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_ks_coop import KsCoop
from getvpn.tasks.comparing.device_order import acting, device_order

from .networks import group, network


def served(*groups: tuple[str, dict[str, int]]) -> Intent:
    """Groups with the priorities of their key servers."""
    said: dict[str, Any] = network().model_dump(mode="json", by_alias=True)
    first = said["key_servers"][0]
    more = {"name": "KS3", "address": "10.10.3.1"}
    wan = {**first["wan"], "address": "192.0.2.13/30"}
    said["key_servers"].append({**first, **more, "wan": wan})
    said["groups"] = [
        group(
            name,
            identity=1000 + at,
            servers=[{"name": server, "priority": value} for server, value in priorities.items()],
        )
        for at, (name, priorities) in enumerate(groups)
    ]
    for member in said["members"]:
        member["groups"] = [name for name, _ in groups]
    return Intent.model_validate(said)


def coop(role: str, name: str = "G1") -> KsCoop:
    """What a key server says."""
    shown = f"""\
Crypto Gdoi Group Name :{name}
        Group handle: 2147483650, Local Key Server handle: 2147483650

        Local Address: 10.10.1.1
        Local Priority: 100
        Local KS Role: {role}   , Local KS Status: Alive
        Local KS version: 1.0.18
"""
    found = parse("show crypto gdoi ks coop", shown)
    assert isinstance(found, KsCoop)
    return found


def test_secondaries_come_before_the_primary_and_members_last() -> None:
    intent = served(("G1", {"KS1": 100, "KS2": 75, "KS3": 50}))

    assert device_order(intent) == ("KS2", "KS3", "KS1", "BR1", "BR2")


def test_who_is_primary_counts_more_than_who_should_be() -> None:
    intent = served(("G1", {"KS1": 100, "KS2": 75, "KS3": 50}))
    found = acting({"KS1": coop("Secondary"), "KS2": coop("Primary"), "KS3": coop("Secondary")})

    assert found == {"G1": "KS2"}
    assert device_order(intent, ["KS1", "KS2", "KS3"], found) == ("KS1", "KS3", "KS2")


def test_where_two_say_so_the_priorities_decide() -> None:
    found = acting({"KS1": coop("Primary"), "KS2": coop("Primary")})

    assert found == {}


def test_the_primary_of_one_group_may_be_the_secondary_of_another() -> None:
    intent = served(("G1", {"KS1": 100, "KS2": 75}), ("G2", {"KS3": 100, "KS1": 75}))

    order = device_order(intent, ["KS1", "KS2", "KS3"])

    assert order == ("KS2", "KS1", "KS3")


def test_two_that_are_primary_for_each_other_have_some_order() -> None:
    intent = served(("G1", {"KS1": 100, "KS2": 75}), ("G2", {"KS2": 100, "KS1": 75}))

    order = device_order(intent)

    assert sorted(order) == ["BR1", "BR2", "KS1", "KS2", "KS3"]
    assert order[-2:] == ("BR1", "BR2")
    assert device_order(intent, ["BR2", "KS2"]) == ("KS2", "BR2")
