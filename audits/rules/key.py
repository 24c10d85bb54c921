"""The RSA key that signs rekeys: the same on all key servers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..context import GROUP, GroupContext, ServerContext, show_evidence
from ..facts import Address
from ..needs import CONFIG, GM_PUBKEY, KEY_MYPUBKEY, KS_POLICY
from ..rekey_keys import Label, garbled_keys, key_list, label_of, learnt_keys, own_key
from ..rule import Evidence, Outcomes, Severity, rule
from ..servers import absent_servers, address_of, cooperates, leading, primary_of
from ..sources import CONCEPTS
from ..teams import teams

_MEMBERS_SEE = 256
"""Bytes of a key that members show; enough to tell two keys apart."""

_SERVER = """
hostname {host}
crypto gdoi group G1
 identity number 1001
 server local
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  address ipv4 {address}
  redundancy
   local priority 100
   peer address ipv4 {peer}
"""
_KEY = """
% Key pair was generated at: 08:02:11 UTC Jan 10 2026
Key name: REKEY
Key type: RSA KEYS
 Storage Device: not specified
 Usage: General Purpose Key
 Key is {exportable}.
 Key Data:
{data}
"""
_DER = {
    1024: "30819F300D06092A864886F70D010101050003818D0030818902818100",
    2048: "30820122300D06092A864886F70D01010105000382010F003082010A0282010100",
}


def key_output(bits: int, fill: str, exportable: str = "exportable") -> str:
    """An output of `show crypto key mypubkey rsa` for the examples of this topic.

    The modulus repeats the byte `fill`: it belongs to no key in use.
    """
    octets = _DER[bits] + fill * (bits // 8) + "0203010001"
    words = [octets[start : start + 8] for start in range(0, len(octets), 8)]
    lines = (" ".join(words[start : start + 8]) for start in range(0, len(words), 8))
    return _KEY.format(exportable=exportable, data="\n".join(f"  {line}" for line in lines))


_CONFIGS = {
    "ks1.cfg": _SERVER.format(host="ks1", address="10.10.1.1", peer="10.10.2.1"),
    "ks2.cfg": _SERVER.format(host="ks2", address="10.10.2.1", peer="10.10.1.1"),
}
_KS1_KEY = {"ks1/show crypto key mypubkey rsa.txt": key_output(2048, "A5")}


@rule(
    code="KEY001",
    aliases=("GV-034", "GV-066"),
    title="All key servers of a group sign rekeys with one RSA key, which can be exported",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=(CONFIG, KS_POLICY, KEY_MYPUBKEY, GM_PUBKEY),
    source=CONCEPTS,
    rationale="""
        Members learn the public key when they register and refuse rekeys that another key has
        signed. When the primary fails, the next one has to sign with the same key, so the key is
        generated exportable on one key server and imported on all others. A key server without
        the key makes no keys at all.
    """,
    remediation="""
On the key server whose key is right, generated exportable:
 crypto key export rsa {label} pem terminal 3des <passphrase>
On the others:
 crypto key import rsa {label} pem exportable terminal <passphrase>
 crypto gdoi group {group}
  server local
   rekey authentication mypubkey rsa {label}""",
    bad={**_CONFIGS, **_KS1_KEY, "ks2/show crypto key mypubkey rsa.txt": key_output(2048, "B6")},
    good={**_CONFIGS, **_KS1_KEY, "ks2/show crypto key mypubkey rsa.txt": key_output(2048, "A5")},
)
def rekey_keys_differ(ctx: GroupContext) -> Outcomes:
    """Compare what the key servers have, and what members learnt from each of them."""
    every = teams(ctx) or ((),)
    yield from garbled_keys(ctx)
    for team in every:
        for server in team:
            yield from _lacking(server)
        seen = tuple(_seen(ctx, team, sole=len(every) == 1))
        yield from _unknown(ctx, team, seen)
        faults = tuple(_different(ctx, team, seen))
        yield from faults
        if not faults:
            yield from _labels(ctx, team, seen)
            yield from _not_exportable(team)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A key as one device shows it: the key server `server` itself, or a member.

    `owner` identifies the key server that signs with it, `device` the one that shows it.
    """

    owner: Address | str
    device: str
    server: ServerContext | None
    data: bytes
    evidence: Evidence

    def same_as(self, other: "_Seen") -> bool:
        """Whether both are one key, as far as both are printed."""
        size = min(len(self.data), len(other.data))
        return self.data[:size] == other.data[:size]

    @property
    def name(self) -> str:
        """The key server that signs with it, for messages."""
        return self.server.device.name if self.server is not None else str(self.owner)


def _seen(ctx: GroupContext, team: Sequence[ServerContext], *, sole: bool) -> Iterator[_Seen]:
    """What the key servers show of themselves, then what members learnt from them.

    Where the team is not the sole one of the group, members may belong to another.
    """
    owners: dict[Address | str, ServerContext] = {}
    for server in team:
        owner = address_of(server) or server.device.name
        owners[owner] = server
        label = label_of(server)
        found = own_key(server, label) if label is not None else None
        if found is not None:
            output, key = found
            yield _Seen(
                owner=owner,
                device=server.device.name,
                server=server,
                data=key.data,
                evidence=_proof(show_evidence(output, key, "data"), key.data),
            )
    expected = {*owners, *absent_servers(team)}
    for learnt in learnt_keys(ctx):
        if sole or learnt.server in expected:
            data = learnt.row.key_data
            yield _Seen(
                owner=learnt.server,
                device=learnt.member,
                server=owners.get(learnt.server),
                data=data,
                evidence=_proof(show_evidence(learnt.output, learnt.row, "key_data"), data),
            )


