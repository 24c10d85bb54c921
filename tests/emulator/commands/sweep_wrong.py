"""What installed parsers do not read although real routers print it, each with the reason."""

import re
from dataclasses import dataclass

from .sweep_forms import Form

GENIE, NTC = "genie", "ntc"
EMPTY = "nothing found"
KEYS = "SchemaMissingKeyError"
CODE = "UnboundLocalError|KeyError"
STATE = "TextFSMError"
SWITCHES = "reads what switches print"
XE = ("isr4451", "c8000v")
NO_DASH = "knows no group with a dash in its name"
TABLE_ONLY = "reads only the table, not one entry"


@dataclass(frozen=True)
class Wrong:
    """A parser that does not read what routers print: how it fails there, and the reason."""

    tool: str
    pattern: str
    how: str
    reason: str
    platforms: tuple[str, ...] = ("isr4451", "c8000v", "isr2911")


TABLE: tuple[Wrong, ...] = (
    Wrong(GENIE, "show environment all", EMPTY, SWITCHES),
    Wrong(GENIE, "show environment", KEYS, "wants at least one sensor", ("c8000v",)),
    Wrong(GENIE, "show environment", EMPTY, "reads what IOS-XE prints", ("isr2911",)),
    Wrong(GENIE, "ping ip", CODE, "is the parser of ping ipv6"),
    Wrong(GENIE, "show arp summary", KEYS, "wants at least one entry"),
    Wrong(
        GENIE, "show interfaces \\S*-\\S* stats", CODE, "knows no interface with a dash in its name"
    ),
    Wrong(GENIE, "show controllers", CODE, "knows only ports with two slashes", ("c8000v",)),
    Wrong(GENIE, "show ip eigrp interfaces detail", KEYS, "wants at least one interface"),
    Wrong(GENIE, "show ip http server secure status", KEYS, "wants a trustpoint"),
    Wrong(GENIE, "show aaa sessions", KEYS, "wants two words as the user's name"),
    Wrong(GENIE, "show snmp community", KEYS, "does not know communities with an access list"),
    Wrong(GENIE, "show cdp neighbors", CODE, "wants at least one neighbour"),
    Wrong(GENIE, "show crypto isakmp sa", KEYS, "wants at least one association"),
    Wrong(GENIE, "show crypto ikev2 session", KEYS, "wants at least one session"),
    Wrong(GENIE, "show interfaces.* mtu", CODE, "asks the router although it is given the output"),
    Wrong(GENIE, "show ipv6 route vrf \\S+ summary", KEYS, "wants the name default for every VRF"),
    Wrong(GENIE, "show crypto map", KEYS, "wants all of an IPsec map in a map of GDOI"),
    Wrong(GENIE, "show crypto gdoi ks$", KEYS, "wants at least one group"),
    Wrong(GENIE, "show crypto gdoi ks members", KEYS, "wants at least one member in each group"),
    Wrong(GENIE, "show crypto gdoi rekey sa detail", KEYS, "wants at least one association"),
    Wrong(GENIE, "show crypto gdoi ks( policy)?$", CODE, NO_DASH),
    Wrong(GENIE, "show crypto (gdoi|gkm)( detail| group \\S+)?$", CODE, NO_DASH),
    Wrong(
        GENIE,
        "show crypto gdoi gm rekey detail",
        CODE,
        "wants a transport, which a member learns by registering",
    ),
    Wrong(GENIE, "show crypto session", KEYS, "wants an association of IKE", ("isr2911",)),
    Wrong(GENIE, "show track", CODE, "knows no interface with a slash in its name", ("isr4451",)),
    Wrong(GENIE, "show standby brief", EMPTY, "knows only names of letters and digits"),
    Wrong(GENIE, "show ip dhcp pool \\S+", EMPTY, "reads pools of IPv6"),
    Wrong(GENIE, "show crypto pki certificates verbose TP-self", KEYS, "wants a key usage"),
    Wrong(NTC, "show crypto pki certificates", STATE, "knows no self-signed certificates"),
    Wrong(NTC, "show boot", STATE, SWITCHES),
    Wrong(NTC, "show platform", STATE, SWITCHES),
    Wrong(NTC, "show running-config interface", STATE, "does not know the word end"),
    Wrong(NTC, "show ip ospf interface", EMPTY, TABLE_ONLY),
    Wrong(NTC, "show ip route \\S+\\.\\S+", EMPTY, TABLE_ONLY),
    Wrong(NTC, "show ipv6 route \\S+:", EMPTY, TABLE_ONLY),
    Wrong(
        NTC,
        "show interfaces (summary|mtu|transceiver|accounting)",
        EMPTY,
        "takes any word for an interface",
    ),
    Wrong(NTC, "show crypto ipsec sa detail", f"{STATE}|{EMPTY}", "wants at least one association"),
    Wrong(NTC, "show processes memory sorted", STATE, "does not know the pool I/O", ("isr2911",)),
    Wrong(NTC, "show ip dhcp binding", STATE, "knows only the head that IOS prints", XE),
    Wrong(NTC, "show ip cef", STATE, "does not know that there is no such network"),
    Wrong(NTC, "show lldp neighbors", STATE, "does not know that LLDP is off"),
    Wrong(NTC, "show snmp (community|group|user)", STATE, "does not know that there is no agent"),
)


def wrong(platform: str, tool: str, form: Form, failed: str) -> Wrong | None:
    """The mistake of a parser that explains why it failed."""
    rows = (row for row in TABLE if row.tool == tool and platform in row.platforms)
    for row in rows:
        if re.match(rf"{row.pattern}\b", form.text) and re.match(row.how, failed):
            return row
    return None
