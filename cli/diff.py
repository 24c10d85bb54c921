"""The verb `diff`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InputError, UsageError, printable
from .output import colored, note, result

if TYPE_CHECKING:
    from ..inventory.models import Intent
    from ..tasks.comparing.saved import Saved
    from ..tasks.diff import Difference

SCHEMA_VERSION = 1
FORMS = ("unified", "remediation", "both")
FORMATS = ("text", "json")
EXIT_DIFFERENT = 1
_COLORS = {"+": "green", "-": "red", "@": "cyan"}


@click.command()
@click.argument("devices", nargs=-1, metavar="[DEVICE]...")
@click.option(
    "-i",
    "--intent",
    "source",
    type=click.Path(path_type=Path),
    default="network.yml",
    show_default=True,
    metavar="FILE",
    help="The network as it should be.",
)
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
def command(
    devices: tuple[str, ...],
    source: Path,
    saved: tuple[Path, ...],
    form: str,
    form_of_output: str,
    exit_code: bool,
    without_secrets: bool,
) -> int:
    """Compare the intent with running configurations.

    Each DEVICE is a name of the intent; without one all are compared. Lines that the intent does
    not speak of are left alone. Secrets are never shown. Devices stand in the order in which they
    are to be changed: secondary key servers, primary ones, members.

    Exit codes: 0 compared, 1 with --exit-code and a difference, 2 the configuration of a device
    is missing or something could not be read.
    """
    from ..inventory import Secrets, load
    from ..tasks.comparing.saved import read_saved
    from ..tasks.diff import differences
    from ..tasks.render import known

    if not saved:
        raise UsageError("nothing to compare with", hint="give --saved with a file or a folder")
    intent = load(source)
    names = known(intent, devices or _all(intent))
    found = read_saved(saved, names)
    for problem in found.problems:
        note(printable(f"getvpn: skipped {problem}"))
    secrets = None if without_secrets else Secrets(source.parent)
    compared = differences(intent, found.configs, secrets, sources=found.sources)
    _show(intent, compared, found, form, form_of_output)
    missing = sorted(names - compared.keys())
    for name in missing:
        note(printable(f"getvpn: error: {name}: no whole running configuration was found"))
    if missing:
        return InputError.exit_code
    different = any(each.different for each in compared.values())
    return EXIT_DIFFERENT if different and exit_code else 0


def _all(intent: Intent) -> list[str]:
    return [device.name for device in intent.devices]


def _show(
    intent: Intent,
    compared: dict[str, Difference],
    found: Saved,
    form: str,
    form_of_output: str,
) -> None:
    from ..tasks.comparing.device_order import device_order

    order = device_order(intent, compared, found.primaries)
    ordered = [compared[name] for name in order]
    if form_of_output == "json":
        result(json.dumps(_data(ordered), indent=2))
        return
    for each in ordered:
        for text in _said(each):
            note(printable(f"getvpn: {text}"))
        shown = list(_text(each, form))
        if shown:
            result("\n".join(shown))
    count = sum(each.different for each in ordered)
    note(f"{len(ordered)} devices compared, {count} of them differ")


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


def _painted(lines: Sequence[str]) -> Iterable[str]:
    for at, line in enumerate(lines):
        color = _COLORS.get(line[:1]) if at > 1 else None
        text = printable(line)
        yield click.style(text, fg=color, bold=at < 2) if colored() else text


def _commanded(line: str) -> str:
    text = printable(line)
    if not colored():
        return text
    return click.style(text, fg="red") if line.lstrip().startswith("no ") else text


def _data(compared: Sequence[Difference]) -> dict[str, object]:
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
    }
