"""What a device runs, from its configuration."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from .reading import Found

Os = Literal["ios", "ios-xe"]
_RELEASE: Final = re.compile(
    r"[0-9]{2}\.[0-9]{1,2}(\([0-9]{1,2}[a-z]?\)[A-Za-z0-9]{0,8}|\.[0-9]{1,2}[a-z]?)?", re.ASCII
)
_TRAIN: Final = re.compile(r"([0-9]{2})\.([0-9]{1,2})", re.ASCII)
_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])", re.ASCII)
_FIRST_XE: Final = 16
NEWEST: Final = "17.12"
NEWER: Final = "17.9"
OLDER_XE: Final = "16.12"
OLDER: Final = "15.7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The family and release; `sure` is false where they only follow from how lines are spelt."""

    os: Os
    release: str
    sure: bool


def software(found: Found) -> Runs:
    """What a device runs: what it says, else what fits the spelling of its lines."""
    for said in (found.release, found.config.version):
        text = _ZEROS.sub("", said or "")
        match = _TRAIN.match(text)
        if match is None:
            continue
        release = text if _RELEASE.fullmatch(text) else match.group()
        xe = int(match[1]) >= _FIRST_XE or _says_gkm(found)
        return Runs(os="ios-xe" if xe else "ios", release=release, sure=True)
    return _guessed(found)


def _guessed(found: Found) -> Runs:
    config = found.config
    if any(
        point.hash == "sha256" and point.rsakeypair is not None
        for point in config.trustpoints.values()
    ):
        return Runs(os="ios-xe", release=NEWEST, sure=False)
    if _prints_as_17(found):
        return Runs(os="ios-xe", release=NEWER, sure=False)
    if _says_gkm(found) or any("distributed" in line.words for line in config.tree.find("ip")):
        return Runs(os="ios-xe", release=OLDER_XE, sure=False)
    return Runs(os="ios", release=OLDER, sure=False)


def _says_gkm(found: Found) -> bool:
    config = found.config
    spellings = [*(it.spelling for it in config.key_servers)]
    spellings += [it.spelling for it in config.group_members]
    return "gkm" in spellings


def _prints_as_17(found: Found) -> bool:
    """Whether lines are spelt as IOS-XE 17 does: `encryption`, numbers in lists, `no pfs`."""
    config = found.config
    for policy in config.isakmp_policies:
        if any(line.text.startswith("encryption ") for line in policy.line.children):
            return True
    lists = [*config.access_lists.values(), *config.ipv6_access_lists.values()]
    if any(entry.sequence is not None for each in lists for entry in each.entries):
        return True
    blocks = (line for group in config.key_servers for line in group.line.walk())
    return any(line.text == "no pfs" for line in blocks)
