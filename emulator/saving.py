"""The configuration as text with its header, and its way into NVRAM."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .files.errors import FileError
from .grammar import CLASSIC, RefusedError
from .settings.switches import hidden

if TYPE_CHECKING:
    from .device import Router

ENCODING = "latin-1"


def dated_text(router: "Router", lines: Sequence[str] | None = None) -> str:
    """The running configuration as it is saved: when it was changed, then its lines.

    `lines` are those to give in the place of all.
    """
    body = router.running_lines() if lines is None else lines
    head = ["!"]
    if router.changed_at is not None:
        head.append("! Last configuration change at " + _stamp(router, router.changed_at, False))
    elif router.family == CLASSIC:
        head.append("! No configuration change since last restart")
    else:
        # to IOS-XE the startup configuration is a change
        head.append("! Last configuration change at " + _stamp(router, router.booted_at, False))
    if router.saved_at is not None:
        head.append("! NVRAM config last updated at " + _stamp(router, router.saved_at, True))
    head.append("!")
    return "\n".join([*head, *body]) + "\n"


def private_text(router: "Router") -> str:
    """The lines that no configuration shows, and that outlast a reload all the same."""
    entries = router.config.root.entries.values()
    return "".join(f"{entry.text}\n" for entry in entries if entry.setting.shown is hidden)


def _stamp(router: "Router", seconds: float, saved: bool) -> str:
    user = router.saved_by if saved else router.changed_by
    text = router.second_text(seconds)
    return f"{text} by {user}" if user else text


def save(router: "Router", user: str) -> None:
    """Write the running configuration and the keys to NVRAM.

    Raises RefusedError with the router's words when there is no room.
    """
    router.saved_at, router.saved_by = router.clock.now(), user
    try:
        text, private = dated_text(router), private_text(router)
        router.files.save_startup(
            text.encode(ENCODING, "replace"), private.encode(ENCODING, "replace")
        )
    except FileError as failed:
        raise RefusedError(failed.text) from None
    router.keys.save()
    router.saved()
    router.saved_edits = router.config.edits


def erase(router: "Router") -> None:
    """Forget what was saved, keys included."""
    router.files.erase_nvram()
    router.keys.erase_saved()
    router.saved_at, router.saved_by = None, ""


def modified(router: "Router") -> bool:
    """Whether the running configuration differs from the saved one."""
    saved = (router.files.startup_config or b"").decode(ENCODING)
    kept = [line for line in saved.splitlines() if not line.startswith("!")]
    return kept != [line for line in router.running_lines() if not line.startswith("!")]
