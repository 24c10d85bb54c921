"""Who does the work of a fleet: threads here, or threads of other processes."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final, Protocol

from nornir.core.task import MultiResult, Result, Task

from ...errors import TransportError
from ..ssh.connection import STOPPING

if TYPE_CHECKING:
    from nornir.core.configuration import Config
    from nornir.core.inventory import Host

LOGGERS: Final = ("", "getvpn", "netmiko", "nornir", "paramiko")
"""What these would write here is passed on from other processes."""
GRACE_S: Final = 2.0
"""How long sessions that are broken off may take to say what they have got."""
_END_S: Final = 1.0
"""How long a process that has closed its pipe may take to end."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """A host is through, well or not."""

    host: str
    result: MultiResult


class Crew(Protocol):
    """Some hands that take one host each."""

    @property
    def free(self) -> bool:
        """Whether a hand is free."""

    @property
    def busy(self) -> bool:
        """Whether a host is being worked on."""

    def start(self, host: Host) -> None:
        """Give a free hand a host."""

    def wait(self, timeout_s: float) -> list[Done]:
        """The hosts that are through, waiting for the first."""

    def abort(self) -> None:
        """Break off the sessions; what they have got still comes."""

    def dismiss(self) -> None:
        """Let all hands go, at once."""


class ThreadCrew:
    """Threads of this process. They end with it, whatever they wait for.

    `through` is called, by a thread, when a host is.
    """

    def __init__(
        self, task: Task, hands: int, through: Callable[[], object] = lambda: None
    ) -> None:
        self.task = task
        self.hands = hands
        self._through = through
        self._stopping = Event()
        self._running: dict[str, Host] = {}
        self._hosts: SimpleQueue[Host | None] = SimpleQueue()
        self._done: SimpleQueue[Done] = SimpleQueue()
        self._threads: list[Thread] = []

    @property
    def free(self) -> bool:
        """Whether a thread is free."""
        return self.load < self.hands

    @property
    def load(self) -> int:
        """How many hosts are being worked on."""
        return len(self._running)

    @property
    def busy(self) -> bool:
        """Whether a host is being worked on."""
        return bool(self._running)

    def start(self, host: Host) -> None:
        """Give a free thread a host."""
        self._running[host.name] = host
        if len(self._threads) < len(self._running):
            thread = Thread(target=self._toil, name=f"getvpn {len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._hosts.put(host)

    def wait(self, timeout_s: float) -> list[Done]:
        """The hosts that are through, waiting for the first."""
        found: list[Done] = []
        with suppress(Empty):
            found.append(self._done.get(timeout=timeout_s))
            while True:
                found.append(self._done.get_nowait())
        for done in found:
            self._running.pop(done.host, None)
        return found

    def abort(self) -> None:
        """Close the connections that are open: what waits for a device wakes up."""
        self._stopping.set()
        for host in list(self._running.values()):
            for plugin in list(host.connections.values()):
                with suppress(Exception):
                    plugin.close()

    def dismiss(self) -> None:
        """Let all threads go."""
        if self._running:
            self.abort()
        for _ in self._threads:
            self._hosts.put(None)

    def _toil(self) -> None:
        while (host := self._hosts.get()) is not None:
            task = self.task.copy()
            setattr(task, STOPPING, self._stopping)
            try:
                result = task.start(host)
            except BaseException as error:  # noqa: BLE001 - a hand that falls out would be missed
                result = failure(self.task.name, error)
            self._done.put(Done(host.name, result))
            self._through()


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process of the crew is told in the beginning."""

    task: Callable[..., Any]
    name: str
    params: dict[str, Any]
    dry_run: bool
    config: Config
    hands: int
    log_level: int


@dataclass(frozen=True, slots=True)
class Ready:
    """A process of the crew has understood its orders, or `trouble` says why not."""

    trouble: str = ""


