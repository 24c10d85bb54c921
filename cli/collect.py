"""The verb `collect`."""

from pathlib import Path
from typing import Any

import click

from .collecting import Wish, exit_code, gather, table, tell_interrupted, totals
from .fleet import fleet_options, fleet_request, new_folder
from .main import EXIT_INTERRUPTED
from .output import note, result


@click.command()
@click.argument("hosts", nargs=-1, metavar="[HOST]...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A new folder to save the texts in.  [default: collected-DATE-TIME]",
)
@click.option(
    "--commands",
    multiple=True,
    metavar="COMMAND",
    help="Ask for this and not for what the rules read; can be given several times.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    help="Ask for what these rules read: codes, their beginnings or ALL, with commas between.",
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave out what these rules read.")
@click.option(
    "--keep-secrets",
    is_flag=True,
    help="Leave passwords and keys in the texts, instead of '<removed>'.",
)
@fleet_options
def command(hosts: tuple[str, ...], output: Path | None, **options: Any) -> int:
    """Save what devices say, for audits.

    Each HOST is a name or a pattern (`gm*`) of the inventory, or without one an address:
    [USER@]HOST[:PORT]. Devices are asked for what the rules of an audit read, once each, by their
    role. The password comes from the inventory, from --password-from, the variable
    GETVPN_PASSWORD or the keyring, or is asked for on a terminal. Exit codes: 0 all hosts gave
    all, 2 the call is wrong, 3 a host failed, 130 interrupted.
    """
    from ..tasks.collecting.recording import Interrupted

    request = fleet_request(options)
    wish = Wish(
        folder=output or new_folder(),
        commands=_commands(options["commands"]),
        select=_rules(options["select"]),
        ignore=_rules(options["ignore"]),
        keep_secrets=options["keep_secrets"],
    )
    try:
        collection = gather(hosts, request, wish)
    except Interrupted as stop:
        tell_interrupted(stop.collection)
        return EXIT_INTERRUPTED
    rows = table(collection)
    if rows:
        result(rows)
    note(totals(collection))
    return exit_code(collection)


def _commands(values: tuple[str, ...]) -> tuple[str, ...]:
    """The commands: commas stand between several, but not behind a filter, whose text they are."""
    words: list[str] = []
    for value in values:
        words += [value] if "|" in value else value.split(",")
    return tuple(" ".join(word.split()) for word in words if word.strip())


def _rules(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())
