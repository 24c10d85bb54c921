"""The verb `lint`."""

from pathlib import Path

import click

from .auditing import Request, audit_options, paths_argument, perform


@click.command()
@paths_argument(required=True)
@audit_options
def command(paths: tuple[Path, ...], request: Request) -> int:
    """Check configurations against the rules.

    Each PATH is a configuration or a folder of configurations; other files in folders are left
    aside, and show output is not read. Exit codes are those of `getvpn audit`.
    """
    return perform(paths, request, configs_only=True)
