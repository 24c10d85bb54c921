"""A runner of nornir for fleets: threads in as many processes as pay, under the limits of a plan.

One process of threads uses one core, however many threads it has. So with many hosts the work goes
to processes of which each has threads of its own; they are asked host by host, so that limits, the
order, retries and the end on Ctrl-C are decided in one place.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Final

from nornir.core.processor import Processors
from nornir.core.task import AggregatedResult, MultiResult, Task

from ...errors import DeviceError, TransportError, UsageError
from .crew import GRACE_S, Crew, Done, ProcessCrew, ThreadCrew, portable, prepare
from .schedule import Limits, Schedule

if TYPE_CHECKING:
    from nornir.core.inventory import Host

JOBS: Final = 64
HOSTS_FOR_A_PROCESS: Final = 400
"""With fewer hosts they are through before another process has started and helped."""
LOOK_S: Final = 0.5
"""How long a wait for results is at most: so soon a stop that was asked for is seen."""
GLANCE_S: Final = 0.1
"""How long one is when the run is broken off."""

log = logging.getLogger(__name__)
Retrying = Callable[["Host", MultiResult], None]


class FleetRunner:
    """Runs a task on many hosts; a runner plugin of nornir, `nr.with_runner(FleetRunner(…))`.

    `jobs` is how many sessions there are at a time, `processes` in how many processes (by default
    as many as there are cores and enough hosts). Tasks that do not pickle, such as functions of a
    script, run in threads only. `limits` says how hard the fleet is pressed; a group is one of
    nornir, or one of GETVPN or a role that the data of hosts tell. A host whose task ends with
    `TransportError` is tried again where that is safe: before its session has begun, or always
    when the task function has a true attribute `repeatable`. An attribute `prepare` of it is called
    with the parameters of the task, in each process once before its first host: to load what
    would take time that is measured. Each result has an attribute `attempts`.

    `stop` may be called from anywhere and holds for good; hosts that had no turn are then missing
    in the result.
    """

    def __init__(
        self,
        *,
        jobs: int = JOBS,
        processes: int | None = None,
        limits: Limits | None = None,
        on_retry: Retrying | None = None,
    ) -> None:
        if jobs < 1 or (processes is not None and processes < 1):
            raise UsageError("there have to be at least one job and one process")
        self.jobs = jobs
        self.processes = processes
        self.limits = limits or Limits()
        self.on_retry = on_retry
        self.stopped = False

    def stop(self) -> None:
        """Start no further host, and break off those that are on."""
        self.stopped = True

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        """Run `task` on `hosts`; KeyboardInterrupt is raised again when all is left in order."""
        result = AggregatedResult(task.name)
        if not hosts:
            return result
        by_name = {host.name: host for host in hosts}
        prepare(task.task, task.params)
        groups = {host.name: self._groups(host) for host in hosts}
        self._tell_unknown({*task.nornir.inventory.groups}.union(*groups.values()))
        schedule = Schedule(groups.items(), self.limits)
        crew = self._crew(task, hosts)

        def take(done: Done) -> None:
            self._take(task, by_name[done.host], schedule, done, result)

        try:
            self._work(task, by_name, schedule, crew, take)
        except KeyboardInterrupt:
            self._break_off(schedule, crew, take)
            raise
        finally:
            crew.dismiss()
        return result

    def _groups(self, host: Host) -> set[str]:
        """The groups whose limits a host is under.

        One number is for groups; that all members are one as well, only a limit by name means.
        """
        limits = self.limits.per_group
        if limits is None:
            return set()
        from ...inventory.nornir_plugin import ROLE_GROUPS, groups_of, role_of

        names = {*groups_of(host), *(group.name for group in host.extended_groups())}
        if not isinstance(limits, Mapping):
            return names.difference(ROLE_GROUPS.values())
        role = role_of(host)
        return names if role is None else names | {ROLE_GROUPS[role]}

    def _tell_unknown(self, groups: set[str]) -> None:
        """Warn of limits that hold for nobody: a name may be misspelt."""
        limits = self.limits.per_group
        for name in limits if isinstance(limits, Mapping) else ():
            if name not in groups:
                from difflib import get_close_matches

                near = get_close_matches(name, groups, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                log.warning("no host is in a group %r, which has a limit%s", name, hint)

    def _crew(self, task: Task, hosts: list[Host]) -> Crew:
        inner = task.copy()
        inner.processors = _OfSubtasks(task.processors)
        inner.nornir = task.nornir
        count = self.processes or min(1 + len(hosts) // HOSTS_FOR_A_PROCESS, _cores())
        count = min(count, self.jobs, len(hosts))
        jobs = min(self.jobs, len(hosts))
        if count > 1 and portable(task, hosts[0]):
            return ProcessCrew(inner, jobs, count)
        return ThreadCrew(inner, jobs)

    def _work(
        self,
        task: Task,
        hosts: Mapping[str, Host],
        schedule: Schedule,
        crew: Crew,
        take: Callable[[Done], None],
    ) -> None:
        while not schedule.finished and not self.stopped:
            now = monotonic()
            while crew.free and (name := schedule.next(now)) is not None:
                if schedule.attempts[name] == 1:
                    task.processors.task_instance_started(task, hosts[name])
                crew.start(hosts[name])
            for done in crew.wait(self._pause_s(schedule, crew, now)):
                take(done)
        if self.stopped:
            self._break_off(schedule, crew, take)

    def _break_off(self, schedule: Schedule, crew: Crew, take: Callable[[Done], None]) -> None:
        """Take what the sessions that are on have got so far."""
        self.stopped = True
        schedule.drop()
        crew.abort()
        left_s = GRACE_S
        while crew.busy and left_s > 0:
            before, pause_s = monotonic(), min(left_s, GLANCE_S)
            for done in crew.wait(pause_s):
                take(done)
            # while this process stood still the sessions could not say anything either
            left_s -= min(monotonic() - before, pause_s)

    def _pause_s(self, schedule: Schedule, crew: Crew, now: float) -> float:
        due = schedule.next_at(now) if crew.free else None
        return LOOK_S if due is None else min(max(due - now, 0.0), LOOK_S)

    def _take(
        self, task: Task, host: Host, schedule: Schedule, done: Done, result: AggregatedResult
    ) -> None:
        """Take what a host gave, or let it have another turn."""
        multi, attempts = done.result, schedule.attempts[host.name]
        for each in multi:
            each.host = host
        if self._has_another_turn(task, multi, schedule, host):
            log.info("device=%s attempt=%d is not the last", host.name, attempts)
            if self.on_retry is not None:
                self.on_retry(host, multi)
            return
        if host.name in schedule.running:
            schedule.done(host.name)
        for each in multi:
            vars(each)["attempts"] = attempts
        result[host.name] = multi
        task.processors.task_instance_completed(task, host, multi)

    def _has_another_turn(
        self, task: Task, multi: MultiResult, schedule: Schedule, host: Host
    ) -> bool:
        if self.stopped or not _may_try_again(task, multi):
            return False
        return schedule.again(host.name, monotonic())


class _OfSubtasks(Processors):
    """Passes on what happens in a task; of the task as a whole the runner tells."""

    def task_instance_started(self, task: Task, host: Host) -> None:
        """Nothing: the runner tells it, once for all attempts."""

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """Nothing: the runner tells it, once for all attempts."""


def _may_try_again(task: Task, multi: MultiResult) -> bool:
    error = _cause(multi)
    if not isinstance(error, TransportError):
        return False
    return getattr(task.task, "repeatable", False) or not error.begun


def _cause(multi: MultiResult) -> BaseException | None:
    """What went wrong, in the task or in the innermost of its subtasks."""
    failed = [each for each in multi if each.failed and each.exception is not None]
    errors = [each.exception for each in failed if isinstance(each.exception, DeviceError)]
    return errors[0] if errors else (failed[0].exception if failed else None)


def _cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
