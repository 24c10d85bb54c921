"""A process of a fleet's crew: takes hosts from a pipe, gives back what became of them."""

from __future__ import annotations

import logging
import os
import pickle
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Lock, Thread

from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Hosts, Inventory
from nornir.core.processor import Processors
from nornir.core.task import Task

from ...errors import DeviceError
from .crew import Done, Orders, Ready, ThreadCrew, failure, prepare


class _Pipe:
    """The way to the one who gave the orders; several threads may write."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self._lock = Lock()

    def send(self, message: Done | Ready | logging.LogRecord) -> None:
        """Send a message; whoever is not there any more misses nothing."""
        data = pickle.dumps(message)
        with self._lock, suppress(OSError):
            self.pipe.send_bytes(data)


class _PassOn(logging.Handler):
    """Lets the process that the user sees write what is logged here."""

    def __init__(self, pipe: _Pipe) -> None:
        super().__init__()
        self._pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        """Send the record with its text made."""
        text = self.format(record)
        # of the plain class, whatever others have made the factory of records
        self._pipe.send(
            logging.LogRecord(
                record.name, record.levelno, record.pathname, record.lineno, text, (), None
            )
        )


def main(descriptor: int) -> None:
    """Work until the pipe is closed at the other end."""
    pipe = Connection(descriptor)
    out = _Pipe(pipe)
    try:
        orders: Orders = pipe.recv()
        prepare(orders.task, orders.params)
    except Exception as error:  # noqa: BLE001 - whatever keeps the task from being found here
        out.send(Ready(f"{type(error).__name__}: {error}"))
        return
    out.send(Ready())
    logging.basicConfig(handlers=[_PassOn(out)], level=orders.log_level, format="%(message)s")
    crew = ThreadCrew(_task(orders), orders.hands)
    Thread(target=_listen, args=(pipe, crew), daemon=True).start()
    while True:
        for done in crew.wait(60.0):
            out.send(_portable(done, orders.name))


def _listen(pipe: Connection, crew: ThreadCrew) -> None:
    """Take hosts; None says that the run is broken off, and the end that nobody needs us."""
    while True:
        try:
            host = pipe.recv()
        except (EOFError, OSError):
            os._exit(0)
        if host is None:
            crew.abort()
        else:
            crew.start(host)


def _task(orders: Orders) -> Task:
    nornir = Nornir(
        inventory=Inventory(hosts=Hosts(), groups=Groups(), defaults=Defaults()),
        config=orders.config,
    )
    nornir.data.dry_run = orders.dry_run
    return Task(
        orders.task,
        nornir,
        global_dry_run=orders.dry_run,
        processors=Processors(),
        name=orders.name,
        **orders.params,
    )


def _portable(done: Done, name: str) -> Done:
    """`done` without what belongs to this process only."""
    for each in done.result:
        each.host = None
    if _pickles(done):
        return done
    for each in done.result:
        if each.exception is not None and not _pickles(each.exception):
            each.exception = DeviceError(str(each.exception) or type(each.exception).__name__)
    if _pickles(done):
        return done
    error = DeviceError(f"the result of {name} cannot be passed to another process")
    return Done(done.host, failure(name, error))


def _pickles(thing: object) -> bool:
    try:
        pickle.loads(pickle.dumps(thing))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - the question is whether it works
        return False
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]))
