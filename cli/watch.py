"""getvpn watch: groups looked at on a schedule, told on a board, by alerts and as metrics."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..errors import DeviceError, UsageError
from ..tasks.watching.notices import SEVERITIES
from .board import Board, Lines, undelivered
from .fleet import FleetRequest, fleet_request, load_intent, watch_options
from .numbers import Range
from .output import note, result
from .procedures import journal_option, logged_in, secrets_of

if TYPE_CHECKING:
    from nornir.core import Nornir

    from ..inventory.models import Intent
    from ..tasks.clock import Clock
    from ..tasks.deploying.models import OpenDevice
    from ..tasks.watching.history import FiguresWay
    from ..tasks.watching.notices import Notice, Severity
    from ..tasks.watching.outbox import Way
    from ..tasks.watching.watcher import Tell, Watcher

_ROUND_S: Final = 15.0
"""Beside the longest answer to a command there are others, and a login."""


class _EndedError(BaseException):
    """Somebody wants the watch to end; it passes whatever holds errors off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What was asked for beside which devices there are."""

    group: tuple[str, ...]
    every: float
    members: int
    members_every: float
    count: int | None
    rules: Path | None
    on_change: str | None
    webhook: str | None
    webhook_from: str | None
    webhook_token_from: str | None
    webhook_ca: Path | None
    syslog: str | None
    from_severity: Severity
    metrics: str | None
    history: str | None
    journal: str | None
    plain: bool
    form: str


_SECONDS = Range(min=5, max=86_400)
"""Seconds between two looks."""


@click.command()
@watch_options
@click.option("--group", multiple=True, metavar="NAME", help="Only this group; may be repeated.")
@click.option(
    "--every",
    type=_SECONDS,
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds between two looks at key servers.",
)
@click.option(
    "--members",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    metavar="N",
    help="Log in to so many members of each group in turn; 0 for none.",
)
@click.option(
    "--members-every",
    type=_SECONDS,
    default=300.0,
    show_default=True,
    metavar="S",
    help="Seconds between two samples of members.",
)
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="End after so many looks.")
@click.option(
    "--rules",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Change rules of alerts as FILE (YAML) says.",
)
@click.option(
    "--on-change",
    metavar="COMMAND",
    help="Run COMMAND, without a shell, for alerts and changes; it reads JSON on stdin.",
)
@click.option("--webhook", metavar="URL", help="POST alerts and changes to https://… as JSON.")
@click.option(
    "--webhook-from",
    metavar="REF",
    help="Where the URL is, if it is a secret: env:NAME, file:PATH, keyring:…, vault:….",
)
@click.option(
    "--webhook-token-from", metavar="REF", help="Where a bearer token for it is, likewise."
)
@click.option(
    "--webhook-ca",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Trust the authorities in FILE instead of the system's.",
)
@click.option(
    "--syslog", metavar="ADDRESS", help="Send them to udp://HOST[:PORT] or tcp://HOST[:PORT]."
)
@click.option(
    "--from-severity",
    type=click.Choice(SEVERITIES),
    default="warning",
    show_default=True,
    help="Pass on only what is as grave, or graver.",
)
@click.option(
    "--metrics",
    metavar="[HOST]:PORT",
    help="Serve metrics for Prometheus there; without HOST to this machine only.",
)
@click.option(
    "--history",
    metavar="SERIES",
    help="Enter figures into a series of the history, each time members are looked at.",
)
@journal_option
@click.option("--plain", is_flag=True, help="Write lines on a terminal too, no board.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Form of the lines.",
)
def command(**options: Any) -> int:
    """Watch groups: a live board, alerts, metrics.

    Looks at the key servers of an intent again and again, and at some of its members in turn; it
    changes nothing. On a terminal there is a board, elsewhere a line for what happens. It goes on
    until Ctrl-C or SIGTERM ends it, or --count. Exit codes: 0 ended, 1 an alert was on at the end,
    3 a key server did not answer at the end, 2 the call is wrong, 130 Ctrl-C.
    """
    from ..tasks.clock import SystemClock

    request = fleet_request(options)
    wish = _Wish(**options)
    clock = SystemClock()
    live = wish.form == "text" and not wish.plain and _is_drawn_on()
    view = Board(clock.now) if live else Lines(wish.form, result)
    with ExitStack() as after:
        watcher = _watcher(wish, request, clock, view.told)
        after.callback(_tell_undelivered, watcher)
        after.callback(watcher.close)
        if wish.metrics is not None:
            _export(wish.metrics, watcher, after)
        with _ended_by_signal() as ended:
            if isinstance(view, Board):
                with view:
                    watcher.run(count=wish.count, tick=view.tick)
            else:
                watcher.run(count=wish.count)
    if ended:
        return 0
    if watcher.state.alerts:
        return 1
    failed = any(seen.failure for seen in watcher.state.devices.values())
    return DeviceError.exit_code if failed else 0


def _tell_undelivered(watcher: Watcher) -> None:
    for line in undelivered(watcher.ways()):
        note(line)


def _is_drawn_on() -> bool:
    """Whether stdout is a terminal that a board can be drawn on in place."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in {"", "dumb"}


