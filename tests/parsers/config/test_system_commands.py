"""Interfaces, routing and services in the forms in which a router takes their commands."""

import pytest

from getvpn.parsers.config import DeviceConfig, Interface, Services, device_config, parse_config


def read(text: str) -> DeviceConfig:
    config = device_config(parse_config(text))
    assert not config.unknown_crypto
    assert not config.problems
    return config


def interface(*lines: str) -> Interface:
    (found,) = read("\n ".join(("interface GigabitEthernet0/0", *lines))).interfaces.values()
    return found


def services(*lines: str) -> Services:
    return read("\n".join(lines)).services


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("gi0/1", "GigabitEthernet0/1"),
        ("g 0/0/1.100", "GigabitEthernet0/0/1.100"),
        ("GIGABITETHERNET0/1", "GigabitEthernet0/1"),
        ("Fa0/1", "FastEthernet0/1"),
        ("e0/0", "Ethernet0/0"),
        ("te1/0/1", "TenGigabitEthernet1/0/1"),
        ("lo0", "Loopback0"),
        ("Tunnel 5", "Tunnel5"),
        ("po1.10", "Port-channel1.10"),
        ("vlan10", "Vlan10"),
        ("Serial0/0/0:23", "Serial0/0/0:23"),
        ("GigabitEthernet0/1 point-to-point", "GigabitEthernet0/1"),
        ("BDI100", "BDI100"),
        ("xyz1", "xyz1"),
    ],
)
def test_an_interface_has_its_full_name(typed: str, name: str) -> None:
    (found,) = read(f"interface {typed}\n ip mtu 1400").interfaces.values()
    assert found.name == name


def test_an_interface_is_one_however_it_is_typed() -> None:
    config = read("""\
interface GigabitEthernet0/1
 ip address 10.0.0.1 255.255.255.0
int gi0/1
 crypto map M
crypto map M local-address lo0
crypto gdoi group G
 server address ipv4 10.0.0.9
 client registration interface g0/1
""")
    assert [one.crypto_map for one in config.interfaces.values()] == ["M"]
    assert config.crypto_maps[0].interfaces == ("GigabitEthernet0/1",)
    assert config.crypto_maps[0].local_address == "Loopback0"
    assert config.group_members[0].registration_interface in config.interfaces


@pytest.mark.parametrize("word", ["no", "default"])
def test_an_interface_is_taken_back_as_a_whole(word: str) -> None:
    config = read(f"interface Tunnel0\n ip mtu 1400\n{word} interface Tunnel0")
    assert [one.ip_mtu for one in config.interfaces.values()] == [None] * (word == "default")


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        (("crypto map M", "no crypto map"), "crypto_map", None),
        (("crypto map M", "no crypto map M"), "crypto_map", None),
        (("crypto map M redundancy HA stateful",), "crypto_map", "M"),
        (("ipv6 crypto map M", "no ipv6 crypto map"), "ipv6_crypto_map", None),
        (("crypto ipsec df-bit clear",), "crypto_map", None),
        (("no shutdown", "shutdown"), "shutdown", True),
        (("ipv6 address FE80::1/10 link-local", "no ipv6 address"), "ipv6_addresses", ()),
        (("ipv6 address 2001:DB8::1/64", "no ipv6 address 2001:DB8::1/64"), "ipv6_addresses", ()),
        (("ip address dhcp", "no ip address"), "dhcp", False),
        (("ip address dhcp", "ip address 10.0.0.1 255.0.0.0"), "dhcp", False),
        (("ip mtu 1400", "no ip mtu"), "ip_mtu", None),
        (("ip tcp adjust-mss 1360", "no ip tcp adjust-mss 1360"), "tcp_adjust_mss", None),
        (("tunnel protection ipsec profile P shared",), "tunnel_protection", "P"),
        (("ip vrf forwarding V", "no ip vrf forwarding"), "vrf", None),
    ],
)
def test_commands_of_an_interface(lines: tuple[str, ...], field: str, value: object) -> None:
    assert getattr(interface(*lines), field) == value


