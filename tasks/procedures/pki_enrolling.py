"""Certificates of devices: the authority's is taken by its fingerprint, their own is requested.

The passwords of requests are secrets: they are typed where the device does not echo them.
"""

from __future__ import annotations

import re
import secrets
import string
from datetime import datetime
from typing import Final

from ...inventory.models import Psk
from ...inventory.relations import member_secret
from ...parsers import parse
from ...parsers.records.pki import Certificate, Certificates
from ...parsers.records.system import DeviceClock
from ..ssh.device import Answer
from . import rekey_keys as keys
from .model import UnmetError
from .run import Run, Seen

GRANTED_S: Final = 300.0
"""How long an authority may take; one whose operator decides takes longer."""
KEY_S: Final = 300.0
_ALPHABET: Final = string.ascii_letters + string.digits
_CHALLENGE_CHARS: Final = 20
_FINGERPRINT: Final = re.compile(
    r"Fingerprint (?:MD5|SHA1|SHA256) ?: *([0-9A-Fa-f][0-9A-Fa-f ]{30,90}[0-9A-Fa-f])"
)
_FIRST_SEEN: Final = "fingerprint of the authority"
AVAILABLE: Final = "available"
DIALOGUE: Final = (
    "Do you accept this certificate? [yes/no]: no, and yes if the fingerprint is right",
    "Password: <challenge>",
    "Re-enter password: <challenge>",
    "Include the router serial number in the subject name? [yes/no]: no",
    "Include an IP address in the subject name? [no]: no",
    "Request certificate from CA? [yes/no]: yes",
)


def authenticate_command(trustpoint: str) -> str:
    """The line that takes the certificate of the authority."""
    return f"crypto pki authenticate {trustpoint}"


def enroll_command(trustpoint: str) -> str:
    """The line that requests a certificate."""
    return f"crypto pki enroll {trustpoint}"


def show_command(trustpoint: str) -> str:
    """What shows the certificates of a trustpoint, with their fingerprints."""
    return f"show crypto pki certificates verbose {trustpoint}"


def plain(fingerprint: str) -> str:
    """A fingerprint as capital digits, however it was written. Raises ValueError."""
    digits = re.sub(r"[\s:.-]", "", fingerprint).upper()
    if not re.fullmatch(r"[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64}", digits):
        raise ValueError(fingerprint)
    return digits


# ---- what there is ----


def certificates(run: Run, device: str, trustpoint: str) -> tuple[Certificate, ...]:
    """The certificates of a trustpoint; none where the device does not know it."""
    command = show_command(trustpoint)
    record = parse(command, run.device(device).send(command), source=device)
    found = record.certificates if isinstance(record, Certificates) else ()
    return tuple(each for each in found if each.trustpoints and trustpoint in each.trustpoints)


def lack(run: Run, device: str, trustpoint: str, authorize: str) -> str:
    """What a device lacks of a certificate that lets it in, in a clause; empty for nothing."""
    found = certificates(run, device, trustpoint)
    if not any(each.kind == "ca" for each in found):
        return f"it does not know the authority of {trustpoint}"
    own = [each for each in found if each.kind == "router"]
    if not own:
        return f"it has no certificate of {trustpoint}"
    if not any(each.status.lower() == AVAILABLE for each in own):
        return f"its certificate of {trustpoint} is {own[0].status.lower()}"
    now = clock_of(run, device)
    if not any(_valid(each, now) for each in own):
        return f"its certificate of {trustpoint} is not valid at {now:%Y-%m-%d %H:%M}"
    if authorize and not any(_names(each, authorize) for each in own):
        return f"the subject of its certificate has no {authorize}, which lets members in"
    return ""


def clock_of(run: Run, device: str) -> datetime:
    """What a device takes for the time, in its own zone."""
    command = "show clock"
    record = parse(command, run.device(device).send(command), source=device)
    if not isinstance(record, DeviceClock):
        raise UnmetError("does not show its clock", device=device)
    return record.now.time


def _valid(certificate: Certificate, now: datetime) -> bool:
    begins, ends = certificate.valid_from, certificate.valid_until
    return (begins is None or begins <= now) and (ends is None or now < ends)


def _names(certificate: Certificate, authorize: str) -> bool:
    """Whether the subject has all parts of `ou=GETVPN,o=Example`."""
    subject = certificate.subject
    has = {(name, value.lower()) for name, value in (subject.attributes if subject else ())}
    wanted = (part.partition("=") for part in authorize.split(","))
    return all((name.strip().lower(), value.strip().lower()) in has for name, _, value in wanted)


# ---- the authority ----


def known_authority(run: Run, device: str, trustpoint: str) -> str:
    """The fingerprint of the authority that a device knows. Raises UnmetError for none."""
    for each in certificates(run, device, trustpoint):
        found = each.fingerprint_sha1 or each.fingerprint_md5
        if each.kind == "ca" and found is not None:
            return found.hex().upper()
    raise UnmetError(f"shows no authority of {trustpoint}", device=device)


