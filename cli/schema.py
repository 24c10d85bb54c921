"""The verb `schema`."""

from pathlib import Path

import click

from .output import note, result


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there instead of printing it.",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("json", "markdown")),
    default="json",
    show_default=True,
    help="Form of the answer; markdown is the list of keys in the documentation.",
)
def command(output: Path | None, form: str) -> None:
    """Print the JSON Schema of network.yml.

    Editors complete keys by it and mark what is wrong.
    """
    from ..inventory.schema import as_json, markdown

    text = as_json() if form == "json" else markdown()
    if output is None:
        result(text.removesuffix("\n"))
        return
    output.write_text(text, encoding="utf-8")
    note(f"written to {output}")
