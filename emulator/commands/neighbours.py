"""CDP and LLDP: whether they run, and whom they have found.

Layouts: genieparser and ntc-templates samples of IOS and IOS-XE.
"""

from ..grammar import CommandSet, short_interface, split_interface
from ..services.advertising import CDP, LLDP, Neighbour, cdp_runs, neighbours
from ..shell.call import Call
from .version import software_lines

CDP_OFF = "% CDP is not enabled\n"
LLDP_OFF = "% LLDP is not enabled\n"
CDP_CODES = (
    "Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge\n"
    "                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, \n"
    "                  D - Remote, C - CVTA, M - Two-port Mac Relay \n"
)
CDP_HEAD = "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID\n"
CDP_CAPABILITIES = {"c8000v": ("R I", "Router IGMP")}
USUAL_CAPABILITIES = ("R S I", "Router Switch IGMP")
CDP_RULE = "-------------------------\n"
LLDP_RULE = "------------------------------------------------\n"
LLDP_CODES = (
    "Capability codes:\n"
    "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
    "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other\n"
)
LLDP_HEAD = "Device ID           Local Intf     Hold-time  Capability      Port ID\n"

declared = CommandSet()
declared.words(
    {
        "show cdp": "CDP information",
        "cdp entry": "Information for specific neighbor entry",
        "cdp neighbors": "CDP neighbor entries",
        "show lldp": "LLDP information",
        "lldp neighbors": "LLDP neighbor entries",
        "neighbors detail": "Show detailed information",
    }
)


@declared.exec("show cdp")
def show_cdp(call: Call) -> str:
    """How CDP is set up."""
    if not cdp_runs(call.router):
        return CDP_OFF
    root = call.router.config.root
    version_2 = "not enabled" if root.off("cdp advertise-v2") else "enabled"
    return (
        "Global CDP information:\n"
        f"\tSending CDP packets every {root.value('cdp timer', 'seconds', 60)} seconds\n"
        f"\tSending a holdtime value of {root.value('cdp holdtime', 'seconds', 180)} seconds\n"
        f"\tSending CDPv2 advertisements is  {version_2}\n"
    )


@declared.exec("show cdp neighbors [<interface:interface>]")
def show_cdp_neighbors(call: Call) -> str:
    """The neighbours in a table."""
    if not cdp_runs(call.router):
        return CDP_OFF
    found = neighbours(call.router, CDP, call.get("interface"))
    rows = "".join(map(_cdp_row, found))
    return f"{CDP_CODES}\n{CDP_HEAD}{rows}{_cdp_total(found)}"


@declared.exec("show cdp neighbors detail", "show cdp neighbors <interface:interface> detail")
def show_cdp_details(call: Call) -> str:
    """The neighbours one by one."""
    if not cdp_runs(call.router):
        return CDP_OFF
    found = neighbours(call.router, CDP, call.get("interface"))
    return "".join(CDP_RULE + _cdp_entry(each) for each in found) + _cdp_total(found)


@declared.exec("show cdp entry <name>")
def show_cdp_entry(call: Call) -> str:
    """One neighbour; `*` means all."""
    if not cdp_runs(call.router):
        return CDP_OFF
    name = str(call["name"])
    found = [each for each in neighbours(call.router, CDP) if name in ("*", each.device_id)]
    return "".join(CDP_RULE + _cdp_entry(each) for each in found)


def _cdp_total(found: list[Neighbour]) -> str:
    return f"\nTotal cdp entries displayed : {len(found)}\n"


def _cdp_row(each: Neighbour) -> str:
    name, capabilities = each.device_id, _capabilities(each)[0]
    lead = f"{name:<17}" if len(name) < 17 else f"{name}\n{'':17}"
    model = each.router.platform.model.partition("/")[0]
    return (
        f"{lead}{_three(each.local.name):<18}{each.hold_s:<11}{capabilities:>11}  "
        f"{model[:9]:<10}{_three(each.remote.name)}\n"
    )


def _three(name: str) -> str:
    """An interface as the table of CDP writes it: `Gig 0/0/0`."""
    kind, number = split_interface(name)
    return f"{kind[:3]} {number}"


