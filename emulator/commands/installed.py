"""Showing the images that are installed on IOS-XE."""

from typing import Final

from ..grammar import XE, CommandSet
from ..services.installing import Installing, full_version
from ..shell.call import Call

_RULE: Final = "-" * 80
_STATES: Final = (
    "State (St): I - Inactive, U - Activated & Uncommitted,\n"
    "            C - Activated & Committed, D - Deactivated & Uncommitted\n"
)

declared = CommandSet()
declared.words(
    {
        "show install": "Show install information",
        "show install active": "Show active packages",
        "show install inactive": "Show inactive packages",
        "show install committed": "Show committed packages",
        "show install log": "Show install log",
        "show install summary": "Show install summary",
    }
)


@declared.exec("show install summary", privilege=15, families=(XE,))
def show_summary(call: Call) -> str:
    """The images that are installed."""
    return _table(call, "Installed", "IC")


@declared.exec("show install active", privilege=15, families=(XE,))
def show_active(call: Call) -> str:
    """The image that runs."""
    return _table(call, "Active", "C")


@declared.exec("show install committed", privilege=15, families=(XE,))
def show_committed(call: Call) -> str:
    """The image that will boot."""
    return _table(call, "Committed", "C")


@declared.exec("show install inactive", privilege=15, families=(XE,))
def show_inactive(call: Call) -> str:
    """The images that are installed and do not run."""
    return _table(call, "Inactive", "I")


def _table(call: Call, name: str, states: str) -> str:
    service = call.router.feature(Installing)
    rows = "".join(
        f"IMG   {each.state}    {full_version(each.version)}\n"
        for each in service.installed()
        if each.state in states
    )
    return (
        f"[ R0 ] {name} Package(s) Information:\n{_STATES}{_RULE}\n"
        f"Type  St   Filename/Version\n{_RULE}\n{rows}\n{_RULE}\n"
        f"Auto abort timer: inactive\n{_RULE}\n"
    )


@declared.exec("show install log", privilege=15, families=(XE,))
def show_log(call: Call) -> str:
    """What was done since the boot."""
    return "".join(f"{line}\n" for line in call.router.feature(Installing).log)
