"""Which commands each configuration mode knows, as far as GETVPN needs it.

The tree goes by indentation where a mode is unknown, and by this where it is known: typed
configurations are often not indented at all, and a router does not look at blanks either.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from .keywords import Grammar, commands, one_of


class Mode(NamedTuple):
    """The commands of a mode.

    In a `closed` mode those that matter are all listed, so that a line which is none of them,
    but is a command of an enclosing mode, belongs there. Else a line that stands deeper than
    the header belongs to the mode whatever it says. A `complete` mode has no others in any
    release.
    """

    commands: Grammar
    closed: bool = True
    complete: bool = False


ROOT: Final = commands(
    *("crypto isakmp policy", "crypto isakmp profile", "crypto isakmp key"),
    *("crypto isakmp keepalive", "crypto isakmp identity", "crypto isakmp nat"),
    *("crypto isakmp invalid-spi-recovery", "crypto isakmp aggressive-mode"),
    *("crypto isakmp client configuration", "crypto isakmp enable", "crypto isakmp peer"),
    *("crypto isakmp default", "crypto isakmp fragmentation", "crypto isakmp xauth"),
    *("crypto keyring", "crypto identity", "crypto dynamic-map"),
    *("crypto ikev2 proposal", "crypto ikev2 policy", "crypto ikev2 keyring"),
    *("crypto ikev2 profile", "crypto ikev2 dpd", "crypto ikev2 limit", "crypto ikev2 nat"),
    *("crypto ikev2 authorization", "crypto ikev2 client", "crypto ikev2 name-mangler"),
    *("crypto ikev2 certificate-cache", "crypto ikev2 cookie-challenge", "crypto ikev2 window"),
    *("crypto ikev2 fragmentation", "crypto ikev2 http-url", "crypto ikev2 diagnose"),
    *("crypto ikev2 cluster", "crypto ikev2 disconnect-revoked-peers", "crypto ikev2 redirect"),
    *("crypto ipsec transform-set", "crypto ipsec profile", "crypto ipsec security-association"),
    *("crypto ipsec df-bit", "crypto ipsec fragmentation", "crypto ipsec nat-transparency"),
    *("crypto ipsec optional", "crypto ipsec client", "crypto ipsec default"),
    *("crypto gdoi group", "crypto gkm group", "crypto gdoi gm", "crypto gkm gm", "crypto map"),
    *("crypto pki trustpoint", "crypto ca trustpoint", "crypto pki server"),
    *("crypto pki certificate chain", "crypto ca certificate chain", "crypto pki token"),
    *("crypto pki certificate map", "crypto ca certificate map", "crypto pki crl"),
    *("crypto pki authenticate", "crypto pki enroll", "crypto pki import", "crypto pki export"),
    *("crypto pki profile", "crypto pki trustpool", "crypto pki certificate pool"),
    *("crypto key pubkey-chain", "crypto key generate", "crypto key zeroize"),
    *("crypto key export", "crypto key import", "crypto key encrypt", "crypto key decrypt"),
    *("crypto call", "crypto ctcp", "crypto engine", "crypto logging", "crypto mib"),
    *("crypto provisioning", "crypto ssl", "crypto vpn", "crypto wui", "crypto xauth"),
    *("ip access-list extended", "ip access-list standard", "ip access-list resequence"),
    *("ip access-list log-update", "ip access-list logging", "ip access-list helper"),
    *("ip multicast-routing", "ip pim", "ip domain", "ip domain-name", "ip nat"),
    *("ip route", "ip cef", "ip http", "ip ssh", "ip scp", "ip tcp", "ip vrf", "ip name-server"),
    *("ip prefix-list", "ip forward-protocol", "ip local", "ip dhcp", "ip sla", "ip igmp"),
    *("ip tftp", "ip ftp", "ip tacacs", "ip radius", "ip host", "ip flow", "ip bgp-community"),
    *("ipv6 access-list", "ipv6 unicast-routing", "ipv6 cef", "ipv6 route", "ipv6 router"),
    *("ipv6 multicast-routing", "ipv6 prefix-list", "ipv6 nd"),
    *("interface", "router", "object-group", "access-list", "hostname", "version"),
    *("logging", "ntp", "snmp-server", "username", "password", "enable", "key", "service"),
    *("clock", "tacacs-server", "radius-server", "tacacs server", "radius server", "aaa"),
    *("redundancy", "vrf", "line", "banner", "archive", "alias", "boot", "class-map"),
    *("policy-map", "control-plane", "event", "license", "memory", "monitor"),
    *("platform", "privilege", "route-map", "spanning-tree", "standby", "track"),
    *("template", "vlan", "flow", "dot1x", "cdp", "lldp", "mpls", "multilink"),
    *("identity policy", "identity profile"),
    *("authentication mac-move", "dialer", "qos", "parser", "parameter-map", "security"),
    *("scheduler", "file", "errdisable"),
    *("process", "port-channel", "exception", "disable"),
    *("map-class", "map-list", "macro", "mac", "menu", "mmi", "modemcap", "arp", "call"),
    *("app-hosting", "boot-end-marker", "boot-start-marker", "bridge-domain", "call-home"),
    *("controller", "dial-peer", "diagnostic", "gateway", "hw-module", "iox", "kron"),
    *("l2tp-class", "login", "multicast", "netconf", "netconf-yang", "pseudowire-class"),
    *("restconf", "rtr", "sccp", "subscriber", "system", "telemetry", "telephony-service"),
    *("tftp-server", "time-range", "transceiver", "upgrade", "voice", "vpdn", "vpdn-group", "vtp"),
    *("zone", "zone-pair"),
)

# Single lines at global level: what follows them is never below them, however it is indented.
ROOT_LEAVES: Final = frozenset(
    (
        *("crypto isakmp key", "crypto isakmp keepalive", "crypto isakmp identity"),
        *("crypto ipsec security-association", "crypto map", "access-list", "hostname"),
        *("logging", "ntp", "snmp-server", "username", "password", "version", "ip domain"),
        *("ip domain-name", "ip multicast-routing", "ip route", "enable", "service"),
    )
)

_GROUP: Final = commands(
    *("identity number", "identity address", "server local", "server address"),
    *("server hostname", "passive", "client protocol", "client registration"),
    *("client bypass-policy", "client rekey", "client transform-sets", "client recovery-check"),
    *("client status", "client pfs", "client fail-close", "client transport-encrypt-key"),
)
_KEY_SERVER: Final = commands(
    *("address", "authorization address", "authorization identity", "gdoi", "gikev2"),
    *("group size", "identifier", "pfs", "redundancy = server-redundancy"),
    *("registration interface", "registration periodic", "rekey algorithm", "rekey sig-hash"),
    *("rekey lifetime", "rekey retransmit", "rekey authentication", "rekey transport"),
    *("rekey address", "rekey acknowledgement", "sa ipsec", "sa d3p", "sa receive-only"),
    "sa pair-wise-keying",
)
_CRYPTO_MAP: Final = commands(
    "set", "match", "description", "reverse-route", "qos pre-classify", "crl", "activate"
)
_ACCESS_LIST: Final = commands(
    *("permit", "deny", "remark", "evaluate", "dynamic", "sequence"),
    *("NAME permit", "NAME deny", "NAME remark", "NAME evaluate", "NAME dynamic"),
)
_TRUSTPOINT: Final = commands(
    *("auto-enroll", "authorization", "auto-trigger", "certificate", "chain-validation", "crl"),
    *("eckeypair", "enrollment", "fingerprint", "fqdn", "hash", "ip-address", "match", "ocsp"),
    *("password", "primary", "redundancy", "regenerate", "revocation-check", "root"),
    *("rsakeypair", "serial-number", "source", "storage", "subject-alt-name", "subject-name"),
    *("subject-name-value", "usage", "vrf", "eku", "grant", "id-usage", "query"),
)
_CERTIFICATES: Final = commands("certificate")
_ROUTING: Final = commands(
    *("network", "neighbor", "redistribute", "passive-interface", "router-id", "area"),
    *("auto-summary", "bgp", "eigrp", "timers", "maximum-paths", "distance", "distribute-list"),
    *("default-information", "default-metric", "log-adjacency-changes", "metric", "offset-list"),
    *("synchronization", "variance", "address-family", "version", "mpls", "template"),
    *("af-interface", "topology", "snmp context"),
)
_INTERFACE: Final = commands(
    *("description", "shutdown", "mtu", "bandwidth", "delay", "duplex", "speed", "keepalive"),
    *("load-interval", "media-type", "negotiation", "switchport", "service-policy"),
    *("tunnel", "zone-member", "channel-group", "encapsulation", "vrf forwarding"),
    *("ip address", "ip unnumbered", "ip mtu", "ip tcp adjust-mss", "ip access-group"),
    *("ip vrf forwarding", "ip helper-address", "ip policy", "ip verify", "ip ospf"),
    *("ip proxy-arp", "ip redirects", "ip unreachables", "ip summary-address"),
    *("ip nat inside $", "ip nat outside $", "ip nat enable", "ip nhrp", "ip virtual-reassembly"),
    *("ip pim sparse-mode", "ip pim dense-mode", "ip pim sparse-dense-mode", "ip pim passive"),
    *("ip pim dr-priority", "ip pim query-interval", "ip pim nbma-mode", "ip pim bsr-border"),
    *("ip pim neighbor-filter", "ip pim version", "ip pim redundancy", "ip pim state-refresh"),
    *("ip igmp join-group", "ip igmp static-group", "ip igmp version", "ip igmp access-group"),
    *("ip igmp helper-address", "ip igmp limit", "ip igmp query-interval", "ip igmp v3lite"),
    *("ip igmp query-max-response-time", "ip igmp querier-timeout", "ip igmp immediate-leave"),
    *("ip flow ingress", "ip flow egress", "ip flow monitor", "ip vrf receive"),
    *("ip tcp header-compression", "ip tcp compression-connections", "ip dhcp client"),
    *("ip dhcp snooping trust", "ip dhcp snooping limit", "ipv6 nd", "arp timeout"),
    *("cdp enable", "cdp tlv", "clock rate", "dialer pool", "dialer string", "dialer map"),
    *("dialer idle-timeout", "dialer in-band", "dialer persistent", "dot1x pae"),
    *("lldp receive", "lldp transmit", "logging event", "mac access-group", "macro description"),
    *("mpls", "ntp broadcast", "ntp disable", "ntp multicast", "redundancy rii"),
    *("redundancy group", "snmp ifindex", "snmp trap", "spanning-tree", "standby"),
    *("ipv6 address", "ipv6 enable", "ipv6 mtu", "ipv6 tcp adjust-mss", "ipv6 crypto map"),
    *("ipv6 ospf", "ipv6 traffic-filter", "ospfv3", "crypto map $", "crypto map NAME $"),
    *(
        "crypto map NAME redundancy = crypto map",
        "crypto ipsec df-bit",
        "crypto ipsec fragmentation",
    ),
)

_AAA_SERVER: Final = commands(
    *("address", "automate-tester", "key", "pac key", "port", "retransmit", "single-connection"),
    "timeout",
)

MODES: Final[dict[str, Mode]] = {
    "crypto gdoi group": Mode(_GROUP),
    "server local": Mode(_KEY_SERVER),
    "sa ipsec": Mode(commands("profile", "match", "replay", "tag")),
    "server-redundancy": Mode(
        commands("local priority", "peer address", "protocol version", "protocol pdu")
    ),
    "identifier": Mode(commands("range", "value")),
    "crypto isakmp policy": Mode(
        commands("encryption", "hash", "authentication", "group", "lifetime")
    ),
    "crypto isakmp profile": Mode(
        commands(
            *("accounting", "ca trust-point", "client", "description", "initiate", "isakmp"),
            *("keepalive", "keyring", "local-address", "match", "qos-group", "self-identity"),
            *("virtual-template", "vrf"),
        )
    ),
    "crypto keyring": Mode(
        commands("description", "local-address", "pre-shared-key", "rsa-pubkey")
    ),
    "rsa-pubkey": Mode(commands("address", "key-string", "signature")),
    "crypto ikev2 proposal": Mode(commands("encryption", "integrity", "prf", "group")),
    "crypto ikev2 policy": Mode(commands("proposal", "match")),
    "crypto ikev2 keyring": Mode(commands("peer = keyring-peer")),
    "keyring-peer": Mode(
        commands("address", "description", "hostname", "identity", "pre-shared-key")
    ),
    "crypto ikev2 profile": Mode(
        commands(
            *("aaa", "anyconnect", "authentication", "config-exchange", "config-mode"),
            *("description", "dpd", "identity", "initial-contact", "ivrf", "keyring", "lifetime"),
            *("match", "nat", "pki", "reconnect", "redirect", "shutdown", "virtual-template"),
        )
    ),
    "crypto ipsec transform-set": Mode(commands("mode", "require", "initialization-vector")),
    "crypto ipsec profile": Mode(
        commands("set", "description", "redundancy", "responder-only", "reverse-route")
    ),
    "crypto identity": Mode(commands("dn", "fqdn", "description")),
    "crypto map entry": Mode(_CRYPTO_MAP),
    "crypto map fail-close": Mode(_CRYPTO_MAP),
    "crypto pki trustpoint": Mode(_TRUSTPOINT),
    "crypto pki certificate chain": Mode(_CERTIFICATES),
    "ip access-list": Mode(_ACCESS_LIST, complete=True),
    "object-group": Mode(
        commands(
            *("description", "group-object", "host", "range", "any", "icmp", "tcp", "udp"),
            *("tcp-udp", "esp", "ahp", "gre"),
        ),
        closed=False,
    ),
    "interface": Mode(_INTERFACE, closed=False),
    "router": Mode(_ROUTING, closed=False),
    "af-interface": Mode(
        commands(
            *("authentication", "bandwidth-percent", "bfd", "hello-interval", "hold-time"),
            *("next-hop-self", "passive-interface", "shutdown", "split-horizon", "stub-site"),
            "summary-address",
        ),
        closed=False,
    ),
    "topology": Mode(_ROUTING, closed=False),
    "tacacs server": Mode(_AAA_SERVER, closed=False),
    "radius server": Mode(_AAA_SERVER, closed=False),
    "address-family": Mode(_ROUTING, closed=False),
}

# Commands whose blocks have one grammar go by one name.
ALIASES: Final = {
    "crypto gkm group": "crypto gdoi group",
    "crypto ca trustpoint": "crypto pki trustpoint",
    "crypto ca certificate chain": "crypto pki certificate chain",
    "ip access-list extended": "ip access-list",
    "ip access-list standard": "ip access-list",
    "ipv6 access-list": "ip access-list",
}


def crypto_map_command(words: Sequence[str]) -> str:
    """Which kind of `crypto map` line: an entry, the fail-close block, or another."""
    rest = words[3:] if words[2:3] == ["ipv6"] else words[2:]
    if len(rest) > 2 and one_of(("gdoi",), rest[1]) and one_of(("fail-close",), rest[2]):
        return "crypto map fail-close"
    if len(rest) > 1 and rest[1].isdecimal():
        return "crypto map entry"
    return "crypto map"
