"""Sessions by the names of an inventory."""

import socket
from collections.abc import Iterator
from time import monotonic

import pytest
from nornir.core import Nornir

from getvpn.errors import DeviceError, TransportError, UsageError
from getvpn.tasks.deploying.reaching import open_devices
from getvpn.tasks.fleet.inventories import fleet_of_addresses
from getvpn.tasks.fleet.schedule import Limits
from getvpn.tasks.ssh.target import Access


@pytest.fixture
def nornir() -> Iterator[Nornir]:
    """A host at which nobody listens, and nobody else can begin to."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        yield fleet_of_addresses([f"admin@127.0.0.1:{place.getsockname()[1]}"])


def test_a_host_that_the_inventory_does_not_have_is_told(nornir: Nornir) -> None:
    with pytest.raises(DeviceError, match="KS1: the inventory does not say how it is reached"):
        open_devices(nornir)("KS1")


def test_a_connection_that_does_not_come_about_is_tried_again(nornir: Nornir) -> None:
    (name,) = nornir.inventory.hosts
    nornir.inventory.hosts[name].password = "any"  # noqa: S105
    access = Access(connect_timeout=120)
    opening = open_devices(nornir, access, Limits(retries=2, backoff_s=0.05, rate=20))

    began = monotonic()
    with pytest.raises(TransportError) as failed:
        opening(name)

    assert failed.value.device == name
    # two pauses of 0.05 and 0.1 s, less a quarter
    assert monotonic() - began >= 0.1
    assert opening.username(name) == "admin"  # type: ignore[attr-defined]


def test_an_inventory_without_user_is_a_mistake_of_the_call(nornir: Nornir) -> None:
    (name,) = nornir.inventory.hosts
    nornir.inventory.hosts[name].username = None
    with pytest.raises(UsageError, match="nobody is named"):
        open_devices(nornir)(name)
