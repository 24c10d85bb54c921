"""What an intent can ask for, each on every platform that has it."""

from collections.abc import Callable

from getvpn.inventory.models import Intent

from .networks import PKI, PLATFORMS, group, network, policy

MULTICAST = {"multicast": "239.10.10.1"}
GCM = {"encryption": "gcm 256", "integrity": None}
SENDERS = [
    {"name": "KS1", "priority": 100, "kssids": [1, 2, 3, 10]},
    {"name": "KS2", "priority": 75, "kssids": [20]},
]
BETWEEN6 = {"between": ["2001:db8::/32"]}
SHARED = {"kind": "psk", "member": "env:PSK_ALL", "coop": "env:PSK_ALL"}
EVERY = ("classic", "xe16", "xe17")
XE = ("xe16", "xe17")


def older(kind: str = "classic") -> Intent:
    """What nobody should build any more: old algorithms, one key for everybody, no domain."""
    said = network(
        kind,
        group(
            authentication=SHARED,
            rekey={"cipher": "3des", "sig_hash": "sha"},
            authorize_networks=["10.20.0.0/16", "10.30.1.1/32", "0.0.0.0/0"],
            policies=[
                policy(
                    transform={"encryption": "3des", "integrity": "md5"},
                    lifetime_s=None,
                    replay={"kind": "counter"},
                )
            ],
        ),
        member={
            "ike": {"encryption": "3des", "integrity": "md5", "group": 2},
            "key_networks": ["0.0.0.0/0"],
        },
        ike={"priority": 5, "encryption": "des", "integrity": "sha", "group": 1}
        | {"keepalive_s": None},
        domain=None,
    ).model_dump(mode="json", by_alias=True)
    for server in said["key_servers"]:
        server |= {
            "key_networks": ["0.0.0.0/0"],
            "further_ike": [
                {"priority": 1, "encryption": "aes 128", "group": 5, "method": "pki"},
                {"priority": 15, "encryption": "3des", "integrity": "md5", "group": 2},
            ],
        }
    for at, member in enumerate(said["members"], 1):
        member["local_interface"] = "Loopback0"
        member["lan"][0]["mss"] = "none"
        member["lan"].append({"interface": "Loopback0", "address": f"10.30.{at}.1/32"})
        member["uplinks"] = [
            {"interface": PLATFORMS[kind][1][2], "address": f"10.21.{at}.1/24", "mtu": 1400}
        ]
    return Intent.model_validate(said)


def two_uplinks(kind: str, versions: str = "ikev1") -> Intent:
    """Members that register from each of two interfaces."""
    said = network(kind, group(versions=versions)).model_dump(mode="json", by_alias=True)
    for at, member in enumerate(said["members"], 1):
        member["uplinks"] = [{"interface": PLATFORMS[kind][1][2], "address": f"10.21.{at}.1/24"}]
    return Intent.model_validate(said)


def own_names(kind: str) -> Intent:
    """Names that follow from nothing, as an existing network has them."""
    pki = {**PKI, "authorize": None, "subject": None, "enrollment_url": None}
    pki |= {"key_name": "{name}.{domain}", "key_bits": None, "server_check": "crl none"}
    servers = [
        {"name": "KS1", "priority": 100, "group_name": "ONE"},
        {"name": "KS2", "priority": 75},
    ]
    said = network(
        kind,
        group(authentication=pki, servers=servers, versions="both"),
        group("G2", identity=1002, versions="ikev2", keyring_name="RING"),
        member={
            "isakmp_identity": "hostname",
            "groups": [
                {"group": "G1", "group_name": "MINE", "sequence": 20},
                {"group": "G2", "sequence": 5},
            ],
        },
        ike={"proposal_name": "OURS", "policy_name": "ALL"},
    )
    return _wan(said, vrf="CUST")


def _wan(intent: Intent, **changes: object) -> Intent:
    said = intent.model_dump(mode="json", by_alias=True)
    for member in said["members"]:
        member["wan"].update(changes)
    return Intent.model_validate(said)


