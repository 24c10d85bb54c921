"""Making keys: the first ones, those that are due, and those that an operator wants."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..keys import Kek, SigningKey, Tek, new_kek, new_tek
from ..messages import Grant, Rekey, RekeyKind
from ..policy import SaPolicy, Transport
from .in_force import InForce, configured, needs_tek, newest

if TYPE_CHECKING:
    from .group import ServerGroup

SEQUENCES_KEPT = 32
"""Under so many KEKs a key server remembers what it sent last; a group split in eight has eight."""

SHORTENING = frozenset({RekeyKind.TRIGGERED, RekeyKind.REPLACE})


def signing_key(group: "ServerGroup", *, again: bool = False) -> SigningKey | None:
    """The RSA key that signs now; that it is missing is logged once, and `again` if wanted."""
    label = group.policy.rekey.label
    key = group.host.signing_key(label) if label else None
    if key is not None:
        group.key_missed = False
        group.public_der = key.public_der
    elif again or not group.key_missed:
        group.key_missed = True
        text = f"RSA Key - {label} : Not found, Required for group {group.policy.group}"
        group.log(1, "KS_NO_RSA_KEYS", text)
    return key


def create(group: "ServerGroup") -> bool:
    """Make the first KEK and TEKs; whether there are some now.

    Without the RSA key there are none at all (Cisco Security Manager).
    """
    policy = group.policy
    if not group.primary or not policy.sas:
        return False
    key = signing_key(group)
    if key is None:
        return False
    group.teks = []
    new_keys(group, teks=True)
    group.previous = None
    return True


def new_keys(group: "ServerGroup", *, teks: bool) -> None:
    """Have a new KEK, and new TEKs behind those that live; nobody is told."""
    _install_kek(group)
    wanted = group.in_force
    if teks:
        wanted = configured(group.policy, group.host.parameters.acl_lines)
        group.teks = [tek for tek in group.teks if tek.expires_at > group.kernel.now()]
        for sa in wanted.sas:
            group.teks.append(_drawn(group, sa))
    install(group, wanted)


def renew_due(group: "ServerGroup", numbers: set[int], *, kek: bool) -> None:
    """Renew what is due: the TEKs of some policies, the KEK, or both by one rekey.

    A change of the policy goes out with it. Without the key that signs nothing happens until there
    is one.
    """
    key = signing_key(group, again=True)
    if key is None:
        group.schedule.blocked = True
        return
    _renew(group, key, RekeyKind.SCHEDULED, numbers, kek=kek)


def renew_triggered(group: "ServerGroup", key: SigningKey, *, replace: bool) -> None:
    """Renew all TEKs now, after the policy as it is configured now.

    The old ones live the shortened lifetime, or not at all if members are to `replace` them.
    """
    kind = RekeyKind.REPLACE if replace else RekeyKind.TRIGGERED
    numbers = {sa.number for sa in group.policy.sas}
    _renew(group, key, kind, numbers, kek=replace)


def unify(group: "ServerGroup", key: SigningKey, rivals: Collection[Kek]) -> None:
    """Give all members the same keys, whichever KEK they have: one's own, or one of `rivals`."""
    now = group.kernel.now()
    numbers = {sa.number for sa in group.policy.sas}
    before, wanted = group.in_force, configured(group.policy, group.host.parameters.acl_lines)
    keks = [kek for kek in (group.kek, *rivals) if kek is not None and kek.remaining_s(now) > 0]
    _renew_teks(group, wanted, numbers, RekeyKind.TRIGGERED)
    fresh = _install_kek(group)
    install(group, wanted)
    messages: list[Rekey] = []
    if group.reaches(before):
        messages += [compose(group, RekeyKind.TRIGGERED, kek, fresh) for kek in keks]
    group.tell()
    group.rekeying.launch(messages, key, before)


def refresh_pseudotime(group: "ServerGroup") -> None:
    """Tell members the pseudotime when no rekey has done so for long."""
    key = signing_key(group)
    kek = group.kek
    if key is None or kek is None or kek.remaining_s(group.kernel.now()) <= 0:
        return
    if group.reaches(group.in_force):
        kek.label = group.policy.rekey.label
        message = compose(group, RekeyKind.PSEUDOTIME, kek, None)
        group.tell()
        group.rekeying.launch([message], key, group.in_force)


def shorten(group: "ServerGroup", tek: Tek) -> None:
    """Leave a TEK what a triggered rekey leaves."""
    now = group.kernel.now()
    left = group.host.parameters.shortened_s(tek.lifetime_s, tek.remaining_s(now))
    tek.expires_at = now + left


def grants(group: "ServerGroup") -> tuple[Grant, ...]:
    """The TEKs that count now, in the order of their making."""
    now = group.kernel.now()
    return tuple(
        Grant(tek=tek, expires_at=tek.expires_at) for tek in group.teks if tek.expires_at > now
    )


