"""The actions of `lab` on devices: fault, kill, boot."""

from __future__ import annotations

import click

from .lab_common import ask, complete_faults, device_argument, lab_option, no_device
from .output import result


@click.command()
@device_argument()
@click.argument("fault", nargs=-1, metavar="[FAULT]", shell_complete=complete_faults)
@click.option("--clear", is_flag=True, help="End the fault; all of the device if none is named.")
@lab_option
def fault(device: str, fault: tuple[str, ...], clear: bool, lab: str | None) -> int:
    """Let something go wrong on a device, or list what is going wrong.

    Faults: refuse [N], drop-after N, hang, hang-after N, slow BYTES_A_SECOND, garble [PERCENT],
    wrong-prompt [TEXT], login-failure [N], disk-full, crash-at-write, reload-never-returns.
    """
    words = " ".join(fault)
    if clear:
        ask(lab, {"do": "clear", "device": device, "fault": words or None})
    elif words:
        ask(lab, {"do": "fault", "device": device, "fault": words})
    for line in ask(lab, {"do": "faults", "device": device}):
        result(line)
    return 0


@click.command()
@device_argument("devices", "DEVICE...", nargs=-1, required=True)
@lab_option
def kill(devices: tuple[str, ...], lab: str | None) -> int:
    """Take the power from devices.

    They go down at once and stay down until `boot`. What was not saved is lost.
    """
    _power("kill", devices, lab)
    return 0


@click.command()
@device_argument("devices", "DEVICE...", nargs=-1, required=True)
@lab_option
def boot(devices: tuple[str, ...], lab: str | None) -> int:
    """Give devices their power back.

    They are up at once. It also ends the wait of one that reloads, or that did not come back from a
    reload; nothing happens to one that runs.
    """
    _power("boot", devices, lab)
    return 0


def _power(do: str, devices: tuple[str, ...], lab: str | None) -> None:
    """Do it to all of them. Raises InputError before, for a name that no device has."""
    known = ask(lab, {"do": "nodes"})
    for device in devices:
        if device not in known:
            raise no_device(device)
    for device in devices:
        ask(lab, {"do": do, "device": device})
