"""Debugging switched on and off."""

from collections.abc import Callable

from ..grammar import CLASSIC, CommandSet
from ..services.debugging import TOPICS, Debugging
from ..shell.call import Call

ALL_OFF = "All possible debugging has been turned off\n"
ALL_ON = "All possible debugging has been turned on\n"
SEVERE = "This may severely impact network performance. Continue? (yes/[no]): "
CONDITIONAL = """\
IOSXE Conditional Debug Configs:

Conditional Debug Global State: Stop


IOSXE Packet Tracing Configs:


Packet Infra debugs:

Ip Address                                               Port
------------------------------------------------------|----------

"""

declared = CommandSet()
declared.words(
    {
        "debug": "Debugging functions (see also 'undebug')",
        "debug aaa": "AAA Authentication, Authorization and Accounting",
        "debug all": "Enable all debugging",
        "debug arp": "IP ARP and HP Probe transactions",
        "debug cdp": "CDP information",
        "debug crypto": "Cryptographic subsystem",
        "debug ip": "IP information",
        "debug ntp": "NTP information",
        "debug radius": "RADIUS protocol",
        "debug snmp": "SNMP information",
        "debug tacacs": "TACACS authentication and authorization",
        "cdp packets": "CDP packets",
        "pki messages": "PKI Input/Output Messages",
        "pki transactions": "PKI Transactions",
        "ip packet": "General IP debugging and IPSO security transactions",
        "ntp events": "NTP events",
        "ntp packet": "NTP packets",
        "snmp packets": "SNMP packets",
        "no": "Disable debugging functions",
        "no debug": "Debugging functions (see also 'undebug')",
        "show debugging": "State of each debugging option",
        "undebug": "Disable debugging functions (see also 'debug')",
        "undebug all": "All debugging",
    }
)


@declared.exec("show debugging")
def show_debugging(call: Call) -> str:
    """What is being debugged, by subsystem."""
    router = call.router
    text = "" if router.family == CLASSIC else CONDITIONAL
    groups: dict[str, list[str]] = {}
    for topic in router.feature(Debugging).topics:
        subsystem, title = TOPICS[topic]
        groups.setdefault(subsystem, []).append(title)
    for subsystem, titles in groups.items():
        text += f"{subsystem}:\n" + "".join(f"  {title} is on\n" for title in titles)
    return text + ("\n" if groups else "")


def _on(topic: str) -> Callable[[Call], str]:
    def handler(call: Call) -> str:
        """Begin to debug a topic."""
        call.router.feature(Debugging).on(topic)
        return f"{TOPICS[topic][1]} is on\n"

    return handler


def _off(topic: str) -> Callable[[Call], str]:
    def handler(call: Call) -> str:
        """Stop to debug a topic."""
        call.router.feature(Debugging).off(topic)
        return f"{TOPICS[topic][1]} is off\n"

    return handler


for _topic in TOPICS:
    declared.exec(f"debug {_topic}", privilege=15)(_on(_topic))
    declared.exec(f"undebug {_topic}", f"no debug {_topic}", privilege=15)(_off(_topic))


@declared.exec("undebug all", "no debug all", privilege=15)
def undebug_all(call: Call) -> str:
    """Stop all debugging."""
    call.router.feature(Debugging).off()
    return ALL_OFF


@declared.exec("debug all", privilege=15)
async def debug_all(call: Call) -> str | None:
    """Begin all debugging, if that is meant."""
    answer = (await call.dialogue.ask(SEVERE)).strip().lower()
    if not answer or not "yes".startswith(answer):
        return None
    for topic in TOPICS:
        call.router.feature(Debugging).on(topic)
    return ALL_ON
