"""Random intents that are consistent, of all the variants that there are.

`documents()` gives them as data that YAML can write, `intents()` as models. Devices are of three
kinds, whose interfaces exist on the platforms of the emulator in `PLATFORMS`.
"""

from functools import lru_cache
from typing import Any, Final

from hypothesis import strategies as st

from getvpn.inventory.models import Intent

Document = dict[str, Any]

PLATFORMS: Final = {"15.7(3)M5": "isr2911", "16.12.4": "isr4451", "17.9.4a": "c8000v"}
"""The platform of the emulator for each release."""
_DEVICES: Final = {
    "15.7(3)M5": ("ios", "GigabitEthernet0/0", "GigabitEthernet0/1"),
    "16.12.4": ("ios-xe", "GigabitEthernet0/0/0", "GigabitEthernet0/0/1"),
    "17.9.4a": ("ios-xe", "GigabitEthernet1", "GigabitEthernet2"),
}
_WITH_PFS: Final = frozenset({"16.12.4", "17.9.4a"})
_CLEAR4: Final = (
    *("esp", "ike", "gdoi", "ssh", "tacacs", "radius", "bgp", "ospf", "eigrp", "pim", "igmp"),
    *("ntp", "dns", "snmp", "syslog", "bfd", "icmp", "ldp", "hsrp"),
)
_BETWEEN: Final = {
    "ipv4": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/24", "192.168.1.0/24", "0.0.0.0/0"),
    "ipv6": ("2001:db8::/32", "fd00::/8", "::/0"),
}
_DENIED: Final = {
    "ipv4": (
        "deny udp any any eq 5060",
        "deny ospf any any",
        "deny tcp host 10.1.1.1 any eq www 443 established",
        "deny ip 10.9.0.0 0.0.255.255 any",
        "deny icmp any any echo",
        "deny udp any range 16384 32767 any dscp ef",
    ),
    "ipv6": (
        "deny udp any any eq 5060",
        "deny tcp host 2001:DB8::1 any gt 1023",
        "deny ipv6 2001:DB8:9::/48 any",
        "deny icmp any any nd-na",
    ),
}
_LISTED: Final = {
    "ipv4": ("permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255", "permit tcp any any"),
    "ipv6": ("permit ipv6 2001:DB8::/32 2001:DB8::/32",),
}
_COMBINED: Final = ("gcm 128", "gcm 192", "gcm 256", "gmac 128", "gmac 256")
PSK: Final = {"kind": "psk", "member": "env:PSK_{NAME}", "coop": "env:PSK_COOP"}


