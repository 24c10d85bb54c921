"""The actions of `lab` on its time and what happened in it: advance, pace, events, digest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import click

from ..errors import DeviceError, UsageError, printable
from .lab_common import ask, device_argument, lab_option, moment_of, no_device, seconds_of
from .output import note, result

POLL_S = 0.5
"""How often `--follow` asks."""
NETWORK = "network"
"""Under which name the events of the network stand."""


@click.command()
@click.argument("span", metavar="SPAN")
@lab_option
def advance(span: str, lab: str | None) -> int:
    """Let the lab's clock jump ahead by SPAN: 90s, 15m, 2h, 1d.

    What becomes due on the way happens, in its order. Prints the time that it is then.
    """
    now = ask(lab, {"do": "advance", "seconds": seconds_of(span)}, timeout_s=None)
    result(f"{moment_of(now)} UTC")
    return 0


@click.command()
@click.argument("rate", metavar="RATE", type=float)
@lab_option
def pace(rate: float, lab: str | None) -> int:
    """Let the lab's clock run RATE times as fast as others: 60, 1, 0.5.

    As `rate` in the lab file does from the beginning. Prints the time that it is then.
    """
    now = ask(lab, {"do": "pace", "rate": rate})
    result(f"{moment_of(now)} UTC")
    return 0


@click.command()
@device_argument("devices", "[DEVICE]...", nargs=-1)
@click.option(
    "--since",
    metavar="N",
    help="Without the first N events, or only those of the last span of time, such as 10m.",
)
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--raw", is_flag=True, help="Print the lines that `digest` hashes.")
@lab_option
def events(
    devices: tuple[str, ...], since: str | None, follow: bool, raw: bool, lab: str | None
) -> int:
    """Print what happened in the lab.

    Devices that come up and go down, what they log of GETVPN, what was done to the network, and
    traffic that is recorded. With DEVICE only what happened there; `network` counts as one.
    Times are those of the lab, in UTC.
    """
    if devices:
        known = {*ask(lab, {"do": "nodes"}), NETWORK}
        for name in devices:
            if name not in known:
                raise no_device(name)
    first, span = _since(since)
    told = _Told(lab, first)
    begin = told.now - span if span is not None else None
    for line in told.so_far():
        _print(line, devices, begin, raw=raw)
    while follow:
        time.sleep(POLL_S)
        try:
            for line in told.so_far():
                _print(line, devices, None, raw=raw)
        except DeviceError:
            note("the lab is over")
            break
    return 0


@click.command()
@lab_option
def digest(lab: str | None) -> int:
    """Print a hash of all that happened in the lab.

    Labs of one file, with one seed and the same commands at the same times, have the same.
    """
    result(ask(lab, {"do": "digest"}))
    return 0


class _Told:
    """The lines of the event log that have not been told yet; `now` is the time of the lab."""

    def __init__(self, lab: str | None, first: int) -> None:
        self._lab = lab
        self._first = first
        self._answer: dict[str, Any] | None = self._ask()
        self.now: float = self._answer["now"]

    def so_far(self) -> Iterator[str]:
        """Those that there are now."""
        answer = self._answer or self._ask()
        self._answer = None
        while True:
            self._first = answer["next"]
            yield from answer["lines"]
            if answer["next"] >= answer["count"]:
                return
            answer = self._ask()

    def _ask(self) -> dict[str, Any]:
        found: dict[str, Any] = ask(self._lab, {"do": "events", "since": self._first})
        return found


def _since(text: str | None) -> tuple[int, float | None]:
    """How many events to leave out, and of how many seconds to tell (None for all)."""
    if text is None:
        return 0, None
    if text.isdecimal():
        return int(text), None
    try:
        return 0, seconds_of(text)
    except UsageError:
        raise UsageError(
            f"{text!r} is no number of events and no span of time", hint="write 100, or 10m"
        ) from None


def _print(line: str, devices: tuple[str, ...], begin: float | None, *, raw: bool) -> None:
    """Print a line of the event log, if it is wanted."""
    when, _, rest = line.partition(" ")
    node, _, text = rest.partition(" ")
    if devices and node not in devices:
        return
    if begin is not None and float(when) < begin:
        return
    result(line if raw else printable(f"{moment_of(float(when), parts=True)}  {node}  {text}"))
