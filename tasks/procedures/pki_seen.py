"""How devices have proved to each other who they are: by a key or by a certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ...errors import DeviceError
from ...parsers import parse
from ...parsers.records.isakmp import IsakmpSaDetail, IsakmpSaDetails
from ..deploying.network import GroupLook
from ..deploying.observing import Observed
from ..deploying.seen import Address
from .gates import settle
from .looking import intent_of
from .members_seen import lacking
from .model import UnmetError
from .moving import BY_ITSELF, Nudge
from .pki_settings import Settings
from .rekeying import REGISTER, behind, let_register
from .run import Run, Seen

SAS: Final = "show crypto isakmp sa detail"
CLEAR_IKE: Final = "clear crypto isakmp"
COOP_S: Final = 180.0
_ACTIVE: Final = "active"


def sas_of(run: Run, device: str) -> tuple[IsakmpSaDetail, ...]:
    """The IKE SAs of a device that are in use."""
    record = parse(SAS, run.device(device).send(SAS), source=device)
    found = record.sas if isinstance(record, IsakmpSaDetails) else ()
    # those of rekeys have no Diffie-Hellman group: nobody proves anything when they are made
    return tuple(each for each in found if each.status.lower() == _ACTIVE and each.dh_group)


def by_key(sa: IsakmpSaDetail) -> bool:
    """Whether the ends of an SA proved who they are by a pre-shared key: `psk`."""
    return (sa.authentication or "").lower() == "psk"


def by_certificate(sa: IsakmpSaDetail) -> bool:
    """Whether they did by certificates: `rsig`."""
    return (sa.authentication or "").lower() == "rsig"


def _between(sas: Iterable[IsakmpSaDetail], addresses: Sequence[Address]) -> list[IsakmpSaDetail]:
    return [
        each
        for each in sas
        if any(end in addresses for end in (each.remote, each.destination, each.source))
    ]


# ---- members ----


def use_certificates(run: Run, group: str, names: Sequence[str]) -> dict[str, str]:
    """The members that have not registered by certificates, and what they lack."""
    return _lacking(run, group, names, shown=True)


def use_no_keys(run: Run, group: str, names: Sequence[str]) -> dict[str, str]:
    """The members that have registered by keys; an SA by certificates may have ended meanwhile."""
    return _lacking(run, group, names, shown=False)


def _lacking(run: Run, group: str, names: Sequence[str], *, shown: bool) -> dict[str, str]:
    def more(look: GroupLook, seen: Observed, name: str) -> str:
        del seen
        try:
            found = _between(sas_of(run, name), [*look.names_by_address])
        except DeviceError as error:
            return error.message
        if any(map(by_key, found)):
            return "it has an IKE SA by a pre-shared key"
        missing = shown and not any(map(by_certificate, found))
        return "it has no IKE SA by certificates" if missing else ""

    return lacking(run, group, names, more)


def use_keys(run: Run, group: str, names: Sequence[str]) -> dict[str, str]:
    """The members that are not registered; how they did does not matter on the way back."""
    return behind(run, group, names)


def _clear_ike(run: Run, name: str) -> None:
    run.device(name).send(CLEAR_IKE)


def ways_to_renew(group: str) -> tuple[Nudge, ...]:
    """How a member is brought to prove anew who it is.

    It registers again with the keys that it has; only if it does not, it drops those of the group.
    """

    def register(run: Run, name: str) -> None:
        _clear_ike(run, name)
        let_register(run, group, [name])

    return (
        Nudge(act=_clear_ike, commands=(CLEAR_IKE,), after_s=0.0),
        Nudge(act=register, commands=(f"{REGISTER} group {group}, {BY_ITSELF}",)),
    )


# ---- key servers among each other ----


def renew_cooperation(
    run: Run, s: Settings, name: str, was: Callable[[IsakmpSaDetail], bool] = by_key
) -> None:
    """Let a key server and its peers prove anew who they are, where that `was` so."""
    for sa in _between(sas_of(run, name), _peers(run, s, name)):
        if was(sa):
            run.device(name).send(f"{CLEAR_IKE} {sa.conn_id}")


def cooperates_by_certificate(run: Run, s: Settings, name: str) -> str:
    """What a key server lacks, in a clause: an IKE SA by certificates with each of its peers."""
    sas = sas_of(run, name)
    for peer in _peers(run, s, name):
        found = _between(sas, [peer])
        if any(map(by_key, found)):
            return f"its IKE with {peer} is by a pre-shared key"
        if not any(map(by_certificate, found)):
            return f"it has no IKE SA with {peer}"
    return ""


def await_cooperation(run: Run, s: Settings, name: str) -> None:
    """Wait until a key server cooperates by certificates, and all is well. Raises LateError."""

    def see() -> Seen:
        text = cooperates_by_certificate(run, s, name)
        return Seen(done=not text, text=text)

    run.wait(f"{name} to cooperate by certificates", see, within_s=COOP_S)
    settle(run, s.group)


def check_cooperation(run: Run, s: Settings) -> None:
    """Raise UnmetError while key servers cooperate by keys that are about to go."""
    for name in s.servers:
        text = cooperates_by_certificate(run, s, name)
        if text:
            raise UnmetError(text, device=name)


def _peers(run: Run, s: Settings, name: str) -> list[Address]:
    servers = {each.name: each.address for each in intent_of(run).key_servers}
    return [servers[other] for other in s.servers if other != name]
