"""Changes that networks go through, entered line by line: nothing is refused, missing or undone.

Each is made in both directions; the routers are looked at after every single line.
"""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from getvpn.emulator.config.store import Block, Entry, Key
from getvpn.emulator.device import Router
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.inventory.resolve import device_views
from getvpn.parsers.config import ConfigLine, parse_config
from getvpn.tasks.comparing.owned import list_lines
from getvpn.tasks.comparing.scope import read
from getvpn.tasks.comparing.text import lines
from getvpn.tasks.diff import difference, inverse
from getvpn.tasks.render import render

from .changing import running, told
from .networks import KnownSecrets, booted, devices
from .variants import VARIANTS, variant

Path = tuple[Key, ...]
PLAIN = "pre-shared keys"
REFERENCES = {
    r"set transform-set (\S+)(?: (\S+))*": "transform set",
    r"profile ([^\s\"]+)": "IPsec profile",
    r"match address (?:ipv4 |ipv6 )?(\S+)": "list",
    r"(?:rekey|authorization) address ipv4 (\S+)": "list",
    r"authorization identity (\S+)": "identity",
    r"set group (\S+)": "group",
    r"(?:ipv6 )?crypto map (\S+)": "map",
    r"(?:client protocol )?gikev2 (\S+)": "IKEv2 profile",
    r"keyring local (\S+)": "IKEv2 keyring",
    r"pki trustpoint (\S+)(?: \S+)?": "trustpoint",
    r"proposal (\S+)": "IKEv2 proposal",
    r"vrf forwarding (\S+)": "VRF",
}
"""Lines of blocks, and what they refer to."""
DEFINITIONS = {
    r"crypto ipsec transform-set (\S+)": "transform set",
    r"crypto ipsec profile (\S+)": "IPsec profile",
    r"(?:ipv6 access-list|ip access-list \S+|access-list) (\S+)": "list",
    r"crypto identity (\S+)": "identity",
    r"crypto g(?:doi|km) group (?:ipv6 )?(\S+)": "group",
    r"crypto map (?:ipv6 )?(\S+)": "map",
    r"crypto ikev2 (profile|keyring|proposal) (\S+)": "IKEv2",
    r"crypto pki trustpoint (\S+)": "trustpoint",
    r"vrf definition (\S+)": "VRF",
}
STAYS = re.compile(
    r"crypto pki trustpoint .*|vrf definition .*|ip domain name .*|crypto isakmp policy .*"
    r"|crypto ikev2 (?:proposal|policy) .*|ip multicast-routing.*|ip pim .*"
    r"|crypto isakmp key \S+ address 0\.0\.0\.0|crypto keyring KEYS-CUST .*"
    r"|interface \S+ > (?:ip|mtu) .*|interface Loopback0"
)
"""What may serve others too, and is left where the intent does not speak of it any more."""
TAKEN_ALONG = re.compile(
    r"crypto isakmp key .*|pre-shared-key .*|server address .*|ip address .*|ipv6 address .*"
    r"|crypto g(?:doi|km) group .*|(?:ipv6 )?crypto map .*|identity .*|set group .*"
)
"""What a router does not replace, or takes away with something else.

The latter are addresses with a VRF, and with a group of another family the map that it is in.
"""


HARMLESS = re.compile(
    r"% (?:NOTE|The Key Server will|Interface \S+ IPv\d disabled|Removing an enrolled|Be sure to"
    r"|IP(?:v4 and IPv6)? addresses from all interfaces in VRF|Not all config may be removed)"
)
"""What routers say about lines that they take."""


# ---- looking at routers ----


def walk(block: Block, above: Path = ()) -> Iterator[tuple[Path, Entry]]:
    """All lines that are in force."""
    for key, entry in block.entries.items():
        path = (*above, key)
        yield path, entry
        if entry.block is not None:
            yield from walk(entry.block, path)


@cache
def referred(text: str) -> tuple[tuple[str, str], ...]:
    """What a line of a block refers to: kinds and names."""
    return tuple(
        (kind, name)
        for pattern, kind in REFERENCES.items()
        if (match := re.fullmatch(pattern, text)) is not None
        for name in match.groups()
        if name
    )


