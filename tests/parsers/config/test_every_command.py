"""Every command that a mode knows, with arguments of every kind: nothing raises, all is placed."""

from itertools import product

import pytest

from getvpn.parsers.config import device_config, parse_config
from getvpn.parsers.config.grammar import ALIASES, MODES, ROOT
from getvpn.parsers.config.keywords import Grammar

from .test_config_laws import places

# The lines that lead into each mode.
HEADERS = {
    "crypto gdoi group": ("crypto gdoi group G",),
    "server local": ("crypto gdoi group G", "server local"),
    "sa ipsec": ("crypto gdoi group G", "server local", "sa ipsec 1"),
    "server-redundancy": ("crypto gdoi group G", "server local", "redundancy"),
    "identifier": ("crypto gdoi group G", "server local", "identifier"),
    "crypto isakmp policy": ("crypto isakmp policy 1",),
    "crypto isakmp profile": ("crypto isakmp profile P",),
    "crypto keyring": ("crypto keyring R",),
    "rsa-pubkey": ("crypto keyring R", "rsa-pubkey name N"),
    "crypto ikev2 proposal": ("crypto ikev2 proposal P",),
    "crypto ikev2 policy": ("crypto ikev2 policy P",),
    "crypto ikev2 keyring": ("crypto ikev2 keyring K",),
    "keyring-peer": ("crypto ikev2 keyring K", "peer P"),
    "crypto ikev2 profile": ("crypto ikev2 profile P",),
    "crypto ipsec transform-set": ("crypto ipsec transform-set T esp-aes",),
    "crypto ipsec profile": ("crypto ipsec profile P",),
    "crypto identity": ("crypto identity I",),
    "crypto map entry": ("crypto map M 1 gdoi",),
    "crypto map fail-close": ("crypto map M gdoi fail-close",),
    "crypto pki trustpoint": ("crypto pki trustpoint T",),
    "crypto pki certificate chain": ("crypto pki certificate chain T",),
    "ip access-list": ("ip access-list extended A",),
    "object-group": ("object-group network N",),
    "interface": ("interface Gi0/0",),
    "router": ("router bgp 1",),
    "address-family": ("router bgp 1", "address-family ipv4 vrf V"),
    "af-interface": ("router eigrp E", "address-family ipv4", "af-interface default"),
    "topology": ("router eigrp E", "address-family ipv4", "topology base"),
    "tacacs server": ("tacacs server T",),
    "radius server": ("radius server T",),
}
ARGUMENTS = (
    *(
        "",
        "1",
        "1 2",
        "300",
        "99999999999999999999",
        "any",
        "x",
        "X Y Z",
        "!",
        "! x",
        "-",
        "<name>",
    ),
    *("ipv4", "ipv6", "ipv4 10.0.0.1", "ipv6 2001:DB8::1", "ipv4 x", "address", "10.0.0.1"),
    *("10.0.0.1 255.0.0.0", "10.0.0.1 255.0.0.0 secondary", "2001:DB8::/32", "fe80::1%1"),
    *("seconds 900", "days 3", "kilobytes 5000", "disable", "lifetime kilobytes 5000", "periodic"),
    *("security-association lifetime seconds 900", "security-association idle-time 900"),
    *("group G", "peer 10.0.0.1", "pfs group14", "transform-set T", "identity remote any"),
    *("address ipv4 A", "address local 10.0.0.1", "fvrf any", "local pre-share key 6 K"),
    *("remote rsa-sig", "local 6 K", "remote hex K", "hex", "address 10.0.0.1 key 6 K", "key"),
    *("hostname h key K", "aes 256", "aes", "esp-gcm", "window sec 5", "window-size 5"),
    *("time window-size 5", "counter", "10 - 19", "1-", "number 3", "40 number 3", "40 periodic"),
    *("encryption aes 256 3des-cbc", "hash sha sha256", "interface Gi0/0", "gikev2 P", "dhcp"),
    *("url http://u:p@h/", "mode ra", "trustpoint T", "crl none", "ssm default", "enable traps"),
    *("server 10.0.0.1", "host 10.0.0.1", "source-interface lo 0", "community X", "in", "X out"),
    *("protection ipsec profile P", "tcp any eq 22 any", "ip any any log", "mapping"),
)
PREFIXES = ("", "no ", "default ")


def names(grammar: Grammar) -> list[str]:
    """The commands of `grammar`, with a word of the user's choice where one goes."""
    found = [] if grammar.end is None else [""]
    following = [*grammar.words.items()]
    if grammar.any is not None:
        following.append(("WORD", grammar.any))
    for word, rest in following:
        found += [word] if isinstance(rest, str) else [f"{word} {more}" for more in names(rest)]
    return found


def test_each_mode_has_its_headers() -> None:
    assert sorted(HEADERS) == sorted(MODES)
    assert set(ALIASES.values()) <= set(MODES)


@pytest.mark.parametrize("mode", ["", *MODES])
def test_no_command_of_a_mode_raises_whatever_follows(mode: str) -> None:
    headers = HEADERS.get(mode, ())
    indent = " " * len(headers)
    above = "".join(f"{' ' * depth}{line}\n" for depth, line in enumerate(headers))
    for command in names(MODES[mode].commands if mode else ROOT):
        every = product(ARGUMENTS, PREFIXES)
        lines = [f"{indent}{prefix}{command} {argument}" for argument, prefix in every]
        for text in (lines, [*lines[::-1], *lines]):
            tree = parse_config(above + "\n".join(text))
            device_config(tree)
            assert set(places(tree)) == set(range(1, len(headers) + len(text) + 1)), command
