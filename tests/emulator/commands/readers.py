"""How others read what a router prints: genie's parsers and the ntc-templates."""

from functools import cache
from typing import Any

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import Console, console, make_router

from .parser_search import quicken_genie

PLATFORMS = ("isr4451", "c8000v", "isr2911")
GENIE = {"isr4451": ("iosxe", None), "c8000v": ("iosxe", "c8kv"), "isr2911": ("ios", None)}
STARTUP = "hostname KS1\nip domain name example.net\nusername admin privilege 15 secret 0 pw\n"


class Bench:
    """A router that has been up for a while, and a session at its console."""

    def __init__(self, platform: str, startup: str = STARTUP, *, uptime_s: float = 94_321) -> None:
        self.router: Router = make_router("KS1", platform, startup)
        self.advance(uptime_s)
        self.console: Console = console(self.router)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.router.clock.advance(seconds)  # type: ignore[attr-defined]

    def reboot(self, *, boot_s: float = 0) -> None:
        """Have the router go down and come back, and log in again."""
        self.router.stop()
        self.advance(boot_s)
        self.router.boot()
        self.console = console(self.router)

    def run(self, command: str) -> str:
        """What a command prints; logs in again if the session has timed out."""
        self._log_in()
        return self.console.run(command)

    def configure(self, text: str) -> str:
        """Configure these lines; give what they print."""
        self._log_in()
        return self.console.configure(text)

    def _log_in(self) -> None:
        if self.console.session.over:
            self.console = console(self.router)

    def genie(self, command: str) -> dict[str, Any]:
        """A command's output as genie understands it for this platform."""
        return read_by_genie(self.router.platform.name, command, self.run(command))

    def textfsm(self, command: str) -> list[dict[str, Any]]:
        """A command's output as the ntc-templates understand it."""
        return read_by_textfsm(command, self.run(command))


def read_by_genie(platform: str, command: str, output: str) -> dict[str, Any]:
    """Read an output with the parser that genie has for the command and platform."""
    parsed: dict[str, Any] = _device(platform).parse(command, output=output)
    return parsed


@cache
def _device(platform: str) -> Any:
    pytest.importorskip("genie.libs.parser")
    from genie.conf.base import Device

    quicken_genie()
    system, model = GENIE[platform]
    custom = {"abstraction": {"order": ["os", "platform"] if model else ["os"]}}
    return Device(name="KS1", os=system, platform=model, custom=custom)


def read_by_textfsm(command: str, output: str) -> list[dict[str, Any]]:
    """Read an output with the template of the ntc-templates for `cisco_ios`."""
    pytest.importorskip("ntc_templates")
    from ntc_templates.parse import parse_output

    return list(parse_output(platform="cisco_ios", command=command, data=output))


def refused(text: str) -> bool:
    """Whether the router did not understand a command."""
    return "% Invalid input detected at '^' marker." in text
