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
from typing import Any

from ...errors import DeviceError, GetvpnError, InputError, UsageError
from ..faults import FaultKind
from .lab import Lab

MAX_REQUEST_BYTES = 64 * 1024
REPLY_TIMEOUT_S = 60.0
MAX_JUMP_S = 10 * 365 * 86400


class Control:
    """Answers requests about one lab; `stopped` is set when somebody asked for the end."""

    def __init__(self, lab: Lab) -> None:
        self.stopped = asyncio.Event()
        self._lab = lab
        self._server: asyncio.Server | None = None
        self._path: Path | None = None
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
        """Answer on the socket `path`; raises InputError if a lab answers there already."""
        if path.exists():
            if answers(path):
                raise InputError("this lab runs already", source=path.stem)
            path.unlink()
        mask = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(
                self._serve, path, limit=MAX_REQUEST_BYTES
            )
        finally:
            os.umask(mask)
        self._path = path

    async def close(self) -> None:
        """Answer no more."""
        if self._server is not None and self._path is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(self.answer(line)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            return
        finally:
            writer.close()

    def answer(self, line: bytes) -> dict[str, Any]:
        """The answer to one request."""
        try:
            request = json.loads(line)
            if not isinstance(request, dict) or request.get("do") not in self._calls:
                known = ", ".join(sorted(self._calls))
                raise UsageError("the request is not understood", hint=f"'do' is one of {known}")
            return {"ok": True, "result": self._calls[request["do"]](request)}
        except GetvpnError as error:
            return {"ok": False, "error": error.message, "hint": error.hint}
        except (ValueError, RecursionError):
            return {"ok": False, "error": "the request is no JSON", "hint": None}

    def _name(self, request: dict[str, Any]) -> str:
        name = request.get("device")
        if not isinstance(name, str) or name not in self._lab.devices:
            raise InputError(
                f"there is no device {name!r}", hint=f"devices: {', '.join(self._lab.devices)}"
            )
        return name

    def _hosts(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        return [asdict(host) for host in self._lab.hosts()]

    def _known_hosts(self, request: dict[str, Any]) -> str:
        return self._lab.known_hosts_line(self._name(request))

    def _fault(self, request: dict[str, Any]) -> None:
        self._lab.fault(self._name(request), str(request.get("fault", "")))

    def _clear(self, request: dict[str, Any]) -> None:
        kind = request.get("fault")
        if kind is not None and kind not in set(FaultKind):
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
            raise UsageError(f"'seconds' should be from 0 to {MAX_JUMP_S}")
        self._lab.advance(seconds)
        return self._lab.clock.now()

    def _down(self, request: dict[str, Any]) -> None:
        asyncio.get_running_loop().call_soon(self.stopped.set)


def answers(path: Path) -> bool:
    """Tell whether somebody listens on a socket."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(os.fspath(path))
        except OSError:
            return False
    return True


def ask(path: Path, request: dict[str, Any]) -> Any:
    """Send one request to a lab and give its result.

    Raises DeviceError if the lab does not answer, InputError if it refuses.
    """
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(REPLY_TIMEOUT_S)
        try:
            client.connect(os.fspath(path))
            client.sendall(json.dumps(request).encode() + b"\n")
            with client.makefile("rb") as replies:
                line = replies.readline()
        except OSError as error:
            raise DeviceError(
                f"the lab does not answer: {error.strerror or error}", device=path.stem
            ) from None
    if not line:
        raise DeviceError("the lab closed the connection", device=path.stem)
    reply = json.loads(line)
    if not reply["ok"]:
        raise InputError(reply["error"], hint=reply["hint"])
    return reply["result"]
