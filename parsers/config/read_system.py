"""Interfaces, routing processes and single lines of the device → views."""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from typing import TypeVar

from .line import ConfigLine
from .said import Handler, Notes, Said, Table, flag, interface_name, one, unmodelled
from .view import Draft

_T = TypeVar("_T")

_MAX_MTU = 65_535


def _ip_address(draft: Draft, said: Said) -> None:
    """`ip address A M [secondary]`, `ip address dhcp`, `no ip address`."""
    if not said.on and not said.args:
        draft.reset("addresses")
        draft.reset("dhcp")
        return
    first = said.word()
    if first is None or first == "negotiated":
        return
    if first == "dhcp":
        draft.set("dhcp", said.on, said.line)
        return
    mask = said.word(1)
    if mask is None:
        return
    try:
        found = IPv4Interface((int(IPv4Address(first)), mask))  # of a text it reads all twice
    except ValueError:
        said.problem("expected an IPv4 address and a subnet mask")
        return
    secondary = "secondary" in said.args
    if not said.on:
        if secondary:
            draft.remove("addresses", found)
        elif draft.values.get("addresses") == (found,):
            draft.values.pop("addresses")
            draft.origins.pop("addresses")
    elif secondary:
        draft.add("addresses", found, said.line)
    else:
        draft.set("addresses", (found,), said.line)
        draft.reset("dhcp")


def _ipv6_address(draft: Draft, said: Said) -> None:
    """`ipv6 address P/L [eui-64|link-local]`; those without a prefix say nothing here."""
    if not said.on and not said.args:
        draft.reset("ipv6_addresses")
        return
    word = said.word()
    if word is None or "/" not in word:
        return
    try:
        _change(draft, said, "ipv6_addresses", IPv6Interface(word))
    except ValueError:
        said.problem("expected an IPv6 prefix")


def _access_group(draft: Draft, said: Said) -> None:
    name = said.word()
    side = said.args[1] if len(said.args) > 1 else "in"
    if name is None or side not in ("in", "out"):
        return
    if said.on:
        draft.set(f"access_group_{side}", name, said.line)
    else:
        draft.reset(f"access_group_{side}")


def _tunnel(draft: Draft, said: Said) -> None:
    """`tunnel mode|source|destination|protection …`."""
    what = said.args[0] if said.args else ""
    field = _TUNNEL_FIELDS.get(what)
    rest = " ".join(said.args[1:])
    if field is None:
        return
    if what == "protection":
        rest = " ".join(rest.removeprefix("ipsec profile ").split()[:1])
    if said.on and rest:
        draft.set(field, rest, said.line)
    elif not said.on:
        draft.reset(field)


_TUNNEL_FIELDS = {
    "mode": "tunnel_mode",
    "source": "tunnel_source",
    "destination": "tunnel_destination",
    "protection": "tunnel_protection",
}


def _constant(name: str, new: object) -> Handler:
    """A command without arguments that gives field `name` the value `new`."""

    def handle(draft: Draft, said: Said) -> None:
        if said.on:
            draft.set(name, new, said.line)
        else:
            draft.reset(name)

    return handle


def _size(name: str) -> Handler:
    return one(name, lambda said: said.integer(1, _MAX_MTU))


INTERFACE: Table = {
    "description": one("description", Said.text),
    "ip address": _ip_address,
    "ip unnumbered": one("unnumbered", Said.interface),
    "ipv6 address": _ipv6_address,
    "vrf forwarding": one("vrf", Said.word),
    "ip vrf forwarding": one("vrf", Said.word),
    "crypto map": one("crypto_map", Said.word),
    "crypto ipsec df-bit": unmodelled,
    "crypto ipsec fragmentation": unmodelled,
    "ipv6 crypto map": one("ipv6_crypto_map", Said.word),
    "mtu": _size("mtu"),
    "ip mtu": _size("ip_mtu"),
    "ipv6 mtu": _size("ipv6_mtu"),
    "ip tcp adjust-mss": _size("tcp_adjust_mss"),
    "ipv6 tcp adjust-mss": _size("ipv6_adjust_mss"),
    "ip nat inside": _constant("nat", "inside"),
    "ip nat outside": _constant("nat", "outside"),
    "shutdown": flag("shutdown"),
    "ip access-group": _access_group,
    "ip pim sparse-mode": flag("pim"),
    "ip pim dense-mode": flag("pim"),
    "ip pim sparse-dense-mode": flag("pim"),
    "ip pim passive": flag("pim"),
    "ip ospf": _constant("ospf", True),
    "ipv6 ospf": _constant("ospf", True),
    "ospfv3": _constant("ospf", True),
    "tunnel": _tunnel,
}


