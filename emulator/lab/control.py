"""Steering a lab that runs in another process: JSON lines over a local socket.

A request is an object with the key `do`; the answer is `{"ok": true, "result": …}` or
`{"ok": false, "error": …, "hint": …}`.
"""

import asyncio
import json
import os
import socket
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from ...errors import GetvpnError, InputError, UsageError
from ..faults import FaultKind
from .lab import Lab
from .places import PRIVATE_MODE, alone, answers, known_hosts_beside, private_file

MAX_REQUEST_BYTES: Final = 64 * 1024
MAX_JUMP_S: Final = 10 * 365 * 86400
_CLOSING_TURNS: Final = 5


class _Talk(asyncio.Protocol):
    """One who asks."""

    def __init__(self, answer: Callable[[bytes], dict[str, Any]], talks: "set[_Talk]") -> None:
        self._answer = answer
        self._talks = talks
        self._transport: asyncio.Transport | None = None
        self._typed = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of the connection."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._talks.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._talks.discard(self)

    def abort(self) -> None:
        """Close the connection; what was answered can still be read."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Answer the requests that are complete."""
        self._typed += data
        while b"\n" in self._typed and self._transport is not None:
            line, _, self._typed = self._typed.partition(b"\n")
            self._transport.write(json.dumps(self._answer(bytes(line))).encode() + b"\n")
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
                lambda: _Talk(self.answer, self._talks), sock=sock
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
        """The answer to one request."""
        try:
            request = json.loads(line)
            if not isinstance(request, dict) or request.get("do") not in set(self._calls):
                known = ", ".join(sorted(self._calls))
                raise UsageError("the request is not understood", hint=f"'do' is one of {known}")
            return {"ok": True, "result": self._calls[request["do"]](request)}
        except GetvpnError as error:
            return {"ok": False, "error": error.message, "hint": error.hint}
        except (ValueError, TypeError, RecursionError):
            return {"ok": False, "error": "the request is no JSON that is understood", "hint": None}

    def _name(self, request: dict[str, Any]) -> str:
        name = request.get("device")
        if not isinstance(name, str) or name not in self._lab.devices:
            raise InputError(
                f"there is no device {name!r}", hint="getvpn lab list names the devices"
            )
        return name

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
        seconds = request.get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise UsageError("'seconds' should be a number")
        if not 0 <= seconds <= MAX_JUMP_S:
            raise UsageError(
                "a lab's clock goes forwards, and not that far",
                hint=f"at most {MAX_JUMP_S // 86400} days at a time",
            )
        self._lab.advance(seconds)
        return self._lab.clock.now()

    def _down(self, request: dict[str, Any]) -> None:
        asyncio.get_running_loop().call_soon(self.stopped.set)
