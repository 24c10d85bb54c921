"""Devices of somebody else: nothing is made for them, and nothing is asked of them."""

import pytest

from getvpn.errors import UsageError
from getvpn.inventory.models import Intent
from getvpn.inventory.nornir_plugin import inventory_of
from getvpn.tasks.comparing.device_order import device_order, elected
from getvpn.tasks.deploying.survey import partners
from getvpn.tasks.render import render

from .networks import network


@pytest.fixture(scope="module")
def intent() -> Intent:
    """A network of which the primary key server and a member are somebody else's."""
    said = network().model_dump(mode="json", by_alias=True)
    said["key_servers"][0]["external"] = said["members"][1]["external"] = True
    return Intent.model_validate(said)


def test_nothing_is_rendered_for_them(intent: Intent) -> None:
    assert list(render(intent, None, conceal=True)) == ["KS2", "BR1"]
    with pytest.raises(UsageError, match="'KS1' is external: nothing is made for it"):
        render(intent, None, ["KS1"], conceal=True)


def test_nothing_is_asked_of_them(intent: Intent) -> None:
    assert list(inventory_of(intent).hosts) == ["KS2", "BR1"]
    assert device_order(intent) == ("KS2", "BR1")
    assert partners(intent, ["BR1"]) == ["KS2"]


def test_of_key_servers_one_of_ours_is_taken_for_the_primary(intent: Intent) -> None:
    assert elected(intent, intent.groups[0]) == "KS2"
    said = intent.model_dump(mode="json", by_alias=True)
    said["key_servers"][1]["external"] = True
    said["groups"][0]["policies"] = []
    theirs = Intent.model_validate(said)
    assert elected(theirs, theirs.groups[0]) == "KS1"
