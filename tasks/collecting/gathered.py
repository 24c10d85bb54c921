"""What a collection leaves behind: texts of devices, and an index that says when each was printed.

A collection is a folder. Each device has a folder in it with a text for each command, in the form
that `getvpn audit` reads; `collection.jsonl` is the index: a line about the run, then one for each
device that is through, well or not.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypedDict

from ...audits.load import COLLECTION_INDEX
from ...errors import DeviceError, InputError, UsageError, printable
from ..saving import PRIVATE, PRIVATE_FOLDER

FORMAT: Final = 1
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_NAME: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a host failed."""

    host: str
    """The host."""
    kind: str
    """`host-key`, `login`, `transport`, `timeout`, `refused`, `inventory`, `file`, …."""
    message: str
    """What happened, and what to do, for people."""

    @classmethod
    def of(cls, host: str, error: BaseException) -> Failure:
        """The failure that `error` is; of faults of our own only type and place are told."""
        if isinstance(error, DeviceError):
            text = printable("; ".join((error.message, *error.advice)))
            return cls(host=host, kind=error.kind, message=text)
        if isinstance(error, UsageError | InputError):
            return cls(host=host, kind="inventory", message=str(error))
        if isinstance(error, OSError):
            return cls(host=host, kind="file", message=error.strerror or type(error).__name__)
        return cls(host=host, kind="internal", message=f"{type(error).__name__}{_place(error)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What became of a command."""

    command: str
    """The command."""
    at: str
    """When it was sent, in ISO 8601 and UTC."""
    seconds: float
    """How long the answer took, in seconds."""
    size: int = 0
    """The size of the text, in bytes."""
    file: str | None = None
    """The file with the text, from the collection's folder; None: it was refused."""
    refused: str | None = None
    """The words in which the device refused it; None: it did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was got from one host: a line for each, as soon as it is through."""

    host: str
    """The host."""
    address: str = ""
    """Where it was reached."""
    roles: tuple[str, ...] = ()
    """What it turned out to be: `key_server`, `member`."""
    began: str = ""
    """When it was begun, in ISO 8601 and UTC."""
    seconds: float = 0.0
    """How long the last attempt took, in seconds."""
    attempts: int = 1
    """How many attempts there were."""
    outputs: tuple[Output, ...] = ()
    """The commands; with a failure they may be a part."""
    failure: Failure | None = None
    """Why it failed; None: it did not."""

    @property
    def files(self) -> int:
        """How many texts there are."""
        return sum(output.file is not None for output in self.outputs)

    @property
    def size(self) -> int:
        """The bytes of all texts."""
        return sum(output.size for output in self.outputs)

    def with_earlier(self, earlier: Gathered) -> Gathered:
        """With what an attempt before has got and this one has not."""
        asked = {output.command for output in self.outputs}
        more = tuple(output for output in earlier.outputs if output.command not in asked)
        roles = self.roles or earlier.roles
        return replace(self, outputs=(*more, *self.outputs), roles=roles, began=earlier.began)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Gathered:
        """What a line of the index says."""
        failure = data.get("failure")
        return cls(
            **{
                **data,
                "roles": tuple(data.get("roles", ())),
                "outputs": tuple(Output(**each) for each in data.get("outputs", ())),
                "failure": Failure(**failure) if failure else None,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection that is over.

    `hosts` is how many were asked for, `done` how many gave all, `failures` those that did not.
    `interrupted` says that it was broken off, so that some hosts had no turn.
    """

    folder: Path
    hosts: int
    done: int = 0
    failures: tuple[Failure, ...] = ()
    interrupted: bool = False
    seconds: float = 0.0
    size: int = 0
    outputs: int = 0

    @property
    def complete(self) -> bool:
        """Whether each host gave all that it was asked for."""
        return self.done == self.hosts

    def gathered(self) -> Iterator[Gathered]:
        """What was got from each host, in the order in which they were through."""
        return read_index(self.folder)


class CollectionBegun(TypedDict):
    """The first line of the index, which has an object in each line."""

    collection: int
    """The version of this form, 1."""
    began: str
    """When the collection began, in ISO 8601 and UTC."""
    hosts: int
    """How many hosts were to be asked."""


class CollectionEnded(TypedDict):
    """The last line of the index; a run that was killed has none."""

    ended: str
    """When the collection ended, in ISO 8601 and UTC."""
    interrupted: bool
    """Whether it was broken off, so that some hosts had no turn."""


@dataclass(slots=True)
class Index:
    """The index of a collection while it grows: each line is written as soon as it is known."""

    folder: Path
    _descriptor: int = field(default=-1, repr=False)

    def begin(self, hosts: int) -> None:
        """Make the folder, which must not hold anything yet. Raises UsageError, OSError."""
        self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if any(self.folder.iterdir()):
            raise UsageError(
                f"{self.folder} is not empty",
                hint="a collection has a folder of its own, lest old texts pass for new",
            )
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._descriptor = os.open(self.folder / COLLECTION_INDEX, flags, PRIVATE)
        self._add({"collection": FORMAT, "began": now(), "hosts": hosts})

    def add(self, gathered: Gathered) -> None:
        """Write what a host gave."""
        self._add(gathered)

    def end(self, *, interrupted: bool) -> None:
        """Write that it is over."""
        self._add({"ended": now(), "interrupted": interrupted})
        os.close(self._descriptor)

    def _add(self, data: Gathered | CollectionBegun | CollectionEnded) -> None:
        os.write(self._descriptor, f"{_LINES.encode(data)}\n".encode())


def _fields(data: Gathered | Output | Failure) -> dict[str, Any]:
    """The fields of a dataclass, as `asdict` gives them at ten times the price."""
    return {name: getattr(data, name) for name in data.__slots__}


_LINES: Final = json.JSONEncoder(ensure_ascii=False, default=_fields)


def read_index(folder: Path) -> Iterator[Gathered]:
    """The hosts of a collection. Raises InputError for a folder that is none."""
    path = folder / COLLECTION_INDEX
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                found = _host_in(line, path, number)
                if found is not None:
                    yield found
    except FileNotFoundError:
        raise InputError("is no collection: it has no index", source=str(folder)) from None
    except UnicodeDecodeError:
        raise InputError("is no index of a collection", source=str(path)) from None


def _host_in(line: str, path: Path, number: int) -> Gathered | None:
    """The host that a line is about; None for one about the run."""
    try:
        data = json.loads(line)
    except ValueError:
        # the last line of a run that was killed
        return None
    try:
        if data.get("collection", FORMAT) != FORMAT:
            raise InputError("a newer getvpn wrote this", source=str(path), lineno=number)
        return Gathered.read(data) if "host" in data else None
    except (AttributeError, TypeError):
        raise InputError("is no line of an index", source=str(path), lineno=number) from None


def _place(error: BaseException) -> str:
    """The innermost of our lines that led to an error."""
    place, trace = "", error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__"))
        if module.startswith("getvpn."):
            place = f" at {module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def now() -> str:
    """The time in UTC: `2026-01-31T12:00:00.000Z`."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def folder_name(host: str) -> str:
    """A name for the folder of a host: what no file system objects to."""
    return _UNFIT.sub("_", host)[:_MAX_NAME].lstrip(".") or "_"


def file_name(command: str) -> str:
    """A name for the text of a command, which `getvpn audit` can read: `show_clock.txt`."""
    return _UNFIT.sub("_", command.strip())[:_MAX_NAME].strip("_.") + ".txt"