def _capabilities(each: Neighbour) -> tuple[str, str]:
    return CDP_CAPABILITIES.get(each.router.platform.name, USUAL_CAPABILITIES)


def _cdp_entry(each: Neighbour) -> str:
    router, address = each.router, each.remote.address
    software = "\n".join(software_lines(router))
    version = 1 if router.config.root.off("cdp advertise-v2") else 2
    return (
        f"Device ID: {each.device_id}\n"
        f"Entry address(es): \n  IP address: {address}\n"
        f"Platform: cisco {router.platform.model},  Capabilities: {_capabilities(each)[1]} \n"
        f"Interface: {each.local.name},  Port ID (outgoing port): {each.remote.name}\n"
        f"Holdtime : {each.hold_s} sec\n\n"
        f"Version :\n{software}\n\n"
        f"advertisement version: {version}\nDuplex: full\n"
        f"Management address(es): \n  IP address: {address}\n\n"
    )


@declared.exec("show lldp")
def show_lldp(call: Call) -> str:
    """How LLDP is set up."""
    root = call.router.config.root
    if not root.has("lldp run"):
        return LLDP_OFF
    timer = root.value("lldp timer", "seconds", 30)
    hold = root.value("lldp holdtime", "seconds", 120)
    reinit = root.value("lldp reinit", "seconds", 2)
    return (
        "\nGlobal LLDP Information:\n    Status: ACTIVE\n"
        f"    LLDP advertisements are sent every {timer} seconds\n"
        f"    LLDP hold time advertised is {hold} seconds\n"
        f"    LLDP interface reinitialisation delay is {reinit} seconds\n"
    )


@declared.exec("show lldp neighbors [<interface:interface>]")
def show_lldp_neighbors(call: Call) -> str:
    """The neighbours in a table."""
    if not call.router.config.root.has("lldp run"):
        return LLDP_OFF
    found = neighbours(call.router, LLDP, call.get("interface"))
    rows = "".join(map(_lldp_row, found))
    return f"\n{LLDP_CODES}\n{LLDP_HEAD}{rows}{lldp_total(found)}\n"


@declared.exec("show lldp neighbors detail", "show lldp neighbors <interface:interface> detail")
def show_lldp_details(call: Call) -> str:
    """The neighbours one by one."""
    if not call.router.config.root.has("lldp run"):
        return LLDP_OFF
    return lldp_entries(neighbours(call.router, LLDP, call.get("interface")))


def lldp_entries(found: list[Neighbour]) -> str:
    """Neighbours one by one, and how many they are."""
    entries = "".join(LLDP_RULE + _lldp_entry(each) for each in found)
    return f"{entries}{lldp_total(found)}\n"


def lldp_total(found: list[Neighbour]) -> str:
    """How many neighbours were shown."""
    return f"\nTotal entries displayed: {len(found)}\n"


def _lldp_row(each: Neighbour) -> str:
    local, remote = short_interface(each.local.name), short_interface(each.remote.name)
    return f"{each.device_id[:20]:<20}{local:<15}{each.hold_s:<11}{'R':<16}{remote}\n"


def _lldp_entry(each: Neighbour) -> str:
    software = "\n".join(software_lines(each.router))
    return (
        f"Local Intf: {short_interface(each.local.name)}\n"
        f"Chassis id: {each.router.chassis.mac(0)}\n"
        f"Port id: {short_interface(each.remote.name)}\n"
        f"Port Description: {each.remote.description or each.remote.name}\n"
        f"System Name: {each.device_id}\n\n"
        f"System Description: \n{software}\n\n"
        f"Time remaining: {each.hold_s} seconds\n"
        "System Capabilities: B,R\nEnabled Capabilities: R\n"
        f"Management Addresses:\n    IP: {each.remote.address}\n"
        "Auto Negotiation - not supported\n"
        "Physical media capabilities - not advertised\n"
        "Media Attachment Unit type - not advertised\n"
        "Vlan ID: - not advertised\n\n"
    )