@cache
def defines(text: str) -> tuple[str, str] | None:
    """What a global line is for others to refer to."""
    for pattern, kind in DEFINITIONS.items():
        match = re.match(pattern, text)
        if match is not None:
            *more, name = match.groups()
            return " ".join((kind, *more)), name
    return None


def dangling(router: Router) -> list[str]:
    """Lines that refer to what is not there; an empty list is not."""
    root = router.config.root
    there = {
        defines(entry.text)
        for entry in root.entries.values()
        if "access-list" not in entry.text or entry.block is None or entry.block.entries
    }
    return [
        entry.text
        for path, entry in walk(root)
        if len(path) > 1
        for target in referred(entry.text)
        if target not in there
    ]


def flat(text: str) -> set[str]:
    """All lines of a configuration with those that they stand below."""
    return {line for top in parse_config(text, "router").lines for line in _flat(top, "")}


def _flat(line: ConfigLine, above: str) -> Iterator[str]:
    text = above + " ".join(line.text.split())
    yield text
    for each in line.children:
        yield from _flat(each, f"{text} > ")


# ---- changing them ----


def change(router: Router, commands: list[str]) -> None:
    """Enter lines; see that none is refused, and that nothing is missing meanwhile."""
    con = console(router)
    root = router.config.root
    instants = [{path: entry.text for path, entry in walk(root)}]
    con.run("configure terminal")
    for line in commands:
        said = con.run(line)
        assert "%" not in HARMLESS.sub("", said), line
        if said.endswith("[yes/no]: "):
            con.run("yes")
        assert dangling(router) == [], line
        instants.append({path: entry.text for path, entry in walk(root)})
    con.run("end")
    assert missed(instants) == []


def missed(instants: list[dict[Path, str]]) -> list[str]:
    """What was there, is there, and was not all the time."""
    kept = instants[0].keys() & instants[-1].keys()
    gone = {path for path in kept if any(path not in each for each in instants)}
    return [
        text
        for path in gone
        if not any(path[:count] in gone for count in range(1, len(path)))
        and not TAKEN_ALONG.fullmatch(text := instants[0][path])
        and "access-list" not in path[0][0]
    ]


def assert_changes(one: Intent, other: Intent, *names: str) -> None:
    """Change the routers of these names, and back."""
    before, after = render(one, KnownSecrets()), render(other, KnownSecrets())
    views = device_views(other)
    for device in devices(other):
        name = device.name
        if name not in names or name not in before:
            continue
        router = booted(device, before[name])
        was = running(router)
        found = difference(views[name], after[name], was)
        back = inverse(views[name], after[name], was)

        change(router, list(found.remediation(conceal=False)))

        shown = running(router)
        wanted = flat(running(booted(device, after[name])))
        assert {line for line in wanted - flat(shown) if "> no ip address" not in line} == set()
        assert {line for line in flat(shown) - wanted if not STAYS.fullmatch(line)} == set()
        assert not difference(views[name], after[name], shown).different

        change(router, list(lines(back)))

        assert told(running(router)) == told(was)


ONE_KIND_EACH = [
    (name, kinds[at % len(kinds)])
    for at, (name, (kinds, _)) in enumerate(VARIANTS.items())
    if name != PLAIN
]


@pytest.mark.parametrize(("name", "kind"), ONE_KIND_EACH)
def test_a_plain_network_becomes_another_one_and_back(name: str, kind: str) -> None:
    plain, other = variant(PLAIN, kind), variant(name, kind)
    member = "BR2" if "changed over" in name else "BR1"

    assert_changes(plain, other, "KS1", member)
    assert_changes(other, plain, "KS1", member)


@pytest.mark.parametrize(("name", "kind"), ONE_KIND_EACH)
def test_every_line_that_is_rendered_is_compared(name: str, kind: str) -> None:
    intent = variant(name, kind)
    views = device_views(intent)
    for device, text in render(intent, KnownSecrets()).items():
        whole = read(text, device, views[device])
        compared = {id(node.line) for top in whole.found.nodes.values() for node in top.walk()}
        compared |= {
            id(line)
            for key in whole.found.lists
            for top in list_lines(whole, key)
            for line in top.walk()
        }
        others = {line.text for line in whole.tree.walk() if id(line) not in compared}
        assert others <= {"mode tunnel", "no tag", "no pfs"}
