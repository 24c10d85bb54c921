"""Interfaces, routing processes and single lines of the device → views."""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Interface, IPv6Interface
from typing import TypeVar

from .line import ConfigLine
from .said import Handler, Notes, Said, Table, flag, one
from .view import Draft

_T = TypeVar("_T")

_MAX_MTU = 65_535


def _ip_address(draft: Draft, said: Said) -> None:
    """`ip address A M [secondary]`, `ip address dhcp`, `no ip address`."""
    if not said.on:
        if not said.args:
            draft.reset("addresses")
        return
    first = said.word()
    if first is None or first == "negotiated":
        return
    if first == "dhcp":
        draft.set("dhcp", True, said.line)
        return
    mask = said.word(1)
    if mask is None:
        return
    try:
        found = IPv4Interface(f"{first}/{mask}")
    except ValueError:
        said.problem("expected an IPv4 address and a subnet mask")
        return
    if "secondary" in said.args:
        draft.add("addresses", found, said.line)
    else:
        draft.set("addresses", (found,), said.line)


def _ipv6_address(draft: Draft, said: Said) -> None:
    """`ipv6 address P/L [eui-64|link-local]`; those without a prefix say nothing here."""
    word = said.word() if said.on else None
    if word is None or "/" not in word:
        return
    try:
        draft.add("ipv6_addresses", IPv6Interface(word), said.line)
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
        rest = rest.removeprefix("ipsec profile ")
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
    if said.args[:1] == ["ssm"]:
        draft.set("pim_ssm", said.on, said.line)


def _logging(draft: Draft, said: Said) -> None:
    """`logging host A`, the older `logging A`, `logging source-interface IF`."""
    if not said.on or not said.args:
        return
    first = said.args[0]
    if first == "host" and (host := said.word(1)) is not None:
        draft.add("logging_hosts", host, said.line)
    elif first[0].isdecimal() and "." in first:
        draft.add("logging_hosts", first, said.line)
    elif first == "source-interface" and len(said.args) > 1:
        draft.set("logging_source_interface", said.args[1], said.line)


def _ntp(draft: Draft, said: Said) -> None:
    """`ntp server [vrf V] A`, `ntp peer`, `ntp master`, `ntp authenticate`."""
    if not said.on or not said.args:
        return
    what, rest = said.args[0], said.args[1:]
    if what in ("server", "peer"):
        rest = rest[2:] if rest[:1] == ["vrf"] else rest
        host = next((word for word in rest if word not in ("ip", "ipv6")), None)
        if host is not None:
            draft.add("ntp_servers", host, said.line)
    elif what in ("master", "authenticate"):
        draft.set(f"ntp_{what}", True, said.line)


def _snmp(draft: Draft, said: Said) -> None:
    """`snmp-server community`, `snmp-server enable traps …`, `snmp-server host A`."""
    if not said.on or not said.args:
        return
    if said.args[0] == "community":
        draft.set("snmp_communities", draft.values.get("snmp_communities", 0) + 1, said.line)
    elif said.args[:2] == ["enable", "traps"]:
        draft.add("snmp_traps", " ".join(said.args[2:]), said.line)
    elif said.args[0] == "host" and len(said.args) > 1:
        draft.add("snmp_hosts", said.args[1], said.line)


def _server(kind: str) -> Handler:
    """`tacacs server NAME` with `address ipv4 A` below, `tacacs-server host A`."""

    def handle(draft: Draft, said: Said) -> None:
        words = said.args
        if words[:1] == ["host"] and len(words) > 1:
            draft.add(f"{kind}_servers", words[1], said.line)
        elif words[:1] == ["server"]:
            for line in said.line.children:
                if line.words[0] == "address" and len(line.words) > 2:
                    draft.add(f"{kind}_servers", line.words[2], line)

    return handle


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
    "radius": _server("radius"),
    "radius-server": _server("radius"),
    "service": _service,
    "snmp-server": _snmp,
    "tacacs": _server("tacacs"),
    "tacacs-server": _server("tacacs"),
}
