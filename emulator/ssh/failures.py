"""What happens when a router fails inside: others go on, and no trace reaches a terminal."""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

_LOG: Final = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def report(event: str, source: object, error: Exception) -> None:
    """Log that something failed, in one line without its text, which may hold a secret.

    `source` is the client or the port. The trace is for whoever asks for debug messages.
    """
    _LOG.error("event=%s source=%s error=%s", event, source, type(error).__name__)
    _LOG.debug("event=%s", event, exc_info=error)


def answered(question: Callable[[], Answer], otherwise: Answer, *, source: object) -> Answer:
    """What a router answers, or `otherwise` when it fails."""
    try:
        return question()
    except Exception as error:  # noqa: BLE001 - one router that fails must not end the others
        report("router-failed", source, error)
        return otherwise
