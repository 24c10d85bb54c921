"""Logs that emulated routers write, saved as a folder of `show logging`."""

from pathlib import Path
from typing import Any

import yaml

from getvpn.emulator import Lab
from getvpn.emulator.lab.generating import LabPlan, generate
from getvpn.emulator.testing import console

TEK_S, KEK_S = 900, 3600
GROUP = "GETVPN"


def lab(members: int = 3, **more: Any) -> Lab:
    """A lab of two key servers and some members that is up; `more` are parts of the plan."""
    files = generate(LabPlan(servers=2, members=members, tek_s=TEK_S, kek_s=KEK_S, **more))
    data: dict[str, Any] = yaml.safe_load(files["lab.yml"])
    data["host_keys"] = {"type": "none"}
    data["keys"][0]["bits"] = 1024
    for device in data["devices"].values():
        text = files[device.pop("startup_file")]
        text = text.replace("!\nline con 0", "!\nlogging buffered 1000000\nline con 0")
        device["startup"] = text
    found = Lab(data)
    found.advance(120)
    return found


def primary(found: Lab) -> tuple[str, str]:
    """The names of the primary and of the other key server."""
    servers = [name for name in found.devices if name.startswith("KS")]
    said = {name: console(found[name]).run("show crypto gdoi ks coop") for name in servers}
    first = next(name for name in servers if "Local KS Role: Primary" in said[name])
    return first, next(name for name in servers if name != first)


def save(found: Lab, folder: Path) -> Path:
    """Write `show logging` of all routers that run into a folder."""
    for name in found.devices:
        if found[name].running:
            text = console(found[name]).run("show logging")
            (folder / f"{name}.log").write_text(text, "utf-8")
    return folder


def typed(found: Lab, name: str, *lines: str) -> str:
    """What a router says to lines that are typed on its console."""
    said = console(found[name]).run(*lines)
    found.advance(0)
    return said


def ping(found: Lab) -> None:
    """Send packets from the first member's site to the second's, encrypted."""
    terminal = console(found["GM1"])
    terminal.type(b"ping 10.1.2.1 source 10.1.1.1\n")
    found.advance(60)