Variant = Callable[[str], Intent]
VARIANTS: dict[str, tuple[tuple[str, ...], Variant]] = {
    "pre-shared keys": (EVERY, network),
    "certificates": (EVERY, lambda kind: network(kind, group(authentication=PKI))),
    "certificates without authorization": (
        EVERY,
        lambda kind: network(
            kind,
            group(
                authentication={**PKI, "authorize": None, "reauthenticate_on_crl": False},
                authorize_addresses=False,
            ),
        ),
    ),
    "multicast rekeys": (EVERY, lambda kind: network(kind, group(rekey=MULTICAST))),
    "multicast rekeys in a VRF": (
        EVERY,
        lambda kind: _in_vrf(network(kind, group(rekey=MULTICAST))),
    ),
    "G-IKEv2 and GDOI": (
        EVERY,
        lambda kind: network(kind, group(authentication=PKI, versions="both")),
    ),
    "a member that has changed over to G-IKEv2": (
        EVERY,
        lambda kind: _changed_over(network(kind, group(authentication=PKI, versions="both"))),
    ),
    "a member that has changed over with its key": (
        EVERY,
        lambda kind: _changed_over(network(kind, group(versions="both"))),
    ),
    "G-IKEv2 with keys": (EVERY, lambda kind: network(kind, group(versions="ikev2"))),
    "G-IKEv2 with keys in a VRF": (
        EVERY,
        lambda kind: _in_vrf(network(kind, group(versions="ikev2"))),
    ),
    "G-IKEv2 with forward secrecy": (
        XE,
        lambda kind: network(kind, group(authentication=PKI, versions="ikev2", pfs=True)),
    ),
    "other algorithms of IKE": (
        EVERY,
        lambda kind: network(
            kind,
            group(versions="both"),
            ike={
                "priority": 1,
                "encryption": "aes 128",
                "integrity": "sha512",
                "group": 14,
                "lifetime_s": 3600,
                "keepalive_s": 30,
            },
        ),
    ),
    "fail-close": (
        EVERY,
        lambda kind: network(
            kind, member={"fail_close": {"extra_clear": ["deny udp any any eq bootps"]}}
        ),
    ),
    "a VRF": (EVERY, lambda kind: _in_vrf(network(kind))),
    "IPv6": (
        EVERY,
        lambda kind: network(
            kind,
            group(family="ipv6", policies=[policy(traffic=BETWEEN6)]),
            member={"fail_close": {}},
        ),
    ),
    "IPv6 beside IPv4": (
        EVERY,
        lambda kind: network(
            kind,
            group(),
            group("G2", identity=1002, family="ipv6", policies=[policy(traffic=BETWEEN6)]),
            member={"fail_close": {}},
        ),
    ),
    "counters against replays": (
        EVERY,
        lambda kind: network(
            kind, group(policies=[policy(replay={"kind": "counter", "window": 1024})])
        ),
    ),
    "no check for replays": (
        EVERY,
        lambda kind: network(kind, group(policies=[policy(replay={"kind": "off"})])),
    ),
    "a combined mode": (
        EVERY,
        lambda kind: network(kind, group(servers=SENDERS, policies=[policy(transform=GCM)])),
    ),
    "receive-only": (EVERY, lambda kind: network(kind, group(receive_only=True))),
    "d3p": (EVERY, lambda kind: network(kind, group(d3p_window_ms=2000))),
    "security group tags": (
        EVERY,
        lambda kind: network(kind, group(policies=[policy(tag_sgt=True)])),
    ),
    "several policies": (
        EVERY,
        lambda kind: network(
            kind,
            group(
                servers=SENDERS,
                policies=[
                    policy(number=20, transform={"encryption": "aes 128", "integrity": "sha"}),
                    policy(
                        number=10,
                        transform=GCM,
                        traffic=None,
                        acl=["permit ip 10.1.0.0 0.0.255.255 10.1.0.0 0.0.255.255"],
                        lifetime_s=3600,
                    ),
                ],
            ),
        ),
    ),
    "several groups": (
        EVERY,
        lambda kind: network(
            kind,
            group("B-SECOND", identity=1002, policies=[policy(lifetime_s=28800)]),
            group("A-FIRST", identity="10.9.9.9", authorization_name="52"),
            member={
                "groups": [
                    {"group": "A-FIRST", "local_clear": ["deny icmp any any"], "passive": True},
                    {"group": "B-SECOND", "servers": ["KS2", "KS1"], "recovery_check_s": 100},
                ]
            },
        ),
    ),
    "rekeys of its own kind": (
        EVERY,
        lambda kind: network(
            kind,
            group(
                rekey={
                    "cipher": "aes 128",
                    "sig_hash": "sha",
                    "lifetime_s": 172_800,
                    "retransmit": {"interval_s": 60, "number": None},
                    "key": "OTHER",
                }
            ),
        ),
    ),
    "the retransmission that IOS assumes": (
        EVERY,
        lambda kind: network(kind, group(rekey={"retransmit": {"interval_s": 10, "number": 2}})),
    ),
    "an older network": (EVERY, older),
    "two uplinks": (EVERY, two_uplinks),
    "two uplinks and IKEv2": (EVERY, lambda kind: two_uplinks(kind, "ikev2")),
    "names and numbers of its own": (EVERY, own_names),
    "keys of networks in a VRF": (
        EVERY,
        lambda kind: _in_vrf(
            network(kind, group(authentication=SHARED), member={"key_networks": ["10.10.0.0/16"]})
        ),
    ),
    "a large MTU": (
        EVERY,
        lambda kind: _wan(network(kind), mtu=4470),
    ),
}


def every() -> list[tuple[str, str]]:
    """All variants with the platforms that have them."""
    return [(name, kind) for name, (kinds, _) in VARIANTS.items() for kind in kinds]


def variant(name: str, kind: str) -> Intent:
    """The intent of a variant, on one platform."""
    return VARIANTS[name][1](kind)


def _changed_over(intent: Intent) -> Intent:
    said = intent.model_dump(mode="json", by_alias=True)
    said["members"][1]["groups"] = [{"group": "G1", "version": "ikev2"}]
    return Intent.model_validate(said)


def _in_vrf(intent: Intent) -> Intent:
    return _wan(intent, vrf="CUST")
