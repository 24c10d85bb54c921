"""The actions of `lab` on the network between the devices."""

from __future__ import annotations

import click

from ..errors import UsageError
from .lab_common import ask, complete_sides, device_argument, lab_option, names_in

PERCENT = 100
MILLISECONDS = 1000
MOST_LATENCY_MS = 60_000


@click.command()
@click.argument("sides", nargs=-1, required=True, metavar="SIDE...", shell_complete=complete_sides)
@lab_option
def partition(sides: tuple[str, ...], lab: str | None) -> int:
    """Split the network into sides.

    A SIDE is names of devices joined by commas, such as KS1,GM1,GM2. Devices of different sides do
    not reach each other; those on no side are one more side together. It replaces the partition
    before; `heal` ends it.
    """
    ask(lab, {"do": "partition", "sides": [names_in(side) for side in sides]})
    return 0


@click.command()
@lab_option
def heal(lab: str | None) -> int:
    """Undo everything that goes wrong in the network.

    Partitions, cuts, changed lines and pruned branches. Devices without power stay off.
    """
    ask(lab, {"do": "heal"})
    return 0


@click.command()
@device_argument("a", "A")
@device_argument("b", "B")
@click.option("--one-way", is_flag=True, help="Only from A to B; what B sends still arrives.")
@lab_option
def cut(a: str, b: str, one_way: bool, lab: str | None) -> int:
    """Let nothing pass between two devices.

    All others still reach both of them. `mend A B` undoes it.
    """
    ask(lab, {"do": "cut", "device": a, "other": b, "one_way": one_way})
    return 0


@click.command()
@device_argument("a", "A")
@device_argument("b", "B")
@lab_option
def mend(a: str, b: str, lab: str | None) -> int:
    """Let packets pass again between two devices.

    It undoes `cut`, whichever way that was.
    """
    ask(lab, {"do": "mend", "device": a, "other": b})
    return 0


@click.command()
@device_argument("a", "A")
@device_argument("b", "[B]", required=False)
@click.option("--latency", metavar="MS", help="Milliseconds that a packet takes: 250 or 250ms.")
@click.option("--loss", metavar="PERCENT", help="How many packets get lost: 2.5 or 2.5%.")
@click.option("--mtu", type=int, metavar="BYTES", help="The largest packet that passes whole.")
@lab_option
def line(
    a: str,
    b: str | None,
    latency: str | None,
    loss: str | None,
    mtu: int | None,
    lab: str | None,
) -> int:
    """Change the line of a device, or the way between two.

    A alone means its access line to the wide area network: each packet takes the line of its sender
    and that of its receiver. With B it is the way between the two, in both directions. What is not
    given stays as it is; `heal` brings back the lines of the lab file.
    """
    if latency is None and loss is None and mtu is None:
        raise UsageError("nothing to change", hint="give --latency, --loss or --mtu")
    milliseconds = _number(latency, "ms", MOST_LATENCY_MS, "a latency is a number of milliseconds")
    percent = _number(loss, "%", PERCENT, "a loss is a number of percent")
    request: dict[str, object] = {
        "do": "line",
        "device": a,
        "other": b,
        "latency_s": None if milliseconds is None else milliseconds / MILLISECONDS,
        "loss": None if percent is None else percent / PERCENT,
        "mtu": mtu,
    }
    ask(lab, request)
    return 0


@click.command()
@click.argument("group", metavar="GROUP")
@device_argument()
@click.option("--back", is_flag=True, help="Put the device back on the tree.")
@lab_option
def prune(group: str, device: str, back: bool, lab: str | None) -> int:
    """Take a device off a multicast tree.

    GROUP is the address to which multicast rekeys go, such as 239.192.1.1. The device hears nothing
    that is sent there, and everything else.
    """
    ask(lab, {"do": "prune", "group": group, "device": device, "pruned": not back})
    return 0


def _number(text: str | None, unit: str, most: int, what: str) -> float | None:
    """A number with or without its unit behind it; raises UsageError."""
    if text is None:
        return None
    try:
        value = float(text.removesuffix(unit))
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise UsageError(f"{what} from 0 to {most}, not {text!r}")
    return value
