"""Crypto configurations of real routers load, and are printed as the routers printed them."""

import re
from pathlib import Path

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.software import Software
from getvpn.emulator.testing import make_router

HEADS = ("crypto ", "password encryption")
CLASSIC = "isr2911"
NEWEST = "c8000v"
CAPTURES = {
    **{f"{number}.txt": NEWEST for number in range(1, 7)},
    **{f"{number}.txt": CLASSIC for number in range(7, 15)},
}
STRIPPED = {"4.txt", "5.txt", "6.txt", "14.txt"}
"""The exports that lost the blanks behind their lines."""


def crypto_lines(text: str) -> list[str]:
    """The crypto blocks of a configuration."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        if not line.startswith(" "):
            inside = line.startswith(HEADS)
        if inside and line.strip():
            found.append(line)
    return found


def booted(platform: str, lines: list[str]) -> Router:
    router = make_router(platform=platform, startup="\n".join(lines))
    if platform == NEWEST:
        router.software = Software(version="17.16.1", file=router.software.file)
    return router


@pytest.mark.parametrize("name", CAPTURES)
def test_a_captured_configuration_is_printed_as_it_was(shared: Path, name: str) -> None:
    path = shared / "captures/community/running_config" / name
    captured = crypto_lines(path.read_text(encoding="utf-8"))
    if name == "3.txt":  # the filter took the line `interface` away
        captured.remove(" crypto map GET-MAP")
    printed = crypto_lines("\n".join(booted(CAPTURES[name], captured).running_lines()))
    if name in STRIPPED:
        printed = [line.rstrip() for line in printed]
    assert printed == captured


def typed_lines(text: str) -> list[str]:
    """Configuration commands out of notes: without prompts, with addresses for placeholders."""
    text = re.sub(r"(?m)^\S+\(\S+\)#", "", text).replace("<preshared-key>", "Key1")
    places = list(dict.fromkeys(re.findall(r"<[A-Z0-9-]+>", text)))
    for number, place in enumerate(places, 1):
        text = text.replace(place, f"10.9.9.{number}")
    others = ("ip access-list", "access-list", "permit", "deny", "interface", "crypto map cisco\n")
    return [line for line in text.splitlines(keepends=True) if not line.lstrip().startswith(others)]


@pytest.mark.parametrize("number", range(1, 6))
def test_what_engineers_type_is_taken(shared: Path, number: int) -> None:
    path = shared / "captures/community/config_input" / f"{number}.txt"
    text = "".join(typed_lines(path.read_text(encoding="utf-8")))
    router = make_router(platform=CLASSIC)
    assert not router.merge(text).rejected
    assert router.config.root.all("crypto gdoi group")
