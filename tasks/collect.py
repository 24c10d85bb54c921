"""Asking devices what they are: tasks for one device, and the run over a fleet.

`collect_device` is a task of nornir for runbooks; `collect` does all there is to a fleet, and keeps
in memory only who failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from nornir.core.task import Result

from ..audits.registry import registry
from ..errors import DeviceError, GetvpnError, RefusedError, TransportError, UsageError
from .collecting.asking import only_asks
from .collecting.gathered import (
    Collection,
    Failure,
    Gathered,
    Index,
    Output,
    file_name,
    folder_name,
    now,
)
from .collecting.recording import Recorder
from .collecting.scrub import without_secrets
from .collecting.wanted import CONFIG_COMMAND, ROLES, Role, commands_for, other_spelling, roles_in
from .fleet.runner import JOBS, FleetRunner
from .fleet.schedule import Limits
from .saving import PRIVATE_FOLDER, write_new_private
from .ssh.connection import CONNECTION, device_of, is_broken_off, wire_class
from .ssh.device import Device
from .ssh.known_hosts import SSH_PORT, address
from .ssh.target import Access

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.task import Task

log = logging.getLogger(__name__)
Report = Callable[[Gathered], None]


def collect_device(
    task: Task,
    folder: str | Path,
    *,
    commands: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    access: Access | None = None,
    keep_secrets: bool = False,
) -> Result:
    """Save what a device says in `folder`; a task of nornir, whose result is a `Gathered`.

    Asked are `commands`, which only ask (`show`, `dir`, `more`), or else what the audit rules read
    that `select` and `ignore` leave, by the role of the device. A failure does not raise: the
    result has failed, and holds what was got before. The session is closed unless it was open
    already. Without `keep_secrets` passwords and keys are taken out of the texts.
    """
    gathering = _Gathering(task.host.name, Path(folder), keep_secrets)
    was_open = CONNECTION in task.host.connections
    began, at = monotonic(), now()
    error: Exception | None = None
    try:
        for command in commands:
            only_asks(command)
        device = device_of(task, access)
        if commands:
            gathering.ask_all(device, commands)
        else:
            rules = registry().select(select, ignore)
            gathering.ask_for_rules(device, rules, _told_roles(task))
    except (GetvpnError, OSError) as failed:
        error = failed
        if isinstance(failed, TransportError) and is_broken_off(task):
            # that the session ended is our doing
            error = TransportError("the run is broken off", device=task.host.name)
    finally:
        if not was_open and CONNECTION in task.host.connections:
            task.host.close_connection(CONNECTION)
    gathered = Gathered(
        host=task.host.name,
        address=address(task.host.hostname or "", task.host.port or SSH_PORT),
        roles=gathering.roles,
        began=at,
        seconds=round(monotonic() - began, 3),
        outputs=tuple(gathering.outputs),
        failure=None if error is None else Failure.of(task.host.name, error),
    )
    return Result(task.host, result=gathered, failed=error is not None, exception=error)


def _prepare(access: Access | None = None, **_: Any) -> None:
    wire_class((access or Access()).transport)


# asking twice changes nothing, so a session that broke off may begin again
collect_device.repeatable = True  # type: ignore[attr-defined]
# or else the first sessions would wait, and then begin all at once
collect_device.prepare = _prepare  # type: ignore[attr-defined]


class _Gathering:
    """What is got from one host, so far; texts are in their files as soon as they are there."""

    def __init__(self, host: str, folder: Path, keep_secrets: bool) -> None:
        self.place = folder_name(host)
        self.folder = folder / self.place
        self.keep_secrets = keep_secrets
        self.outputs: list[Output] = []
        self.roles: tuple[Role, ...] = ()
        self._names: set[str] = set()

    def ask_all(self, device: Device, commands: Sequence[str]) -> None:
        """Ask for each of the commands once."""
        for command in dict.fromkeys(commands):
            self.ask(device, command)

    def ask_for_rules(self, device: Device, rules: Any, told: tuple[Role, ...]) -> None:
        """Ask for what the rules read; the configuration tells the role if nobody else does."""
        config = self.ask(device, CONFIG_COMMAND)
        self.roles = told or (roles_in(config) if config else ())
        # who may not see the configuration may still see what the device does
        roles = self.roles if config else told or ROLES
        for command in commands_for(rules, roles)[1:]:
            self.ask(device, command)

    def ask(self, device: Device, command: str) -> str | None:
        """The answer to `command`, which is saved; None when the device refuses it."""
        began, at = monotonic(), now()
        try:
            asked, text = _answer(device, command)
        except RefusedError as refused:
            seconds = round(monotonic() - began, 3)
            self.outputs.append(
                Output(command=command, at=at, seconds=seconds, refused=refused.words)
            )
            return None
        seconds = round(monotonic() - began, 3)
        kept = text if self.keep_secrets else without_secrets(asked, text)
        if asked != CONFIG_COMMAND:
            # as on a terminal: the prompt says who, and the echo what was asked
            kept = f"{device.prompt}{asked}\n{kept}"
        name = self._name(asked)
        size = self._save(name, kept.encode("utf-8"))
        self.outputs.append(
            Output(command=asked, at=at, seconds=seconds, size=size, file=f"{self.place}/{name}")
        )
        return text

    def _save(self, name: str, data: bytes) -> int:
        if not self._names:
            self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        self._names.add(name.lower())
        write_new_private(f"{self.folder}/{name}", data)
        return len(data)

    def _name(self, command: str) -> str:
        name, number = file_name(command), 1
        while name.lower() in self._names:
            number += 1
            name = file_name(f"{command}-{number}")
        return name


def _answer(device: Device, command: str) -> tuple[str, str]:
    """The command as the device knows it, and its answer."""
    try:
        return command, device.send(command)
    except RefusedError:
        other = other_spelling(command)
        if other is None:
            raise
        try:
            return other, device.send(other)
        except RefusedError:
            # the first refusal is about the command that was asked for
            pass
        raise


def _told_roles(task: Task) -> tuple[Role, ...]:
    """The role that the inventory gives a host."""
    from ..inventory.nornir_plugin import role_of

    role = role_of(task.host)
    return () if role is None else (role,)


def collect(
    nornir: Nornir,
    folder: str | Path,
    *,
    commands: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    access: Access | None = None,
    keep_secrets: bool = False,
    jobs: int = JOBS,
    processes: int | None = None,
    limits: Limits | None = None,
    report: Report | None = None,
) -> Collection:
    """Collect from all hosts of `nornir` into `folder`, which must be new or empty.

    Also those are asked that failed before, which nornir itself would pass over. What is asked for
    is as for `collect_device`, how hard the fleet is pressed as for `FleetRunner`. A host that
    fails is among the `failures`, the others go on. `report` is called with what was got of each
    host. KeyboardInterrupt is raised as `Interrupted`, which holds what was got. Raises UsageError
    for a call without meaning, OSError when nothing can be written.
    """
    place = Path(folder)
    registry().select(select, ignore)
    for command in commands:
        only_asks(command)
    _check_names([host.name for host in nornir.inventory.hosts.values()])
    _prepare(access)
    recorder = Recorder(Index(place), len(nornir.inventory.hosts), report)
    runner = FleetRunner(
        jobs=jobs, processes=processes, limits=limits, on_retry=recorder.keep_attempt
    )
    run = nornir.with_runner(runner).with_processors([*nornir.processors, recorder])
    with recorder:
        run.run(
            task=collect_device,
            raise_on_error=False,
            on_failed=True,
            folder=str(place),
            commands=tuple(commands),
            select=tuple(select),
            ignore=tuple(ignore),
            access=access,
            keep_secrets=keep_secrets,
        )
    return recorder.collection


def _check_names(hosts: Sequence[str]) -> None:
    """Raise UsageError when two hosts would share a folder."""
    taken: dict[str, str] = {}
    for host in hosts:
        first = taken.setdefault(folder_name(host).lower(), host)
        if first != host:
            raise UsageError(
                f"the hosts {first!r} and {host!r} would share a folder", hint="rename one of them"
            )


__all__ = ["Collection", "DeviceError", "Limits", "collect", "collect_device"]