def authenticate(run: Run, device: str, trustpoint: str, fingerprint: str) -> None:
    """Let a device know the authority, once its certificate is the one that is meant.

    Without a `fingerprint` it is the one that the first device of the run saw. Raises UnmetError.
    """
    known = [each for each in certificates(run, device, trustpoint) if each.kind == "ca"]
    if known:
        _check_known(run, device, known[0], fingerprint)
        return
    seen = _ask(run, device, trustpoint, accept=False)
    _check(run, device, seen, fingerprint)
    seen = _ask(run, device, trustpoint, accept=True)
    _check(run, device, seen, fingerprint)
    if not any(each.kind == "ca" for each in certificates(run, device, trustpoint)):
        raise UnmetError(f"does not take the authority of {trustpoint}", device=device)


def _ask(run: Run, device: str, trustpoint: str, *, accept: bool) -> list[str]:
    said = run.device(device).dialogue(
        authenticate_command(trustpoint),
        [Answer(question="accept this certificate", reply="yes" if accept else "no")],
        configuring=True,
        timeout_s=KEY_S,
    )
    found = [re.sub(r"\s", "", each).upper() for each in _FINGERPRINT.findall(said)]
    if not found:
        raise UnmetError(f"gets no certificate of an authority: {_words(said)}", device=device)
    return found


def _check(run: Run, device: str, seen: list[str], fingerprint: str) -> None:
    wanted = fingerprint or str(run.kept.get(_FIRST_SEEN) or "")
    if not wanted:
        run.keep(_FIRST_SEEN, seen[-1])
        run.say(f"the certificate of the authority has the fingerprint {seen[-1]}")
    elif wanted not in seen:
        raise UnmetError(
            f"is shown an authority with the fingerprint {seen[-1]}, not {wanted}",
            device=device,
            hint="somebody else answers at its address, or the fingerprint is another one's",
        )


def _check_known(run: Run, device: str, known: Certificate, fingerprint: str) -> None:
    prints = [known.fingerprint_md5, known.fingerprint_sha1]
    seen = [each.hex().upper() for each in prints if each is not None]
    if seen:
        _check(run, device, seen, fingerprint)


# ---- the device's own certificate ----


def enroll(run: Run, device: str, trustpoint: str, challenge: str) -> None:
    """Request a certificate, and wait until it is there. Raises UnmetError, LateError."""
    own = [each for each in certificates(run, device, trustpoint) if each.kind == "router"]
    if not own:
        password = _password(run, device, challenge)
        said = run.device(device).dialogue(
            enroll_command(trustpoint),
            [
                Answer(question="assword", reply=password, hidden=True),
                Answer(question="assword", reply=password, hidden=True),
                Answer(question="serial number", reply="no"),
                Answer(question="IP address", reply="no"),
                Answer(question="Request certificate", reply="yes"),
            ],
            configuring=True,
            timeout_s=KEY_S,
        )
        if "request" not in said.lower():
            raise UnmetError(f"requests no certificate: {_words(said)}", device=device)

    def see() -> Seen:
        found = [each for each in certificates(run, device, trustpoint) if each.kind == "router"]
        done = any(each.status.lower() == AVAILABLE for each in found)
        text = "" if done else found[0].status.lower() if found else "no answer yet"
        return Seen(done=done, text=text)

    run.wait(
        f"the certificate of {device}",
        see,
        within_s=GRANTED_S,
        advice="let the authority grant it, then 'getvpn runs resume'",
    )


def _password(run: Run, device: str, challenge: str) -> str:
    if challenge:
        return run.reveal(reference_of(challenge, device))
    made = "".join(secrets.choice(_ALPHABET) for _ in range(_CHALLENGE_CHARS))
    return run.hidden.keep(made)


def reference_of(challenge: str, device: str) -> str:
    """The reference to the password of one device: `{name}` and `{NAME}` stand for it."""
    return member_secret(Psk(kind="psk", member=challenge), device)


def key_marker(device: str, label: str) -> str:
    """Under which a run keeps whether a device had the key pair before."""
    return f"{device}: had the key {label}"


def note_key(run: Run, device: str, label: str) -> None:
    """Keep whether a device has the key pair of its certificate before it is made."""
    marker = key_marker(device, label)
    if marker not in run.kept:
        run.keep(marker, keys.key_on(run, device, label) is not None)


def remove_key(run: Run, device: str, label: str) -> None:
    """Remove the key pair of a certificate that is gone, unless it was there before."""
    if run.kept.get(key_marker(device, label)) is False:
        keys.zeroize(run, device, label)


def _words(said: str) -> str:
    shown = [line.strip() for line in said.splitlines() if line.strip().startswith("%")]
    return shown[-1][:200] if shown else "it says nothing of it"
