"""A lab of DEVICES routers with RSA or Ed25519 host keys; the counterpart of `bare_server`.

`python lab_server.py DEVICES rsa|ed25519` prints a JSON line when all listen: the first port, the
seconds since the process began, and the memory that the devices took, in bytes each.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

BEGUN = time.perf_counter()

from getvpn.emulator.lab import DeviceFile, HostKeys, Lab, LabFile  # noqa: E402

STARTUP = """\
hostname {name}
ip domain name example.net
interface Loopback0
 ip address 10.255.0.1 255.255.255.255
line vty 0 97
 login local
 transport input ssh
username admin privilege 15 password 0 admin
end
"""


def resident() -> int:
    """The memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def serve(devices: int, kind: str) -> None:
    """Listen until the process is ended."""
    before = resident()
    names = [f"R{number}" for number in range(devices)] if devices > 1 else ["KS1"]
    lab = Lab(
        LabFile(
            devices=tuple(
                DeviceFile(name=name, startup=STARTUP.format(name=name)) for name in names
            ),
            host_keys=HostKeys(kind=kind, bits=2048 if kind == "rsa" else 256),
            seed=1,
        )
    )
    await lab.start()
    print(
        json.dumps(
            {
                "ports": [lab.host(names[0]).port],
                "ready_s": time.perf_counter() - BEGUN,
                "device_bytes": (resident() - before) / devices,
            }
        ),
        flush=True,
    )
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
