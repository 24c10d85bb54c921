"""What a key server shares with the others of its group, and takes over from them."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..keys import Tek
from ..messages import Announcement, SharedState
from ..records import Role
from .in_force import InForce, newest
from .renewing import create, grants, renew_due, signing_key, unify

if TYPE_CHECKING:
    from .group import ServerGroup


def shared(group: "ServerGroup") -> SharedState | None:
    """What a primary shares; the same object while nothing changes, None without keys."""
    if group.kek is None and not group.teks:
        return None
    found = group.shared
    if found is None:
        force, key = group.in_force, group.host.signing_key(group.policy.rekey.label)
        found = group.shared = SharedState(
            kek=replace(group.kek) if group.kek is not None else None,
            teks=tuple(replace(tek) for tek in group.teks),
            pseudotime=group.pseudotime(),
            at=group.kernel.now(),
            policy=group.policy,
            public_der=key.public_der if key is not None else b"",
            sas=force.sas,
            transport=force.transport,
            multicast=force.multicast,
            label=force.label,
            receive_only=force.receive_only,
            d3p_ms=force.d3p_ms,
            pfs=force.pfs,
        )
    return found


def adopt(group: "ServerGroup", state: SharedState) -> None:
    """Hold what the primary shares.

    A primary that hears this from another one, which gives way, takes its keys for old ones: after
    a while one rekey gives the members of both the same. Without keys of its own it goes on with
    these.
    """
    if state is group.adopted or (state.kek is None and not state.teks):
        return
    group.adopted = state
    _adopt_pseudotime(group, state)
    if group.primary and group.kek is not None and grants(group):
        _meet(group, state)
        return
    _hold(group, state)
    group.in_force = InForce(
        sas=state.sas,
        receive_only=state.receive_only,
        d3p_ms=state.d3p_ms,
        pfs=state.pfs,
        transport=state.transport,
        multicast=state.multicast,
        label=state.label,
    )
    group.pending = group.differs()
    group.changed()
    group.schedule.plan()


def promoted(group: "ServerGroup", previous: str) -> None:
    """Be the primary: make keys if there are none, else go on as the one before would have.

    One that works alone makes its keys when the first member asks.
    """
    group.adopted = None
    group.changed()
    schedule, now = group.schedule, group.kernel.now()
    schedule.blocked = False
    if not grants(group):
        if group.coop is not None:
            create(group)
        return
    figures = group.host.parameters
    takes_over = bool(previous) and previous != group.policy.address
    schedule.own_kek = figures.own_kek_after_takeover and takes_over
    schedule.plan()
    schedule.carried_pseudotime()
    if figures.rekey_on_promotion and takes_over:
        numbers = {sa.number for sa in group.in_force.sas}
        group.kernel.call_at(now, lambda: _rekey_now(group, numbers))


def demoted(group: "ServerGroup") -> None:
    """Be the primary no more: another one renews the keys, and these count until it shares its."""
    group.adopted = None
    group.rivals.clear()
    group.schedule.stop()
    group.rekeying.drop()


def adopt_members(group: "ServerGroup", told: Announcement) -> None:
    """Take over what another key server knows of the members."""
    database, own, before = group.database, group.policy.address, len(group.members)
    for departure in told.gone:
        database.depart(departure)
    for record in told.members:
        found = database.adopt(record, own, present=told.role is Role.PRIMARY)
        if found is not None:
            group.rekeying.registered(found.address)
            group.begin_pseudotime(found.registered_at)
    if told.whole and told.role is Role.PRIMARY and not group.primary:
        database.keep_only({record.address for record in told.members})
    if len(group.members) != before:
        group.schedule.members_changed()


def _rekey_now(group: "ServerGroup", numbers: set[int]) -> None:
    if group.primary:
        renew_due(group, numbers, kek=True)


def _hold(group: "ServerGroup", state: SharedState) -> None:
    """Have own copies of the keys; what is known already stays the same key."""
    kek = state.kek
    if kek is None or group.kek is None or group.kek.spi != kek.spi:
        group.previous, group.kek = group.kek, replace(kek) if kek is not None else None
    else:
        # no sequence number twice under one KEK
        group.kek.sequence = max(group.kek.sequence, kek.sequence)
        group.kek.label = kek.label
    known = {tek.spi: tek for tek in group.teks}
    teks: list[Tek] = []
    for tek in state.teks:
        own = known.get(tek.spi)
        if own is None:
            own = replace(tek)
        own.expires_at = tek.expires_at
        teks.append(own)
    group.teks = teks


def _adopt_pseudotime(group: "ServerGroup", state: SharedState) -> None:
    if state.pseudotime is None:
        return
    zero, own = state.at - state.pseudotime, group.pseudotime()
    if group.primary and own is not None:
        return
    now = group.kernel.now()
    if own is not None and abs(now - zero - own) > group.host.parameters.pseudotime_tolerance_s:
        group.log(
            3,
            "PSEUDO_TIME_LARGE",
            f"Pseudotime difference between KS ({now - zero:.0f} sec) and this device "
            f"({own:.0f} sec) is larger than expected in group {group.policy.group}. "
            "Adjust to new PST",
        )
    group.pseudotime_zero = zero


def _meet(group: "ServerGroup", state: SharedState) -> None:
    """Two primaries meet: note what the other one's members hold."""
    known = {tek.spi for tek in group.teks}
    foreign = [tek for tek in state.teks if tek.spi not in known]
    kek = state.kek
    if kek is not None and group.kek is not None and kek.spi == group.kek.spi:
        group.kek.sequence = max(group.kek.sequence, kek.sequence)
    elif kek is not None:
        known_rival = group.rivals.get(kek.spi)
        if known_rival is None:
            group.rivals[kek.spi] = replace(kek)
        else:
            known_rival.sequence = max(known_rival.sequence, kek.sequence)
    if not foreign and not group.rivals:
        return
    current = set(map(id, newest(group.teks).values()))
    old = [tek for tek in group.teks if id(tek) not in current]
    new = [tek for tek in group.teks if id(tek) in current]
    group.teks = [*old, *(replace(tek) for tek in foreign), *new]
    group.changed()
    if not group.merging:
        group.merging = True
        group.kernel.post(group.host.parameters.merge_wait_s, _merge, group)


def _merge(group: "ServerGroup") -> None:
    """Give the members of both sides the same keys."""
    if not group.merging:
        return
    group.merging = False
    rivals = list(group.rivals.values())
    group.rivals.clear()
    if not group.primary:
        return
    key = signing_key(group, again=True)
    if key is not None:
        unify(group, key, rivals)
