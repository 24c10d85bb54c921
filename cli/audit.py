"""The verb `audit`."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from ..errors import DeviceError, UsageError
from .auditing import (
    EXIT_FINDINGS,
    Request,
    audit_options,
    check_request,
    paths_argument,
    perform,
    request_options,
)
from .collecting import Wish, exit_code, gather, tell_interrupted, totals
from .fleet import FleetRequest, fleet_options, fleet_request, new_folder
from .main import EXIT_INTERNAL, EXIT_INTERRUPTED
from .output import note


@click.command()
@paths_argument(required=False)
@click.option("--live", is_flag=True, help="Ask the devices: each PATH is a HOST of `collect`.")
@click.option(
    "--save-to",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The new folder for what devices say.  [default: collected-DATE-TIME]",
)
@fleet_options
@audit_options
def command(
    paths: tuple[Path, ...], request: Request, live: bool, save_to: Path | None, **options: Any
) -> int:
    """Audit saved configurations, show outputs and terminal logs.

    Each PATH is a file or a folder. Devices and groups are recognised in them, and the rules
    that look at several devices see all that was given. With --live the devices themselves are
    asked first, as `getvpn collect` does it, for what the rules read. Exit codes: 0 nothing to
    report, 1 a finding at or above --fail-on, 2 something could not be read, 3 a device failed,
    70 a fault in getvpn.
    """
    fleet = fleet_request(options)
    if live:
        return _audit_live(paths, request, fleet, save_to or new_folder())
    _refuse_options_of_live()
    if not paths:
        raise click.MissingParameter(param_type="argument", param_hint="'PATH...'")
    return perform(paths, request, configs_only=False)


def _audit_live(
    hosts: tuple[Path, ...], request: Request, fleet: FleetRequest, folder: Path
) -> int:
    """Collect, and audit what there is."""
    from ..tasks.collecting.recording import Interrupted

    check_request(request)
    options = request_options(request)
    wish = Wish(
        folder=folder,
        select=request.select or options.select,
        ignore=request.ignore or options.ignore,
    )
    try:
        collection = gather([str(host) for host in hosts], fleet, wish)
    except Interrupted as stop:
        tell_interrupted(stop.collection)
        return EXIT_INTERRUPTED
    note(totals(collection))
    if not collection.outputs:
        return DeviceError.exit_code
    code = perform([folder], request, configs_only=False)
    return code if code in (EXIT_FINDINGS, EXIT_INTERNAL) else exit_code(collection) or code


def _refuse_options_of_live() -> None:
    """Raise UsageError for an option that means nothing without --live."""
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and (name in FleetRequest.__slots__ or name == "save_to"):
            raise UsageError(f"{parameter.opts[-1]} goes with --live")