def _proof(evidence: Evidence, data: bytes) -> Evidence:
    """`evidence` with a digest of the key, of as much of it as every device shows."""
    from hashlib import sha256

    digest = sha256(data[:_MEMBERS_SEE]).hexdigest()[:16]
    value = f"{len(data)} bytes, SHA-256 of the first {_MEMBERS_SEE}: {digest}"
    return replace(evidence, value=value)


def _lacking(server: ServerContext) -> Outcomes:
    """A key server that does not have the key that it names (RKY010: that names none)."""
    label, group = label_of(server), server.group
    if label is not None and own_key(server, label) is None:
        output = key_list(server, label)
        if output is not None:
            proofs = (show_evidence(output, output.record), label.evidence)
            message = f"key server of group {group} has no RSA key called {label.name}"
            yield server.finding(proofs, message, group=group, label=label.name)


def _unknown(ctx: GroupContext, team: Sequence[ServerContext], seen: Sequence[_Seen]) -> Outcomes:
    """The key servers about whose key nothing is known."""
    owners = {each.owner for each in seen}
    for server in team:
        label = label_of(server)
        told = label is None and server.view is not None
        told = told or (label is not None and key_list(server, label) is not None)
        if not told and (address_of(server) or server.device.name) not in owners:
            yield server.missing(KEY_MYPUBKEY, GM_PUBKEY)
    for address in absent_servers(team):
        if address not in owners:
            yield ctx.not_checked(f"the key of key server {address} is not known")
    if not team and not seen:
        yield ctx.not_checked("no key of a key server of this group is known")


def _different(ctx: GroupContext, team: Sequence[ServerContext], seen: Sequence[_Seen]) -> Outcomes:
    """Key servers whose keys differ, and members that hold another key than their server."""
    first: dict[Address | str, _Seen] = {}
    for each in seen:
        first.setdefault(each.owner, each)
    if not first:
        return
    lead = leading(team) if team else None
    owner = (address_of(lead) or lead.device.name) if lead is not None else None
    model = first[owner] if owner in first else next(iter(first.values()))
    group = team[0].group if team else ctx.group.name
    label = _label_name(team)
    for each in first.values():
        if not each.same_as(model):
            message = f"key server {each.name} signs rekeys of group {group} with another RSA key"
            yield ctx.finding(
                (each.evidence, model.evidence),
                f"{message} than key server {model.name}",
                device=each.server.device.name if each.server is not None else "",
                group=group,
                label=label,
            )
    for each in seen:
        known = first[each.owner]
        if not each.same_as(known):
            by_itself = known.device == known.name
            holder = "" if by_itself else f"member {known.device} learnt from "
            message = f"member {each.device} verifies rekeys of group {group} with another RSA key"
            yield ctx.finding(
                (each.evidence, known.evidence),
                f"{message} than {holder}key server {known.name}" + " has" * by_itself,
                device=each.device,
                group=group,
                label=label,
            )


def _label_name(team: Iterable[ServerContext]) -> str:
    labels = (label_of(server) for server in team)
    return next((label.name for label in labels if label is not None), "<label>")


def _labels(ctx: GroupContext, team: Sequence[ServerContext], seen: Sequence[_Seen]) -> Outcomes:
    """Labels that differ: a lesser fault where the keys are seen to be the same."""
    labels: dict[str, tuple[ServerContext, Label]] = {}
    for server in team:
        label = label_of(server)
        if label is not None:
            labels.setdefault(label.name, (server, label))
    if len(labels) < 2:
        return
    group = team[0].group
    owners = {each.owner for each in seen}
    same = all((address_of(server) or server.device.name) in owners for server in team)
    named = ", ".join(f"{name} on {server.device.name}" for name, (server, _) in labels.items())
    yield ctx.finding(
        [label.evidence for _, label in labels.values()],
        f"key servers of group {group} sign rekeys with RSA keys of different names: {named}",
        severity=Severity.LOW if same else Severity.HIGH,
        group=group,
        label=next(iter(labels)),
    )


def _not_exportable(team: Sequence[ServerContext]) -> Outcomes:
    """A shared key that no key server can pass on, so that none can be added or replaced."""
    if not any(cooperates(server) for server in team):
        return
    rows = []
    for server in team:
        label = label_of(server)
        found = own_key(server, label) if label is not None else None
        if label is not None and found is not None:
            rows.append((server, label, *found))
    if not rows or any(key.exportable is not False for *_, key in rows):
        return
    primary = primary_of(team)
    every = len(rows) == len(team) and not absent_servers(team)
    for server, label, output, key in rows:
        if server is primary or (every and primary is None and server is leading(team)):
            message = (
                f"RSA key {label.name}, which signs rekeys of group {server.group}, cannot be "
                "exported"
            )
            yield server.finding(
                show_evidence(output, key, "exportable"),
                f"{message}: no other key server can be given it",
                severity=Severity.HIGH,
                group=server.group,
                label=label.name,
            )
