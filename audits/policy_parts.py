"""The policy of a key server, part by part in one spelling, for comparison.

What may differ between the key servers of a group is left out: addresses, priorities, peers,
sender identifiers, names of lists, profiles and keys, and numbers of lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..parsers.config import AccessList, AclEntry, PortMatch, Selector
from .context import ServerContext, config_evidence, show_evidence
from .group_keys import block_gap, rekey_cipher, shown_transform
from .needs import GDOI, KS_POLICY
from .policy import list_gap, policy_of
from .rule import Evidence
from .servers import current_kek, current_teks, latest

if TYPE_CHECKING:
    from ..parsers.config import DeviceConfig, KeyServerConfig, SaPolicy, View
    from ..parsers.records.gdoi_ks_policy import Kek, Tek

ACCESS_LIST = "access list"
_IPV4_ONES = 0xFFFF_FFFF
_IPV6_ONES = (1 << 128) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a policy: its `lines`, and what proves each of them, in step.

    `head` proves the part as a whole. `in_use` marks what show output tells of keys in use: the
    configuration may allow more than that.
    """

    lines: tuple[str, ...]
    proofs: tuple[Evidence, ...]
    head: Evidence
    in_use: bool = False

    def same_as(self, other: Part) -> bool:
        """Whether both say the same, as far as they can tell."""
        if self.in_use != other.in_use:
            part, whole = (self, other) if self.in_use else (other, self)
            return set(part.lines) <= set(whole.lines)
        return self.lines == other.lines


Found = Iterator[tuple[str, Part | str]]
"""Parts by name, or why they are not known."""


def configured_parts(server: ServerContext) -> Found:
    """The parts that the configuration of the key server holds, apart from its access lists."""
    if server.configured is None:
        return
    view, config = server.configured
    yield from _rekey_lines(server, view)
    yield "authorization", _authorization(server, view, config)
    if not view.rekey_unicast:
        yield "rekey address", _rekey_address(server, view, config)
    yield from _group_lines(server, view)
    ordered = sorted(view.sas, key=lambda sa: sa.sequence or 0)
    for number, sa in enumerate(ordered, start=1):
        suffix = f" of SA {number}" if len(ordered) > 1 else ""
        for name, part in _sa(server, config, sa):
            yield name + suffix, part
        acl = config.access_list_of(sa)
        if len(ordered) > 1 and acl is not None:
            # the access lists are compared as one: this tells where one ends
            size = _part(config_evidence(server.device, acl), f"entries: {len(acl.entries)}")
            yield f"size of the access list{suffix}", list_gap(server.device, acl) or size


def _rekey_lines(server: ServerContext, view: KeyServerConfig) -> Found:
    interval, count = view.rekey_retransmit_s, f"number {view.rekey_retransmit_count}"
    signed = "" if view.rekey_authentication else "no "
    lines = {
        "rekey_algorithm": ("rekey cipher", f"rekey algorithm {view.rekey_algorithm}"),
        "rekey_sig_hash": ("rekey hash", f"rekey sig-hash algorithm {view.rekey_sig_hash}"),
        "rekey_lifetime_s": ("rekey lifetime", _rekey_lifetime(view.rekey_lifetime_s)),
        "rekey_retransmit_s": (
            "rekey retransmission",
            _retransmission(interval, "periodic" if view.rekey_periodic else count),
        ),
        "rekey_authentication": (
            "rekey signature",
            f"{signed}rekey authentication mypubkey rsa",
        ),
        "rekey_unicast": (
            "rekey transport",
            _transport("unicast" if view.rekey_unicast else "multicast"),
        ),
        "rekey_acknowledgement": (
            "rekey acknowledgement",
            f"rekey acknowledgement {view.rekey_acknowledgement}",
        ),
    }
    for field, (name, line) in lines.items():
        yield name, _line(server, view, field, line)


