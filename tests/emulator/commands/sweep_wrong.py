"""What installed parsers do not read although real routers print it, each with the reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import sweep_groups as groups
from .sweep_forms import Form
from .sweep_truth import Truth

GENIE, NTC = "genie", "ntc"
EMPTY = "nothing found"
KEYS = "SchemaMissingKeyError"
CODE = "UnboundLocalError|KeyError"
STATE = "TextFSMError"
SWITCHES = "reads what switches print"
XE = ("isr4451", "c8000v")
NO_DASH = "knows no group with a dash in its name"
UNICAST = "knows only the word Unicast"
NO_SA = "wants at least one association"
GROUPS = "show crypto (gdoi|gkm)( detail| group \\S+)?"
TABLE_ONLY = "reads only the table, not one entry"


@dataclass(frozen=True)
class Wrong:
    """A parser that does not read what routers print: how it fails there, and the reason.

    `when` says in which state of a router it fails; in others it has to read what it gets.
    """

    tool: str
    pattern: str
    how: str
    reason: str
    platforms: tuple[str, ...] = ("isr4451", "c8000v", "isr2911")
    when: Callable[[Truth], bool] = lambda _: True


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
    Wrong(GENIE, "show crypto isakmp sa", KEYS, NO_SA, when=groups.lacks_ike),
    Wrong(GENIE, "show crypto ikev2 session", KEYS, "wants at least one session"),
    Wrong(GENIE, "show interfaces.* mtu", CODE, "asks the router although it is given the output"),
    Wrong(GENIE, "show ipv6 route vrf \\S+ summary", KEYS, "wants the name default for every VRF"),
    Wrong(GENIE, "show crypto map", KEYS, "wants all of an IPsec map in a map of GDOI"),
    Wrong(GENIE, "show crypto gdoi ks$", KEYS, "wants at least one group"),
    Wrong(
        GENIE,
        "show crypto gdoi ks members",
        KEYS,
        "wants at least one member in each group",
        when=groups.lacks_members,
    ),
    Wrong(GENIE, "show crypto gdoi rekey sa detail", KEYS, NO_SA, when=groups.lacks_keks),
    Wrong(GENIE, "show crypto gdoi ks( policy)?$", CODE, NO_DASH, when=groups.has_dashes),
    Wrong(GENIE, f"{GROUPS}$", CODE, NO_DASH, when=groups.has_dashes),
    Wrong(
        GENIE,
        "show crypto gdoi gm rekey detail",
        CODE,
        "wants a transport, which a member learns by registering",
        when=groups.is_unregistered,
    ),
    Wrong(
        GENIE,
        "show crypto session",
        KEYS,
        "wants an association of IKE",
        ("isr2911",),
        when=groups.lacks_ike,
    ),
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

LIVING: tuple[Wrong, ...] = (
    Wrong(
        GENIE,
        f"({GROUPS}|show crypto gdoi gm .*)$",
        f"{KEYS}|{CODE}",
        "wants a member in each group",
        when=groups.is_detached,
    ),
    Wrong(
        GENIE,
        "show crypto gdoi ks policy",
        KEYS,
        "wants keys, which a secondary has not before it hears of them",
        when=groups.lacks_keys,
    ),
    Wrong(
        GENIE,
        "show crypto gdoi ks members",
        KEYS,
        "wants acknowledgements, which multicast has not",
        when=groups.serves_multicast,
    ),
    Wrong(
        GENIE,
        f"{GROUPS}$",
        CODE,
        "knows no transport behind the name of a group",
        when=groups.serves,
    ),
    Wrong(
        GENIE,
        f"{GROUPS}$",
        f"{KEYS}|{CODE}",
        "wants a KEK, a TEK and a list, which a member without registration has not",
        when=groups.lacks_something,
    ),
    Wrong(
        GENIE,
        f"{GROUPS}$",
        KEYS,
        "wants acknowledgements, which a published output of multicast has not",
        when=groups.hears_multicast,
    ),
    Wrong(GENIE, "show crypto gdoi gm rekey detail", CODE, UNICAST, when=groups.hears_multicast),
    Wrong(
        GENIE,
        f"({GROUPS}|show crypto gdoi gm)$",
        f"{KEYS}|{CODE}",
        "does not know `Registering to`",
        when=groups.is_registering,
    ),
    Wrong(
        GENIE,
        f"({GROUPS}|show crypto gdoi gm|show crypto gdoi ipsec sa)$",
        f"{KEYS}|{CODE}",
        "knows directions of one word",
        when=groups.is_one_way,
    ),
    Wrong(
        GENIE,
        "show crypto gdoi ks( detail)?$",
        KEYS,
        "knows directions of one word",
        when=groups.serves_one_way,
    ),
    Wrong(
        GENIE,
        "show crypto gdoi ipsec sa",
        KEYS,
        "knows no check of times, which a published output has",
        when=groups.checks_times,
    ),
    Wrong(GENIE, f"{GROUPS}$", KEYS, "knows no method of tagging", when=groups.tags),
    Wrong(
        GENIE,
        "show crypto gdoi gm identifier",
        KEYS,
        "knows only the word None",
        when=groups.has_sender_ids,
    ),
    Wrong(
        GENIE,
        "show crypto gdoi ks coop identifier",
        KEYS,
        "knows only the word none",
        when=groups.gives_sender_ids,
    ),
    Wrong(
        GENIE,
        "show crypto isakmp sa (active|standby|nat)",
        KEYS,
        "wants a slot, which only IOS 12.4 prints",
        XE,
        when=groups.has_ike,
    ),
    Wrong(
        GENIE,
        "show crypto isakmp sa detail",
        CODE,
        "wants a capability of the first association",
        XE,
        when=groups.has_incapable_ike,
    ),
    Wrong(
        GENIE,
        "show crypto ikev2 sa (local|remote)",
        KEYS,
        "wants what only `detailed` prints",
        XE,
        when=groups.has_ikev2,
    ),
    Wrong(
        GENIE,
        "show crypto ipsec sa",
        f"{KEYS}|{CODE}",
        "wants flows, and a flag that those of groups have not (capture of 15.4)",
        XE,
        when=groups.has_map,
    ),
    Wrong(
        GENIE,
        "show crypto session",
        CODE,
        "knows no flows of IPv6",
        ("isr2911",),
        when=groups.protects_ipv6,
    ),
    Wrong(
        GENIE,
        "show crypto session detail",
        CODE,
        "wants the association before its capabilities",
        ("isr2911",),
        when=groups.speaks_version_2,
    ),
    Wrong(
        NTC,
        "show crypto session detail",
        STATE,
        "knows no flow that is denied, nor one with ports",
        when=groups.has_flows,
    ),
)
"""Those that only groups show that live."""


def wrong(truth: Truth, tool: str, form: Form, failed: str) -> Wrong | None:
    """The mistake of a parser that explains why it failed."""
    platform = truth.router.platform.name
    rows = (row for row in (*TABLE, *LIVING) if row.tool == tool and platform in row.platforms)
    for row in rows:
        fits = re.match(rf"{row.pattern}\b", form.text) and re.match(row.how, failed)
        if fits and row.when(truth):
            return row
    return None
