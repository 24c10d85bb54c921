"""Open a session to each router that is named, wait, and ask each for its prompt again."""

import asyncio
import json
import sys
from typing import Any

import asyncssh

AT_ONCE = 20


async def opened(door: asyncio.Semaphore, where: list[Any]) -> asyncssh.SSHClientProcess[str]:
    address, port, username, password = where
    async with door:
        connection = await asyncssh.connect(
            address,
            port,
            username=username,
            password=password,
            known_hosts=None,
            config=None,
            client_keys=None,
            agent_path=None,
            login_timeout=600,
            connect_timeout=600,
        )
        process: asyncssh.SSHClientProcess[str] = await connection.create_process(term_type="vt100")
        await process.stdout.readuntil("#")
        return process


async def answers(process: asyncssh.SSHClientProcess[str]) -> bool:
    process.stdin.write("\r")
    text = await asyncio.wait_for(process.stdout.readuntil("#"), 600)
    return str(text).endswith("#")


async def main() -> None:
    door = asyncio.Semaphore(AT_ONCE)
    wanted = json.loads(sys.stdin.readline())
    processes = await asyncio.gather(*(opened(door, where) for where in wanted))
    print(f"{len(processes)} open", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(f"{sum(await asyncio.gather(*map(answers, processes)))} answer", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
