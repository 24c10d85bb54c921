"""A group changes over from pre-shared keys to certificates.

All devices get certificates, key servers take both, members prove who they are by certificates wave
by wave, key servers do among each other, and only then the keys go. Until then every step can be
taken back: the keys are still there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from . import pki_enrolling as certs
from . import rekey_keys as keys
from .gates import fit_step, settle, well_step
from .model import Lane, Step, UnmetError, nothing
from .moving import GO_ON, MOVE_S, WAVE_S, Nudge, Waves, move_step
from .pki_clocks import check_clocks
from .pki_seen import (
    CLEAR_IKE,
    COOP_S,
    await_cooperation,
    by_certificate,
    check_cooperation,
    cooperates_by_certificate,
    renew_cooperation,
    use_certificates,
    use_keys,
    use_no_keys,
    ways_to_renew,
)
from .pki_settings import BOTH, ENROLLED, PKI, PSK, PkiStages, Settings
from .run import Run
from .stages import Move

ENROLL_S: Final = 30.0
RENEW_S: Final = 30.0
FORTH: Final = "'getvpn runs resume' goes on from here"


class MigratePki:
    """The procedure `migrate psk-to-pki`."""

    name = "migrate psk-to-pki"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps: certificates, both, members, key servers, and the end of the keys."""
        s = Settings.read(settings)
        stages = PkiStages(s)
        names = (*s.servers, *s.members)
        return [
            fit_step(
                s.group,
                primary=s.primary,
                window_s=MOVE_S * len(s.servers),
                more=lambda run: check_clocks(run, s.primary, names),
                intent=stages.intents[PSK],
            ),
            *(_enroll(s, stages, name) for name in s.servers),
            *_enroll_members(s, stages),
            *(_take_both(s, stages, name) for name in s.servers),
            *_members(s, stages),
            *(_cooperate(s, name) for name in s.servers if len(s.servers) > 1),
            *_end_on_members(s, stages),
            *(_end(s, stages, name) for name in s.servers),
            well_step(s.group, state=f"{s.group} uses certificates, and its keys are gone"),
        ]


# ---- certificates ----


def _commands(s: Settings) -> tuple[str, ...]:
    return (certs.authenticate_command(s.trustpoint), certs.enroll_command(s.trustpoint))


def _get(run: Run, s: Settings, stages: PkiStages, name: str) -> None:
    """Get a certificate for a device."""
    label = stages.trustpoint(name, s.trustpoint).key
    if label is not None:
        certs.note_key(run, name, label)
    certs.authenticate(run, name, s.trustpoint, s.fingerprint)
    certs.enroll(run, name, s.trustpoint, s.challenge)
    keys.save(run, name)


def _give_back(run: Run, s: Settings, stages: PkiStages, name: str) -> None:
    label = stages.trustpoint(name, s.trustpoint).key
    if label is not None:
        certs.remove_key(run, name, label)


def _enroll(s: Settings, stages: PkiStages, name: str) -> Step:
    def check(run: Run) -> None:
        lack = certs.lack(run, name, s.trustpoint, "")
        if lack:
            raise UnmetError(lack, device=name)

    return move_step(
        stages,
        Move(device=name, before=PSK, after=ENROLLED),
        Step(
            name=f"get a certificate for {name}",
            why="who has none cannot prove himself by one",
            verify=nothing,
            dialogue=certs.DIALOGUE,
            effect="none: no policy of IKE uses it yet",
            state=f"{name} has a certificate, keys are in use",
            advice=GO_ON,
            needs_s=ENROLL_S,
            timeout_s=certs.GRANTED_S,
        ),
        check=check,
        then=lambda run: _get(run, s, stages, name),
        then_commands=_commands(s),
        back=lambda run: _give_back(run, s, stages, name),
    )


def _enroll_members(s: Settings, stages: PkiStages) -> list[Step]:
    def lacks(run: Run, group: str, names: Sequence[str]) -> dict[str, str]:
        del group
        found = run.each(names, lambda name: certs.lack(run, name, s.trustpoint, s.authorize))
        return {name: str(each) for name, each in found.items() if each}

    return Waves(
        stages=stages,
        group=s.group,
        before=PSK,
        after=ENROLLED,
        lacks=lacks,
        nudges=(
            Nudge(
                act=lambda run, name: _get(run, s, stages, name),
                commands=_commands(s),
                after_s=0.0,
            ),
        ),
        left=lambda run, name: _give_back(run, s, stages, name),
    ).steps(
        s.waves,
        Step(
            name="get certificates for members, {wave}",
            why="who has none cannot prove himself by one",
            verify=nothing,
            dialogue=certs.DIALOGUE,
            effect="none: no policy of IKE uses them yet",
            state="key servers and {count} members have certificates, keys are in use",
            advice=GO_ON,
            needs_s=ENROLL_S,
            timeout_s=certs.GRANTED_S,
        ),
    )


