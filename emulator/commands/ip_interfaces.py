"""`show ip interface`, `show ipv6 interface` and their brief forms."""

from ..grammar import CommandSet
from ..shell.call import Call
from .interface_choice import block_of, chosen
from .ip_interface_text import ip_interface_text
from .ipv6_interface_text import ipv6_interface_text
from .protocol_groups import reserved_groups

LEAST_WIDTH = 22

declared = CommandSet()
declared.words(
    {
        "show ip interface": "IP interface status and configuration",
        "ip interface brief": "Brief summary of IP status and configuration",
        "show ipv6 interface": "IPv6 interface status and configuration",
        "ipv6 interface brief": "Brief summary of IPv6 status and configuration",
    }
)


@declared.exec("show ip interface [<name:interface>]")
def show_ip_interface(call: Call) -> str:
    """How IPv4 is set up on interfaces."""
    groups = reserved_groups(call.router)
    return "".join(
        ip_interface_text(call.router, state, groups.get(state.name, ())) for state in chosen(call)
    )


@declared.exec(
    "show ip interface [<name:interface>] brief", "show ip interface brief <name:interface>"
)
def show_ip_interface_brief(call: Call) -> str:
    """The address and state of interfaces in a table."""
    states = chosen(call)
    width = max(LEAST_WIDTH, *(len(state.name) for state in states))
    text = f"{'Interface':<{width}} IP-Address      OK? Method Status                Protocol\n"
    for state in states:
        text += (
            f"{state.name:<{width}} {state.address:<15} YES {state.method:<6} "
            f"{state.status:<21} {state.protocol:<8}\n"
        )
    return text


@declared.exec("show ipv6 interface [<name:interface>]")
def show_ipv6_interface(call: Call) -> str:
    """How IPv6 is set up on interfaces; those without it are left out."""
    states = chosen(call)
    if call.get("name") is not None and not states[0].link_local:
        return ""
    return "".join(ipv6_interface_text(call.router, state) for state in states if state.link_local)


@declared.exec(
    "show ipv6 interface [<name:interface>] brief", "show ipv6 interface brief <name:interface>"
)
def show_ipv6_interface_brief(call: Call) -> str:
    """The IPv6 addresses of interfaces."""
    found = []
    states = chosen(call)
    width = max(LEAST_WIDTH, *(len(state.name) for state in states))
    for state in states:
        found.append(f"{state.name:<{width}} [{state.status}/{state.protocol}]")
        lender = block_of(call.router, state.name).value("ipv6 unnumbered", "interface")
        addresses = [str(address.ip).upper() for address in state.ipv6]
        if lender:
            addresses = [f"unnumbered ({lender})"]
        shown = [state.link_local, *addresses] if state.link_local else ["unassigned"]
        found += [f"    {address}" for address in shown]
    return "\n".join(found) + "\n"
