"""The names of the modes, and how one leaves them."""

import re
from collections.abc import Iterator

import pytest

from .devices import ISRG2, Start, device
from .terminal import Terminal

# what leads into a mode, line by line, and the pattern of its name
MODES = {
    "isakmp-policy": (["crypto isakmp policy 10"], "config-isakmp"),
    "keyring": (["crypto keyring RING"], "conf-keyring"),
    "isakmp-profile": (["crypto isakmp profile PROFILE"], "conf-isa-prof"),
    "ikev2-proposal": (["crypto ikev2 proposal P"], "config-ikev2-proposal"),
    "ikev2-policy": (["crypto ikev2 policy P"], "config-ikev2-policy"),
    "ikev2-keyring": (["crypto ikev2 keyring RING"], "config-ikev2-keyring"),
    # the prompt has room for thirty characters
    "ikev2-peer": (["crypto ikev2 keyring RING", "peer P"], "config-ikev2-keyring-peer?"),
    "ikev2-profile": (["crypto ikev2 profile P"], "config-ikev2-profile"),
    "transform-set": (["crypto ipsec transform-set T esp-aes"], "cfg-crypto-trans"),
    "ipsec-profile": (["crypto ipsec profile P"], "ipsec-profile"),
    "group": (["crypto gkm group G"], "config-g(km|doi)-group"),
    "local-server": (["crypto gkm group G", "server local"], "g(km|doi)-local-server"),
    "sa-ipsec": (["crypto gkm group G", "server local", "sa ipsec 1"], "g(km|doi)-sa-ipsec"),
    "coop": (["crypto gkm group G", "server local", "redundancy"], "g(km|doi)-coop-ks-config"),
    "identifier": (
        ["crypto gkm group G", "server local", "identifier"],
        "g(km|doi)-local-server-id",
    ),
    "isakmp-group": (["crypto isakmp client configuration group CG"], "config-isakmp-group"),
    "map-gdoi": (["crypto map M 10 gdoi"], "config-crypto-map"),
    "map-fail-close": (["crypto map M gdoi fail-close"], "crypto-map-fail-close"),
    "map-ipsec": (["crypto map N 10 ipsec-isakmp"], "config-crypto-map"),
    "trustpoint": (["crypto pki trustpoint T"], "ca-trustpoint"),
    "enrollment-profile": (["crypto pki profile enrollment P"], "ca-profile-enroll"),
    "ca-server": (["crypto pki server S"], "cs-server"),
    "certificate-map": (["crypto pki certificate map C 10"], "ca-certificate-map"),
    "pubkey-chain": (["crypto key pubkey-chain rsa"], "config-pubkey-chain"),
    "addressed-key": (
        ["crypto key pubkey-chain rsa", "addressed-key 192.0.2.2"],
        "config-pubkey-key",
    ),
    "ssh-pubkey": (["ip ssh pubkey-chain"], "conf-ssh-pubkey"),
    "ssh-pubkey-user": (["ip ssh pubkey-chain", "username admin"], "conf-ssh-pubkey-user"),
    "ssh-pubkey-data": (
        ["ip ssh pubkey-chain", "username admin", "key-string"],
        "conf-ssh-pubkey-data",
    ),
    "interface": (["interface Loopback9"], "config-if"),
    "subinterface": (["interface GigabitEthernet0/0/2.10"], "config-subif"),
    "range": (["interface range GigabitEthernet0/0/2 - 3"], "config-if-range"),
    "line": (["line vty 0 4"], "config-line"),
    "extended-list": (["ip access-list extended A"], "config-ext-nacl"),
    "standard-list": (["ip access-list standard B"], "config-std-nacl"),
    "ipv6-list": (["ipv6 access-list C"], "config-ipv6-acl"),
    "route-map": (["route-map R permit 10"], "config-route-map"),
    "class-map": (["class-map match-any C"], "config-cmap"),
    "policy-map": (["policy-map P"], "config-pmap"),
    "policy-class": (["policy-map P", "class class-default"], "config-pmap-c"),
    "police": (["policy-map P", "class class-default", "police 8000"], "config-pmap-c-police"),
    "ospf": (["router ospf 1"], "config-router"),
    "bgp": (["router bgp 65001"], "config-router"),
    "bgp-af": (["router bgp 65001", "address-family ipv4"], "config-router-af"),
    "eigrp": (["router eigrp 7"], "config-router"),
    "old-vrf": (["ip vrf W"], "config-vrf"),
    "vrf": (["vrf definition V"], "config-vrf"),
    "vrf-af": (["vrf definition V", "address-family ipv4"], "config-vrf-af"),
    "key-chain": (["key chain C"], "config-keychain"),
    "key": (["key chain C", "key 1"], "config-keychain-key"),
    "archive": (["archive"], "config-archive"),
    "archive-log": (["archive", "log config"], "config-archive-log-cfg"),
    "track": (["track 1 ip route 10.0.0.0/8 reachability"], "config-track"),
    "redundancy": (["redundancy"], "config-red"),
}
# what IOS 15 calls otherwise
OLD_MODES = {
    "group": (["crypto gdoi group G"], "config-gdoi-group"),
    "local-server": (["crypto gdoi group G", "server local"], "gdoi-local-server"),
    "sa-ipsec": (["crypto gdoi group G", "server local", "sa ipsec 1"], "gdoi-sa-ipsec"),
    "coop": (["crypto gdoi group G", "server local", "redundancy"], "gdoi-coop-ks-config"),
    "identifier": (
        ["crypto gdoi group G", "server local", "identifier"],
        "gdoi-local-server-id",
    ),
}


