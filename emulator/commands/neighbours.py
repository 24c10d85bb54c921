"""CDP and LLDP: whether they run, and whom they have found."""

from typing import TYPE_CHECKING

from ..grammar import CommandSet
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

CDP_OFF = "% CDP is not enabled\n"
LLDP_OFF = "% LLDP is not enabled\n"
CDP_CODES = (
    "Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge\n"
    "                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, \n"
    "                  D - Remote, C - CVTA, M - Two-port Mac Relay \n"
)
CDP_HEAD = "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID\n"
CDP_TOTAL = "\nTotal cdp entries displayed : 0\n"
LLDP_CODES = (
    "Capability codes:\n"
    "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
    "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other\n"
)
LLDP_HEAD = "Device ID           Local Intf     Hold-time  Capability      Port ID\n"
LLDP_TOTAL = "\nTotal entries displayed: 0\n"

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


def cdp_runs(router: "Router") -> bool:
    """Whether CDP is on: it is from the beginning on IOS, and only if configured on IOS-XE."""
    root = router.config.root
    return root.has("cdp run") or (router.family == "classic" and not root.off("cdp run"))


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
    """The neighbours in a table: none, as nobody sends CDP in a lab."""
    return f"{CDP_CODES}\n{CDP_HEAD}{CDP_TOTAL}" if cdp_runs(call.router) else CDP_OFF


@declared.exec("show cdp neighbors detail", "show cdp neighbors <interface:interface> detail")
def show_cdp_details(call: Call) -> str:
    """The neighbours one by one."""
    return CDP_TOTAL if cdp_runs(call.router) else CDP_OFF


@declared.exec("show cdp entry <name>")
def show_cdp_entry(call: Call) -> str:
    """One neighbour."""
    return "" if cdp_runs(call.router) else CDP_OFF


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
    """The neighbours in a table: none, as nobody sends LLDP in a lab."""
    if not call.router.config.root.has("lldp run"):
        return LLDP_OFF
    return f"\n{LLDP_CODES}\n{LLDP_HEAD}{LLDP_TOTAL}\n"


@declared.exec("show lldp neighbors detail", "show lldp neighbors <interface:interface> detail")
def show_lldp_details(call: Call) -> str:
    """The neighbours one by one."""
    return f"{LLDP_TOTAL}\n" if call.router.config.root.has("lldp run") else LLDP_OFF
