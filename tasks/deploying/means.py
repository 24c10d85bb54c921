"""By which means a device takes a change, and the way that is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from ...errors import get_extra
from ...parsers.config import parse_config
from ..clock import Clock
from ..comparing.plan import Command
from ..ssh.device import Device
from .lines import TRIAL_S, Back, LinesWay
from .models import Change, Means, Way
from .trial import has_archive, minutes, settle

__all__ = ["TRIAL_S", "Back", "has_archive", "lacking", "make_way", "means_of", "settle"]


def means_of(running: str, commands: Sequence[Command], *, transport: str = "netmiko") -> Means:
    """By which means a device with the configuration `running` takes `commands`.

    NAPALM needs an archive there and a server of SCP, netmiko for the session (`transport`), and
    has to be installed. It cannot answer questions, and looks for the name of the device in its
    prompt: where a line asks, or changes the name, all are entered one by one.
    """
    if find_spec("napalm") is None or not _suits_napalm(running, commands, transport):
        return "lines"
    return "napalm"


def lacking(running: str, commands: Sequence[Command], *, transport: str = "netmiko") -> str | None:
    """What to say where NAPALM would take `commands`, were it installed; None elsewhere."""
    if find_spec("napalm") is not None or not _suits_napalm(running, commands, transport):
        return None
    return f"lines are entered one by one, as NAPALM is not installed; {get_extra('napalm')}"


def _suits_napalm(running: str, commands: Sequence[Command], transport: str) -> bool:
    if transport != "netmiko" or any(each.asks or _renames(each) for each in commands):
        return False
    tree = parse_config(running, "running")
    return has_archive(running) and any(True for _ in tree.find("ip", "scp", "server"))


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
    archive = has_archive(backup)
    on_trial = archive and trial_s is not None and not any(map(_renames, change.commands))
    kind = LinesWay
    if on_trial and change.means == "napalm" and find_spec("napalm") is not None:
        from .archive import ArchiveWay

        kind = ArchiveWay
    return kind(
        device,
        change,
        backup=backup,
        back=back,
        username=username,
        clock=clock,
        archive=archive,
        trial_min=minutes(trial_s or TRIAL_S) if on_trial else None,
    )


def _renames(command: Command) -> bool:
    return not command.modes and command.text.startswith("hostname ")
