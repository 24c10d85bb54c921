"""While a list changes, no packet is treated otherwise than before or after, at any instant.

The routers are asked after every single line that is entered.
"""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address

from hypothesis import example, given, settings
from hypothesis import strategies as st

from getvpn.emulator.config.store import Block
from getvpn.emulator.device import Router
from getvpn.emulator.services.access_entries import AccessEntry, Endpoint
from getvpn.emulator.services.access_lists import access_list
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views
from getvpn.tasks.diff import difference
from getvpn.tasks.render import render

from ..inventory.strategies import Document
from .networks import KnownSecrets, booted, devices, group, network

Packet = tuple[str, str, int, str, int]
"""Protocol, source and its port, destination and its port."""
LINES = (
    "deny tcp any any eq 22",
    "deny tcp any eq 22 any",
    "deny udp any any eq 848",
    "deny ip host 10.1.1.1 any",
    "deny esp any any",
    "deny ip any any",
    "permit tcp any any",
    "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
    "permit ip any any",
)
PACKETS: tuple[Packet, ...] = (
    ("tcp", "10.1.1.1", 1024, "10.2.2.2", 22),
    ("tcp", "10.2.2.2", 22, "10.1.1.1", 1024),
    ("tcp", "10.3.3.3", 1024, "192.0.2.1", 22),
    ("tcp", "10.3.3.3", 1024, "10.2.2.2", 80),
    ("udp", "10.2.2.2", 848, "10.1.1.1", 848),
    ("udp", "192.0.2.1", 848, "192.0.2.2", 848),
    ("udp", "10.3.3.3", 53, "10.2.2.2", 53),
    ("esp", "10.1.1.1", 0, "10.2.2.2", 0),
    ("icmp", "10.1.1.1", 0, "192.0.2.1", 0),
    ("icmp", "10.2.2.2", 0, "10.3.3.3", 0),
)
law = settings(max_examples=40, print_blob=False)


def holds(end: Endpoint | None, address: str, port: int) -> bool:
    if end is None:
        return True
    return end.holds(int(IPv4Address(address))) and (end.ports is None or end.ports.holds(port))


def matches(entry: AccessEntry, packet: Packet) -> bool:
    protocol, source, source_port, destination, destination_port = packet
    return (
        entry.protocol in ("ip", protocol)
        and holds(entry.source, source, source_port)
        and holds(entry.destination, destination, destination_port)
    )


def entries(root: Block, name: str) -> Iterator[AccessEntry]:
    found = access_list(root, name)
    if found is not None:
        yield from (entry for _, entry in found.entries)


def decided(lines: list[AccessEntry]) -> list[str]:
    """What the first line that matches does with each packet."""
    return [
        next((entry.action for entry in lines if matches(entry, packet)), "nothing")
        for packet in PACKETS
    ]


def policy_of(router: Router) -> list[str]:
    """What members are told to do with each packet: the lists of all policies are one list."""
    root = router.config.root
    served = root.find("crypto gdoi group", "G1")
    assert served is not None
    assert served.block is not None
    server = served.block.find("server local")
    assert server is not None
    assert server.block is not None
    policies = sorted(server.block.all("sa ipsec"), key=lambda entry: int(entry["seq"]))
    names = [policy.block.value("match address", "acl") for policy in policies if policy.block]
    return decided([entry for name in names if name for entry in entries(root, name)])


def local_lists(router: Router) -> list[str]:
    """What a member leaves in clear by itself, whatever the policy is."""
    root = router.config.root
    names = [
        each.block.value("match address", "acl") for each in root.all("crypto map") if each.block
    ]
    return decided([entry for name in names if name for entry in entries(root, name)])


def fail_close(router: Router) -> list[str]:
    """What passes before the first registration; a list that is not there lets nothing pass."""
    root = router.config.root
    found = root.find("crypto map fail-close", "GETVPN-MAP")
    assert found is not None
    assert found.block is not None
    assert found.block.has("activate")
    return decided(list(entries(root, found.block.value("match address", "acl"))))


def lists(*, denies: bool = False) -> st.SearchStrategy[list[str]]:
    lines = [line for line in LINES if line.startswith("deny") or not denies]
    found = st.lists(st.sampled_from(lines), min_size=1, max_size=6, unique=True)
    return found if denies else found.filter(lambda each: any("permit" in line for line in each))


@st.composite
def policies(draw: st.DrawFn) -> list[Document]:
    """One to three policies; their lists may have names of their own."""
    numbers = draw(st.lists(st.sampled_from((10, 20, 30)), min_size=1, max_size=3, unique=True))
    names = draw(st.permutations(("A", "B", "C", None, None)))
    return [
        {"number": number, "acl": draw(lists()), **({"acl_name": name} if name else {})}
        for number, name in zip(numbers, names, strict=False)
    ]


kinds = st.sampled_from(("classic", "xe16", "xe17"))


Question = Callable[[Router], list[str]]


def assert_never_otherwise(one: Intent, other: Intent, name: str, *asked: Question) -> None:
    (device,) = (it for it in devices(other) if it.name == name)
    router = booted(device, render(one, KnownSecrets())[name])
    con = console(router)
    found = difference(
        device_views(other)[name],
        render(other, KnownSecrets())[name],
        con.run("show running-config"),
    )
    instants = [[ask(router) for ask in asked]]
    con.run("configure terminal")
    for line in found.remediation(conceal=False):
        assert "%" not in con.run(line).replace("% NOTE", "")
        instants.append([ask(router) for ask in asked])
    for told in zip(*instants, strict=True):
        for packet, *verdicts in zip(PACKETS, *told, strict=True):
            assert set(verdicts) == {verdicts[0], verdicts[-1]}, packet


@law
@given(kinds, policies(), policies())
@example(
    "xe17",
    [{"number": 10, "acl": ["deny tcp any any eq 22", "permit ip any any"]}],
    [{"number": 10, "acl": ["permit ip any any", "deny tcp any any eq 22"]}],
)
@example(
    "classic",
    [
        {"number": 10, "acl": ["deny tcp any any eq 22", "permit tcp any any"]},
        {"number": 20, "acl": ["permit ip any any"]},
    ],
    [
        {"number": 10, "acl": ["permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"]},
        {"number": 20, "acl": ["deny tcp any any eq 22", "permit ip any any"]},
    ],
)
def test_a_policy_treats_no_packet_otherwise_meanwhile(
    kind: str, before: list[Document], after: list[Document]
) -> None:
    one = network(kind, group(policies=before))
    other = network(kind, group(policies=after))
    assert_never_otherwise(one, other, "KS1", policy_of)


@law
@given(kinds, *[lists(denies=True) for _ in range(4)])
def test_a_member_treats_no_packet_otherwise_meanwhile(
    kind: str, local: list[str], closed: list[str], next_local: list[str], next_closed: list[str]
) -> None:
    def member(clear: list[str], passes: list[str]) -> Document:
        return {
            "groups": [{"group": "G1", "local_clear": clear}],
            "fail_close": {"clear": ["ike"], "extra_clear": passes},
        }

    one = network(kind, member=member(local, closed))
    other = network(kind, member=member(next_local, next_closed))
    assert_never_otherwise(one, other, "BR1", local_lists, fail_close)
