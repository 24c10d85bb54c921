"""Ask a router for the time again and again, and tell how long the answers take.

The argument is JSON: address, port, username, password. For each line on stdin that is a number,
a line comes: JSON of the quantiles (50 %, 90 %, all) of the seconds that the answers took since the
last line, once there are so many.
"""

import asyncio
import json
import sys
import time
from typing import Any

import asyncssh

PAUSE_S = 0.002
ENOUGH = 20_000


class Prober:
    """A session, and how long its answers took."""

    def __init__(self, process: Any) -> None:
        self.process = process
        self.taken: list[float] = []

    async def ask_for_ever(self) -> None:
        """Note how long each answer takes."""
        while True:
            begun = time.perf_counter()
            self.process.stdin.write("show clock\r")
            await self.process.stdout.readuntil("#")
            self.taken = [*self.taken[-ENOUGH:], time.perf_counter() - begun]
            await asyncio.sleep(PAUSE_S)

    async def quantiles(self, number: int) -> dict[str, float]:
        """What was noted, once there are `number` answers."""
        while len(self.taken) < number:
            await asyncio.sleep(PAUSE_S)
        taken, self.taken = sorted(self.taken), []
        return {
            "count": len(taken),
            "half": taken[len(taken) // 2],
            "most": taken[len(taken) * 9 // 10],
            "all": taken[-1],
        }


async def main() -> None:
    """Probe until stdin ends."""
    told = json.loads(sys.argv[1])
    connection = await asyncssh.connect(
        told["address"],
        told["port"],
        username=told["username"],
        password=told["password"],
        known_hosts=None,
        config=None,
        client_keys=None,
        agent_path=None,
    )
    process = await connection.create_process(term_type="vt100", term_size=(200, 40))
    await process.stdout.readuntil("#")
    prober = Prober(process)
    asking = asyncio.create_task(prober.ask_for_ever())
    while line := await asyncio.to_thread(sys.stdin.readline):
        waiting = asyncio.create_task(prober.quantiles(int(line)))
        await asyncio.wait({asking, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            asking.result()
        sys.stdout.write(json.dumps(await waiting) + "\n")
        sys.stdout.flush()
    asking.cancel()
    connection.abort()


if __name__ == "__main__":
    asyncio.run(main())
