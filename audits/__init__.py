"""Facts in, findings out: the rule engine, the rules and the output formats.

Every finding carries its evidence. A rule that lacks evidence says *not checked*, never
*passed*. Names are imported when first used.

::

    from getvpn.audits import Settings, read_fleet, run
    from getvpn.audits.registry import registry

    report = run(read_fleet(["captures/"]), registry().select(["TEK"]), Settings())
"""

from typing import TYPE_CHECKING

from ..lazy import loader

if TYPE_CHECKING:
    from .api import audit, render_report
    from .engine import Report, run
    from .facts import DeviceFacts, Fleet, Group
    from .load import fleet_of, read_fleet
    from .rule import Evidence, Finding, Location, NotChecked, Rule, Severity
    from .settings import Settings

__all__ = [
    "DeviceFacts",
    "Evidence",
    "Finding",
    "Fleet",
    "Group",
    "Location",
    "NotChecked",
    "Report",
    "Rule",
    "Settings",
    "Severity",
    "audit",
    "fleet_of",
    "read_fleet",
    "render_report",
    "run",
]

_HOME = {
    "DeviceFacts": ".facts",
    "Evidence": ".rule",
    "Finding": ".rule",
    "Fleet": ".facts",
    "Group": ".facts",
    "Location": ".rule",
    "NotChecked": ".rule",
    "Report": ".engine",
    "Rule": ".rule",
    "Settings": ".settings",
    "Severity": ".rule",
    "audit": ".api",
    "fleet_of": ".load",
    "read_fleet": ".load",
    "render_report": ".api",
    "run": ".engine",
}

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
