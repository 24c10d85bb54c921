"""A lab of DEVICES members of a group whose key servers are far away, for clients that ask many.

`python fleet_server.py DEVICES KNOWN_HOSTS` writes the routers' host keys and prints a JSON line
when all listen: name, address and port of each.
"""

import asyncio
import json
import sys
from pathlib import Path

from getvpn.emulator.lab import DeviceFile, HostKeys, Lab, LabFile

STARTUP = """\
hostname {name}
ip domain name example.net
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key {name}-Secret address 203.0.113.1
crypto gdoi group EXAMPLE-WAN
 identity number 1001
 server address ipv4 203.0.113.1
 server address ipv4 203.0.113.2
crypto map WAN 10 gdoi
 set group EXAMPLE-WAN
interface GigabitEthernet0/0
 description WAN
 ip address 100.64.0.1 255.255.255.252
 no shutdown
interface GigabitEthernet0/1
 description LAN
 ip address 10.1.1.1 255.255.255.0
 no shutdown
ip route 0.0.0.0 0.0.0.0 100.64.0.2
ip access-list extended IN-CLEAR
 deny tcp any any eq 22
 deny udp any eq 848 any eq 848
snmp-server community {name}-Secret RO
line vty 0 15
 login local
 transport input ssh
username admin privilege 15 password 0 admin
end
"""


async def serve(devices: int, known_hosts: Path) -> None:
    """Listen until the process is ended."""
    names = [f"BR{number}" for number in range(devices)]
    lab = Lab(
        LabFile(
            devices=tuple(
                DeviceFile(name=name, startup=STARTUP.format(name=name)) for name in names
            ),
            host_keys=HostKeys(kind="ed25519", bits=256),
            seed=1,
        )
    )
    await lab.start()
    known_hosts.write_text("".join(map(lab.known_hosts, names)), "utf-8")
    hosts = [(host.name, host.address, host.port) for host in map(lab.host, names)]
    print(json.dumps(hosts), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
