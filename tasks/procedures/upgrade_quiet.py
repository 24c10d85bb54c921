"""A device whose configuration nobody else is at work on, before an upgrade changes lines of it."""

from __future__ import annotations

import re
from typing import Final

from ..collecting.wanted import CONFIG_COMMAND
from ..deploying.device_health import device_troubles
from ..deploying.observing import GUARDS, STARTUP_DIFFERENCES, observe
from ..deploying.troubles import Kind
from .model import UnmetError
from .rekey_keys import save
from .run import Run

_DIFFERS: Final = re.compile(r"^ *[+-] ?(.*)$", re.MULTILINE)
_OURS: Final = ("boot system ", "ip scp server enable")
"""Lines that an upgrade changes."""


def begin_change(run: Run, name: str) -> None:
    """Raise UnmetError when somebody else is at work on the configuration of a device.

    What is saved later is then ours alone. Lines of an upgrade that was broken off do not count.
    The configuration is saved before the first change, so that a later look tells one from the
    other.
    """
    seen = observe(run.device(name), "key server", clock=run.clock, only=(CONFIG_COMMAND, *GUARDS))
    found = list(device_troubles({name: seen}))
    text = seen.texts.get(STARTUP_DIFFERENCES, "")
    differing = [line.strip() for line in _DIFFERS.findall(text)]
    if differing and all(line.startswith(_OURS) for line in differing):
        found = [each for each in found if each.kind is not Kind.UNSAVED]
        if not found:
            return
    if found:
        raise UnmetError(str(found[0]))
    save(run, name)