def _group_lines(server: ServerContext, view: KeyServerConfig) -> Found:
    periodic_crl = "registration periodic crl trustpoint"
    lines = {
        "crl_trustpoint": ("re-authentication", _switch(periodic_crl, view.crl_trustpoint)),
        "gdoi": ("GDOI registration", _switch("gdoi", view.gdoi)),
        "gikev2": ("G-IKEv2 registration", _switch("gikev2", view.gikev2)),
        "pfs": ("forward secrecy", _switch("pfs", view.pfs)),
        "group_size": ("group size", f"group size {view.group_size}"),
        "d3p_window_ms": (
            "IP-D3P window",
            _switch("sa d3p window", view.d3p_window_ms) + f" {view.d3p_window_ms or ''}".rstrip(),
        ),
        "receive_only": ("SA direction", _switch("sa receive-only", view.receive_only)),
        "pairwise_keying": (
            "pair-wise keying",
            _switch("sa pair-wise-keying", view.pairwise_keying),
        ),
    }
    for field, (name, line) in lines.items():
        yield name, _line(server, view, field, line)
    if view.redundancy is not None:
        version = f"protocol version {view.redundancy.protocol_version or 'base'}"
        yield "COOP protocol", _line(server, view.redundancy, "protocol_version", version)


def _switch(words: str, on: object) -> str:
    return words if on else f"no {words}"


def _rekey_lifetime(seconds: int) -> str:
    return f"rekey lifetime seconds {seconds}"


def _retransmission(interval_s: int, count: str) -> str:
    return f"rekey retransmit {interval_s} {count}"


def _transport(kind: str) -> str:
    return f"rekey transport {kind.lower()}"


def _line(server: ServerContext, view: View, field: str, line: str) -> Part | str:
    """A setting of one line; unknown where it is a default and lines may be missing."""
    gap = block_gap(server)
    if gap and view.is_default(field):
        return gap
    return _part(config_evidence(server.device, view, field), line)


def _part(evidence: Evidence, *lines: str, in_use: bool = False) -> Part:
    proofs = (evidence,) * len(lines)
    return Part(lines=lines, proofs=proofs, head=evidence, in_use=in_use)


def _sa(server: ServerContext, config: DeviceConfig, sa: SaPolicy) -> Found:
    yield from _profile(server, config, sa)
    yield "anti-replay method", _line(server, sa, "replay", _replay(sa.replay))
    if sa.replay != "none":
        yield "anti-replay window", _line(server, sa, "replay", _window(sa.replay_window))
    yield "tagging", _line(server, sa, "tag_cts_sgt", _switch("tag cts sgt", sa.tag_cts_sgt))


def _replay(method: str) -> str:
    return "no replay" if method == "none" else f"replay {method}"


def _window(size: int) -> str:
    return f"replay window-size {size}"


def _profile(server: ServerContext, config: DeviceConfig, sa: SaPolicy) -> Found:
    """Transforms and lifetime. What is named and does not exist is told as such."""
    profile = config.profile_of(sa)
    if profile is None:
        where = config_evidence(server.device, sa, "profile")
        gap = block_gap(server) if sa.profile is None else server.config_missing
        for name in ("transforms", "mode", "traffic key lifetime"):
            yield name, gap or _part(where, f"no {name}: there is no such profile")
        return
    head = config_evidence(server.device, profile, "transform_sets")
    found = config.transform_sets_of(sa)
    if len(found) < len(profile.transform_sets):
        lost = _part(head, "transform by a set that does not exist")
        yield "transforms", server.config_missing or lost
    else:
        lines = (f"transform {each.normalised}" + (" esn" if each.esn else "") for each in found)
        proofs = (config_evidence(server.device, each) for each in found)
        yield "transforms", _listed(zip(lines, proofs, strict=True), head)
        yield "mode", _part(head, *sorted({f"mode {each.mode}" for each in found}))
    defaulted = profile.lifetime_s is None and config.is_default("ipsec_lifetime_s")
    gap = server.config_missing if defaulted else ""
    place = config_evidence(server.device, config.tek_lifetime_line(sa))
    yield "traffic key lifetime", gap or _part(place, _lifetime(config.tek_lifetime_s(sa)))


