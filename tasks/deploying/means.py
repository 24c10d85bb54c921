"""By which means a device takes a change, and the way that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec

from ...parsers.config import parse_config
from ..clock import Clock
from ..comparing.plan import Command
from ..ssh.device import Device
from .lines import TRIAL_S, LinesWay
from .models import Change, Means, Way

Back = Callable[[str], Sequence[Command]]
"""Gives the lines that lead from a running configuration back to the one of before."""


def means_of(running: str, commands: Sequence[Command], *, transport: str = "netmiko") -> Means:
    """By which means a device with the configuration `running` takes `commands`.

    `transport` is that of its session.
    """
    if transport != "netmiko" or not has_archive(running) or find_spec("napalm") is None:
        return "lines"
    return "napalm" if commands and not any(each.asks for each in commands) else "lines"


def has_archive(running: str) -> bool:
    """Whether a device with this configuration has an archive, so that it takes trials."""
    tree = parse_config(running, "running")
    return any(
        line.text.startswith("path ") for top in tree.find("archive") for line in top.children
    )


def make_way(
    device: Device,
    change: Change,
    *,
    backup: str,
    back: Back,
    username: str,
    clock: Clock,
    trial_s: float | None = TRIAL_S,
) -> Way:
    """The way of `change` to `device`.

    `backup` is the running configuration of before, `back` computes the lines that lead from
    another one back to it. `username` is who is logged in. Where the device has an archive the
    change is on trial for `trial_s` seconds (one minute to two hours), unless that is None: the
    device takes it back itself if it is not kept by then.
    """
    return LinesWay(
        device,
        change,
        backup=backup,
        back=back,
        username=username,
        clock=clock,
        trial_s=trial_s if has_archive(backup) else None,
    )
