"""What the logs of many devices tell when they are read together: a time line for each group.

`read_logs` streams files into a store of events, `report_of` makes moments and explanations of
them. Names are imported when first used.
"""

from typing import TYPE_CHECKING

from ...lazy import loader

if TYPE_CHECKING:
    from .reading import read_logs
    from .report import LogReport, report_of

__all__ = ["LogReport", "read_logs", "report_of"]

_HOME = {"LogReport": ".report", "read_logs": ".reading", "report_of": ".report"}

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