def _lifetime(seconds: int) -> str:
    return f"lifetime seconds {seconds}"


def _listed(lines: Iterable[tuple[str, Evidence]], head: Evidence) -> Part:
    every = tuple(lines)
    return Part(
        lines=tuple(line for line, _ in every),
        proofs=tuple(proof for _, proof in every),
        head=head,
    )


def _authorization(
    server: ServerContext, view: KeyServerConfig, config: DeviceConfig
) -> Part | str:
    """Who may register: the access list's addresses or the names of the identity list."""
    if view.authorization_acl is None and view.authorization_identity is None:
        return _line(server, view, "authorization_acl", "no authorization")
    field = "authorization_identity" if view.authorization_acl is None else "authorization_acl"
    head = config_evidence(server.device, view, field)
    if view.authorization_acl is None:
        names = config.crypto_identities.get(view.authorization_identity or "")
        if names is None:
            return server.config_missing or _part(head, "authorization by no identity at all")
        lines = (*(f"dn {each}" for each in names.dns), *(f"fqdn {each}" for each in names.fqdns))
        place = config_evidence(server.device, names)
        return _listed(((f"authorization {line}", place) for line in sorted(lines)), head)
    acl = config.access_lists.get(view.authorization_acl)
    found = _entries(server, acl, "authorization ", head)
    if isinstance(found, Part) and all(" permit " in line for line in found.lines):
        return _listed(sorted(zip(found.lines, found.proofs, strict=True), key=_text), head)
    return found


def _text(line: tuple[str, Evidence]) -> str:
    return line[0]


def _rekey_address(
    server: ServerContext, view: KeyServerConfig, config: DeviceConfig
) -> Part | str:
    """The multicast rekeys that this key server sends.

    The list may also have those of its peers, which send them when they are primary: lines that
    say of a peer what others say of the key server itself are left out.
    """
    head = config_evidence(server.device, view, "rekey_address_acl")
    if view.rekey_address_acl is None:
        return _line(server, view, "rekey_address_acl", "no rekey address")
    acl = config.access_lists.get(view.rekey_address_acl)
    found = _entries(server, acl, "rekey address ", head)
    if isinstance(found, str):
        return found
    lines = [_renamed(line, str(view.address)) for line in found.lines]
    own = set(lines)
    peers = [str(peer) for peer in view.redundancy.peers] if view.redundancy else []
    kept = (
        (line, proof)
        for line, proof in zip(lines, found.proofs, strict=True)
        if not any((other := _renamed(line, peer)) != line and other in own for peer in peers)
    )
    return _listed(kept, head)


def _renamed(line: str, address: str) -> str:
    """The line with "key server" in the place of the host `address`."""
    return " ".join("(key server)" if word == address else word for word in line.split(" "))


def _entries(
    server: ServerContext, acl: AccessList | None, prefix: str, head: Evidence
) -> Part | str:
    if acl is None:
        return server.config_missing or _part(head, f"{prefix}by a list that does not exist")
    lines = (
        (prefix + entry_text(entry), config_evidence(server.device, entry)) for entry in acl.entries
    )
    return list_gap(server.device, acl) or _listed(lines, head)


def access_list_part(server: ServerContext) -> Found:
    """What the group encrypts: the lists of all its SAs, one behind the other."""
    if server.configured is not None and not server.config_missing:
        view, config = server.configured
        for sa in view.sas:
            if config.access_list_of(sa) is None:
                where = config_evidence(server.device, sa, "acl")
                yield ACCESS_LIST, _part(where, "match address: there is no such access list")
                return
    policy = policy_of(server.role)
    if policy.gap:
        yield ACCESS_LIST, policy.gap
        return
    entries = tuple(policy.entries)
    if any(_has_groups(entry) for entry in entries):
        yield ACCESS_LIST, "an object group of the access list is not known in full"
        return
    lines = ((f"access-list {entry_text(entry)}", policy.prove(entry)) for entry in entries)
    yield ACCESS_LIST, _listed(lines, policy.prove(None))