class _Devices:
    """Sessions on the devices of a fleet, so many at a time."""

    def __init__(self, fleet: Nornir, open_device: OpenDevice, at_once: int) -> None:
        self._hosts = fleet.inventory.hosts
        self.open = open_device
        self.at_once = at_once

    def username(self, name: str) -> str:
        """Who logs in to a device."""
        host = self._hosts.get(name)
        return "" if host is None else host.username or ""


def _watcher(wish: _Wish, request: FleetRequest, clock: Clock, tell: Tell) -> Watcher:
    """The watch. What is wrong with the call is told before anybody is asked for a password."""
    from ..tasks.deploying.reaching import open_devices
    from ..tasks.procedures.fleet_devices import AT_ONCE
    from ..tasks.watching.polling import PATIENCE_S
    from ..tasks.watching.posting import Post
    from ..tasks.watching.rules import RULES, rules_of
    from ..tasks.watching.watcher import Pace, Watcher, check_groups

    intent = load_intent(request.intent)
    check_groups(intent, wish.group)
    rules = RULES if wish.rules is None else rules_of(wish.rules)
    ways = _ways(wish, request, intent)
    if wish.metrics is not None:
        _check_metrics(wish.metrics)
    history = None if wish.history is None else _history(wish.history, wish.journal)
    fleet = logged_in(request)
    open_device = open_devices(fleet, request.access(), request.limits())
    return Watcher(
        intent,
        _Devices(fleet, open_device, request.jobs or AT_ONCE),
        clock,
        groups=wish.group,
        pace=Pace(
            every_s=wish.every,
            members_every_s=wish.members_every,
            sample=wish.members,
            lists_s=max(PATIENCE_S, request.timeout + _ROUND_S),
        ),
        rules=rules,
        post=Post(clock, ways, history=history, least=wish.from_severity),
        tell=tell,
    )


def _ways(wish: _Wish, request: FleetRequest, intent: Intent) -> list[Way[Notice]]:
    """Where notices go."""
    ways: list[Way[Notice]] = []
    if wish.on_change is not None:
        from ..tasks.watching.command import Command

        named = (wish.webhook_from, wish.webhook_token_from)
        references = {*named, request.password_from, request.secret_from, *_references(intent)}
        hidden = [each.removeprefix("env:") for each in references if each is not None]
        ways.append(Command(wish.on_change, hidden=hidden))
    if wish.webhook is not None and wish.webhook_from is not None:
        raise UsageError("--webhook and --webhook-from exclude each other")
    secrets = secrets_of(request)
    url = wish.webhook if wish.webhook_from is None else secrets.reveal(wish.webhook_from)
    if url is not None:
        from ..tasks.watching.webhook import Webhook

        reference = wish.webhook_token_from
        ways.append(
            Webhook(
                url,
                token=None if reference is None else secrets.reveal(reference),
                authorities=None if wish.webhook_ca is None else str(wish.webhook_ca),
            )
        )
    elif wish.webhook_token_from is not None or wish.webhook_ca is not None:
        raise UsageError("there is no --webhook to use that for")
    if wish.syslog is not None:
        from ..tasks.watching.syslog import Syslog

        ways.append(Syslog(wish.syslog))
    return ways


def _history(series: str, journal: str | None) -> FiguresWay:
    """Where figures go; that the database is away now is told, and does not keep from watching."""
    from .. import __version__
    from ..tasks.database import default_url
    from ..tasks.watching.history import FiguresWay

    way = FiguresWay(journal or default_url(), series, version=__version__)
    if way.trouble:
        note(f"history: {way.trouble}; it is tried again")
    return way


def _references(intent: Intent) -> Iterator[str | None]:
    """Where the secrets of an intent are, those of each member too."""
    from ..inventory.relations import member_secret

    for group in intent.groups:
        psk = group.authentication
        if psk.kind == "psk":
            yield from (psk.coop, psk.member)
            yield from (member_secret(psk, member.name) for member in intent.members)


def _check_metrics(text: str) -> None:
    """Raise UsageError for what cannot be served, before there is anything to serve."""
    from ..tasks.watching.exporter import address_of, check_extra

    address_of(text)
    check_extra()


def _export(text: str, watcher: Watcher, after: ExitStack) -> None:
    from ..tasks.watching.exporter import Exporter, address_of

    exporter = Exporter(lambda: watcher.state, address_of(text))
    after.callback(exporter.close)
    note(f"metrics: {exporter.address}")


@contextmanager
def _ended_by_signal() -> Iterator[list[int]]:
    """Let SIGTERM end what is inside in order; gives a list that holds it then."""
    ended: list[int] = []

    def end(number: int, frame: object) -> None:
        del frame
        raise _EndedError(number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield ended
    except _EndedError:
        ended.append(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
