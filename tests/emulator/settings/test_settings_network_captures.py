"""Network configurations of real routers load, and are printed as the routers printed them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from getvpn.emulator.platforms import PLATFORMS
from getvpn.emulator.shell.loading import load
from getvpn.emulator.testing import make_router

HEADS = (
    "access-list",
    "class-map",
    "interface ",
    "ip access-list",
    "ip bgp-community",
    "ip cef",
    "ip forward-protocol",
    "ip icmp",
    "ip nat",
    "ip prefix-list",
    "ip route",
    "ip tcp",
    "ipv6 cef",
    "key chain",
    "l3vpn",
    "policy-map",
    "route-map",
    "router ",
    "vrf ",
)
CAPTURES = {
    **dict.fromkeys(("4.txt", "5.txt", "6.txt"), ("c8000v", "17.16.1")),
    **{f"{number}.txt": ("isr2911", "15.4(2)T4") for number in range(7, 14)},
}
IOU = {"4.txt", "5.txt"}
"""Images for Unix say how they forward, routers with IOS-XE do not."""
ADDED_BY_THE_LAB = {" no shutdown"}
CEF = {"ip cef", "no ipv6 cef"}
PORT = re.compile(r"(?m)^interface ((?:Ethernet|GigabitEthernet)\S+)$")
CRYPTO = re.compile(r"(?m)^ crypto map .*\n")


def network_lines(text: str) -> list[str]:
    """The lines and blocks of a configuration that are the network's."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        if not line.startswith(" "):
            inside = line.removeprefix("no ").startswith(HEADS)
        if inside and line.strip() != "!":
            found.append(line.rstrip())
    return found


@pytest.mark.parametrize("name", CAPTURES)
def test_a_captured_configuration_is_printed_as_it_was(
    shared: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = shared / "captures/community/running_config" / name
    text = CRYPTO.sub("", path.read_text(encoding="utf-8"))
    model, version = CAPTURES[name]
    base = PLATFORMS[model]
    ports = tuple(PORT.findall(text))
    hardware = replace(base.hardware, interfaces=ports)
    monkeypatch.setitem(
        PLATFORMS, model, replace(base, hardware=hardware, version=version, factory="")
    )
    router = make_router(platform=model)
    captured = [line for line in network_lines(text) if line not in ADDED_BY_THE_LAB]
    if name in IOU:
        captured = [line for line in captured if line not in CEF]

    loaded = load(router, "\n".join(["hostname X", *captured]))

    shut = [line for line in captured if line != " shutdown"]
    printed = network_lines("\n".join(router.running_lines()))
    assert loaded.rejected == ()
    assert [line for line in printed if line != " shutdown"] == shut


@pytest.mark.parametrize("number", range(1, 6))
def test_what_engineers_type_is_taken(shared: Path, number: int) -> None:
    path = shared / "captures/community/config_input" / f"{number}.txt"
    text = re.sub(r"<[A-Z0-9-]+-IP>", "10.9.9.9", path.read_text(encoding="utf-8"))
    heads = ("ip access-list", "access-list", "permit", "deny")
    lines = [line for line in text.splitlines() if line.lstrip().startswith(heads)]
    assert not make_router().merge("\n".join(lines)).rejected
