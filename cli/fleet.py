"""What verbs that reach devices share: which devices, who logs in, how hard they are pressed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ..errors import InputError, UsageError

if TYPE_CHECKING:
    from nornir.core import Nornir

    from ..inventory.models import Intent
    from ..tasks.fleet.schedule import Limits
    from ..tasks.ssh.credentials import Login
    from ..tasks.ssh.target import Access

Verb = TypeVar("Verb", bound=Callable[..., object])
USUAL_INTENT: Final = Path("network.yml")
RETRIES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRequest:
    """What was asked for on the command line; None stands for an option that was not given."""

    intent: Path | None
    hosts_file: Path | None
    username: str | None
    password_from: str | None
    secret_from: str | None
    enable: bool
    key_file: Path | None
    known_hosts: Path | None
    transport: str
    jobs: int | None
    connect_timeout: float
    login_timeout: float
    timeout: float
    rate: float | None = None
    retries: int = RETRIES
    processes: int | None = None
    per_group: tuple[str, ...] = ()

    def fleet(self, names: Sequence[str]) -> Nornir:
        """The devices; see `chosen_fleet`."""
        return chosen_fleet(names, self.intent, self.hosts_file)

    def login(self) -> Login:
        """Who logs in; a password is asked for on a terminal only."""
        from ..tasks.ssh.credentials import Login

        return Login(
            username=self.username,
            password=self.password_from,
            secret=self.secret_from,
            key_file=None if self.key_file is None else str(self.key_file),
            ask_secret=self.enable,
            ask=_ask if sys.stdin.isatty() else None,
        )

    def access(self) -> Access:
        """How sessions are made. Raises UsageError when what makes them is not installed."""
        from ..tasks.ssh.target import Access

        if self.transport == "scrapli":
            from ..tasks.ssh.scrapli_wire import driver_class

            driver_class()  # or each device would fail for it

        return Access(
            transport=self.transport,
            connect_timeout=self.connect_timeout,
            login_timeout=self.login_timeout,
            command_timeout=self.timeout,
            known_hosts=None if self.known_hosts is None else str(self.known_hosts),
            key_file=None if self.key_file is None else str(self.key_file),
        )

    def limits(self) -> Limits:
        """How hard the fleet is pressed."""
        from ..tasks.fleet.schedule import Limits

        return Limits(rate=self.rate, per_group=_per_group(self.per_group), retries=self.retries)


_INVENTORY: Final = (
    click.option(
        "-i",
        "--intent",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The devices of an intent.  [default: network.yml, if no HOST is given]",
    ),
    click.option(
        "--hosts",
        "hosts_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The devices of a hosts file of nornir's SimpleInventory.",
    ),
)
_INTENT: Final = (
    click.option(
        "-i",
        "--intent",
        type=click.Path(path_type=Path),
        default=USUAL_INTENT,
        show_default=True,
        metavar="FILE",
        help="The network as it should be.",
    ),
    click.option(
        "--hosts",
        "hosts_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Reach the devices as a hosts file of nornir's SimpleInventory says.",
    ),
)
_LOGIN: Final = (
    click.option("--username", metavar="USER", help="Log in as USER, whatever the inventory says."),
    click.option(
        "--password-from",
        metavar="REF",
        help="Where the password is: env:NAME, file:PATH, keyring:SERVICE/USER, vault:PATH#KEY.",
    ),
    click.option("--secret-from", metavar="REF", help="Where the secret of 'enable' is, likewise."),
    click.option("--enable", is_flag=True, help="Ask for the secret of 'enable'."),
    click.option(
        "--key-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Log in with this private key.",
    ),
)
_KNOWN_HOSTS: Final = click.option(
    "--known-hosts",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Look for host keys in FILE too, before those of user and system.",
)
_CONNECT_TIMEOUT: Final = click.option(
    "--connect-timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="S",
    help="Seconds until a TCP connection stands.",
)
_LOGIN_TIMEOUT: Final = click.option(
    "--login-timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="S",
    help="Seconds from there to a prompt.",
)
_SPREAD: Final = (
    click.option(
        "--processes",
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes to spread them over.  [default: by cores and hosts]",
    ),
    click.option(
        "--per-group",
        multiple=True,
        metavar="[GROUP=]N",
        help="Sessions at a time in a group of the inventory, or in each.",
    ),
)
_LIMITS: Final = (
    click.option(
        "--rate",
        type=click.FloatRange(min=0, min_open=True),
        metavar="N",
        help="Logins a second, at most.  [default: no limit]",
    ),
    click.option(
        "--retries",
        type=click.IntRange(min=0),
        default=RETRIES,
        show_default=True,
        metavar="N",
        help="Further attempts after a broken connection; never after a refused login.",
    ),
)
_SESSIONS: Final = (
    click.option(
        "--transport",
        type=click.Choice(("netmiko", "scrapli")),
        default="netmiko",
        show_default=True,
        help="What makes the sessions.",
    ),
    _CONNECT_TIMEOUT,
    _LOGIN_TIMEOUT,
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=60.0,
        show_default=True,
        metavar="S",
        help="Seconds for the answer to one command.",
    ),
)


def _adding(*options: Callable[[Verb], Verb]) -> Callable[[Verb], Verb]:
    """What adds options to a verb, in their order."""

    def add(verb: Verb) -> Verb:
        for option in reversed(options):
            verb = option(verb)
        return verb

    return add


def _jobs(usual: int) -> Callable[[Verb], Verb]:
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help=f"Sessions at a time.  [default: {usual}]",
    )


_OF_FLEETS: Final = (*_LOGIN, _KNOWN_HOSTS, *_SESSIONS, _jobs(64), *_LIMITS)
_OF_STEPS: Final = (*_INTENT, *_LOGIN, _KNOWN_HOSTS, *_SESSIONS, _jobs(16))

fleet_options: Final = _adding(*_INVENTORY, *_OF_FLEETS, *_SPREAD)
"""Adds the options of a verb that logs in to devices; see `fleet_request`."""
intent_options: Final = _adding(*_INTENT, *_OF_FLEETS, *_SPREAD)
"""Adds the options of a verb that logs in to devices of an intent."""
session_options: Final = _adding(*_INTENT, *_OF_FLEETS)
"""Adds the options of a verb that has sessions on devices of an intent."""
step_options: Final = _adding(*_OF_STEPS)
"""Adds the options of a verb that goes step by step."""
watch_options: Final = _adding(*_OF_STEPS, *_LIMITS)
"""Adds the options of a verb that looks at devices again and again."""
key_options: Final = _adding(*_INVENTORY, _KNOWN_HOSTS, _CONNECT_TIMEOUT, _LOGIN_TIMEOUT)
"""Adds the options of a verb that looks at host keys only."""


def fleet_request(options: dict[str, Any]) -> FleetRequest:
    """The request in the options of a call, which are taken out of `options`."""
    names = [name for name in FleetRequest.__slots__ if name in options]
    return FleetRequest(**{name: options.pop(name) for name in names})


def load_intent(path: Path | None) -> Intent:
    """The intent in a file, without one in `network.yml`.

    Raises InputError for what is wrong in it, and for a file that is not there; OSError for one
    that cannot be read.
    """
    from ..inventory import load

    source = path or USUAL_INTENT
    try:
        return load(source)
    except FileNotFoundError:
        raise InputError(
            "there is no such file, and this needs the intent",
            source=str(source),
            hint="name it with -i, or make one of saved configurations: "
            f"'getvpn adopt PATH… -o {USUAL_INTENT}'",
        ) from None


def new_folder() -> Path:
    """The folder of a collection that nobody has named."""
    return Path(datetime.now().astimezone().strftime("collected-%Y%m%d-%H%M%S"))


def chosen_fleet(names: Sequence[str], intent: Path | None, hosts_file: Path | None) -> Nornir:
    """The devices of the inventory that `names` choose, else those at these addresses."""
    from ..tasks.fleet.inventories import (
        fleet_of_addresses,
        fleet_of_files,
        fleet_of_intent,
        narrowed,
    )

    if intent is not None and hosts_file is not None:
        raise UsageError("-i and --hosts exclude each other")
    if hosts_file is not None:
        return narrowed(fleet_of_files(hosts_file), names)
    if intent is None and names:
        return fleet_of_addresses(names)
    if intent is None and not USUAL_INTENT.is_file():
        raise UsageError(
            "no devices are named", hint="give an inventory (-i, --hosts) or addresses"
        )
    return narrowed(fleet_of_intent(intent or USUAL_INTENT), names)


def _ask(what: str) -> str:
    password: str = click.prompt(what, hide_input=True, err=True)
    return password


def _per_group(words: Sequence[str]) -> int | dict[str, int] | None:
    """`--per-group`: one number for all groups, or numbers by name."""
    named: dict[str, int] = {}
    every: int | None = None
    for word in words:
        name, _, digits = word.rpartition("=")
        if not digits.isdecimal() or int(digits) < 1:
            raise UsageError(f"--per-group {word}: this is no number", hint="write 4, or HUB=1")
        if name:
            named[name] = int(digits)
        else:
            every = int(digits)
    if named and every is not None:
        raise UsageError("--per-group is either one number or numbers by group")
    return named or every