def _has_groups(entry: AclEntry) -> bool:
    ports = (entry.source_ports, entry.destination_ports)
    named = (entry.source.group, entry.destination.group, *(port.group for port in ports))
    return any(name is not None for name in named) or entry.protocol.startswith("object-group")


def shown_parts(server: ServerContext) -> Found:
    """What the key server prints of its keys: of traffic keys only where there is one."""
    found = latest(server.rows(KS_POLICY, lambda record: record.groups))
    if found is not None:
        output, group = found
        kek = current_kek(group)
        if kek is not None:
            yield from _shown_kek(kek, show_evidence(output, kek))
        teks = current_teks(group)
        if len(teks) == 1:
            yield from _shown_tek(teks[0], show_evidence(output, teks[0]))
    status = latest(server.rows(GDOI, lambda record: record.groups))
    if status is not None:
        listing, served = status
        interval, count = served.retransmit_period_s, served.retransmit_attempts
        if interval is not None and count is not None:
            line = _retransmission(interval, f"number {count}")
            yield "rekey retransmission", _part(show_evidence(listing, served), line)
        for sa in served.sas if len(served.sas) == 1 else ():
            if sa.replay is not None:
                yield "anti-replay method", _part(show_evidence(listing, sa), _replay(sa.replay))


def _shown_kek(kek: Kek, head: Evidence) -> Found:
    yield "rekey transport", _part(head, _transport(kek.transport))
    cipher = rekey_cipher(kek.encryption, None if kek.key_bytes is None else kek.key_bytes * 8)
    if cipher is not None:
        yield "rekey cipher", _part(head, f"rekey algorithm {cipher}")
    if kek.lifetime_s is not None:
        yield "rekey lifetime", _part(head, _rekey_lifetime(kek.lifetime_s))


def _shown_tek(tek: Tek, head: Evidence) -> Found:
    transform = shown_transform(tek.transform, tek.key_bytes)
    if transform is not None:
        yield "transforms", _part(head, f"transform {transform.text}", in_use=True)
    if tek.tek_life_s is not None:
        yield "traffic key lifetime", _part(head, _lifetime(tek.tek_life_s))
    if tek.replay_window is not None:
        yield "anti-replay window", _part(head, _window(tek.replay_window))


def entry_text(entry: AclEntry) -> str:
    """An entry in one spelling: without its number, ports and masks as ranges and hosts.

    Whether it logs is no part of what members are told.
    """
    parts = (
        entry.action,
        entry.protocol,
        _selector_text(entry.source),
        _ports_text(entry.source_ports),
        _selector_text(entry.destination),
        _ports_text(entry.destination_ports),
        *entry.flags,
    )
    return " ".join(part for part in parts if part)


def _selector_text(selector: Selector) -> str:
    bits = selector.bits
    if bits is None or selector.address is None:
        return str(selector)
    number, care = bits
    ones = _IPV4_ONES if selector.address.version == 4 else _IPV6_ONES
    if care == ones:
        return f"host {selector.address}"
    if care == 0:
        return "any"
    kind = type(selector.address)
    if selector.prefixlen is not None:
        return f"{kind(number)}/{selector.prefixlen}"
    return f"{kind(number)} {kind(ones & ~care)}"


def _ports_text(ports: PortMatch) -> str:
    spans = ports.ranges
    if ports.is_any or ports.group is not None:
        return str(ports)
    if len(spans) == 1:
        low, high = spans[0]
        return f"eq {low}" if low == high else f"range {low} {high}"
    return "ports " + ",".join(f"{low}-{high}" for low, high in spans)