@pytest.fixture
def old(start: Start) -> Iterator[Terminal]:
    """A terminal on a KS1 with IOS 15."""
    with Terminal(start({"KS1": device(platform=ISRG2)}).host("KS1")) as opened:
        yield opened


def _mode(said: str) -> str:
    name = re.search(r"\r\nKS1\(([\w-]+)\)#$", said)
    assert name, said
    return name[1]


@pytest.mark.checklist(25)
@pytest.mark.parametrize("name", MODES)
def test_a_mode_has_its_name_and_is_left_level_by_level(name: str, terminal: Terminal) -> None:
    _enter_and_leave(terminal, *MODES[name])


@pytest.mark.checklist(25)
@pytest.mark.parametrize("name", OLD_MODES)
def test_older_software_has_the_older_names(name: str, old: Terminal) -> None:
    _enter_and_leave(old, *OLD_MODES[name])


@pytest.mark.checklist(25)
def test_a_certificate_is_typed_in_a_mode_of_its_own(terminal: Terminal) -> None:
    terminal.ask("configure terminal")
    terminal.ask("crypto pki trustpoint T")
    assert _mode(terminal.ask("crypto pki certificate chain T")) == "config-cert-chain"
    assert _mode(terminal.ask("certificate 01")) == "config-pki-hexmode"
    terminal.send("quit\r")
    assert _mode(terminal.read()) == "config-cert-chain"
    assert _mode(terminal.ask("exit")) == "config"


def _enter_and_leave(terminal: Terminal, lines: list[str], wanted: str) -> None:
    terminal.ask("configure terminal")
    entered = ["config", *(_mode(terminal.ask(line)) for line in lines)]

    assert re.fullmatch(wanted, entered[-1])
    left = [_mode(terminal.ask("exit")) for _ in lines]
    assert left == entered[-2::-1]
    assert terminal.ask("exit").endswith("\r\nKS1#")


@pytest.mark.checklist(25)
@pytest.mark.parametrize("leave", ["end\r", "\x1a"])
def test_end_and_its_key_leave_all_levels(leave: str, terminal: Terminal) -> None:
    terminal.ask("configure terminal")
    terminal.ask("crypto ikev2 keyring RING")
    terminal.ask("peer P")
    terminal.send(leave)

    assert terminal.read().endswith("\r\nKS1#")


@pytest.mark.checklist(25)
def test_a_global_command_leaves_the_mode(terminal: Terminal) -> None:
    terminal.ask("configure terminal")
    terminal.ask("crypto isakmp policy 10")

    assert _mode(terminal.ask("interface Loopback9")) == "config-if"
    assert _mode(terminal.ask("hostname KS1")) == "config"