@lru_cache(maxsize=1000)
def maybe(key: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    """An entry of a mapping, or none."""
    return st.one_of(st.just({}), values.map(lambda value: {key: value}))


@lru_cache(maxsize=1000)
def some(values: tuple[str, ...], *, least: int = 0, most: int = 4) -> st.SearchStrategy[list[str]]:
    """Some of the values, each at most once, in any order."""
    return st.lists(st.sampled_from(values), unique=True, min_size=least, max_size=most)


def merged(*parts: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    """One mapping of several."""
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


ikes = merged(
    maybe("encryption", st.sampled_from(("des", "3des", "aes 128", "aes 192", "aes 256"))),
    maybe("integrity", st.sampled_from(("md5", "sha", "sha256", "sha384", "sha512"))),
    maybe("group", st.sampled_from((1, 2, 5, 14, 15, 16, 19, 20, 21, 24))),
    maybe("lifetime_s", st.integers(120, 86_400)),
    maybe("keepalive_s", st.one_of(st.none(), st.integers(10, 3600))),
    maybe("priority", st.integers(1, 9000)),
)
transforms = st.one_of(
    st.fixed_dictionaries(
        {
            "encryption": st.sampled_from(("des", "3des", "aes 128", "aes 192", "aes 256")),
            "integrity": st.sampled_from(("md5", "sha", "sha256", "sha384", "sha512")),
        }
    ),
    st.sampled_from(_COMBINED).map(lambda mode: {"encryption": mode}),
)
replays = st.one_of(
    st.integers(1, 100).map(lambda seconds: {"kind": "time", "window": seconds}),
    st.sampled_from((64, 128, 256, 512, 1024)).map(lambda n: {"kind": "counter", "window": n}),
    st.sampled_from(("counter", "off", "time")).map(lambda kind: {"kind": kind}),
)
rekeys = merged(
    maybe("cipher", st.sampled_from(("des", "3des", "aes 128", "aes 192", "aes 256"))),
    maybe("sig_hash", st.sampled_from(("sha", "sha256", "sha384", "sha512"))),
    maybe("lifetime_s", st.integers(300, 2_592_000)),
    maybe("key", st.sampled_from(("GETVPN-REKEY", "OTHER-REKEY"))),
    maybe(
        "retransmit",
        st.fixed_dictionaries(
            {
                "interval_s": st.integers(10, 60),
                "number": st.one_of(st.none(), st.integers(1, 10)),
            }
        ),
    ),
)


@st.composite
def _policy(draw: st.DrawFn, family: str, number: int) -> Document:
    policy: Document = {"number": number, "transform": draw(transforms), "replay": draw(replays)}
    policy |= draw(maybe("lifetime_s", st.one_of(st.none(), st.integers(120, 2_592_000))))
    policy |= draw(maybe("tag_sgt", st.booleans()))
    clear = _CLEAR4 if family == "ipv4" else tuple(set(_CLEAR4) - {"igmp"})
    if draw(st.booleans()):
        policy["traffic"] = {"between": draw(some(_BETWEEN[family], least=1, most=3))}
        policy["traffic"] |= draw(maybe("clear", some(tuple(sorted(clear)), most=8)))
        policy["traffic"] |= draw(maybe("extra_clear", some(_DENIED[family])))
    else:
        lines = draw(some(_DENIED[family]))
        policy["acl"] = lines + draw(some(_LISTED[family], least=1, most=2))
    return policy


@st.composite
def _authentication(draw: st.DrawFn) -> Document:
    """Keys, or certificates of one authority for all groups that have them."""
    if draw(st.booleans()):
        return dict(PSK)
    found: Document = {
        "kind": "pki",
        "trustpoint": "GETVPN-CA",
        "enrollment_url": "http://192.0.2.80:80",
        "subject": "CN={name}.{domain},OU=GETVPN",
    }
    found |= draw(maybe("authorize", st.just("ou=GETVPN")))
    return found | draw(maybe("reauthenticate_on_crl", st.booleans()))


@st.composite
def _group(draw: st.DrawFn, number: int, servers: dict[str, str]) -> Document:
    family = draw(st.sampled_from(("ipv4", "ipv4", "ipv6")))
    numbers = draw(st.sampled_from(((10,), (20,), (10, 20))))
    policies = [draw(_policy(family, sequence)) for sequence in numbers]
    chosen = draw(some(tuple(servers), least=1, most=len(servers)))
    priorities = draw(
        st.lists(st.integers(1, 255), unique=True, min_size=len(chosen), max_size=len(chosen))
    )
    roles: list[Document] = [
        {"name": name, "priority": priority}
        for name, priority in zip(chosen, priorities, strict=True)
    ]
    if any(policy["transform"]["encryption"] in _COMBINED for policy in policies):
        for at, role in enumerate(roles):
            numbers = draw(st.lists(st.integers(0, 30), unique=True, min_size=1, max_size=6))
            role["kssids"] = [40 * at + each for each in numbers]
    group: Document = {
        "name": f"GROUP{number}",
        "identity": draw(st.sampled_from((1000 + number, f"192.0.2.{number}"))),
        "family": family,
        "servers": roles,
        "versions": draw(st.sampled_from(("ikev1", "ikev1", "ikev2", "both"))),
        "authentication": draw(_authentication()),
        "rekey": draw(rekeys),
        "policies": policies,
    }
    group["rekey"] |= draw(maybe("multicast", st.just(f"239.10.10.{number}")))
    group |= draw(maybe("authorize_addresses", st.booleans()))
    group |= draw(maybe("receive_only", st.booleans()))
    group |= draw(maybe("d3p_window_ms", st.integers(1000, 100_000)))
    if group["versions"] != "ikev1" and all(servers[name] in _WITH_PFS for name in chosen):
        group |= draw(maybe("pfs", st.booleans()))
    return group


@st.composite
def _membership(draw: st.DrawFn, group: Document, lan: str, place: int) -> Document | str:
    if draw(st.booleans()):
        return str(group["name"])
    found: Document = {"group": group["name"]}
    if group["versions"] == "both":
        found |= draw(maybe("version", st.sampled_from(("ikev1", "ikev2"))))
    names = tuple(role["name"] for role in group["servers"])
    found |= draw(maybe("servers", some(names, least=1, most=8)))
    found |= draw(maybe("local_clear", some(_DENIED[group["family"]])))
    found |= draw(maybe("source", st.just(lan)))
    found |= draw(maybe("group_name", st.just(f"OWN{place}")))
    # no number that others would get
    found |= draw(maybe("sequence", st.integers(1, 9).map(lambda n: 10 * (place + 3) + n)))
    found |= draw(maybe("recovery_check_s", st.integers(100, 1000)))
    found |= draw(maybe("track", st.integers(1, 1000)))
    return found | draw(maybe("passive", st.booleans()))


def _device(name: str, release: str) -> Document:
    return {"name": name, "os": _DEVICES[release][0], "release": release}


@st.composite
def _server(draw: st.DrawFn, number: int, release: str) -> Document:
    server = _device(f"KS{number}", release) | {"address": f"203.0.113.{number}"}
    wan: Document = {"interface": _DEVICES[release][1], "address": f"192.0.2.{4 * number + 129}/30"}
    wan |= draw(maybe("mtu", st.integers(1500, 9216)))
    wan |= draw(maybe("vrf", st.just("CORE")))
    server |= draw(maybe("wan", st.just(wan)))
    return server | draw(maybe("ike", ikes))


@st.composite
def _member(draw: st.DrawFn, number: int, groups: list[Document]) -> Document:
    release = draw(st.sampled_from(tuple(_DEVICES)))
    _, outer, inner = _DEVICES[release]
    wan: Document = {"interface": outer, "address": f"198.51.100.{4 * number + 1}/30"}
    wan |= draw(maybe("mtu", st.sampled_from((1400, 1500, 1600, 4470))))
    wan |= draw(maybe("vrf", st.just("CUST")))
    wan |= draw(maybe("address6", st.just(f"2001:db8:ffff:{number}::1/64")))
    lan: Document = {"interface": inner, "address": f"10.1.{number}.1/24"}
    lan |= draw(maybe("mss", st.one_of(st.just("none"), st.integers(500, 1460))))
    lan |= draw(maybe("mss6", st.one_of(st.just("none"), st.integers(500, 1440))))
    lan |= draw(maybe("address6", st.just(f"2001:db8:{number}::1/64")))
    joined = draw(st.lists(st.sampled_from(range(len(groups))), unique=True, min_size=1))
    member = _device(f"gm-{number}", release) | {
        "wan": wan,
        "lan": [lan],
        "groups": [draw(_membership(groups[at], inner, n)) for n, at in enumerate(joined)],
    }
    member |= draw(maybe("ike", ikes))
    member |= draw(maybe("domain", st.just("branch.example.net")))
    fail_close = maybe("clear", some(("ssh", "ike", "gdoi", "bgp"), most=4))
    return member | draw(maybe("fail_close", fail_close))


@st.composite
def documents(draw: st.DrawFn, *, most_members: int = 3) -> Document:
    """A network of up to 3 key servers and 3 groups, as data."""
    releases = draw(st.lists(st.sampled_from(tuple(_DEVICES)), min_size=1, max_size=3))
    servers = {f"KS{number}": release for number, release in enumerate(releases, 1)}
    count = draw(st.integers(1, 3))
    groups = [draw(_group(number, servers)) for number in range(1, count + 1)]
    members = draw(st.integers(0, most_members))
    document: Document = {
        "version": 1,
        "key_servers": [draw(_server(at, release)) for at, release in enumerate(releases, 1)],
        "members": [draw(_member(number, groups)) for number in range(1, members + 1)],
        "groups": groups,
    }
    document |= draw(maybe("domain", st.just("example.org")))
    return document | draw(maybe("ike", ikes))


def intents(*, most_members: int = 3) -> st.SearchStrategy[Intent]:
    """A consistent intent."""
    return documents(most_members=most_members).map(Intent.model_validate)
