"""What the verbs `audit` and `lint` share: options, the run, the report and the exit code."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from ..audits.engine import Report, run
from ..audits.formats import FORMATS
from ..audits.load import read_fleet
from ..audits.options import FAIL_ON, Options, find_file, load, severity_of
from ..audits.registry import registry
from ..audits.rule import AnyRule
from ..audits.settings import DEFAULT_PROFILE, PROFILES
from ..audits.settings import profile as profile_of
from ..errors import InputError, UsageError
from ..parsers.spreading import without_collector
from .counting import counted, readable
from .main import EXIT_INTERNAL
from .output import COLOR_CHOICES, color_setting, colored, result

EXIT_FINDINGS = 1

Decorated = Callable[..., int]
Verb = TypeVar("Verb", bound=Callable[..., object])


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for on the command line; None stands for an option that was not given."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str | None
    profile: str | None
    config: Path | None
    form: str
    output: Path | None
    color: str | None
    show_not_checked: bool
    waivers: Path | None
    baseline: Path | None
    write_baseline: Path | None
    earlier: tuple[Path, ...]
    history: str | None
    journal: str | None
    since: str | None
    fix: Path | None
    fix_grade: str | None


def _profiles(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The profiles that a shell offers."""
    return [name for name in PROFILES if name.startswith(incomplete)]


def policy_options(verb: Verb) -> Verb:
    """Add `--profile` and `--config`."""
    profile = click.option(
        "--profile",
        metavar="NAME",
        shell_complete=_profiles,
        help=f"Whose view holds where sources disagree: {', '.join(PROFILES)}, or one that the "
        f"options file defines.  [default: {DEFAULT_PROFILE}]",
    )
    config = click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Read options from FILE instead of the getvpn.toml or pyproject.toml that is found "
        "in this folder or above.",
    )
    return profile(config(verb))


_OPTIONS: Final = (
    click.option(
        "--select",
        multiple=True,
        metavar="RULES",
        help="Use only these rules: codes, their beginnings or ALL, with commas between.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="RULES",
        help="Leave these rules out; of two that fit, the longer one decides.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON),
        help="Exit with 1 from this severity on.  [default: low]",
    ),
    policy_options,
    click.option(
        "-f",
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="Form of the report.",
    ),
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the report to FILE.",
    ),
    click.option(
        "--waivers",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Read waivers from FILE instead of the getvpn-waivers.toml that is found in this "
        "folder or above.",
    ),
    click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Leave findings aside that FILE knows; --write-baseline makes it.",
    ),
    click.option(
        "--since",
        metavar="REV",
        help="Report only what rests on files that differ from this revision of git; all are read.",
    ),
    click.option(
        "--earlier",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Show the trend since earlier reports in JSON; may be repeated.",
    ),
    click.option(
        "--history",
        metavar="SERIES",
        help="Enter the audit into this series of the history, and show the trend since those "
        "before it.",
    ),
    click.option("--journal", metavar="URL", help="With --history: the journal that has it."),
    click.option(
        "--write-baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write all findings to FILE, and count none.",
    ),
    click.option(
        "--fix",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Write lines that mend findings to the new folder DIR, a file for each device.",
    ),
    click.option(
        "--fix-grade",
        type=click.Choice(("safe", "rekey", "registration")),
        help="With --fix: leave out lines that do more.  [default: registration]",
    ),
    click.option("--color", type=click.Choice(COLOR_CHOICES), help="As `getvpn --color`, here."),
    click.option(
        "--show-not-checked",
        is_flag=True,
        help="List each check that was not possible, instead of their reasons.",
    ),
)


def paths_argument(*, required: bool) -> Callable[[Decorated], Decorated]:
    """Add the argument with the paths."""
    return click.argument(
        "paths", nargs=-1, required=required, type=click.Path(path_type=Path), metavar="PATH..."
    )


def audit_options(verb: Callable[..., int]) -> Decorated:
    """Add the options of `audit` and `lint`.

    The verb gets the paths, the options as a `Request`, and others that it has by their names.
    """

    def called(paths: tuple[Path, ...], **given: Any) -> int:
        wanted = {each.name: given.pop(each.name) for each in fields(Request)}
        for name in ("select", "ignore"):
            wanted[name] = _words(wanted[name])
        return verb(paths, Request(**wanted), **given)

    called.__doc__ = verb.__doc__
    decorated: Decorated = called
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


