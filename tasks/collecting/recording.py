"""The processor of nornir that writes the index of a collection while hosts come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

from .gathered import Collection, Failure, Gathered, Index

if TYPE_CHECKING:
    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, MultiResult, Task


class Interrupted(KeyboardInterrupt):
    """Ctrl-C ended a collection; `collection` is what was got."""

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self.collection = collection


class Recorder:
    """Writes what each host gave into the index, and keeps of it no more than a count.

    Used as a context it makes the folder and ends the index; `collection` is then there.
    """

    def __init__(
        self, index: Index, hosts: int, report: Callable[[Gathered], None] | None = None
    ) -> None:
        self.index = index
        self.hosts = hosts
        self.report = report
        self._done = self._size = self._outputs = 0
        self._failures: list[Failure] = []
        self._attempts: dict[str, Gathered] = {}
        self._began = monotonic()
        self._interrupted = False

    @property
    def collection(self) -> Collection:
        """What was got so far."""
        return Collection(
            folder=self.index.folder,
            hosts=self.hosts,
            done=self._done,
            failures=tuple(self._failures),
            interrupted=self._interrupted,
            seconds=round(monotonic() - self._began, 3),
            size=self._size,
            outputs=self._outputs,
        )

    def __enter__(self) -> Recorder:
        self.index.begin(self.hosts)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        through = self._done + len(self._failures)
        # a runner that was stopped leaves hosts out without an error
        self._interrupted = error is not None or through < self.hosts
        for gathered in self._attempts.values():
            # their hosts had no further turn
            self._take(gathered)
        self.index.end(interrupted=self._interrupted)
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(self.collection) from None

    def keep_attempt(self, host: Host, result: MultiResult) -> None:
        """Keep what an attempt has got that is not the last."""
        gathered = result[0].result
        if isinstance(gathered, Gathered):
            before = self._attempts.get(host.name)
            if before is not None:
                gathered = replace(gathered.with_earlier(before), attempts=before.attempts + 1)
            self._attempts[host.name] = gathered

    # ---- the events of nornir ----

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
        """Write what the host gave, and let go of it."""
        first = result[0]
        earlier = self._attempts.pop(host.name, None)
        gathered = first.result
        if not isinstance(gathered, Gathered):
            # the task did not come to its end: a fault of ours, or of the process it was in
            error = first.exception or RuntimeError()
            gathered = Gathered(host=host.name, failure=Failure.of(host.name, error))
        if earlier is not None:
            gathered = gathered.with_earlier(earlier)
        self._take(replace(gathered, attempts=getattr(first, "attempts", 1)))
        for each in result:
            each.result = None

    def _take(self, gathered: Gathered) -> None:
        """Write, count and tell what a host gave."""
        self.index.add(gathered)
        self._size += gathered.size
        self._outputs += gathered.files
        if gathered.failure is None:
            self._done += 1
        else:
            self._failures.append(gathered.failure)
        if self.report is not None:
            self.report(gathered)
