"""What must not be written anywhere: keys, passphrases, and the secrets of intents."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Final

from getvpn.tasks.procedures.evidence import evidence

from .driving import TYPED
from .play import Play

PASSPHRASE: Final = re.compile(r"crypto key (?:export|import) rsa .* (\S+)$")
CLOSELY: Final = 5
SIGNIFICANT: Final = 24
"""So many characters of a key are no accident."""


def secrets_kept(play: Play, logged: Iterable[str]) -> Iterator[str]:
    """No private key and no passphrase is in the journal, in the evidence, or in a log."""
    places = {"the journal": journal_text(play), "the log": "\n".join(logged)}
    if play.record is not None and looks_closely(play):
        places["the evidence"] = evidence(play.record, play.events, "markdown")
    places["the story"] = "\n".join(play.story)
    for what, secret in secrets_of(play):
        for place, text in places.items():
            if secret in text:
                yield f"{what} is in {place}"


def _secrets_typed(text: str) -> set[str]:
    whole = TYPED.fullmatch(text)
    return {whole[0]} if whole else {found[1] for found in TYPED.finditer(text) if found[1]}


def looks_closely(play: Play) -> bool:
    """Whether logs and evidence are looked at, too: in some runs, since they cost as much."""
    return play.seed % CLOSELY == 0


def secrets_of(play: Play) -> Iterator[tuple[str, str]]:
    """All that must not be written anywhere, with words for it."""
    seen: set[str] = set()
    for line in play.devices.lines:
        found = PASSPHRASE.match(line.text)
        if found and found[1] not in seen:
            seen.add(found[1])
            yield "a passphrase", found[1]
        for secret in _secrets_typed(line.text) - seen:
            seen.add(secret)
            yield "a secret of the intent, or a password", secret
    exported = [line.text for line in play.devices.lines if "PRIVATE KEY-----" in line.text]
    exported += [text.decode("latin-1") for text in play.devices.shown]
    for text in exported:
        inside = text.replace("\r", "").partition("PRIVATE KEY-----")[2].splitlines()
        body = [line for line in inside if len(line) > SIGNIFICANT and ":" not in line]
        for line in body[:3]:
            yield "an exported private key", line
    for name in (*play.servers, *play.members):
        for pair in play.lab[name].keys.pairs():
            if pair.material.made and not pair.temporary:
                plain = b64encode(pair.material.private_der).decode()
                yield f"the private key {pair.label} of {name}", plain[-SIGNIFICANT * 2 : -4]
    for text in play.booted.before.values():
        for line in text:
            key = re.match(r"crypto isakmp key (?:[06] )?(\S{8,}) ", line)
            if key:
                yield "a pre-shared key", key[1]


def journal_text(play: Play) -> str:
    """All that the journal holds."""
    parts = [f"{run.settings} {run.plan}" for run in play.journal.all_runs()]
    for event in play.events:
        parts += [event.text, *map(str, event.data.values())]
    return "\n".join(parts)
