"""The terminal of a session: bytes of a peer to lines and keys, text to bytes.

It knows keys, echo, history and paging, and nothing of commands. It does no input or output of its
own: the front calls `feed`, the coroutine of the session awaits `read_line`.
"""

from .history import History
from .interrupts import HungUp, Interrupted, TimedOut
from .reader import Editing
from .terminal import Terminal

__all__ = ["Editing", "History", "HungUp", "Interrupted", "Terminal", "TimedOut"]
