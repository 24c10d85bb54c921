"""Looks at all devices before a plan."""

import pytest

from getvpn.errors import TransportError

from .group_worlds import World


def test_a_key_server_that_fails_is_seen_as_such_and_all_of_them_are_an_error() -> None:
    world = World()
    world.lab.fault("KS2", "refuse")
    seen = world.observed()
    assert [name for name, each in seen.items() if each.failure] == ["KS2"]
    world.lab.fault("KS1", "refuse")
    with pytest.raises(TransportError, match="refused") as error:
        world.observed()
    assert (error.value.exit_code, error.value.device) == (3, "KS1")
