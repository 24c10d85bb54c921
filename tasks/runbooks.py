"""What runbooks call beside procedures, deployments and snapshots, with an inventory of nornir.

Errors of devices are in what the functions give, or are raised where nothing can be done without
the device.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import UsageError
from ..inventory import Secrets
from ..inventory.loading import read_intent
from .clock import SystemClock
from .comparing.device_order import device_order
from .comparing.live import running_configs
from .deploying.health import settled
from .diff import differences
from .fleet.inventories import fleet_of_files
from .procedures.fleet_devices import FleetDevices
from .procedures.survey import members_in, servers_in, survey
from .render import known, render
from .ssh.credentials import Login, supply
from .watching.watcher import Pace, Watcher, check_groups

if TYPE_CHECKING:
    from os import PathLike

    from nornir.core import Nornir

    from .collecting.gathered import Failure
    from .deploying.models import Role
    from .diff import Difference
    from .ssh.target import Access
    from .watching.notices import Notice
    from .watching.state import State

Tell = Callable[["Notice"], object]
EVERY_S: Final = 60.0
LONGEST_S: Final = 86_400.0
SAMPLE: Final = 5


def open_fleet(
    hosts: str | PathLike[str], *, username: str | None = None, password: str | None = None
) -> Nornir:
    """The hosts of a file of SimpleInventory, with a user and a password for each.

    What the file leaves open is looked up as by the command: in the variables GETVPN_USERNAME and
    GETVPN_PASSWORD, and in the keyring. `username` goes before the file, and so does `password`, a
    reference as `env:NAME`. Raises InputError for what is wrong in the file, UsageError where
    nobody says who logs in.
    """
    nornir = fleet_of_files(hosts)
    supply(nornir, Login(username=username, password=password))
    return nornir


def render_intent(
    intent: str | PathLike[str], devices: Sequence[str] = (), *, conceal: bool = False
) -> dict[str, str]:
    """The configurations of devices by their names, of all without any.

    With `conceal` no secret is looked up, and `***` stands in their places. Raises InputError for
    an intent or a secret that cannot be read, UsageError for a device that is not there.
    """
    path = Path(intent)
    return render(read_intent(path), Secrets(path.parent), devices or None, conceal=conceal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Devices held against their intent, in the order in which they are to be changed.

    `failures` are those that gave no configuration.
    """

    differences: tuple[Difference, ...]
    failures: tuple[Failure, ...]

    @property
    def different(self) -> tuple[Difference, ...]:
        """Those that differ."""
        return tuple(each for each in self.differences if each.different)


def compare_intent(
    nornir: Nornir,
    intent: str | PathLike[str],
    devices: Sequence[str] = (),
    *,
    access: Access | None = None,
) -> Compared:
    """Compare what devices of an intent run with what they should; those of `nornir` without names.

    Hosts that the intent does not have are left out. Raises InputError for an intent or a secret
    that cannot be read, UsageError for a device that the intent or `nornir` does not have, and
    where they have none in common.
    """
    path = Path(intent)
    wanted, secrets = read_intent(path), Secrets(path.parent)
    hosts = frozenset(nornir.inventory.hosts)
    names = known(wanted, devices or hosts.intersection(each.name for each in wanted.devices))
    for name in sorted(names - hosts):
        raise UsageError(f"the inventory has no device '{name}'")
    if not names:
        raise UsageError(
            "the inventory has none of the devices", hint="call them there as the intent does"
        )
    texts = render(wanted, secrets, names)
    asked = nornir.filter(filter_func=lambda host: host.name in names)
    found = running_configs(asked, wanted, access=access)
    compared = differences(wanted, found.configs, secrets, sources=found.sources, texts=texts)
    order = device_order(wanted, compared, found.primaries)
    return Compared(
        differences=tuple(compared[name] for name in order),
        failures=tuple(found.failures[name] for name in sorted(found.failures)),
    )


def check_health(
    nornir: Nornir,
    intent: str | PathLike[str],
    groups: Collection[str] = (),
    *,
    access: Access | None = None,
) -> tuple[str, ...]:
    """What is not well in groups, or in all of an intent: a sentence for each trouble.

    All devices of the groups are asked. Raises InputError for an intent that cannot be read,
    UsageError for a group that is not there, and the error of a device if no key server answers.
    """
    wanted = read_intent(Path(intent))
    names = list(groups) or [each.name for each in wanted.groups]
    ours = {each.name for each in wanted.devices}
    roles: dict[str, Role] = {}
    for name in names:
        roles |= servers_in(wanted, name) | members_in(wanted, name)
    roles = {name: role for name, role in roles.items() if name in ours}
    observed = survey(FleetDevices(nornir, access), roles, SystemClock())
    return tuple(settled(wanted, names, observed))


def watch_groups(
    nornir: Nornir,
    intent: str | PathLike[str],
    groups: Collection[str] = (),
    *,
    count: int | None = None,
    every_s: float = EVERY_S,
    members: int = SAMPLE,
    access: Access | None = None,
    tell: Tell | None = None,
) -> State:
    """Look at key servers every `every_s` seconds, `count` times or until Ctrl-C.

    So many `members` of each group are logged in to in turn. `tell` is called with each change and
    each alert that begins or ends. Gives what was known at the end, with the alerts that are on.
    Raises InputError for an intent that cannot be read, UsageError for a group that is not there,
    and for numbers without meaning: looks are a day apart at most.
    """
    if not 0 < every_s <= LONGEST_S:  # nor a number that is none
        raise UsageError(f"looks cannot be {every_s:g} seconds apart")
    if count is not None and count < 1:
        raise UsageError(f"there cannot be {count} looks")
    if members < 0:
        raise UsageError(f"there cannot be {members} members in a sample")
    wanted = read_intent(Path(intent))
    check_groups(wanted, groups)

    def told(state: State, new: tuple[Notice, ...]) -> None:
        del state
        if tell is not None:
            for notice in new:
                tell(notice)

    watcher = Watcher(
        wanted,
        FleetDevices(nornir, access),
        SystemClock(),
        groups=groups,
        pace=Pace(every_s=every_s, sample=members),
        tell=told,
    )
    try:
        with suppress(KeyboardInterrupt):
            watcher.run(count=count)
    finally:
        watcher.close()
    return watcher.state
