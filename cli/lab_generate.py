"""The action `generate` of `lab`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import InputError, counted
from .output import note, result


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--servers", type=int, metavar="N", help="Key servers, 1 to 8; 2 if not said.")
@click.option("--members", type=int, metavar="N", help="Members that are routers; 8 if not said.")
@click.option(
    "--stations", type=int, metavar="N", help="Members without a command line beside them."
)
@click.option("--group", metavar="NAME", help="The name of the group; EXAMPLE-WAN if not said.")
@click.option("--multicast", is_flag=True, help="Rekeys go to a multicast address, not to each.")
@click.option(
    "--tek", "tek_s", type=int, metavar="SECONDS", help="Lifetime of TEKs; 7200 if not said."
)
@click.option("--kek", "kek_s", type=int, metavar="SECONDS", help="Of the KEK; 86400 if not said.")
@click.option("--mtu", type=int, metavar="BYTES", help="MTU of the WAN; 4470 if not said.")
@click.option(
    "--seed", type=int, metavar="N", help="What is drawn by chance follows from it; 1 if not said."
)
@click.option(
    "--port", type=int, metavar="N", help="Of the first device; any free ones if not said."
)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def generate(folder: Path, multicast: bool, force: bool, **numbers: Any) -> int:
    """Make the files of a lab: key servers and members of a group.

    Writes DIR/lab.yml and a configuration for each device in DIR/lab, with addresses for
    documentation and keys that unlock nothing. Prints the path of the lab file.
    """
    from ..emulator.lab import LabPlan
    from ..emulator.lab import generate as made

    given = {name: value for name, value in numbers.items() if value is not None}
    plan = LabPlan(unicast=not multicast, **given)
    files = {folder / name: text for name, text in made(plan).items()}
    if not force:
        for path in files:
            if path.exists() or path.is_symlink():
                raise InputError(
                    "there is such a file already",
                    source=str(path),
                    hint="name another folder, or overwrite it with --force",
                )
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    members = counted(plan.members + plan.stations, "member")
    path = folder / "lab.yml"
    result(str(path))
    note(f"{counted(plan.servers, 'key server')} and {members}; start them: getvpn lab up {path}")
    return 0
