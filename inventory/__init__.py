"""What should exist: groups, key servers, members and their policy.

Never holds device state. `load` reads an intent, `device_views` tells what it means for each
device. The folder `example` holds example networks, written for this project, one of them with
planted mistakes.
"""

from typing import TYPE_CHECKING

from ..lazy import loader

if TYPE_CHECKING:
    from .loading import load, parse
    from .models import Intent
    from .resolve import device_views
    from .secrets import Secret, Secrets

__all__ = ["Intent", "Secret", "Secrets", "device_views", "load", "parse"]

_HOME = {
    "Intent": ".models",
    "Secret": ".secrets",
    "Secrets": ".secrets",
    "device_views": ".resolve",
    "load": ".loading",
    "parse": ".loading",
}

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
