"""From the configuration of a key server to the policies of its groups."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, ip_address
from types import MappingProxyType

from ..config.store import Block, Entry
from ..gdoi.policy import (
    DAY_S,
    Authorization,
    Cipher,
    CoopPolicy,
    RekeyPolicy,
    ServerPolicy,
    Transport,
)
from ..settings.gdoi import GROUP
from .protection import list_entries, sa_policies, seconds_of

CIPHERS: Mapping[str, Cipher] = MappingProxyType(
    {"des-cbc": Cipher(name="des", bits=64), "3des-cbc": Cipher(name="3des", bits=192)}
)
USUAL_RETRANSMIT = (10, 2)
"""Seconds between retransmissions, and their number (Cisco command reference)."""
ADDRESSES = ("ip address", "ipv6 address")
SID_BITS: Mapping[str, int] = MappingProxyType({"medium": 24, "large": 32})


def server_policies(root: Block) -> dict[str, ServerPolicy]:
    """The groups that the router serves by name, in the order of the configuration."""
    found: dict[str, ServerPolicy] = {}
    for group in root.all(GROUP):
        server = group.block.find("server local") if group.block is not None else None
        if group.block is not None and server is not None and server.block is not None:
            found[str(group["name"])] = _server_policy(root, group, group.block, server.block)
    return found


def identity_of(group: Block) -> str:
    """What names a group between devices: its number or address; empty without one."""
    entry = group.find("identity")
    if entry is None:
        return ""
    number = entry.get("number")
    return str(entry["address"]) if number is None else str(number)


def _server_policy(root: Block, group: Entry, block: Block, server: Block) -> ServerPolicy:
    ipv6 = bool(group["ipv6"])
    size = server.find("group size")
    kind = "medium" if size is None else str(size.get("kind") or "small")
    desk = str(server.value("registration interface", "interface", ""))
    return ServerPolicy(
        group=str(group["name"]),
        identity=identity_of(block),
        ipv6=ipv6,
        address=str(server.value("address ipv4", "address", "")),
        rekey=_rekey(root, server),
        sas=sa_policies(root, server, ipv6=ipv6),
        coop=_coop(server),
        authorization=_authorization(root, server),
        registration_interface=desk,
        registration_addresses=tuple(_addresses(root, desk)) if desk else None,
        crl_trustpoint=str(server.value("registration periodic crl trustpoint", "trustpoint", "")),
        gdoi=not server.off("gdoi"),
        ikev2_profile=str(server.value("gikev2", "profile", "")),
        pfs=server.has("pfs"),
        receive_only=server.has("sa receive-only"),
        d3p_ms=_window_ms(server.find("sa d3p window")),
        pair_wise=server.has("sa pair-wise-keying"),
        sid_size=kind,
        sid_bits=SID_BITS[kind] if size is None or kind in SID_BITS else int(size["bits"]),
        kssids=_sender_ids(server),
    )


def _addresses(root: Block, interface: str) -> Iterator[str]:
    """The addresses that an interface is configured with."""
    entry = root.find("interface", interface)
    for line in entry.block.entries.values() if entry is not None and entry.block else ():
        if line.setting.name.startswith(ADDRESSES) and not line.negated:
            address = str(line.get("address") or line.get("prefix") or "").partition("/")[0]
            if address:
                yield str(ip_address(address))


def _rekey(root: Block, server: Block) -> RekeyPolicy:
    retransmit = server.find("rekey retransmit")
    interval, count = USUAL_RETRANSMIT if retransmit is None else (retransmit["interval"], None)
    if retransmit is not None and retransmit.get("count") is not None:
        count = int(retransmit["count"])
    lifetime = seconds_of(server.find("rekey lifetime"))
    acl = str(server.value("rekey address ipv4", "acl", ""))
    return RekeyPolicy(
        transport=Transport.UNICAST if server.has("rekey transport") else Transport.MULTICAST,
        cipher=_cipher(server.find("rekey algorithm")),
        sig_hash=str(server.value("rekey sig-hash algorithm", "hash", "sha")),
        lifetime_s=DAY_S if lifetime is None else lifetime,
        interval_s=int(interval),
        count=count,
        label=str(server.value("rekey authentication mypubkey rsa", "label", "")),
        acknowledgement=str(server.value("rekey acknowledgement", "kind", "cisco")),
        acl=acl,
        multicast=_multicast(root, acl),
    )


def _cipher(entry: Entry | None) -> Cipher:
    """The cipher of the KEK: 3DES without a line (device output without one)."""
    if entry is None:
        return CIPHERS["3des-cbc"]
    found = CIPHERS.get(str(entry["cipher"]))
    return found or Cipher(name="aes", bits=int(entry["bits"]))


def _multicast(root: Block, acl: str) -> str:
    """The group that a rekey is sent to: where the first line that permits leads."""
    for entry in list_entries(root, acl):
        end = entry.destination
        if entry.permits and end is not None and end.address is not None and end.wildcard == 0:
            address = IPv4Address(end.address)
            if address.is_multicast:
                return str(address)
    return ""


def _coop(server: Block) -> CoopPolicy | None:
    entry = server.find("redundancy")
    block = entry.block if entry is not None else None
    if block is None:
        return None
    pdu = block.value("protocol pdu", "bytes")
    return CoopPolicy(
        priority=int(block.value("local priority", "priority", 1)),
        peers=tuple(str(peer["address"]) for peer in block.all("peer address ipv4")),
        protocol=str(block.value("protocol version", "version", "base")),
        pdu=None if pdu is None else int(pdu),
    )


def _authorization(root: Block, server: Block) -> Authorization:
    acl = str(server.value("authorization address ipv4", "acl", ""))
    identity = str(server.value("authorization identity", "identity", ""))
    entry = root.find("crypto identity", identity) if identity else None
    lines = entry.block.entries.values() if entry is not None and entry.block is not None else ()
    return Authorization(
        acl=acl,
        entries=list_entries(root, acl),
        identity=identity,
        names=tuple(str(line["text"]) for line in lines if line.setting.name in ("dn", "fqdn")),
    )


def _window_ms(entry: Entry | None) -> int:
    if entry is None:
        return 0
    milliseconds = entry.get("milliseconds")
    return int(entry["seconds"]) * 1000 if milliseconds is None else int(milliseconds)


def _sender_ids(server: Block) -> tuple[int, ...]:
    """The sender identifiers of this key server, the lowest first."""
    entry = server.find("identifier")
    found: set[int] = set()
    for line in entry.block.entries.values() if entry is not None and entry.block else ():
        low = int(line.get("low", line.get("value")))
        found.update(range(low, int(line.get("high", low)) + 1))
    return tuple(sorted(found))