@pytest.mark.parametrize(
    ("lines", "addresses"),
    [
        (("1.0.0.1", "1.0.0.2"), ["1.0.0.2"]),
        (("1.0.0.2 s", "1.0.0.1"), ["1.0.0.1", "1.0.0.2"]),
        (("1.0.0.1", "1.0.0.2 s", "no 1.0.0.2 s"), ["1.0.0.1"]),
        (("1.0.0.1", "no 1.0.0.1"), []),
        (("1.0.0.1", "no 1.0.0.9"), ["1.0.0.1"]),
    ],
)
def test_addresses_of_an_interface(lines: tuple[str, ...], addresses: list[str]) -> None:
    def command(line: str) -> str:
        words = line.split()
        start = "no ip address" if words[0] == "no" else "ip address"
        secondary = " secondary" if words[-1] == "s" else ""
        return f"{start} {line.removeprefix('no ').split()[0]} 255.0.0.0{secondary}"

    found = interface(*map(command, lines))
    assert [str(address.ip) for address in found.addresses] == addresses


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        (("logging host 10.0.0.1", "no logging host 10.0.0.1"), "logging_hosts", ()),
        (("logging 10.0.0.1", "no logging 10.0.0.1"), "logging_hosts", ()),
        (("logging host ipv6 2001:DB8::1",), "logging_hosts", ("2001:DB8::1",)),
        (("logging host 10.0.0.2 vrf M transport udp port 515",), "logging_hosts", ("10.0.0.2",)),
        (("logging source-interface Loopback 0",), "logging_source_interface", "Loopback0"),
        (
            ("logging source-interface lo0 vrf M", "no logging source-interface lo0"),
            "logging_source_interface",
            None,
        ),
        (("ntp server vrf M 10.0.0.2 key 5",), "ntp_servers", ("10.0.0.2",)),
        (("ntp server 10.0.0.1", "no ntp server 10.0.0.1"), "ntp_servers", ()),
        (("ntp master 3", "no ntp master"), "ntp_master", False),
        (("ntp authenticate", "no ntp authenticate"), "ntp_authenticate", False),
        (("snmp-server enable traps gdoi gm-register",), "snmp_gdoi_traps", True),
        (("snmp-server enable traps gdoi x", "no snmp-server enable traps gdoi"), "snmp_traps", ()),
        (("snmp-server enable traps", "no snmp-server enable traps"), "snmp_gdoi_traps", False),
        (("snmp-server host 10.0.0.1 X", "no snmp-server host 10.0.0.1 X"), "snmp_hosts", ()),
        (("snmp-server community X RO", "no snmp-server community X RO"), "snmp_communities", 0),
        (("snmp-server community X RO", "snmp-server community X RW"), "snmp_communities", 1),
        (("ip pim vrf M ssm default",), "pim_ssm", True),
        (("ip pim ssm default", "no ip pim ssm"), "pim_ssm", False),
        (("clock timezone CET 1 0", "no clock timezone"), "clock_timezone", None),
        (
            ("clock timezone CET 1 0", "clock summer-time CEST recurring"),
            "clock_timezone",
            "CET 1 0",
        ),
        (("tacacs-server host 10.0.0.1", "no tacacs-server host 10.0.0.1"), "tacacs_servers", ()),
        (("tacacs server T", "address ipv4 10.0.0.2", "key 7 X"), "tacacs_servers", ("10.0.0.2",)),
        (("radius server R", " address ipv6 2001:DB8::5"), "radius_servers", ("2001:DB8::5",)),
        (("service timestamps log uptime", "no service timestamps log"), "log_timestamps", None),
    ],
)
def test_services(lines: tuple[str, ...], field: str, value: object) -> None:
    assert getattr(services(*lines), field) == value


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        ("ip domain name a.example.net|ip domain name vrf V b.example.net", "domain_name", "a."),
        ("ip domain-name a.example.net|ip domain lookup", "domain_name", "a."),
        ("ip domain name a.example.net|no ip domain name", "domain_name", None),
        ("ip domain name a.example.net|no ip domain name a.example.net", "domain_name", None),
        ("hostname R1|hostname R2", "hostname", "R2"),
        ("hostname R1|no hostname R1", "hostname", None),
    ],
)
def test_names_of_the_device(lines: str, field: str, value: str | None) -> None:
    config = read(lines.replace("|", "\n"))
    expected = value + "example.net" if value == "a." else value
    assert getattr(config, field) == expected


def test_routing_processes_come_again_and_go() -> None:
    config = read("""\
router bgp 65000
 neighbor 10.0.0.1 remote-as 65001
 address-family ipv4 vrf V
  neighbor 10.0.0.2 remote-as 65002
 exit-address-family
router rip
 version 2
 network 10.0.0.0
router ospf 1 vrf V
router bgp 65000
 neighbor 10.0.0.3 remote-as 65003
no router rip
""")
    assert [(one.protocol, one.tag, one.vrfs) for one in config.routing] == [
        ("bgp", "65000", ("V",)),
        ("ospf", "1", ("V",)),
    ]
    assert config.routing[0].neighbors == ("10.0.0.1", "10.0.0.2", "10.0.0.3")
    assert config.version is None
