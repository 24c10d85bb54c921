"""Sessions, modes and dialogues; configuration texts that are loaded without a user."""

from .call import Call
from .configuring import Configuring, FailedError
from .dialogue import Dialogue, Script
from .loading import Loaded, Rejected, load
from .session import Session

__all__ = [
    "Call",
    "Configuring",
    "Dialogue",
    "FailedError",
    "Loaded",
    "Rejected",
    "Script",
    "Session",
    "load",
]
