"""Whether devices agree about the time: certificates are valid from then to then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from ...errors import DeviceError
from .model import UnmetError
from .moving import running_of
from .pki_enrolling import clock_of
from .run import Run

APART_S: Final = 120.0
"""So far apart the clocks of two devices may be."""
_ZONE: Final = re.compile(r"^clock timezone \S{1,32} (-?\d{1,2})(?: (\d{1,2}))?", re.MULTILINE)
_SUMMER: Final = re.compile(r"^clock summer-time ", re.MULTILINE)
_HOUR_S: Final = 3600.0
_SHOWN: Final = 3


def check_clocks(run: Run, primary: str, names: Sequence[str]) -> None:
    """Raise UnmetError when clocks of devices differ from that of the primary."""
    found = run.each(list(dict.fromkeys((primary, *names))), lambda name: _ahead(run, name))
    for each in found.values():
        if isinstance(each, DeviceError):
            raise each
    known = {name: each for name, each in found.items() if not isinstance(each, DeviceError)}
    wrong = {
        name: apart for name, ahead in known.items() if (apart := _apart(ahead, known[primary]))
    }
    if wrong:
        shown = [f"{name} by {apart:.0f} s" for name, apart in list(wrong.items())[:_SHOWN]]
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise UnmetError(
            f"clocks differ from that of {primary}: {', '.join(shown)}{more}",
            hint="certificates are valid from then to then: synchronise clocks by NTP",
        )


def _ahead(run: Run, name: str) -> tuple[float, ...]:
    """By how many seconds a device is ahead of this machine, in UTC; two values in summer."""
    running = running_of(run, name)
    now, here = clock_of(run, name), run.clock.now()
    zone = _ZONE.search(running)
    offset = timedelta()
    if zone is not None:
        hours, minutes = int(zone[1]), int(zone[2] or 0)
        offset = timedelta(hours=hours, minutes=-minutes if zone[1].startswith("-") else minutes)
    ahead = _seconds(now - offset) - here
    return (ahead, ahead - _HOUR_S) if _SUMMER.search(running) else (ahead,)


def _seconds(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp()


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    """How far apart two clocks are at least; 0 where that does not matter."""
    apart = min(abs(first - second) for first in one for second in other)
    return apart if apart > APART_S else 0.0