@without_collector()
def perform(paths: Sequence[Path], request: Request, *, configs_only: bool) -> int:
    """Audit what is under `paths`, write the report and return the exit code."""
    check_request(request)
    options = request_options(request)
    rules = _rules(options, request)
    if configs_only and not (request.select or options.select):
        rules = tuple(rule for rule in rules if rule.reads_configurations)
    fleet = read_fleet(paths, configs_only=configs_only)
    now = datetime.now(tz=UTC)
    report = run(fleet, rules, options.settings, profile=options.profile)
    report = counted(report, request, now)
    if request.history is None:
        _write(report, request)
    else:
        _write_and_enter(report, request, request.history, now)
    if request.fix is not None:
        from .fixing import write_fixes

        write_fixes(report, request.fix, request.fix_grade)
    return _exit_code(report, options)


def _write_and_enter(report: Report, request: Request, series: str, now: datetime) -> None:
    """Write the report with the trend of its series, and enter it there."""
    from ..tasks.audit_history import enter_report, figures_in, with_past

    told = figures_in(report.fleet, now.timestamp())
    _write(with_past(report, request.journal, series, told), request)
    enter_report(request.journal, series, report, now.timestamp(), told)


def check_request(request: Request) -> None:
    """Raise UsageError for options that have no meaning, before anything is read or asked.

    These are a folder of fixes that is there already, a series that has no name, and an option
    without the one that it goes with.
    """
    if request.fix is not None:
        from .fixing import check_folder

        check_folder(request.fix)
    elif request.fix_grade is not None:
        raise UsageError("--fix-grade goes with --fix")
    if request.history is not None:
        from ..tasks.history import check_series

        check_series(request.history)
    elif request.journal is not None:
        raise UsageError("--journal goes with --history")


def request_options(request: Request) -> Options:
    """The options of the file, with those of the command line in front."""
    options = chosen_options(request.config, request.profile)
    if request.fail_on is not None:
        options = replace(options, fail_on=severity_of(request.fail_on))
    return options


def chosen_options(config: Path | None, profile: str | None) -> Options:
    """The options of the file `config`, or of the one that is found; `profile` goes before it."""
    path = config or find_file(Path.cwd())
    with readable(path):
        options = Options() if path is None else load(path)
    if profile is None:
        return options
    return replace(options, profile=profile_of(profile, options.profiles).name)


def _rules(options: Options, request: Request) -> tuple[AnyRule, ...]:
    """The rules to use: what the command line selects or ignores goes before the file's words."""
    rules = registry()
    for key, words in (("select", options.select), ("ignore", options.ignore)):
        try:
            rules.select(words)
        except UsageError as error:
            lineno = options.lines.get(key)
            hint = error.hint
            raise InputError(
                error.message, source=options.source, lineno=lineno, hint=hint
            ) from None
    return rules.select(request.select or options.select, request.ignore or options.ignore)


def _write(report: Report, request: Request) -> None:
    if request.color is not None:
        click.get_current_context().color = color_setting(request.color, os.environ)
    text = _rendered(report, request)
    if request.output is None:
        if text:
            result(text.removesuffix("\n"))
    else:
        request.output.write_text(text, encoding="utf-8")


def _rendered(report: Report, request: Request) -> str:
    if request.form != "text":
        rendered: str = import_module(f"..audits.formats.{request.form}", __package__).render(
            report
        )
        return rendered
    from ..audits.formats.text import render

    return render(
        report,
        color=request.output is None and colored(),
        show_not_checked=request.show_not_checked,
    )


def _exit_code(report: Report, options: Options) -> int:
    """70 when a rule has a fault, 1 for findings that count, 2 when something was unreadable."""
    if report.faults:
        return EXIT_INTERNAL
    least = options.fail_on
    if least is not None and any(finding.severity >= least for finding in report.findings):
        return EXIT_FINDINGS
    unreadable = report.fleet.problems or any(device.problems for device in report.fleet.devices)
    return InputError.exit_code if unreadable else 0


def _words(values: tuple[str, ...]) -> tuple[str, ...]:
    """The words of an option that is repeated or has commas between them."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())
