"""System configurations of real routers load, and are printed as the routers printed them."""

from pathlib import Path

import pytest

from getvpn.emulator.testing import make_router

HEADS = (
    "aaa ",
    "alias",
    "boot-",
    "cdp ",
    "clock ",
    "control-plane",
    "diagnostic",
    "hostname ",
    "iox",
    "ip domain",
    "ip http",
    "ip scp",
    "ip ssh",
    "ip tftp",
    "license boot",
    "line ",
    "logging ",
    "login ",
    "memory ",
    "mgcp",
    "mmi ",
    "multilink",
    "ntp ",
    "platform ",
    "redundancy",
    "restconf",
    "service ",
    "snmp-server",
    "spanning-tree",
    "subscriber",
    "username ",
)
CAPTURES = {
    **dict.fromkeys(("4.txt", "5.txt", "6.txt"), "c8000v"),
    **{f"{number}.txt": "isr2911" for number in range(7, 14)},
}


def system_lines(text: str) -> list[str]:
    """The lines and blocks of a configuration that are the system's."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        if not line.startswith(" "):
            inside = line.removeprefix("no ").startswith(HEADS)
        if inside and line.strip() != "!":
            found.append(line.rstrip())
    return found


@pytest.mark.parametrize("name", CAPTURES)
def test_a_captured_configuration_is_printed_as_it_was(shared: Path, name: str) -> None:
    path = shared / "captures/community/running_config" / name
    captured = system_lines(path.read_text(encoding="utf-8"))
    router = make_router(platform=CAPTURES[name], startup="\n".join(captured))
    delivered = router.platform.factory.splitlines()
    printed = [
        line
        for line in system_lines("\n".join(router.running_lines()))
        # another model is delivered with other lines
        if line in captured or line not in delivered
    ]
    assert printed == captured
