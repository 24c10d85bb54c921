"""Explanations about traffic and policy: replays, unknown keys, fragments, lists, RSA keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..rule import Severity
from .case import Case, Explanation, clock, lines, times
from .moments import several
from .store import Gap

FAR_S: Final = 10.0
"""Pseudotimes that are further apart than this many windows come from different clocks."""


def replays(case: Case) -> Iterator[Explanation]:
    """Packets that were dropped as too old or too new, with how far the pseudotimes are apart."""
    rows = case.rows("TIMEBASED_REPLAY_FAILED")
    errors = case.rows("PKT_REPLAY_ERR", "REPLAY_ERROR")
    if not rows:
        if errors:
            yield case.explain(
                "replays",
                Severity.LOW,
                f"{several(map(case.log.device, errors))} dropped packets in the check for replays",
                errors,
                then=("show crypto gdoi gm replay; is the window wide enough for the delays?",),
            )
        return
    store = case.log.store
    gaps: dict[tuple[int, int], Gap] = {}
    for (group, device, sender), gap in store.gaps.items():
        if group == case.log.number:
            gaps[device, sender] = gap
    far = [pair for pair, gap in gaps.items() if gap.most > max(FAR_S * gap.window, 60)]
    names = [*map(case.log.device, rows), *(case.subject(row) for row in rows)]
    total = case.total(rows)
    if far:
        what, then = (
            (
                "the pseudotimes of members are far apart: they come from different key servers, or"
                " a member missed what set them anew"
            ),
            (
                "all key servers: show crypto gdoi ks replay, ks coop: one primary, one pseudotime",
                "members: show crypto gdoi gm replay; clear crypto gdoi on the one that is wrong",
            ),
        )
    else:
        what, then = (
            "packets take longer than the window allows, or somebody repeats them",
            (
                "key servers: 'replay time window-size' against the delay of the network (queues)",
                "members: show crypto gdoi gm replay, twice: does the difference grow?",
            ),
        )
    yield case.explain(
        "replay check",
        Severity.HIGH if far else Severity.MEDIUM,
        f"{several(map(case.log.device, rows))} dropped packets of"
        f" {several(case.subject(row) for row in rows)} ({times(total)} in the log): {what}",
        rows,
        seen=lines(_differences(case, gaps)),
        then=then,
        devices=filter(None, names),
    )


def _differences(case: Case, gaps: dict[tuple[int, int], Gap]) -> Iterator[tuple[str, str]]:
    widest = sorted(gaps.items(), key=lambda each: -each[1].most)
    for (device, sender), gap in widest:
        span = f"{gap.most:.2f} s"
        if gap.count > 1 and gap.most - gap.least > 0.01:
            span = f"{gap.least:.2f} to {gap.most:.2f} s"
        yield (
            f"{case.name(device)} from {case.log.label(sender)}",
            f"pseudotimes {span} apart, window {gap.window:g} s, {times(gap.count)}",
        )


def unknown_keys(case: Case) -> Iterator[Explanation]:
    """Packets under SPIs that members do not know, and members that recover from them."""
    rows = case.rows("RECVD_PKT_INV_SPI", "GM_RECOVERY_REGISTER", "GM_RECOVERY_REREGISTER")
    if not rows:
        return
    when = " while the group was split" if any(case.in_split(case.at(row)) for row in rows) else ""
    yield case.explain(
        "unknown keys",
        Severity.MEDIUM,
        f"{several(map(case.log.device, rows))} got packets under keys that they do not hold{when}",
        rows,
        seen=lines(
            (case.name(device), case.often(each)) for device, each in case.by_device(rows).items()
        ),
        then=(
            "all key servers: show crypto gdoi ks policy: the same SPIs everywhere?",
            "members: show crypto gdoi gm: which SPIs, from which key server?",
        ),
        topic="traffic",
    )


def in_clear(case: Case) -> Iterator[Explanation]:
    """Packets that should have been encrypted, or were damaged."""
    rows = case.rows("RECVD_PKT_NOT_IPSEC", "RECVD_PKT_MAC_ERR", "UNREGISTERED_INTERFACE")
    if rows:
        yield case.explain(
            "unprotected packets",
            Severity.MEDIUM,
            f"{several(map(case.log.device, rows))} got packets that are not encrypted, or do not"
            " authenticate",
            rows,
            then=(
                (
                    "the sender: is it registered, and its crypto map on the interface? Does it"
                    " fail open?"
                ),
                "access lists of the group: do both directions match (getvpn lint, rules ACL)?",
            ),
        )


def fragmentation(case: Case) -> Iterator[Explanation]:
    """Signs that packets are fragmented, and that fragments get lost."""
    dropped = case.rows("COOP_PACKET_DROPPED")
    if dropped:
        yield case.explain(
            "dropped announcements",
            Severity.MEDIUM,
            f"{several(map(case.log.device, dropped))} dropped announcements of"
            f" {several(case.subject(row) or 'a peer' for row in dropped)}: they are too large, or"
            " in a format that is not known",
            dropped,
            then=(
                "key servers: 'protocol version' and releases alike? 'buffers huge' large enough?",
                "fragments of UDP 848 between the key servers: are they let through?",
            ),
        )
    rows = case.rows(
        "FRAG_TABLE_OVERFLOW", "TOO_MANY_FRAGMENTS", "TINY_FRAGMENTS", "OVERLAP_FRAGMENTS"
    )
    if rows:
        yield case.explain(
            "fragmentation",
            Severity.MEDIUM,
            f"{several(map(case.log.device, rows))} got more fragments than they can put together",
            rows,
            seen=lines(
                (case.name(device), times(case.total(each)))
                for device, each in case.by_device(rows).items()
            ),
            then=(
                "getvpn mtu: which packets fragment, and the right 'ip tcp adjust-mss'",
                (
                    "members: 'crypto ipsec df-bit', 'crypto ipsec fragmentation', show ip virtual-"
                    "reassembly"
                ),
            ),
        )


def long_lists(case: Case) -> Iterator[Explanation]:
    """Access lists of which the end does not count."""
    rows = case.rows("GDOI_ACL_NUM")
    if rows:
        yield case.explain(
            "access list too long",
            Severity.CRITICAL,
            f"{several(map(case.log.device, rows))}: of the group's access list only the first 100"
            " entries count; what the others permit goes in clear",
            rows,
            then=("getvpn acl minimize, then a list of at most 100 entries on all key servers",),
        )


def no_rsa_key(case: Case) -> Iterator[Explanation]:
    """Key servers that cannot sign."""
    rows = case.rows("KS_NO_RSA_KEYS")
    if not rows:
        return
    back = case.rows("KEY_ADDITION", "KEY_REPLACE")
    last = case.at(rows[-1])
    sent = [rekey for rekey in case.rekeys.rekeys if rekey.told and rekey.at > last]
    since = [row for row in back if case.at(row) > last]
    names = {case.log.device(row) for row in rows}
    mended = bool(since or any(case.name(rekey.server) in names for rekey in sent))
    labels = several(filter(None, (case.subject(row) for row in rows)))
    yield case.explain(
        "no RSA key",
        Severity.LOW if mended else Severity.CRITICAL,
        f"{several(names)} lack{'ed' if mended else 's'} the RSA key {labels or 'of the group'}:"
        " no rekey can be signed, and no key made",
        rows,
        seen=(f"{clock(last)} last said; {'mended since' if mended else 'nothing after it'}",),
        then=(
            "show crypto key mypubkey rsa; import the key from another key server or the backup",
            "it has to be the key that the others hold: getvpn audit, rules KEY",
        ),
    )


def pending(case: Case) -> Iterator[Explanation]:
    """Changes of policy that no rekey has followed."""
    rows = case.rows("POLICY_CHANGE", "KS_POLICY_CHANGE")
    sends = [rekey.last for rekey in case.rekeys.rekeys if rekey.told]
    waiting = [row for row in rows if not sends or case.at(row) > max(sends)]
    if waiting:
        yield case.explain(
            "policy change pending",
            Severity.LOW,
            f"the policy was changed on {several(map(case.log.device, waiting))}, and no rekey has"
            " told the members since",
            waiting,
            then=(
                "primary: crypto gdoi ks rekey, when the change is meant to count now",
                "until then members that register get the new policy, and others have the old one",
            ),
        )


def ike(case: Case) -> Iterator[Explanation]:
    """Failures of IKE that keep peers from talking at all."""
    rows: Sequence[int] = case.rows(
        "IKMP_NO_PRESHARED_KEY", "IKMP_INVAL_CERT", "IKMP_BAD_MESSAGE", "IKMP_NOT_ENCRYPTED"
    )
    if rows:
        who = case.by_subject(rows)
        yield case.explain(
            "IKE fails",
            Severity.MEDIUM,
            f"IKE of {several(map(case.log.device, rows))} with"
            f" {several(name or 'a peer' for name in who)} fails: keys or certificates do not fit",
            rows,
            then=(
                "both sides: 'crypto isakmp key', or show crypto pki certificates: valid, trusted?",
                "show clock: certificates need the right time",
            ),
        )
