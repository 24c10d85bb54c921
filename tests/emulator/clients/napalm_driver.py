"""NAPALM's driver for IOS, told where a router of a lab is."""

from collections.abc import Callable
from typing import Any

import napalm

from .devices import NETMIKO, Host

Connect = Callable[..., Any]


def driver_of(host: Host, **more: Any) -> Any:
    """A driver, not yet open; `more` are its optional arguments."""
    options = {"port": host.port, "secret": host.secret, **NETMIKO, **more}
    kind = napalm.get_network_driver("ios")
    return kind(host.address, host.username, host.password, timeout=60, optional_args=options)
