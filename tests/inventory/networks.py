"""A small network to change, as data."""

from copy import deepcopy
from typing import Any

from getvpn.inventory.models import Intent

Document = dict[str, Any]

NETWORK: Document = {
    "version": 1,
    "key_servers": [
        {"name": "KS1", "address": "10.10.1.1"},
        {"name": "KS2", "address": "10.10.2.1"},
    ],
    "members": [
        {
            "name": "GM1",
            "wan": {"interface": "GigabitEthernet0/0/1", "address": "10.20.1.1/24"},
            "lan": [{"interface": "GigabitEthernet0/0/0", "address": "10.1.1.1/24"}],
            "groups": ["G1"],
        },
        {
            "name": "GM2",
            "wan": {"interface": "GigabitEthernet0/0/1", "address": "10.20.2.1/24"},
            "groups": ["G1"],
        },
    ],
    "groups": [
        {
            "name": "G1",
            "identity": 1001,
            "servers": [{"name": "KS1", "priority": 100}, {"name": "KS2", "priority": 75}],
            "authentication": {"kind": "psk", "member": "env:PSK_{NAME}", "coop": "env:PSK_COOP"},
            "policies": [{"traffic": {"between": ["10.0.0.0/8"]}}],
        }
    ],
}
PKI: Document = {
    "kind": "pki",
    "trustpoint": "GETVPN-CA",
    "enrollment_url": "http://10.10.9.9:80",
    "subject": "CN={name}.{domain},OU=GETVPN",
    "authorize": "ou=GETVPN",
}
ABSENT = object()
"""What `change` takes a key away with."""


def change(*changes: tuple[str, Any], base: Document = NETWORK) -> Document:
    """A copy of the network in which each `("groups.0.pfs", value)` holds."""
    document = deepcopy(base)
    for path, value in changes:
        *steps, last = path.split(".")
        place: Any = document
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if isinstance(place, list):
            place[int(last) : int(last) + 1] = [value]
        elif value is ABSENT:
            del place[last]
        else:
            place[last] = value
    return document


def intent(*changes: tuple[str, Any]) -> Intent:
    """The changed network as a model."""
    return Intent.model_validate(change(*changes))
