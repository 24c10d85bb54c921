"""Steering a lab that runs in another process: JSON lines over a local socket.

A request is an object with the key `do`; the answer is `{"ok": true, "result": …}` or
`{"ok": false, "error": …, "hint": …}`.
"""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ...errors import GetvpnError, InputError, UsageError
from ..clock import RunningClock
from ..faults import FaultKind
from .lab import Lab
from .places import PRIVATE_MODE, alone, answers, known_hosts_beside, private_file
from .requests import flag, pairs, rate, sample, seconds, text
from .world import no_device

if TYPE_CHECKING:
    from .watching import OutagesData, TrafficData

MAX_REQUEST_BYTES: Final = 64 * 1024
MOST_LINES: Final = 5000
"""Lines of the event log in one answer."""
_CLOSING_TURNS: Final = 5
Answer = Callable[[bytes], Awaitable[dict[str, Any]]]


class _Talk(asyncio.Protocol):
    """One who asks; he gets his answers in the order of his requests."""

    def __init__(self, answer: Answer, talks: "set[_Talk]") -> None:
        self._answer = answer
        self._talks = talks
        self._transport: asyncio.Transport | None = None
        self._typed = bytearray()
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of the connection."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._talks.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it; what has been begun goes on."""
        self._talks.discard(self)
        self._transport = None

    def abort(self) -> None:
        """Close the connection; what was answered can still be read."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Answer the requests that are complete; meanwhile no others are read."""
        self._typed += data
        if b"\n" not in data:
            self._bound()
        elif self._transport is not None:
            self._transport.pause_reading()
            self._answering = asyncio.get_running_loop().create_task(self._answer_all())

    async def _answer_all(self) -> None:
        try:
            while b"\n" in self._typed and self._transport is not None:
                line, _, self._typed = self._typed.partition(b"\n")
                answer = json.dumps(await self._answer(bytes(line))).encode() + b"\n"
                if self._transport is not None:
                    self._transport.write(answer)
        except BaseException:
            self.abort()
            raise
        if self._transport is not None:
            self._transport.resume_reading()
            self._bound()

    def _bound(self) -> None:
        """Want nothing of somebody whose request has no end."""
        if len(self._typed) > MAX_REQUEST_BYTES:
            self.abort()


