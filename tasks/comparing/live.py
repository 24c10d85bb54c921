"""Running configurations as devices have them now: one session each, over a whole fleet."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Final

from nornir.core.task import Result

from ...audits.load import config_gap
from ...errors import DeviceError, ParseError, RefusedError
from ...inventory.models import Intent
from ...parsers import parse
from ...parsers.records.gdoi_ks_coop import KsCoop
from ..collecting.gathered import Failure, Gathered
from ..collecting.wanted import CONFIG_COMMAND, other_spelling
from ..fleet.inventories import fleet_of, fleet_of_files
from ..fleet.runner import JOBS, FleetRunner
from ..fleet.schedule import Limits
from ..ssh.connection import CONNECTION, device_of
from ..ssh.device import Device
from ..ssh.target import Access
from .device_order import acting
from .saved import Saved

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, MultiResult, Task

COOP_COMMAND: Final = "show crypto gdoi ks coop"
_HOSTNAME: Final = re.compile(r"^hostname (\S+)", re.MULTILINE)
Report = Callable[[Gathered], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What a device says: its configuration, which holds secrets, and who it says is primary."""

    config: str = field(repr=False)
    coop: str = ""


@dataclass(slots=True)
class Live(Saved):
    """What was got from devices, as from files; `failures` are those that gave none, by name."""

    failures: dict[str, Failure] = field(default_factory=dict)


def running_of(device: Device, *, serves: bool = False) -> Running:
    """What `device` says; a key server (`serves`) is also asked who is primary.

    Raises the kinds of `DeviceError`, also for a configuration that is cut.
    """
    try:
        config = device.send(CONFIG_COMMAND)
    except RefusedError as refused:
        refused.hint = "log in as a user with privilege 15, or give the secret of 'enable'"
        raise
    gap = config_gap(config)
    if gap is not None:
        raise DeviceError(gap, device=device.name)
    return Running(config=config, coop=_coop(device) if serves else "")


def fetch_running(task: Task, *, servers: Collection[str], access: Access | None = None) -> Result:
    """What a device says; a task of nornir, whose result is a `Running`.

    `servers` are the names of key servers. The session is closed unless it was open already.
    """
    was_open = CONNECTION in task.host.connections
    try:
        device = device_of(task, access)
        return Result(task.host, result=running_of(device, serves=task.host.name in servers))
    finally:
        if not was_open and CONNECTION in task.host.connections:
            task.host.close_connection(CONNECTION)


# asking twice changes nothing, so a session that broke off may begin again
fetch_running.repeatable = True  # type: ignore[attr-defined]


def running_configs(
    nornir: Nornir,
    intent: Intent,
    *,
    access: Access | None = None,
    jobs: int = JOBS,
    processes: int | None = None,
    limits: Limits | None = None,
    report: Report | None = None,
) -> Live:
    """The running configurations of all hosts of `nornir`, which are devices of `intent`.

    Also those are asked that failed before, which nornir itself would pass over. A host that fails
    is among the `failures`, the others go on; so does one that says that it is another device of
    the intent. How hard the fleet is pressed is as for `FleetRunner`. `report` is called when a
    host is through.
    """
    servers = frozenset(server.name for server in intent.key_servers)
    names = frozenset(device.name for device in intent.devices)
    taken = _Taken(names, report)
    run = nornir.with_runner(FleetRunner(jobs=jobs, processes=processes, limits=limits))
    run.with_processors([*nornir.processors, taken]).run(
        task=fetch_running,
        raise_on_error=False,
        on_failed=True,
        servers=servers,
        access=access,
    )
    taken.found.primaries = acting(taken.shown)
    return taken.found


def fleet_of_devices(
    intent: Intent, names: Collection[str], hosts: str | PathLike[str] | None = None
) -> Nornir:
    """The devices of an intent by name, to be reached as it says, or as a hosts file says.

    Raises InputError for what is wrong in the file. Devices that the file does not have are left
    out.
    """
    from ...inventory.nornir_plugin import inventory_of

    whole = fleet_of(inventory_of(intent)) if hosts is None else fleet_of_files(hosts)
    wanted = frozenset(names)
    return whole.filter(filter_func=lambda host: host.name in wanted)


class _Taken:
    """The processor of nornir that takes what devices say, and lets go of it in the results."""

    def __init__(self, names: Collection[str], report: Report | None) -> None:
        self.found = Live()
        self.shown: dict[str, KsCoop] = {}
        self._names = {name.lower(): name for name in names}
        self._report = report

    def task_started(self, task: Task) -> None:
        """Nothing is to be done."""

    def task_completed(self, task: Task, result: AggregatedResult) -> None:
        """Nothing is to be done."""

    def task_instance_started(self, task: Task, host: Host) -> None:
        """Nothing is to be done."""

    def subtask_instance_started(self, task: Task, host: Host) -> None:
        """Nothing is to be done."""

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """Nothing is to be done."""

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """Take what the host said."""
        first = result[0]
        error: BaseException | None = first.exception
        if isinstance(first.result, Running) and not first.failed:
            try:
                self._take(host.name, first.result)
            except DeviceError as wrong:
                error = wrong
        elif error is None:
            error = RuntimeError()
        failure = None if error is None else Failure.of(host.name, error)
        if failure is not None:
            self.found.failures[host.name] = failure
        if self._report is not None:
            self._report(Gathered(host=host.name, failure=failure))
        for each in result:
            each.result = None

    def _take(self, name: str, said: Running) -> None:
        self._check_name(name, said.config)
        self.found.configs[name] = said.config
        self.found.sources[name] = "running"
        if said.coop:
            try:
                record = parse(COOP_COMMAND, said.coop, source=f"{name}: {COOP_COMMAND}")
            except ParseError as error:
                self.found.problems.append(str(error))
                return
            if isinstance(record, KsCoop):
                self.shown[name] = record

    def _check_name(self, name: str, config: str) -> None:
        """Raise DeviceError for a device that is another one of the intent."""
        said = _HOSTNAME.search(config)
        other = self._names.get(said[1].lower()) if said is not None else None
        if other is not None and other != name:
            raise DeviceError(
                f"says that it is {other}",
                device=name,
                hint="the inventory has the address of another device",
            )


def _coop(device: Device) -> str:
    """Who is primary, as far as the device says."""
    for command in (COOP_COMMAND, other_spelling(COOP_COMMAND)):
        with suppress(RefusedError):
            return device.send(command) if command is not None else ""
    return ""
