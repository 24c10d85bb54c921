"""The verb `audit`."""

from pathlib import Path

import click

from .auditing import Request, audit_options, perform


@click.command()
@audit_options
def command(paths: tuple[Path, ...], request: Request) -> int:
    """Audit saved configurations, show outputs and terminal logs.

    Each PATH is a file or a folder. Devices and groups are recognised in them, and the rules
    that look at several devices see all that was given. Exit codes: 0 nothing to report, 1 a
    finding at or above --fail-on, 2 something could not be read, 70 a fault in getvpn.
    """
    return perform(paths, request, configs_only=False)
