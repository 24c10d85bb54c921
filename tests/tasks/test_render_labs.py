"""Rendered networks that run: everybody registers, and gets rekeys."""

import re
from typing import Any

import pytest

from getvpn.emulator import Lab
from getvpn.emulator.testing import console
from getvpn.inventory.models import Device, Intent, Member
from getvpn.inventory.relations import Relations
from getvpn.tasks.render import render

from .networks import KnownSecrets, devices, platform
from .variants import every, variant

ENROLMENT = (
    *("configure terminal", "crypto pki trustpoint GETVPN-CA"),
    *("enrollment url http://10.10.9.9:80", "exit", "crypto pki authenticate GETVPN-CA", "yes"),
    *("crypto pki enroll GETVPN-CA", "a word", "a word", "no", "no", "yes", "end"),
)


def beside(device: Device, intent: Intent) -> str:
    """What a router has besides: it reaches the others through its interface to the network."""
    wan = next(each.wan for each in devices(intent) if each.name == device.name)  # type: ignore[attr-defined]
    hop = wan.address.ip + 1
    vrf = f" vrf {wan.vrf}" if wan.vrf else ""
    return f"ip route{vrf} 0.0.0.0 0.0.0.0 {hop}\n"


def lab_of(intent: Intent, *, bits: int = 2048) -> Lab:
    """A lab without SSH in which the devices of an intent have what is rendered for them.

    `bits` is the size of the RSA key that signs rekeys.
    """
    texts = render(intent, KnownSecrets())
    names = [server.name for server in intent.key_servers]
    labels = sorted({group.rekey.key for group in intent.groups})
    said: dict[str, Any] = {
        "seed": 1,
        "host_keys": {"type": "none"},
        "network": {"latency_ms": 10, "mtu": 9000},
        "keys": [
            {"label": label, "bits": bits, "exportable": True, "devices": names} for label in labels
        ],
        "devices": {
            device.name: {
                "platform": platform(device),
                "startup": texts[device.name] + beside(device, intent),
            }
            for device in devices(intent)
        },
    }
    return Lab.of(said)


def registered(lab: Lab, member: Member) -> list[str]:
    """The state of each of the member's groups."""
    shown = console(lab[member.name]).run("show crypto gdoi")
    lines = [line for line in shown.splitlines() if "Registration status" in line]
    return [line.split(":")[1].strip() for line in lines]


@pytest.mark.parametrize(("name", "kind"), every())
def test_all_members_of_a_rendered_network_register(name: str, kind: str) -> None:
    intent = variant(name, kind)
    lab = lab_of(intent)
    for device in devices(intent):
        assert lab.refused(device.name) == ()
    if intent.groups[0].authentication.kind == "pki":
        for device in devices(intent):
            console(lab[device.name]).run(*ENROLMENT)
    lab.advance(120)

    seats = Relations(intent).seats_by_member
    for member in intent.members:
        places = sum(len(seat.addresses) for seat in seats[member.name])
        assert registered(lab, member) == ["Registered"] * places
    console(lab["KS1"]).run("crypto gdoi ks rekey")
    lab.advance(60)
    for member in intent.members:
        log = console(lab[member.name]).run("show logging | include GM_RECV_REKEY")
        assert len(set(re.findall(r" group (\S+) ", log))) == len(member.groups)
