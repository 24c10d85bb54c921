"""The certificate of a member that is evicted: it is revoked, and all key servers know that."""

from __future__ import annotations

import re
from typing import Final

from ...errors import RefusedError
from .alarms import Alarms
from .evict_settings import Settings
from .model import Step, UnmetError
from .run import Run, Seen

WITHIN_S: Final = 4 * 3600.0
"""How long those who run the authority may take."""
FETCH_S: Final = 30.0
LISTS: Final = "show crypto pki crls"
NOTED: Final = "lists of revoked certificates before"
_UPDATED: Final = re.compile(r"^ *LastUpdate: *(.+?) *$", re.MULTILINE)


def request_command(trustpoint: str) -> str:
    """The line of the configuration that fetches the list of an authority; it is not kept there."""
    return f"crypto pki crl request {trustpoint}"


def revoke(s: Settings) -> Step:
    """The step that waits until its certificate is revoked, and fetches the list that says so."""
    trustpoint = s.trustpoint or ""
    sessions = tuple(f"clear crypto session remote {each}" for each in s.addresses)

    def apply(run: Run) -> None:
        if not s.revoked and NOTED not in run.kept:
            run.keep(NOTED, {name: _fetched(run, name, trustpoint) for name in s.servers})
            run.say(
                f"revoke the certificate of {s.who} at the authority of {trustpoint}, and publish "
                "its list of revoked certificates; it is waited for"
            )
        _await_lists(run, s, trustpoint)
        for name in s.servers:
            for command in sessions:
                run.device(name).send(command)

    def verify(run: Run) -> None:
        before = run.kept.get(NOTED, {})
        for name in s.servers:
            found = _shown(run, name)
            if not found or found == before.get(name):
                raise UnmetError("has no new list of revoked certificates", device=name)

    return Step(
        name=f"all key servers know that the certificate of {s.who} is revoked",
        why="who has a certificate may register, until the authority says that it counts no more",
        commands=(
            "(at the authority: revoke it, publish the list)"
            if not s.revoked
            else "(it is revoked already)",
            f"{request_command(trustpoint)}, on {', '.join(s.servers)}",
            *sessions,
        ),
        apply=apply,
        verify=verify,
        effect="where the group follows new lists, all members register again by themselves",
        state=f"key servers refuse the certificate of {s.who}",
        advice="publish the list, then 'getvpn runs resume'; a revoked certificate stays revoked",
        needs_s=FETCH_S,
        timeout_s=WITHIN_S,
        stops=True,
    )


def _await_lists(run: Run, s: Settings, trustpoint: str) -> None:
    before = run.kept.get(NOTED, {})
    missing = list(s.servers)

    def see() -> Seen:
        said = ""
        for name in list(missing):
            found = _fetched(run, name, trustpoint)
            if found and found != before.get(name):
                missing.remove(name)
            elif not said:
                said = f"{name} has {'the list of before' if found else 'no list'}"
        return Seen(
            done=not missing,
            text=said,
            have=len(s.servers) - len(missing),
            of=len(s.servers),
        )

    run.wait(
        "a new list of revoked certificates",
        see,
        within_s=WITHIN_S,
        watch=[Alarms(run=run, group=s.group)],
        advice="let the authority publish it, then 'getvpn runs resume'",
    )


def _fetched(run: Run, name: str, trustpoint: str) -> str:
    """When the list was made that a key server gets now; empty where it gets none."""
    try:
        run.device(name).configure([request_command(trustpoint)])
    except RefusedError:
        return ""
    return _shown(run, name)


def _shown(run: Run, name: str) -> str:
    return "; ".join(_UPDATED.findall(run.device(name).send(LISTS)))