class Control:
    """Answers requests about one lab; `stopped` is set when somebody asked for the end."""

    def __init__(self, lab: Lab) -> None:
        self.stopped = asyncio.Event()
        self._lab = lab
        self._server: asyncio.Server | None = None
        self._sock: socket.socket | None = None
        self._path: Path | None = None
        self._talks: set[_Talk] = set()
        self._known: dict[str, str] = {}
        self._calls: dict[str, Callable[[dict[str, Any]], Any]] = {
            "hosts": self._hosts,
            "known-hosts": self._known_hosts,
            "fault": self._fault,
            "clear": self._clear,
            "faults": self._faults,
            "advance": self._advance,
            "pace": self._pace,
            "partition": self._partition,
            "heal": lambda _: self._lab.heal(),
            "cut": self._cut,
            "mend": lambda request: self._lab.mend(text(request, "device"), text(request, "other")),
            "line": self._line,
            "prune": self._prune,
            "kill": lambda request: self._lab.kill(text(request, "device")),
            "boot": lambda request: self._lab.boot(text(request, "device")),
            "inspect": lambda request: self._lab.inspect(text(request, "device")),
            "overview": lambda _: self._lab.overview(),
            "nodes": self._nodes,
            "traffic": self._traffic,
            "record": lambda request: self._lab.record_traffic(pairs(request), sample(request)),
            "stop-recording": lambda _: self._lab.stop_recording(),
            "outages": self._outages,
            "events": self._events,
            "digest": lambda _: self._lab.digest(),
            "down": self._down,
        }

    async def listen(self, path: Path) -> None:
        """Answer on the socket `path`; raises InputError if a lab answers there already.

        The socket appears there when it answers, so whoever finds one that does not may take it
        away: its lab has died.
        """
        early = path.with_name(f".{os.getpid()}")
        sock = socket.socket(socket.AF_UNIX)
        try:
            early.unlink(missing_ok=True)
            sock.bind(os.fspath(early))
            early.chmod(PRIVATE_MODE)
            sock.listen()
            with alone(path.parent):
                if answers(path):
                    raise InputError(
                        f"a lab named {path.stem!r} runs already",
                        hint="name this one with --name, or end the other: getvpn lab down",
                    )
                early.rename(path)
            self._path, self._sock = path, sock
            sock.setblocking(False)
            loop = asyncio.get_running_loop()
            self._server = await loop.create_unix_server(
                lambda: _Talk(self.reply, self._talks), sock=sock
            )
        except BaseException:
            sock.close()
            early.unlink(missing_ok=True)
            raise

    async def close(self) -> None:
        """Answer no more; who waits for the end of the lab sees it now."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            known_hosts_beside(self._path).unlink(missing_ok=True)
        if self._sock is not None:
            asyncio.get_running_loop().remove_reader(self._sock)
        # those that were accepted last appear, and all are closed, in the next turns of the loop
        for _ in range(_CLOSING_TURNS):
            for talk in list(self._talks):
                talk.abort()
            await asyncio.sleep(0)
        if self._server is not None:
            self._server.close()

    def answer(self, line: bytes) -> dict[str, Any]:
        """The answer to one request; a jump of the clock holds up everybody else."""
        try:
            request = self._read(line)
            return {"ok": True, "result": self._calls[request["do"]](request)}
        except Exception as error:  # noqa: BLE001 - those that are not about the request go on
            return _refusal(error)

    async def reply(self, line: bytes) -> dict[str, Any]:
        """The answer to one request; others go on during a jump of the clock."""
        try:
            request = self._read(line)
            if request["do"] != "advance":
                return {"ok": True, "result": self._calls[request["do"]](request)}
            await self._lab.pass_time(seconds(request))
            return {"ok": True, "result": self._lab.clock.now()}
        except Exception as error:  # noqa: BLE001 - those that are not about the request go on
            return _refusal(error)

    def _read(self, line: bytes) -> dict[str, Any]:
        request = json.loads(line)
        if not isinstance(request, dict) or request.get("do") not in set(self._calls):
            known = ", ".join(sorted(self._calls))
            raise UsageError("the request is not understood", hint=f"'do' is one of {known}")
        return request

    def _name(self, request: dict[str, Any]) -> str:
        """The name of a router."""
        name = request.get("device")
        if isinstance(name, str) and name in self._lab.devices:
            return name
        if isinstance(name, str) and name in self._lab.network.nodes:
            raise InputError(f"{name} is a station: it has no command line")
        raise no_device(name)

    def _hosts(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        return [asdict(host) for host in self._lab.hosts()]

    def _known_hosts(self, request: dict[str, Any]) -> str | None:
        """The path of a file with the host keys of the devices asked for; None without a key."""
        name = self._name(request)
        self._known[name] = self._lab.known_hosts(name)
        if self._path is None or not self._known[name]:
            return None
        path = known_hosts_beside(self._path)
        private_file(path, "".join(self._known.values()))
        return str(path)

    def _fault(self, request: dict[str, Any]) -> None:
        self._lab.fault(self._name(request), str(request.get("fault", "")))

    def _clear(self, request: dict[str, Any]) -> None:
        kind = request.get("fault")
        if kind is not None and kind not in list(FaultKind):
            raise InputError(
                f"there is no fault named {kind!r}", hint=f"choose from {', '.join(FaultKind)}"
            )
        self._lab[self._name(request)].faults.clear(FaultKind(kind) if kind else None)

    def _faults(self, request: dict[str, Any]) -> list[str]:
        return [str(fault) for fault in self._lab[self._name(request)].faults.active()]

    def _advance(self, request: dict[str, Any]) -> float:
        self._lab.advance(seconds(request))
        return self._lab.clock.now()

    def _pace(self, request: dict[str, Any]) -> float:
        clock = self._lab.clock
        if not isinstance(clock, RunningClock):
            raise UsageError("the clock of this lab stands still; 'advance' moves it")
        clock.pace(rate(request))
        return clock.now()

    def _partition(self, request: dict[str, Any]) -> None:
        sides = request.get("sides")
        if not isinstance(sides, list) or not all(isinstance(side, list) for side in sides):
            raise UsageError("'sides' should be a list of lists of devices")
        self._lab.partition(*sides)

    def _cut(self, request: dict[str, Any]) -> None:
        one_way = flag(request, "one_way", usual=False)
        self._lab.cut(text(request, "device"), text(request, "other"), one_way=one_way)

    def _line(self, request: dict[str, Any]) -> None:
        """`device` alone means its access line, with `other` the way between the two."""
        self._lab.line(
            text(request, "device"),
            None if request.get("other") is None else text(request, "other"),
            latency_s=request.get("latency_s"),
            loss=request.get("loss"),
            mtu=request.get("mtu"),
        )

    def _prune(self, request: dict[str, Any]) -> None:
        pruned = flag(request, "pruned", usual=True)
        self._lab.prune(text(request, "group"), text(request, "device"), pruned=pruned)

    def _nodes(self, request: dict[str, Any]) -> dict[str, list[str]]:
        """All devices, and the addresses on which the others reach them."""
        nodes = self._lab.network.nodes.values()
        return {node.name: sorted(node.addresses) for node in nodes}

    def _traffic(self, request: dict[str, Any]) -> "TrafficData":
        """What would become of a packet between two devices: see `Steering.traffic`."""
        from .watching import journey_data

        ends = text(request, "device"), text(request, "other")
        found = self._lab.traffic(*ends, sample(request))
        return {
            "works": found.works,
            "encrypted": found.encrypted,
            "there": journey_data(found.there),
            "back": journey_data(found.back),
        }

    def _outages(self, request: dict[str, Any]) -> "OutagesData":
        """What happened to recorded traffic until `now`; times in UTC seconds."""
        from .watching import outage_data

        found = self._lab.outages()
        return {"now": self._lab.kernel.now(), "pairs": [outage_data(each) for each in found]}

    def _events(self, request: dict[str, Any]) -> dict[str, Any]:
        """Some lines of the event log; `next` is the `since` of the request for the next ones."""
        since = request.get("since", 0)
        if isinstance(since, bool) or not isinstance(since, int) or since < 0:
            raise UsageError("'since' should be a whole number")
        count, lines = self._lab.event_count(), self._lab.events(since)
        first = count - len(lines)
        return {
            "lines": lines[:MOST_LINES],
            "next": min(first + MOST_LINES, count),
            "count": count,
            "now": self._lab.kernel.now(),
        }

    def _down(self, request: dict[str, Any]) -> None:
        asyncio.get_running_loop().call_soon(self.stopped.set)


def _refusal(error: Exception) -> dict[str, Any]:
    """What to answer instead of a result; raises what is no fault of the request."""
    if isinstance(error, GetvpnError):
        return {"ok": False, "error": error.message, "hint": error.hint}
    if isinstance(error, ValueError | TypeError | RecursionError):
        return {"ok": False, "error": "the request is no JSON that is understood", "hint": None}
    raise error
