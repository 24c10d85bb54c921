"""The verb `lab`: a group of actions, each in a module that is loaded when it is called."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import ClassVar, Final

import click

from .main import VerbGroup

ACTIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "advance": ("lab_time", "Let the lab's clock jump ahead by SPAN: 90s, 15m, 2h, 1d"),
        "boot": ("lab_devices", "Give devices their power back"),
        "check": ("lab_run", "List the lines of configurations that their devices refuse"),
        "cut": ("lab_network", "Let nothing pass between two devices"),
        "digest": ("lab_time", "Print a hash of all that happened in the lab"),
        "down": ("lab_run", "End the running lab, and wait until it is over"),
        "events": ("lab_time", "Print what happened in the lab"),
        "fault": ("lab_devices", "Let something go wrong on a device, or list what is going wrong"),
        "generate": ("lab_generate", "Make the files of a lab: key servers and members of a group"),
        "heal": ("lab_network", "Undo everything that goes wrong in the network"),
        "inspect": ("lab_inspect", "Show the state of a device, or of all at a glance"),
        "kill": ("lab_devices", "Take the power from devices"),
        "line": ("lab_network", "Change the line of a device, or the way between two"),
        "list": ("lab_run", "List the devices of the running labs"),
        "mend": ("lab_network", "Let packets pass again between two devices"),
        "outages": ("lab_traffic", "Show for how long traffic was lost, or begin to record it"),
        "pace": ("lab_time", "Let the lab's clock run RATE times as fast as others: 60, 1, 0.5"),
        "partition": ("lab_network", "Split the network into sides"),
        "prune": ("lab_network", "Take a device off a multicast tree"),
        "ssh": ("lab_run", "Open an SSH session to a device with the system's ssh"),
        "traffic": ("lab_traffic", "Tell whether two devices can exchange traffic now"),
        "up": ("lab_run", "Serve the devices of a lab file until Ctrl-C"),
    }
)
"""Every action: the module that holds it, and its summary.

The action `some-action` is a click command of that name in the module, with the first sentence of
its docstring as the summary.
"""
_BUILT_IN: Final = {"list": "list_devices"}


class ActionGroup(VerbGroup):
    """The actions of `ACTIONS`."""

    table: ClassVar[Mapping[str, str]] = {name: summary for name, (_, summary) in ACTIONS.items()}
    kind = "action"

    def load(self, name: str) -> click.Command:
        """Import the command of an action."""
        module = import_module(f".{ACTIONS[name][0]}", __package__)
        command: click.Command = getattr(module, _BUILT_IN.get(name, name))
        return command


@click.group(cls=ActionGroup, subcommand_metavar="ACTION [ARGUMENTS]...")
def command() -> None:
    """Run emulated routers that answer on SSH.

    A lab file (YAML) names the devices, their platforms and startup configurations. `up` serves
    them in the foreground until Ctrl-C or `down`; the other actions reach it from another shell.
    `generate` makes such a file.
    """
