"""What is rendered is what a router shows that has read it."""

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest

from getvpn.emulator import Lab
from getvpn.emulator.testing import console, make_router
from getvpn.inventory import load
from getvpn.inventory.models import Device
from getvpn.parsers.config import DeviceConfig, device_config, parse_config
from getvpn.tasks.render import render

from .networks import CASES, KnownSecrets, beside, booted, devices, golden, platform
from .variants import every, variant

OURS = ("crypto ", "vrf definition ", "ip access-list ", "access-list ", "ipv6 access-list ")
"""How lines begin that nothing but the intent speaks of."""
NOT_SAID = {"version", "services", "interfaces", "routing"}
"""What a configuration says besides."""


def assert_laws(device: Device, text: str, before: str = "") -> None:
    shown = console(booted(device, before + text)).run("show running-config").splitlines()

    lines = text.splitlines()
    assert list(missing(lines, shown)) == []
    rendered, whole = blocks(lines), blocks(shown)
    for head, block in rendered.items():
        if head.startswith("interface "):
            assert list(missing(block, whole[head])) == []
        else:
            assert whole[head] == block
    extra = {head for head in whole if head.startswith(OURS)} - rendered.keys()
    assert extra == set()
    assert_same_views(text, "\n".join(shown))


def assert_same_views(text: str, shown: str) -> None:
    one, other = (device_config(parse_config(each, "device")) for each in (text, shown))
    assert one.problems == other.problems == ()
    assert one.unknown_crypto == other.unknown_crypto == ()
    for field in fields(DeviceConfig):
        if field.compare and field.name not in NOT_SAID:
            assert getattr(one, field.name) == getattr(other, field.name)
    for name, interface in one.interfaces.items():
        assert interface == other.interfaces[name]


def missing(lines: Iterable[str], shown: Iterable[str]) -> Iterable[str]:
    """The first of the lines that do not stand among those shown, in this order."""
    found = iter(shown)
    for line in lines:
        if line not in found:
            yield line
            return


def blocks(lines: Iterable[str]) -> dict[str, list[str]]:
    """The lines below each global line, with those that only separate left out."""
    found: dict[str, list[str]] = {}
    block: list[str] = []
    for line in lines:
        if line.startswith(" "):
            block.append(line)
        elif line != "!":
            block = found.setdefault(line, [])
    return found


@pytest.mark.parametrize("case", CASES)
def test_a_router_shows_a_rendered_example_as_it_was_rendered(case: str) -> None:
    texts = render(golden(case), KnownSecrets())
    for device in devices(golden(case)):
        assert_laws(device, texts[device.name], beside(case, device.name))


def test_the_example_lab_shows_what_its_intent_says(root: Path) -> None:
    folder = root / "inventory" / "example"
    lab = Lab(folder / "lab.yml")
    texts = render(load(folder / "network.yml"), ExampleSecrets())
    assert list(texts) == list(lab.devices)
    for name, text in texts.items():
        shown = console(lab[name]).run("show running-config").splitlines()
        assert list(missing(text.splitlines(), shown)) == []


class ExampleSecrets:
    """The keys of the example lab: `Example-coop-key`, `Example-member-1`."""

    def reveal(self, reference: str) -> str:
        whose = reference.removeprefix("env:EXAMPLE_PSK_")
        if whose == "COOP":
            return "Example-coop-key"
        return f"Example-member-{whose.removeprefix('GM')}"


@pytest.mark.parametrize(("name", "kind"), every())
def test_a_router_shows_every_variant_as_it_was_rendered(name: str, kind: str) -> None:
    intent = variant(name, kind)
    texts = render(intent, KnownSecrets())
    for device in devices(intent):
        assert_laws(device, texts[device.name])


@pytest.mark.parametrize(("name", "kind"), every())
def test_a_router_takes_every_line_in_the_order_of_the_text(name: str, kind: str) -> None:
    intent = variant(name, kind)
    for device in devices(intent):
        con = console(make_router("blank", platform(device)))
        (text,) = render(intent, KnownSecrets(), [device.name]).values()
        said = con.configure(text)
        assert refusals(said) == []


def refusals(said: str) -> list[str]:
    return [
        line
        for line in said.splitlines()
        if line.startswith(("%", "ERROR")) and not line.startswith("% NOTE")
    ]
