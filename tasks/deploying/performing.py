"""Deployments for runbooks that people run: the plan comes first, then what is done and its end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...errors import printable
from ...inventory import Secrets
from ...inventory.loading import read_intent
from ..clock import SystemClock
from ..deploy import Choices, Deployment, Manner, Store, Told, Wave, deploy, open_devices
from ..render import known
from ..telling import Say, Write, say_to
from .deployment_text import counts, outcome_lines, plan_lines
from .models import Plan
from .outcome import EXIT_STOPPED

if TYPE_CHECKING:
    from os import PathLike

    from nornir.core import Nornir

    from ..ssh.target import Access

SETTLE_S: Final = 300.0


def perform_deployment(
    nornir: Nornir,
    intent: str | PathLike[str],
    devices: Sequence[str] = (),
    *,
    execute: bool = False,
    journal: str | None = None,
    access: Access | None = None,
    wave: str = "20%",
    max_failures: int = 0,
    accept: Collection[str] = (),
    remove_groups: Collection[str] = (),
    rekey: bool = True,
    settle_s: float = SETTLE_S,
    soak_s: float = 0.0,
    write: Write | None = None,
) -> int:
    """Plan to bring devices to their intent and show the plan; with `execute` carry it out.

    It is `getvpn deploy`: plan, journal and backups are in `.getvpn` beside the intent, each device
    is looked at after its change and taken back if something is not well. While it is carried out
    its groups are held in `journal`, a URL, by default that of the user. Times are in seconds. The
    exit code is that of the command: 0 as intended, or a plan without obstacles; 1 refused, or a
    check failed; 3 a device failed; 130 Ctrl-C, after which the same call goes on. With nornir's
    dry run nothing is carried out. `write` takes what is shown in the place of stdout. Raises
    UsageError for a call without meaning, and while another deployment or a run is on, InputError
    for an intent, a secret or a journal that cannot be read.
    """
    path = Path(intent)
    wanted = read_intent(path)
    choices = Choices(
        devices=known(wanted, devices) if devices else None,
        wave=Wave.of(wave),
        remove_groups=frozenset(remove_groups),
        rekey=rekey,
        max_failures=max_failures,
    )
    telling = _Telling(say_to(write))
    try:
        found = deploy(
            wanted,
            Secrets(path.parent),
            open_devices(nornir, access),
            Store.beside(path),
            commit=execute and not nornir.data.dry_run,
            choices=choices,
            manner=Manner(
                settle_s=settle_s, soak_s=soak_s, accepted=tuple(accept), report=telling.told
            ),
            confirm=telling.shows,
            clock=SystemClock(),
            journal=journal,
        )
    except KeyboardInterrupt:
        telling.say("broken off: the same call goes on from here")
        return EXIT_STOPPED
    telling.ended(found)
    return found.exit_code


class _Telling:
    """Says what is planned, what happens and how it ends."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self._shown = False

    def shows(self, plan: Plan) -> bool:
        """Show the plan; it is to be carried out."""
        self._shown = True
        self.say(*plan_lines(plan), counts(plan))
        return True

    def told(self, event: Told) -> None:
        """Say what happens."""
        if not event.looked:
            self.say(printable(f"{event.subject}: {event.clause}"))

    def ended(self, found: Deployment) -> None:
        """Say what came of it; show the plan where that was not done."""
        if not self._shown:
            self.shows(found.plan)
        self.say(*outcome_lines(found), printable(f"{found.state}; kept in {found.folder}"))