# ---- both ----


def _take_both(s: Settings, stages: PkiStages, name: str) -> Step:
    def back(run: Run) -> None:
        renew_cooperation(run, s, name, by_certificate)
        _settled(run, s)

    return move_step(
        stages,
        Move(device=name, before=ENROLLED, after=BOTH),
        Step(
            name=f"let {name} take certificates before keys",
            why="the primary comes last" if name == s.primary else "before the primary does",
            verify=nothing,
            effect="none: SAs stay; who offers only a key is still taken",
            state=f"{name} takes both, members use keys",
            advice=GO_ON,
            needs_s=MOVE_S,
            lane=Lane.BEFORE_REKEY,
            stops=True,
        ),
        check=lambda run: _settled(run, s),
        back=back,
    )


def _members(s: Settings, stages: PkiStages) -> list[Step]:
    ways = ways_to_renew(s.group)
    return Waves(
        stages=stages,
        group=s.group,
        before=ENROLLED,
        after=BOTH,
        lacks=use_certificates,
        lacks_back=use_keys,
        nudges=ways,
        nudges_back=ways[1:],
        then=lambda run: _settled(run, s),
        drops=("ISAKMP policy",),
    ).steps(
        s.waves,
        Step(
            name="let members use certificates, {wave}",
            why="each registers by its certificate ('Auth rsig'); who cannot is taken back at once",
            verify=nothing,
            dialogue=("Are you sure you want to proceed ? [yes/no]: yes",),
            effect="none where members register again before they drop what they have; else these "
            "members encrypt nothing for some seconds",
            state="{count} members use certificates, the others keys, key servers take both",
            advice=GO_ON,
            needs_s=WAVE_S,
            timeout_s=600.0,
        ),
    )


def _cooperate(s: Settings, name: str) -> Step:
    return Step(
        name=f"let {name} cooperate by certificates",
        why="key servers prove anew to each other who they are",
        device=name,
        commands=(f"{CLEAR_IKE} <connection>, of each IKE SA with a peer that is by a key",),
        precheck=lambda run: not cooperates_by_certificate(run, s, name),
        apply=lambda run: renew_cooperation(run, s, name),
        verify=lambda run: await_cooperation(run, s, name),
        effect="none: the next announcement makes another SA",
        state=f"{name} cooperates by certificates",
        advice=GO_ON,
        needs_s=RENEW_S,
        timeout_s=COOP_S,
        lane=Lane.BEFORE_REKEY,
        stops=True,
    )


# ---- the end of the keys ----


def _end_on_members(s: Settings, stages: PkiStages) -> list[Step]:
    return Waves(
        stages=stages,
        group=s.group,
        before=BOTH,
        after=PKI,
        lacks=use_no_keys,
        drops=("ISAKMP policy",),
    ).steps(
        s.waves,
        Step(
            name="remove keys from members, {wave}",
            why="nobody asks for them any more",
            verify=nothing,
            effect="none: these members have registered by certificates",
            state="{count} members have no keys any more",
            advice=FORTH,
            needs_s=WAVE_S,
            timeout_s=600.0,
            final=True,
        ),
    )


def _end(s: Settings, stages: PkiStages, name: str) -> Step:
    return move_step(
        stages,
        Move(device=name, before=BOTH, after=PKI),
        Step(
            name=f"remove keys from {name}",
            why="the primary comes last" if name == s.primary else "before the primary does",
            verify=nothing,
            effect="none: all have proved themselves by certificates",
            state=f"{name} takes nothing but certificates",
            advice=FORTH,
            needs_s=MOVE_S,
            final=True,
        ),
        before=lambda run: _ready_to_end(run, s),
        check=lambda run: _settled(run, s),
    )


def _ready_to_end(run: Run, s: Settings) -> None:
    if len(s.servers) > 1:
        check_cooperation(run, s)


def _settled(run: Run, s: Settings) -> None:
    settle(run, s.group)
