"""The verb `render`."""

from pathlib import Path

import click

from .fleet import USUAL_INTENT, load_intent
from .output import note, result


@click.command()
@click.argument("devices", nargs=-1, metavar="[DEVICE]...")
@click.option(
    "-i",
    "--intent",
    "source",
    type=click.Path(path_type=Path),
    default=USUAL_INTENT,
    show_default=True,
    metavar="FILE",
    help="The network as it should be.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write one file a device there, for nobody else to read, instead of printing all.",
)
@click.option("--conceal", is_flag=True, help="Print *** in the place of secrets.")
def command(devices: tuple[str, ...], source: Path, output: Path | None, conceal: bool) -> None:
    """Turn the intent into the configurations of devices.

    Each DEVICE is a name of the intent; without one all are rendered. A file is called after its
    device and is left alone if it already says the same.
    """
    from ..inventory import Secrets
    from ..tasks.render import render
    from ..tasks.saving import save_private

    texts = render(load_intent(source), Secrets(source.parent), devices or None, conceal=conceal)
    if output is None:
        result("\n".join(f"! {name}\n!\n{text}" for name, text in texts.items()).rstrip("\n"))
        return
    written = save_private(output, {f"{name}.cfg": text for name, text in texts.items()})
    note(f"{output}: {len(written)} of {len(texts)} configurations new or changed")
