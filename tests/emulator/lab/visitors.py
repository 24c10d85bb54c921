"""Clients that visit the routers of a lab: asyncssh in the lab's own loop."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncssh

from getvpn.emulator.lab import Host

Result = TypeVar("Result")
TIMEOUT_S = 300.0
"""More real time than any test takes, however busy the machine is."""


def run(talk: Callable[[], Awaitable[Result]]) -> Result:
    """Run a test's coroutine, not for ever."""

    async def limited() -> Result:
        return await asyncio.wait_for(talk(), TIMEOUT_S)

    return asyncio.run(limited())


def connect(host: Host, **more: Any) -> Any:
    """A connection of somebody who may log in, whatever the host key."""
    options = {
        "username": host.username,
        "password": host.password,
        "known_hosts": None,
        "config": None,
        "client_keys": None,
        "agent_path": None,
    }
    return asyncssh.connect(host.address, host.port, **(options | more))


class Visit:
    """A command line; `opening` is what came up to the first prompt."""

    def __init__(self, process: Any, prompt: str, opening: str) -> None:
        self.process, self.prompt, self.opening = process, prompt, opening

    async def ask(self, line: str, prompt: str = "") -> str:
        """Type a line and Enter; what comes up to the prompt."""
        self.process.stdin.write(f"{line}\r")
        text: str = await self.process.stdout.readuntil(prompt or self.prompt)
        return text

    async def rest(self) -> str:
        """All that still comes until the router closes, or the connection is lost."""
        said = ""
        try:
            while piece := await self.process.stdout.read(4096):
                said += piece
        except asyncssh.ConnectionLost:
            pass
        return said


@asynccontextmanager
async def visiting(host: Host, *, prompt: str = "", quiet: bool = False, **more: Any) -> Any:
    """A command line on a router for a while; nothing is paged, and nothing said if `quiet`."""
    prompt = prompt or f"{host.name}#"
    async with connect(host, **more) as connection:
        process = await connection.create_process(
            term_type="vt100", term_size=(200, 0), encoding="utf-8"
        )
        visit = Visit(process, prompt, await process.stdout.readuntil(prompt))
        if not quiet:
            await visit.ask("terminal length 0")
        try:
            yield visit
        finally:
            process.close()


async def eventually(true: Callable[[], bool]) -> None:
    """Wait for something that another side of a connection causes."""
    async with asyncio.timeout(TIMEOUT_S):
        while not true():
            await asyncio.sleep(0.005)
