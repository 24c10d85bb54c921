"""The verb `adopt`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import click

from ..errors import UsageError, printable
from .output import colored, note, result

if TYPE_CHECKING:
    from ..tasks.adopt import Adoption, FoundSecret
    from ..tasks.diff import Difference

SCHEMA_VERSION = 1
FORMATS = ("text", "json")
EXIT_LEFT = 1
_TITLES: Final = {
    "left out": "not in the intent",
    "disagrees": "devices disagree",
    "changes": "rendering would change",
    "assumed": "assumed",
    "stays": "has no word in an intent, and stays as it is",
}
_COLORS: Final = {"+": "green", "-": "red", "@": "cyan"}
_MOST_PLACES: Final = 4
_FOLDER: Final = re.compile(r"[A-Za-z0-9_./@+\-]*", re.ASCII)


class LeftInConfig(TypedDict):
    """Something in a configuration that the intent does not say, or not so."""

    kind: str
    """`left out`: the intent lacks a device, a group or a part of one; `disagrees`: devices say
    different things; `changes`: rendering would change it; `assumed`: no configuration says it;
    `stays`: the intent has no word for it, and the device keeps it.
    """
    device: str
    """The device, or the group."""
    place: str
    """File and line; empty where it is not about a line."""
    text: str
    """The line, without secrets."""
    why: str
    """Why."""


class RenderedDifference(TypedDict):
    """What rendering the intent would change on a device."""

    device: str
    """The device."""
    source: str
    """Its configuration."""
    different: bool
    """Whether anything would change."""
    unified: list[str]
    """The changes as lines of a unified diff."""


class AdoptedKey(TypedDict):
    """A key that the intent refers to."""

    reference: str
    """How the intent refers to it."""
    known: bool
    """Whether its value was found; it is never printed."""
    places: list[str]
    """Files and lines where it stands."""


class Adopted(TypedDict):
    """An intent made of existing configurations."""

    version: int
    """The version of this form, 1."""
    complete: bool
    """Whether rendering the intent gives back every configuration."""
    intent: str
    """The intent, in YAML."""
    left: list[LeftInConfig]
    """What the intent does not say."""
    differences: list[RenderedDifference]
    """What rendering the intent would change, by device."""
    keys: list[AdoptedKey]
    """The keys that the intent refers to."""
    skipped: list[str]
    """Files that were left aside, each with the reason."""


@click.command()
@click.argument("configs", nargs=-1, required=True, metavar="CONFIG...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the intent there instead of printing it.",
)
@click.option(
    "--secrets",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write each key that is found into a file of its own there, for nobody else to read. "
    "Without it, keys are references to variables that are yet to be set.",
)
@click.option("--diff/--no-diff", default=True, help="Show what rendering would change.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Form of the output; json has everything.",
)
@click.option("--force", is_flag=True, help="Replace files that are there already.")
def command(
    configs: tuple[str, ...],
    output: Path | None,
    secrets: Path | None,
    diff: bool,
    form: str,
    force: bool,
) -> int:
    """Make an intent of existing configurations.

    Each CONFIG is a file or a folder: configurations, show-tech outputs, terminal logs, folders of
    `getvpn collect`. What the intent cannot say is listed with file and line. Secrets are never
    shown. The intent goes to stdout and the list to stderr; with -o the list goes to stdout.

    Exit codes: 0 rendering the intent gives back every configuration, 1 it does not, 2 nothing
    could be adopted.
    """
    from ..tasks.adopt import adopt

    base = output.parent if output is not None else Path()
    folder = None if secrets is None else _reference(secrets, base)
    if output is not None and output.exists() and not force:
        raise UsageError(f"{output} is there already", hint="--force replaces it")
    adoption = adopt(configs, secrets_folder=folder)
    if secrets is not None:
        _save_secrets(secrets, adoption, force=force)
    if output is not None:
        output.write_text(adoption.text, encoding="utf-8")
    if form == "json":
        result(json.dumps(_data(adoption), indent=2))
    else:
        if output is None:
            result(adoption.text.rstrip("\n"))
        _report(adoption, to_stdout=output is not None, diff=diff, saved=secrets is not None)
    return 0 if adoption.complete else EXIT_LEFT


def _reference(folder: Path, base: Path) -> str:
    """The folder as references name it: from that of the intent."""
    where = folder if folder.is_absolute() else Path(os.path.relpath(folder, base))
    text = "" if where == Path() else where.as_posix()
    if _FOLDER.fullmatch(text) is None:
        raise UsageError(
            f"{printable(str(folder))} cannot stand in a reference",
            hint="a folder of letters, digits and '_./@+-' can",
        )
    return text


def _save_secrets(folder: Path, adoption: Adoption, *, force: bool) -> None:
    """Write the keys; leave alone what was there, unless told otherwise."""
    from ..tasks.saving import save_private

    texts = adoption.secret_files()
    for name, text in texts.items():
        path = folder / name
        if not force and path.exists() and path.read_text("utf-8") != text:
            raise UsageError(
                f"{path} is there already with another key", hint="--force replaces it"
            )
    written = save_private(folder, texts)
    note(f"{folder}: {len(written)} of {len(texts)} keys new or changed")


def _report(adoption: Adoption, *, to_stdout: bool, diff: bool, saved: bool) -> None:
    say = result if to_stdout else note
    for skipped in adoption.skipped:
        note(printable(f"getvpn: skipped {skipped}"))
    lines = [*_listed(adoption), *_keys(adoption, saved=saved)]
    if diff:
        lines += [line for each in adoption.differences.values() for line in _unified(each)]
    if lines:
        say("\n".join(lines))
    differing = sum(each.different for each in adoption.differences.values())
    verb = "differs" if differing == 1 else "differ"
    note(f"{len(adoption.differences)} devices adopted, {differing} of them {verb}")


def _listed(adoption: Adoption) -> Iterator[str]:
    """What is left, by kind."""
    for kind, title in _TITLES.items():
        found = [each for each in adoption.left if each.kind == kind]
        if not found:
            continue
        yield f"{title}:"
        for each in found:
            parts = [each.place or each.device, each.text, each.why]
            yield printable(f"  {': '.join(part for part in parts if part)}")


def _keys(adoption: Adoption, *, saved: bool) -> Iterator[str]:
    """The keys that the intent refers to, and where they stand."""
    if not adoption.secrets:
        return
    yield "keys:" if saved else "keys, in variables that are yet to be set:"
    for each in adoption.secrets:
        yield printable(f"  {each.reference}: {_where(each)}")


def _where(each: FoundSecret) -> str:
    places = ", ".join(each.places[:_MOST_PLACES])
    if len(each.places) > _MOST_PLACES:
        places += f" and {len(each.places) - _MOST_PLACES} more"
    if each.value is not None:
        return places
    return f"not known, encrypted or removed: {places}" if places else "not known"


def _unified(each: Difference) -> Iterator[str]:
    if not each.different:
        return
    for at, line in enumerate(each.unified()):
        text = printable(line)
        color = _COLORS.get(line[:1]) if at > 1 else None
        yield click.style(text, fg=color, bold=at < 2) if colored() else text


def _data(adoption: Adoption) -> Adopted:
    return {
        "version": SCHEMA_VERSION,
        "complete": adoption.complete,
        "intent": adoption.text,
        "left": [
            {
                "kind": each.kind,
                "device": each.device,
                "place": each.place,
                "text": each.text,
                "why": each.why,
            }
            for each in adoption.left
        ],
        "differences": [
            {
                "device": each.device,
                "source": each.source,
                "different": each.different,
                "unified": list(each.unified()),
            }
            for each in adoption.differences.values()
        ],
        "keys": [
            {
                "reference": each.reference,
                "known": each.value is not None,
                "places": list(each.places),
            }
            for each in adoption.secrets
        ],
        "skipped": list(adoption.skipped),
    }