def compose(
    group: "ServerGroup",
    kind: RekeyKind,
    kek: Kek,
    fresh: Kek | None,
    *,
    granted: tuple[Grant, ...] | None = None,
    window_s: float = 0.0,
) -> Rekey:
    """The next rekey under `kek`, with a `fresh` one in it; nobody has signed it yet."""
    force, sent = group.in_force, group.sequences
    # who was cut off may still tell of a KEK as it was before this key server used it last
    kek.sequence = sent[kek.spi] = max(kek.sequence, sent.pop(kek.spi, 0)) + 1
    while len(sent) > SEQUENCES_KEPT:
        del sent[next(iter(sent))]
    group.changed()
    return Rekey(
        server=group.policy.address,
        identity=group.policy.identity,
        kind=kind,
        kek_spi=kek.spi,
        sequence=kek.sequence,
        kek=fresh,
        grants=grants(group) if granted is None else granted,
        sas=force.sas,
        pseudotime=group.pseudotime() or 0.0,
        sent_at=group.kernel.now(),
        transport=force.transport,
        sig_hash=kek.sig_hash,
        multicast=force.multicast,
        receive_only=force.receive_only,
        d3p_ms=force.d3p_ms,
        pfs=force.pfs,
        window_s=window_s,
    )


def install(group: "ServerGroup", wanted: InForce) -> None:
    """The keys of a group are others: its policy is in force, its schedule and copies are old."""
    before, group.in_force = group.in_force, wanted
    group.pending = group.differs()
    group.told = group.told and group.pending
    group.changed()
    group.schedule.blocked = False
    if before.sas and before.receive_only != wanted.receive_only:
        word, mnemonic = "Duplex", "KS_CONV_SAS_DUPLEX"
        if wanted.receive_only:
            word, mnemonic = "Ingress only", "KS_CONV_SAS_INGRESS"
        group.log(5, mnemonic, f"IPSec SAs converted to {word} in group {group.policy.group}.")
    group.schedule.plan()


def _renew(
    group: "ServerGroup", key: SigningKey, kind: RekeyKind, numbers: set[int], *, kek: bool
) -> None:
    now = group.kernel.now()
    before, wanted = group.in_force, configured(group.policy, group.host.parameters.acl_lines)
    old = group.kek if group.kek is not None and group.kek.remaining_s(now) > 0 else None
    _renew_teks(group, wanted, numbers, kind)
    fresh: Kek | None = None
    if kek or old is None or _other_kek(group, old, lifetime=kind in SHORTENING):
        fresh = _install_kek(group)
    else:
        old.label = wanted.label
    install(group, wanted)
    messages = [compose(group, kind, old, fresh)] if old and group.reaches(before) else []
    # what the other key servers know must not be older than what members do
    group.tell()
    group.rekeying.launch(messages, key, before)


def _renew_teks(group: "ServerGroup", wanted: InForce, numbers: set[int], kind: RekeyKind) -> None:
    """Make the TEKs of some policies, and of those that changed; decide how long old ones live."""
    now = group.kernel.now()
    live = [tek for tek in group.teks if tek.expires_at > now]
    current = newest(live)
    renewed: set[int] = set()
    for sa in wanted.sas:
        tek = current.get(sa.number)
        if sa.number in numbers or tek is None or needs_tek(tek.sa, sa):
            renewed.add(sa.number)
    kept = {sa.number for sa in wanted.sas} - (renewed - numbers)
    for tek in live:
        if kind in SHORTENING or tek.sa.number not in kept:
            shorten(group, tek)
    if kind is RekeyKind.REPLACE:
        group.teks = []
    elif renewed:
        group.teks = live
    for sa in wanted.sas:
        if sa.number in renewed:
            group.teks.append(_drawn(group, sa))


def _other_kek(group: "ServerGroup", kek: Kek, *, lifetime: bool) -> bool:
    """Whether the configuration wants another KEK; another lifetime alone can wait."""
    rekey = group.policy.rekey
    if (rekey.cipher, rekey.sig_hash) != (kek.cipher, kek.sig_hash):
        return True
    return lifetime and rekey.lifetime_s != kek.lifetime_s


def _install_kek(group: "ServerGroup") -> Kek:
    fresh = new_kek(group.random, group.policy.rekey, group.kernel.now())
    group.previous, group.kek = group.kek, fresh
    group.schedule.own_kek = False
    return fresh


def _drawn(group: "ServerGroup", sa: SaPolicy) -> Tek:
    return new_tek(
        group.random,
        sa,
        group.kernel.now(),
        group.policy.address,
        identity=group.policy.identity,
        taken=group.teks,
    )


def unicast(*policies: InForce) -> bool:
    """Whether rekeys travel to each member after one of these policies."""
    return any(policy.transport is Transport.UNICAST for policy in policies)


def multicast_groups(*policies: InForce) -> tuple[str, ...]:
    """The addresses to which rekeys travel after these policies."""
    found = dict.fromkeys(
        policy.multicast
        for policy in policies
        if policy.transport is Transport.MULTICAST and policy.multicast
    )
    return tuple(found)