class InterfaceDraft(Draft):
    """An interface while it is read: IOS prints secondary addresses before the primary one."""

    __slots__ = ()

    def make(self, cls: Callable[..., _T]) -> _T:
        """The view, with the primary address in front."""
        primary = self.values.get("addresses", ())
        others = tuple(item for item, _ in self.items.pop("addresses", {}).values())
        if others:
            self.values["addresses"] = primary + others
            self.origins.setdefault("addresses", self.line)
        return super().make(cls)


def read_interface(draft: Draft, header: ConfigLine, notes: Notes) -> None:
    """The lines of an `interface` block; those about other things are passed over."""
    for line in header.children:
        handler = INTERFACE.get(line.command)
        if handler is not None:
            handler(draft, Said(line, notes))
        elif "crypto" in line.words[:3]:
            notes.unknown.extend(line.walk())


def read_routing(draft: Draft, header: ConfigLine) -> None:
    """The lines of a `router` block and of the address families in it."""
    for line in header.walk():
        words = line.words
        if line is header or words[0] == "address-family":
            for vrf in _after_vrf(words):
                draft.add("vrfs", vrf, line)
        elif words[0] == "network" and len(words) > 1:
            draft.add("networks", " ".join(words[1:]), line)
        elif words[0] == "neighbor" and len(words) > 1:
            draft.add("neighbors", words[1], line)
        elif (words[0] == "router-id" or words[1:2] == ["router-id"]) and (
            "router_id" not in draft.values
        ):
            draft.set("router_id", words[-1], line)


def _after_vrf(words: Sequence[str]) -> Sequence[str]:
    """The word after `vrf`, if there is one."""
    return words[words.index("vrf") + 1 :][:1] if "vrf" in words else ()


def _service(draft: Draft, said: Said) -> None:
    """`service password-encryption`, `service timestamps log …`."""
    if said.args[:1] == ["password-encryption"]:
        draft.set("service_password_encryption", said.on, said.line)
    elif said.args[:2] == ["timestamps", "log"]:
        text = " ".join(said.args[2:]) if said.on else None
        draft.set("log_timestamps", text, said.line)


def _password(draft: Draft, said: Said) -> None:
    if len(said.args) > 1 and said.args[0] == "encryption" and "aes".startswith(said.args[1]):
        draft.set("password_encryption_aes", said.on, said.line)


def _key(draft: Draft, said: Said) -> None:
    if said.args[:1] == ["config-key"]:
        draft.set("key_config_key", said.on, said.line)


def _aaa(draft: Draft, said: Said) -> None:
    if said.args[:1] == ["new-model"]:
        draft.set("aaa_new_model", said.on, said.line)


def _ip_pim(draft: Draft, said: Said) -> None:
    args = said.args[2:] if said.args[:1] == ["vrf"] else said.args
    if args[:1] == ["ssm"]:
        draft.set("pim_ssm", said.on, said.line)


def _change(draft: Draft, said: Said, name: str, item: object) -> None:
    """Append `item` to the tuple `name`, or take it out where the line says so."""
    if said.on:
        draft.add(name, item, said.line)
    else:
        draft.remove(name, item)


