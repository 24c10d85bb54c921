"""One call from paths to a report, for runbooks and other programs."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from ..errors import UsageError
from ..parsers.spreading import without_collector
from .engine import Report, run
from .formats import FORMATS
from .load import read_fleet
from .registry import registry
from .settings import Settings
from .settings import profile as profile_of


@without_collector()
def audit(
    paths: Iterable[str | Path],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    profile: str = "seed",
    settings: Settings | None = None,
    configs_only: bool = False,
) -> Report:
    """The report on the configurations, show outputs and logs under `paths`.

    `select` and `ignore` name rules by code, alias or beginning of a code; `settings` takes the
    place of the profile's thresholds. No option file is looked for. Raises `InputError` for a path
    that cannot be read, `UsageError` for an unknown rule or profile.
    """
    rules = registry().select(tuple(select), tuple(ignore))
    fleet = read_fleet([Path(path) for path in paths], configs_only=configs_only)
    chosen = profile_of(profile).settings if settings is None else settings
    return run(fleet, rules, chosen, profile=profile)


def render_report(report: Report, form: str = "html") -> str:
    """A report as text in one of the forms of `getvpn audit --format`.

    Raises `UsageError` for an unknown form.
    """
    if form not in FORMATS:
        raise UsageError(f"no report has the form {form!r}", hint=f"there are {', '.join(FORMATS)}")
    text: str = import_module(f".formats.{form}", __package__).render(report)
    return text
