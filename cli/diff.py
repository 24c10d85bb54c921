"""The verb `diff`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from ..errors import DeviceError, InputError, UsageError, printable
from .fleet import USUAL_INTENT, FleetRequest, fleet_request, intent_options, load_intent
from .output import colored, note, result
from .running import ask_devices, chosen_devices

if TYPE_CHECKING:
    from ..inventory.models import Intent
    from ..tasks.collecting.gathered import Failure
    from ..tasks.comparing.saved import Saved
    from ..tasks.diff import Difference

SCHEMA_VERSION = 1
FORMS = ("unified", "remediation", "both")
FORMATS = ("text", "json")
EXIT_DIFFERENT = 1
_COLORS = {"+": "green", "-": "red", "@": "cyan"}


class DeviceDifference(TypedDict):
    """How the configuration of a device differs from the intended one."""

    device: str
    """The device."""
    source: str
    """Where its configuration comes from: a file, or the device itself."""
    different: bool
    """Whether there is any difference."""
    unified: list[str]
    """The difference as lines of a unified diff, without secrets."""
    remediation: list[str]
    """The lines to enter, indented by the modes they are entered in, without secrets."""
    lost_groups: list[str]
    """Groups that a key server would stop to serve."""
    unchecked_lines: list[int]
    """The lines of the configuration with keys that could not be compared."""
    notes: list[str]
    """What people should know."""


class FailedDevice(TypedDict):
    """A device whose configuration could not be had."""

    device: str
    """The device."""
    kind: str
    """The kind of failure: `host-key`, `login`, `transport`, `timeout`, `refused`, …."""
    message: str
    """What happened, and what to do."""


class Compared(TypedDict):
    """How configurations differ from the intended ones."""

    version: int
    """The version of this form, 1."""
    devices: list[DeviceDifference]
    """The devices that were compared, those that are the same among them."""
    failures: list[FailedDevice]
    """The devices that could not be compared."""


@click.command()
@click.argument("devices", nargs=-1, metavar="[DEVICE]...")
@click.option("--live", is_flag=True, help="Compare with what the devices have now.")
@click.option(
    "--saved",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file or folder with running configurations; can be given several times.",
)
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="unified",
    show_default=True,
    help="Show the difference, the lines that mend it, or both.",
)
@click.option(
    "-f",
    "--format",
    "form_of_output",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Form of the output; json has everything.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there is a difference.")
@click.option(
    "--without-secrets",
    is_flag=True,
    help="Look no secret up: that a device has a key is enough.",
)
@intent_options
def command(
    devices: tuple[str, ...],
    live: bool,
    saved: tuple[Path, ...],
    form: str,
    form_of_output: str,
    exit_code: bool,
    without_secrets: bool,
    **options: Any,
) -> int:
    """Compare the intent with running configurations.

    Each DEVICE is a name or a pattern (`gm*`) of the intent; without one all are compared. Lines
    that the intent does not speak of are left alone. Secrets are never shown. Devices stand in the
    order in which they are to be changed: secondary key servers, primary ones, members. How devices
    are logged in to is told as for `getvpn collect`.

    Exit codes: 0 compared, 1 with --exit-code and a difference, 2 the configuration of a device
    is missing or something could not be read, 3 a device failed.
    """
    from ..inventory import Secrets
    from ..tasks.comparing.device_order import device_order
    from ..tasks.diff import differences
    from ..tasks.render import render

    request = fleet_request(options)
    _check(request, saved, live=live)
    intent = load_intent(request.intent)
    names = chosen_devices(intent, devices)
    secrets = None if without_secrets else Secrets((request.intent or USUAL_INTENT).parent)
    # what is missing is told before anybody logs in
    texts = render(intent, secrets, names, conceal=without_secrets)
    found, failures = _found(intent, names, request, saved)
    compared = differences(intent, found.configs, secrets, sources=found.sources, texts=texts)
    order = device_order(intent, compared, found.primaries)
    _show([compared[name] for name in order], failures.values(), form, form_of_output)
    missing = sorted(names - compared.keys() - failures.keys())
    for name in missing:
        note(printable(f"getvpn: error: {name}: {_why_missing(request, live=live)}"))
    if failures or missing:
        return (DeviceError if failures else InputError).exit_code
    different = any(each.different for each in compared.values())
    return EXIT_DIFFERENT if different and exit_code else 0


def _check(request: FleetRequest, saved: tuple[Path, ...], *, live: bool) -> None:
    """Raise UsageError for options that have no meaning together."""
    if live and saved:
        raise UsageError("--live and --saved exclude each other")
    if not live and not saved:
        raise UsageError(
            "nothing to compare with",
            hint="give --live to ask the devices, or --saved with a file or a folder",
        )
    if saved and request.hosts_file is not None:
        raise UsageError("--hosts says how devices are reached", hint="it goes with --live")


def _found(
    intent: Intent, names: frozenset[str], request: FleetRequest, saved: tuple[Path, ...]
) -> tuple[Saved, Mapping[str, Failure]]:
    """The running configurations, of files or else of the devices, and which devices failed."""
    from ..tasks.comparing.saved import read_saved

    if saved:
        found = read_saved(saved, names, [device.name for device in intent.devices])
        failures: dict[str, Failure] = {}
    else:
        found = asked = ask_devices(intent, names, request)
        failures = asked.failures
    for problem in found.problems:
        note(printable(f"getvpn: skipped {problem}"))
    return found, failures


def _why_missing(request: FleetRequest, *, live: bool) -> str:
    if live:
        return f"{request.hosts_file} does not say how it is reached"
    return "no whole running configuration was found"


def _show(
    ordered: Sequence[Difference], failures: Collection[Failure], form: str, form_of_output: str
) -> None:
    if form_of_output == "json":
        result(json.dumps(_data(ordered, failures), indent=2))
        return
    for each in ordered:
        for text in _said(each):
            note(printable(f"getvpn: {text}"))
        shown = list(_text(each, form))
        if shown:
            result("\n".join(shown))
    count = sum(each.different for each in ordered)
    verb = "differs" if count == 1 else "differ"
    failed = f", {len(failures)} failed" if failures else ""
    note(f"{len(ordered)} devices compared, {count} of them {verb}{failed}")


def _said(each: Difference) -> Iterator[str]:
    """What a person should know beside the difference."""
    yield from (f"{each.device}: {text}" for text in each.notes)
    for group in each.lost:
        yield f"{each.device}: warning: stops to serve the group {group}"
    if each.unchecked:
        places = ", ".join(map(str, each.unchecked))
        yield f"{each.device}: keys that cannot be compared in line {places} of {each.source}"


def _text(each: Difference, form: str) -> Iterator[str]:
    if not each.different:
        return
    if form != "remediation":
        yield from _painted(each.unified())
    if form == "both":
        yield ""
    if form != "unified":
        yield printable(f"! {each.device}")
        yield from (_commanded(line) for line in each.remediation())


def _painted(lines: Sequence[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        text, color = printable(line), _COLORS.get(line[:1])
        if not colored() or (at > 1 and color is None):
            yield text
        elif at < 2:
            yield click.style(text, bold=True)
        else:
            yield click.style(text, fg=color)


def _commanded(line: str) -> str:
    text = printable(line)
    if not colored():
        return text
    return click.style(text, fg="red") if line.lstrip().startswith("no ") else text


def _data(compared: Sequence[Difference], failures: Iterable[Failure]) -> Compared:
    return {
        "version": SCHEMA_VERSION,
        "devices": [
            {
                "device": each.device,
                "source": each.source,
                "different": each.different,
                "unified": list(each.unified()),
                "remediation": list(each.remediation()),
                "lost_groups": list(each.lost),
                "unchecked_lines": list(each.unchecked),
                "notes": list(each.notes),
            }
            for each in compared
        ],
        "failures": [
            {"device": each.host, "kind": each.kind, "message": each.message}
            for each in sorted(failures, key=lambda each: each.host)
        ],
    }
