"""What members have been told of a policy: the last rekey's, not the configuration's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..keys import Tek
from ..policy import SaPolicy, ServerPolicy, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The policy that members have. `sas` have the lines that count, and no others."""

    sas: tuple[SaPolicy, ...] = ()
    receive_only: bool = False
    d3p_ms: int = 0
    pfs: bool = False
    transport: Transport = Transport.MULTICAST
    multicast: str = ""
    label: str = ""


def configured(policy: ServerPolicy, lines: int) -> InForce:
    """What a policy would be in force; of each list the first `lines` count."""
    return InForce(
        sas=tuple(_honoured(sa, lines) for sa in policy.sas),
        receive_only=policy.receive_only,
        d3p_ms=policy.d3p_ms,
        pfs=policy.pfs,
        transport=policy.rekey.transport,
        multicast=policy.rekey.multicast,
        label=policy.rekey.label,
    )


def _honoured(sa: SaPolicy, lines: int) -> SaPolicy:
    return sa if len(sa.entries) <= lines else replace(sa, entries=sa.entries[:lines])


def needs_tek(old: SaPolicy, new: SaPolicy) -> bool:
    """Whether a changed policy needs another TEK; another lifetime waits for the next one."""
    return (old.entries, old.transform, old.replay, old.tag) != (
        new.entries,
        new.transform,
        new.replay,
        new.tag,
    )


def newest(teks: Iterable[Tek]) -> dict[int, Tek]:
    """The TEK of each policy that was made last; `teks` are in the order of their making."""
    return {tek.sa.number: tek for tek in teks}
