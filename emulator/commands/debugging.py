"""Debugging switched on and off."""

from collections.abc import Callable, Iterator

from ..grammar import CLASSIC, FAMILIES, XE, CommandSet
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

HELPS = {
    "aaa": "AAA Authentication, Authorization and Accounting",
    "aaa authentication": "Authentication",
    "aaa authorization": "Authorization",
    "arp": "IP ARP and HP Probe transactions",
    "cdp": "CDP information",
    "cdp packets": "CDP packets",
    "crypto": "Cryptographic subsystem",
    "crypto condition": "Define debug condition filters",
    "crypto engine": "Crypto Engine Debug",
    "crypto gdoi": "GDOI Group Key Management",
    "crypto gdoi gm": "Group member",
    "crypto gdoi ks": "Key server",
    "crypto gkm": "GDOI Group Key Management",
    "crypto gkm gm": "Group member",
    "crypto gkm ks": "Key server",
    "crypto ikev2": "IKEv2 debugging",
    "crypto ikev2 error": "Error messages",
    "crypto ikev2 internal": "Internal events",
    "crypto ikev2 packet": "Packets",
    "crypto ipsec": "IPSEC processing",
    "crypto ipsec error": "Error messages",
    "crypto isakmp": "ISAKMP Key Management",
    "crypto isakmp error": "Error messages",
    "crypto pki": "PKI Client",
    "crypto pki messages": "PKI Input/Output Messages",
    "crypto pki transactions": "PKI Transactions",
    "crypto pki validation": "PKI Validation Path",
    "ip": "IP information",
    "ip icmp": "ICMP transactions",
    "ip packet": "General IP debugging and IPSO security transactions",
    "ip routing": "Routing table events",
    "ip ssh": "Incoming ssh connections",
    "ntp": "NTP information",
    "ntp all": "NTP all debugging on",
    "ntp events": "NTP events",
    "ntp packet": "NTP packets",
    "radius": "RADIUS protocol",
    "snmp": "SNMP information",
    "snmp packets": "SNMP packets",
    "tacacs": "TACACS authentication and authorization",
}
declared = CommandSet()
declared.words(
    {
        "debug": "Debugging functions (see also 'undebug')",
        "no": "Disable debugging functions",
        "no debug": "Debugging functions (see also 'undebug')",
        "show debugging": "State of each debugging option",
        "undebug": "Disable debugging functions (see also 'debug')",
    }
)
for _verb in ("debug", "undebug"):
    declared.words({f"{_verb} {words}": text for words, text in HELPS.items()})
    declared.words({f"{_verb} all": "All debugging"})


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


def _spellings(topic: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """How a topic is spelled, and by which families: IOS-XE has `gkm` for `gdoi` too."""
    yield topic, FAMILIES
    if "gdoi" in topic:
        yield topic.replace("gdoi", "gkm"), (XE,)


for _topic in TOPICS:
    for _words, _families in _spellings(_topic):
        declared.exec(f"debug {_words}", privilege=15, families=_families)(_on(_topic))
        declared.exec(f"undebug {_words}", f"no debug {_words}", privilege=15, families=_families)(
            _off(_topic)
        )


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