def _logging(draft: Draft, said: Said) -> None:
    """`logging host [ipv6] A`, the older `logging A`, `logging source-interface IF`."""
    if said.take("host"):
        said.take("ipv6")
        if (host := said.word()) is not None:
            _change(draft, said, "logging_hosts", host)
    elif said.args and said.args[0][0].isdecimal() and "." in said.args[0]:
        _change(draft, said, "logging_hosts", said.args[0])
    elif said.args[:1] == ["source-interface"]:
        if not said.on:
            draft.reset("logging_source_interface")
        elif len(said.args) > 1:
            draft.set("logging_source_interface", interface_name(said.args[1:]), said.line)


def _ntp(draft: Draft, said: Said) -> None:
    """`ntp server [vrf V] A`, `ntp peer`, `ntp master`, `ntp authenticate`."""
    if not said.args:
        return
    what, rest = said.args[0], said.args[1:]
    if what in ("server", "peer"):
        rest = rest[2:] if rest[:1] == ["vrf"] else rest
        host = next((word for word in rest if word not in ("ip", "ipv6")), None)
        if host is not None:
            _change(draft, said, "ntp_servers", host)
    elif what in ("master", "authenticate"):
        draft.set(f"ntp_{what}", said.on, said.line)


def _snmp(draft: Draft, said: Said) -> None:
    """`snmp-server enable traps …`, `snmp-server host A`."""
    if said.args[:2] == ["enable", "traps"]:
        _snmp_traps(draft, said)
    elif said.args[:1] == ["host"] and len(said.args) > 1:
        _change(draft, said, "snmp_hosts", said.args[1])


def _snmp_traps(draft: Draft, said: Said) -> None:
    """`snmp-server enable traps [KIND [TRAP…]]`; without a kind it is about all of them."""
    kinds = " ".join(said.args[2:])
    if said.on:
        draft.add("snmp_traps", kinds, said.line)
        return
    for known in tuple(draft.items.get("snmp_traps", ())):
        if isinstance(known, str) and (not kinds or known == kinds or known.split()[:1] == [kinds]):
            draft.remove("snmp_traps", known)


class ServicesDraft(Draft):
    """The services while they are read: it tells communities apart, whose names are secret."""

    __slots__ = ("communities",)

    def __init__(self, line: ConfigLine) -> None:
        super().__init__(line)
        self.communities: set[str] = set()

    def read(self, said: Said) -> None:
        """Read a line of a command in `SERVICES`."""
        if said.line.command != "snmp-server" or said.args[:1] != ["community"]:
            SERVICES[said.line.command](self, said)
        elif len(said.args) > 1:
            if said.on:
                self.communities.add(said.args[1])
            else:
                self.communities.discard(said.args[1])
            self.set("snmp_communities", len(self.communities), said.line)


def _server(draft: Draft, said: Said) -> None:
    """`tacacs server NAME` with `address ipv4 A` below, which is its only one."""
    name = f"{said.line.command.split()[0]}_servers"
    label = said.word()
    if not said.on:
        draft.remove(name, label)
    for line in said.line.children:
        if line.words[0] == "address" and len(line.words) > 2:
            draft.add(name, line.words[2], line, label)


def _server_host(draft: Draft, said: Said) -> None:
    """The older `tacacs-server host A`."""
    if said.take("host") and (host := said.word()) is not None:
        _change(draft, said, f"{said.line.command.removesuffix('-server')}_servers", host)


def _timezone(said: Said) -> str | None:
    return " ".join(said.args[1:]) if said.args[:1] == ["timezone"] else None


SERVICES: Table = {
    "aaa": _aaa,
    "clock": one("clock_timezone", _timezone),
    "ip multicast-routing": flag("multicast_routing"),
    "ip pim": _ip_pim,
    "key": _key,
    "logging": _logging,
    "ntp": _ntp,
    "password": _password,
    "radius server": _server,
    "radius-server": _server_host,
    "service": _service,
    "snmp-server": _snmp,
    "tacacs server": _server,
    "tacacs-server": _server_host,
}