@dataclass(slots=True, eq=False)
class _Worker:
    """A process of the crew, and the hosts that it has; it gets none before it is `ready`."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    hosts: set[str]
    ready: bool = False


class ProcessCrew:
    """Threads of this process and of others.

    Each of the others is this interpreter with our module `worker`: a fork would inherit
    threads and locks, and what `multiprocessing` starts runs the user's script again. While they
    start, this process is at work already.
    """

    def __init__(self, task: Task, hands: int, processes: int) -> None:
        self.name = task.name
        self.hands = -(-hands // processes)
        self._orders = Orders(
            task=task.task,
            name=task.name,
            params=task.params,
            dry_run=bool(task.global_dry_run),
            config=task.nornir.config,
            hands=self.hands,
            log_level=min(logging.getLogger(name).getEffectiveLevel() for name in LOGGERS),
        )
        self._bell, ringer = Pipe(duplex=False)
        self._ringer = ringer
        self._here = ThreadCrew(task, self.hands, lambda: ringer.send_bytes(b"."))
        self._workers: list[_Worker] = []
        self._lost: list[Done] = []
        try:
            for _ in range(processes - 1):
                self._workers.append(self._hire())
        except BaseException:
            self.dismiss()
            raise

    @property
    def free(self) -> bool:
        """Whether a process has a free thread."""
        return self._here.free or any(len(each.hosts) < self.hands for each in self._ready)

    @property
    def busy(self) -> bool:
        """Whether a host is being worked on."""
        return bool(self._lost or self._here.busy or any(each.hosts for each in self._workers))

    @property
    def _ready(self) -> list[_Worker]:
        return [worker for worker in self._workers if worker.ready]

    def start(self, host: Host) -> None:
        """Give the process with the fewest hosts another one."""
        worker = min(self._ready, key=lambda each: len(each.hosts), default=None)
        if worker is None or self._here.load <= len(worker.hosts):
            self._here.start(host)
            return
        try:
            data = pickle.dumps(bare(host))
        except Exception as error:  # noqa: BLE001 - whatever its data hold, threads can do it
            log.info("device=%s stays in this process: %s", host.name, type(error).__name__)
            self._here.start(host)
            return
        worker.hosts.add(host.name)
        try:
            worker.pipe.send_bytes(data)
        except OSError:
            self._replace(worker)

    def wait(self, timeout_s: float) -> list[Done]:
        """The hosts that are through, waiting for the first."""
        found, self._lost = self._lost, []
        workers = {worker.pipe: worker for worker in self._workers}
        for pipe in wait([self._bell, *workers], 0 if found else timeout_s):
            if pipe is self._bell:
                while self._bell.poll():
                    self._bell.recv_bytes()
                found += self._here.wait(0)
                continue
            worker = workers[pipe]  # type: ignore[index]  # wait gives what it was given
            try:
                while worker.pipe.poll():
                    found += self._said(worker, worker.pipe.recv())
            except (EOFError, OSError):
                self._replace(worker)
        return found

    def abort(self) -> None:
        """Break off the sessions."""
        self._here.abort()
        for worker in self._workers:
            with suppress(OSError):
                worker.pipe.send(None)

    def dismiss(self) -> None:
        """End the other processes, and let the threads go."""
        self._here.dismiss()
        for worker in self._workers:
            worker.pipe.close()
            worker.process.kill()
        for worker in self._workers:
            worker.process.wait()

    def _said(self, worker: _Worker, message: Done | Ready | logging.LogRecord) -> list[Done]:
        match message:
            case logging.LogRecord():
                logger = logging.getLogger(message.name)
                if logger.isEnabledFor(message.levelno):
                    logger.handle(message)
                return []
            case Ready():
                worker.ready = not message.trouble
                if message.trouble:
                    log.warning("a process is of no use: %s", message.trouble)
                return []
        worker.hosts.discard(message.host)
        return [message]

    def _hire(self) -> _Worker:
        ours, theirs = socket.socketpair()
        try:
            process = subprocess.Popen(  # noqa: S603 - this interpreter, with a module of ours
                [sys.executable, "-m", f"{__package__}.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                # Ctrl-C is for us, who tell them
                start_new_session=True,
            )
        finally:
            theirs.close()
        pipe = Connection(ours.detach())
        pipe.send(self._orders)
        return _Worker(process, pipe, set())

    def _replace(self, worker: _Worker) -> None:
        """A process has ended by itself: its hosts are lost, another takes its place.

        One that has never been ready is not replaced: the next would end like it.
        """
        self._workers.remove(worker)
        worker.pipe.close()
        with suppress(subprocess.TimeoutExpired):
            worker.process.wait(_END_S)
        log.error("a process ended unasked: exit code %s", worker.process.poll())
        worker.process.kill()
        worker.process.wait()
        error = TransportError("the process that had the session ended unasked")
        error.begun = True
        self._lost += (Done(host, failure(self.name, error)) for host in sorted(worker.hosts))
        if worker.ready:
            self._workers.append(self._hire())


def prepare(task: Callable[..., Any], params: Mapping[str, Any]) -> None:
    """Let a task load what it needs before it has a host; see `FleetRunner`."""
    load = getattr(task, "prepare", None)
    if load is not None:
        load(**params)


def failure(name: str, error: BaseException) -> MultiResult:
    """What a task gives that ends with `error`."""
    multi = MultiResult(name)
    multi.append(Result(None, failed=True, exception=error, result=str(error)))
    return multi


def bare(host: Host) -> Host:
    """A copy of `host` that has no connections, as another process can take it."""
    alone = copy.copy(host)
    alone.connections = {}
    return alone


def portable(task: Task, host: Host) -> bool:
    """Whether another process could do `task`: it has to find the function by its name."""
    if os.name != "posix" or getattr(task.task, "__module__", "__main__") == "__main__":
        return False
    try:
        pickle.dumps((task.task, task.params, task.nornir.config, bare(host)))
    except Exception as error:  # noqa: BLE001 - whatever does not pickle, threads do
        log.info("task %s stays in this process: %s", task.name, type(error).__name__)
        return False
    return True
