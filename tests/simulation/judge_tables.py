"""What our parsers read of IKE, IPsec and keys, compared with the tables of a router."""

from collections.abc import Callable
from typing import Any

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.keys.material import KeyKind
from getvpn.emulator.services.crypto_sas import CryptoSas, IkeSa

from .judge_checks import Checks, address
from .judge_members import alive
from .judge_reading import Shown

Judge = Callable[[Checks, Any, Router, Shown], None]


def isakmp(check: Checks, record: Any, router: Router, shown: Shown) -> None:
    """`show crypto isakmp sa`."""
    if {"standby", "nat", "count"} & set(shown.form.words):
        return
    rows = [sa for sa in router.feature(CryptoSas).ike if not sa.deleted]
    found = [(row.conn_id, str(row.destination), str(row.source), row.state) for row in record.sas]
    check.same("SAs of IKE", found, [(sa.conn_id, *sa.ends, sa.state) for sa in rows])


def isakmp_detail(check: Checks, record: Any, router: Router, shown: Shown) -> None:
    """`show crypto isakmp sa detail`."""
    if "nat" in shown.form.words:
        return
    now = router.clock.now()
    rows = list(router.feature(CryptoSas).ike)
    check.same("SAs of IKE", [row.conn_id for row in record.sas], [sa.conn_id for sa in rows])
    for row, sa in zip(record.sas, rows, strict=False):
        check.same("ends", (str(row.local), str(row.remote)), (sa.local, sa.remote))
        check.about(f"life of {sa.conn_id}", row.lifetime_s, max(0.0, sa.ends_at - now))
        check.same("cipher", (row.encryption, row.dh_group), (sa.cipher, sa.group))


def ikev2(check: Checks, record: Any, router: Router, shown: Shown) -> None:
    """`show crypto ikev2 sa`."""
    local, remote = shown.form.value("local"), shown.form.value("remote")
    rows = [
        sa
        for sa in router.feature(CryptoSas).ikev2
        if local in ("", sa.local) and remote in ("", sa.remote)
    ]
    found = [(row.tunnel_id, str(row.local), str(row.remote), row.status) for row in record.sas]
    true = [(sa.tunnel_id, sa.local, sa.remote, sa.status) for sa in rows]
    check.same("SAs of IKEv2", found, true)
    now = router.clock.now()
    for row, sa in zip(record.sas, rows, strict=False):
        check.about("age", row.active_s, now - sa.established_at)
        if row.local_spi is not None:
            check.same("SPIs", (row.local_spi, row.remote_spi), (sa.local_spi, sa.remote_spi))


def ipsec(check: Checks, record: Any, router: Router, shown: Shown) -> None:
    """`show crypto ipsec sa`: every TEK of a member in each direction of what it encrypts."""
    if shown.form.value("peer") or shown.form.value("map"):
        return
    wanted = shown.form.value("interface")
    for member in router.feature(Gdoi).members:
        if wanted not in ("", member.policy.interface):
            continue
        held = [tek.tek.spi for tek in reversed(alive(member))]
        rows = [flow for flow in record.flows if flow.group in (member.policy.group, None)]
        true = _flows(member)
        check.same("flows", [row.action for row in rows], true)
        for row in rows:
            permits = row.action == "PERMIT" and member.policy_in_force
            check.same("inbound", [sa.spi for sa in row.sas("inbound")], held if permits else [])
            out = [sa.spi for sa in row.sas("outbound")]
            sending = [
                tek.tek.spi
                for tek in reversed(alive(member))
                if tek.encrypts_at is not None and member.sa_direction != "inbound only"
            ]
            check.same("outbound", out, sending if permits else [])
            _lives(check, row, member)


def _flows(member: MemberGroup) -> list[str]:
    """The actions of what a member applies, the last line first."""
    entries = list(member.policy.local_entries)
    if member.policy_in_force:
        entries += [entry for sa in member.sas for entry in sa.entries]
        found = [entry.action.upper() for entry in entries]
    elif member.policy.fail_close is not None:
        found = [entry.action.upper() for entry in (*entries, *member.policy.fail_close.entries)]
        found.append("PERMIT")
    else:
        found = [entry.action.upper() for entry in entries]
    return found[::-1]


def _lives(check: Checks, row: Any, member: MemberGroup) -> None:
    now = member.kernel.now()
    lives = {held.tek.spi: held.remaining_s(now) for held in member.teks}
    for sa in (*row.sas("inbound"), *row.sas("outbound")):
        check.about(f"life of {sa.spi:#x}", sa.remaining_s, lives.get(sa.spi))


def session(check: Checks, record: Any, router: Router, shown: Shown) -> None:
    """`show crypto session`: as many SAs as there are TEKs, and the IKE SAs."""
    words = set(shown.form.words)
    if {"interface", "local", "remote"} & words:
        return
    rows = record.sessions
    tables = router.feature(CryptoSas)
    found = sorted((str(sa.local), str(sa.remote)) for row in rows for sa in row.ike_sas)
    ends: list[Any] = [sa for sa in tables.ike if _is_session(sa)]
    true = sorted((sa.local, sa.remote) for sa in (*ends, *tables.ikev2))
    check.same("SAs of IKE", found, true)
    members = router.feature(Gdoi).members
    for member in members:
        own = [row for row in rows if row.interface == member.policy.interface and row.flows]
        counts = [flow.active_sas for row in own for flow in row.flows if flow.action == "permit"]
        out = 0 if member.sa_direction == "inbound only" else 1
        each = len(alive(member)) * (1 + out) if member.policy_in_force else 0
        check.same("active SAs", set(counts) <= {each}, True)


def _is_session(sa: IkeSa) -> bool:
    return sa.purpose != "rekey"


def engine(check: Checks, record: Any, router: Router, _: Shown) -> None:
    """`show crypto engine connections active`."""
    tables = router.feature(CryptoSas)
    found = sorted(row.conn_id for row in record.connections if row.kind == "IKE")
    check.same("SAs of IKE", found, sorted(sa.conn_id for sa in tables.ike))
    rows = sorted(row.conn_id for row in record.connections if row.kind == "IPsec")
    true = sorted(sa.conn_id for flow in tables.flows for sa in flow.sas)
    check.same("SAs of IPsec", rows, true)


def keys(check: Checks, record: Any, router: Router, shown: Shown) -> None:
    """`show crypto key mypubkey rsa`: the public halves."""
    label = shown.form.value("label")
    pairs = [
        pair
        for pair in router.keys.pairs()
        if label in ("", pair.label) and pair.kind is KeyKind.RSA
    ]
    found = [(key.name, key.data) for key in record.keys]
    check.same("RSA keys", found, [(pair.label, pair.material.public_der) for pair in pairs])


def maps(check: Checks, record: Any, router: Router, _: Shown) -> None:
    """`show crypto map`: the groups of the entries, and their key servers."""
    members = {member.policy.group: member for member in router.feature(Gdoi).members}
    for entry in record.entries:
        member = members.get(entry.group or "")
        if member is not None:
            found = [str(server) for server in entry.servers]
            check.same("key servers", found, list(member.policy.servers))
            check.same("interfaces", member.policy.interface in entry.interfaces, True)


JUDGES: dict[str, Judge] = {
    "isakmp sa": isakmp,
    "isakmp sa detail": isakmp_detail,
    "ikev2 sa": ikev2,
    "ipsec sa": ipsec,
    "crypto session": session,
    "crypto engine connections active": engine,
    "key mypubkey": keys,
    "crypto map": maps,
}
"""Who judges which family of commands."""
__all__ = ["JUDGES", "address"]
