"""The DHCP server: its pools, and the bindings that are configured; no client has asked yet.

Layouts: transcripts of IOS 15 and IOS-XE, genie's parsers.
"""

from ipaddress import IPv4Address, IPv4Network

from ..config.store import Block, Entry
from ..grammar import CLASSIC, CommandSet
from ..shell.call import Call

BINDING_HEAD = "Bindings from all pools not associated with VRF:\n"
CLASSIC_HEAD = """\
IP address          Client-ID/              Lease expiration        Type
                    Hardware address/
                    User name
"""
XE_HEAD = (
    "IP address      Client-ID/ \t\tLease expiration \tType       State      Interface\n"
    "\t\tHardware address/\n"
    "\t\tUser name\n"
)

declared = CommandSet()
declared.words(
    {
        "show ip dhcp": "Show items in the DHCP database",
        "ip dhcp binding": "DHCP address bindings",
        "ip dhcp pool": "DHCP pools information",
        "pool WORD": "DHCP pool name",
        "ip dhcp conflict": "DHCP address conflicts",
        "clear ip dhcp": "Delete items from the DHCP database",
        "binding *": "Clear all automatic bindings",
        "conflict *": "Clear all address conflicts",
    }
)


def _pools(call: Call) -> list[Entry]:
    return call.router.config.root.all("ip dhcp pool")


@declared.exec("show ip dhcp binding [<address:ipv4>]")
def show_binding(call: Call) -> str:
    """The bindings of pools for one host."""
    wanted = call.get("address")
    classic = call.router.family == CLASSIC
    text = BINDING_HEAD + (CLASSIC_HEAD if classic else XE_HEAD)
    for entry in _pools(call):
        block = entry.block or Block("dhcp-pool")
        host = block.value("host", "address")
        client = block.value("client-identifier", "identifier") or block.value(
            "hardware-address", "address"
        )
        if host is None or client is None or wanted not in (None, host):
            continue
        if classic:
            text += f"{host:<20}{client:<24}{'Infinite':<24}Manual\n"
        else:
            text += f"{host:<16}{client:<24}{'Infinite':<24}{'Manual':<11}{'Active':<11}Unknown\n"
    return text


@declared.exec("show ip dhcp pool [<pool>]")
def show_pool(call: Call) -> str:
    """The pools with their addresses."""
    wanted = call.get("pool")
    found = [entry for entry in _pools(call) if wanted in (None, entry["pool"])]
    return "\n".join(_pool_text(call, entry) for entry in found)


def _pool_text(call: Call, entry: Entry) -> str:
    block = entry.block or Block("dhcp-pool")
    network, host = block.find("network"), block.find("host")
    total, row, excluded = 0, "", 0
    if network is not None:
        net = IPv4Network(network.text.split()[1] + "/" + network.text.split()[2])
        total = max(net.num_addresses - 2, 0)
        first, last = net.network_address + 1, net.broadcast_address - 1
        excluded = _excluded(call, int(first), int(last))
        row = _range(first, last, excluded, total)
    elif host is not None:
        total = 1
        address = IPv4Address(str(host["address"]))
        row = _range(address, address, 0, 1)
    lines = [
        f"Pool {entry['pool']} :",
        " Utilization mark (high/low)    : 100 / 0",
        " Subnet size (first/next)       : 0 / 0 ",
        f" Total addresses                : {total}",
        " Leased addresses               : 0",
    ]
    lines.append(f" Excluded addresses             : {excluded}")
    lines.append(" Pending event                  : none")
    if row:
        shared = "Leased/Excluded/Total"
        lines.append(" 1 subnet is currently in the pool :")
        lines.append(f" Current index        IP address range                    {shared}")
        lines.append(row)
    else:
        lines.append(" 0 subnet is currently in the pool")
    return "\n".join(lines) + "\n"


def _range(first: IPv4Address, last: IPv4Address, excluded: int, total: int) -> str:
    return f" {first!s:<21}{first!s:<17}- {last!s:<17} 0     / {excluded:<5} / {total}"


def _excluded(call: Call, first: int, last: int) -> int:
    """How many addresses of a range are not given away."""
    ranges = sorted(
        (int(IPv4Address(str(e["low"]))), int(IPv4Address(str(e.get("high") or e["low"]))))
        for e in call.router.config.root.all("ip dhcp excluded-address")
    )
    count, begin = 0, first
    for low, high in ranges:
        low, high = max(low, begin), min(high, last)
        if low <= high:
            count, begin = count + high - low + 1, high + 1
    return count


@declared.exec("show ip dhcp conflict")
def show_conflict(_call: Call) -> str:
    """Addresses that somebody uses without asking: none."""
    return "IP address        Detection method   Detection time          VRF\n"


@declared.exec("clear ip dhcp {binding | conflict} '*'", privilege=15)
def clear_dhcp(_call: Call) -> None:
    """There are no automatic bindings and no conflicts."""
