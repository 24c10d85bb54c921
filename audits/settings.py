"""The thresholds that rules compare with, each with its meaning, unit, range and source.

Sources disagree on some of them (see `PROFILES`); what a site decides for itself goes into its
configuration file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Final

from ..errors import UsageError
from .sources import COMMANDS, CONCEPTS, CSM, OURS, SRG

MAX_LIFETIME_S: Final = 2_592_000
"""Thirty days: the longest lifetime that the CLI takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What a setting means. `low` and `high` bound a number; `choices` are the words allowed."""

    name: str
    default: object
    meaning: str
    source: str
    unit: str = ""
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()


def _number(default: int, meaning: str, *, unit: str, low: int, high: int, source: str) -> Any:
    """A whole number from `low` to `high`. Any, as `dataclasses.field` is typed."""
    described = {"meaning": meaning, "unit": unit, "low": low, "high": high, "source": source}
    return field(default=default, metadata=described)


def _word(default: str, meaning: str, *, choices: tuple[str, ...], source: str) -> Any:
    """One of `choices`."""
    return field(
        default=default, metadata={"meaning": meaning, "choices": choices, "source": source}
    )


def _seconds(default: int, meaning: str, source: str, low: int = 60) -> Any:
    return _number(default, meaning, unit="s", low=low, high=MAX_LIFETIME_S, source=source)


def _count(default: int, meaning: str, source: str, low: int = 1, high: int = 100_000) -> Any:
    return _number(default, meaning, unit="", low=low, high=high, source=source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The thresholds in force; the defaults are those of the profile `cisco-seed`."""

    coop_servers_min: int = _count(2, "fewest key servers in a group", CONCEPTS, high=8)
    coop_servers_max: int = _count(8, "most key servers in a group", CONCEPTS, high=8)
    coop_servers_advised: int = _count(4, "key servers beyond which more seldom help", CONCEPTS)
    member_servers_min: int = _count(2, "fewest key servers that a member lists", CONCEPTS, high=8)
    server_order: str = _word(
        "same",
        "whether members list the key servers in the same order, or in different orders to "
        "spread registrations",
        choices=("same", "balanced"),
        source=f"{CONCEPTS}: both are described, the design section wants the same order",
    )
    small_group_members: int = _count(
        400, "members from which rekeys are retransmitted every 60 s", CONCEPTS
    )

    tek_lifetime_min_s: int = _seconds(
        900, "traffic-key lifetime below which groups fail", CONCEPTS
    )
    tek_lifetime_default_s: int = _seconds(3600, "shortest traffic-key lifetime advised", CONCEPTS)
    tek_lifetime_advised_min_s: int = _seconds(
        7200, "shortest traffic-key lifetime that is as recommended", CONCEPTS
    )
    tek_lifetime_advised_max_s: int = _seconds(
        7200, "longest traffic-key lifetime that is as recommended", CONCEPTS
    )
    tek_aes_min_bits: int = _number(
        128, "shortest AES key for traffic", unit="bit", low=128, high=256, source=CONCEPTS
    )
    kek_lifetime_min_s: int = _seconds(86_400, "shortest lifetime of the rekey key", CONCEPTS)
    kek_lifetime_max_s: int = _seconds(86_400, "longest lifetime of the rekey key", CONCEPTS)
    kek_tek_ratio_min: int = _count(
        2, "how often the traffic-key lifetime fits into that of the rekey key", CONCEPTS, high=100
    )

    retransmit_large_s: int = _number(
        60, "retransmission interval for any group", unit="s", low=10, high=60, source=CONCEPTS
    )
    retransmit_large_count: int = _count(2, "retransmissions at that interval", CONCEPTS, high=10)
    retransmit_small_s: int = _number(
        40, "retransmission interval for small groups", unit="s", low=10, high=60, source=CONCEPTS
    )
    retransmit_small_count: int = _count(3, "retransmissions at that interval", CONCEPTS, high=10)
    core_convergence_s: int = _number(
        0,
        "time in which routing in the core converges; 0 leaves it out",
        unit="s",
        low=0,
        high=600,
        source=f"{CONCEPTS}: asked for without a figure",
    )
    dpd_retries: int = _count(
        5, "unanswered keepalives before IOS declares a peer dead", COMMANDS, high=10
    )
    acks_missed_warn: int = _count(
        1, "rekeys in a row that a member missed: worth a look", CONCEPTS
    )
    acks_missed_high: int = _count(
        2, "rekeys in a row that a member missed: one more and it is removed", CONCEPTS
    )

    acl_max_lines: int = _count(100, "most lines of a group's access lists", CONCEPTS)
    acl_max_permits: int = _count(100, "most permit lines of a group's access lists", CSM)
    acl_warn_lines: int = _count(80, "lines from which an access list is close to its limit", OURS)
    acl_permits_advised: int = _count(10, "permit lines beyond which to summarise", OURS)
    member_permits_advised: int = _count(
        20, "permit lines of all groups of a member beyond which to summarise", OURS
    )
    local_policy_percent: int = _number(
        34,
        "share of the members up to which what concerns them is local",
        unit="%",
        low=1,
        high=100,
        source=f"{CONCEPTS}: for few members, without a figure",
    )

    rsa_modulus_min_bits: int = _number(
        2048, "shortest RSA key that signs rekeys", unit="bit", low=1024, high=8192, source=CONCEPTS
    )
    ike_lifetime_min_s: int = _seconds(86_400, "shortest lifetime of an IKE SA", CONCEPTS)
    ike_lifetime_max_s: int = _seconds(86_400, "longest lifetime of an IKE SA", CONCEPTS)
    ike_aes_min_bits: int = _number(
        128, "shortest AES key for IKE", unit="bit", low=128, high=256, source=CONCEPTS
    )
    ike_hash_min_bits: int = _number(
        256, "shortest hash for IKE", unit="bit", low=160, high=512, source=CONCEPTS
    )
    psk_members_advised: int = _count(
        100, "members beyond which certificates are preferred to pre-shared keys", OURS
    )
    crl_on_members: str = _word(
        "off",
        "whether group members check revocation lists themselves",
        choices=("off", "on"),
        source=f"{CONCEPTS}: off; {SRG}: on",
    )

    mss_max: int = _number(
        1360, "largest TCP segment on a member's LAN side", unit="byte", low=536, high=1460,
        source=CONCEPTS,
    )  # fmt: skip
    lan_mtu_max: int = _number(
        1400,
        "LAN packet size that needs no clamp",
        unit="byte",
        low=576,
        high=1500,
        source=CONCEPTS,
    )
    registration_cycle_s: int = _number(
        40, "time that a member gives each key server to answer", unit="s", low=10, high=600,
        source=f"{CONCEPTS}: one try and three more, ten seconds apart",
    )  # fmt: skip


THRESHOLDS: Mapping[str, Threshold] = MappingProxyType(
    {
        each.name: Threshold(name=each.name, default=each.default, **each.metadata)
        for each in fields(Settings)
    }
)
"""The description of every setting, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A named view on the questions that sources answer differently."""

    name: str
    summary: str
    overrides: Mapping[str, int | str]

    @property
    def settings(self) -> Settings:
        """The thresholds of this profile."""
        return Settings(**dict(self.overrides))  # type: ignore[arg-type]  # by field name


DEFAULT_PROFILE: Final = "cisco-seed"

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile(
                name=DEFAULT_PROFILE,
                summary="The GETVPN concepts document: 7200 s traffic keys, 24 h for IKE and the "
                "rekey key, one server order, no revocation check on members",
                overrides={},
            ),
            Profile(
                name="balanced",
                summary="As cisco-seed, with members listing the key servers in different orders "
                "to spread registrations",
                overrides={"server_order": "balanced"},
            ),
            Profile(
                name="long-sa",
                summary="As cisco-seed, with key lifetimes of up to thirty days (long SA lifetime)",
                overrides={
                    "tek_lifetime_advised_max_s": MAX_LIFETIME_S,
                    "kek_lifetime_max_s": MAX_LIFETIME_S,
                },
            ),
            Profile(
                name="stig",
                summary="DISA VPN SRG: IKE SAs of at most 8 h, traffic keys of at most 8 h, "
                "AES-256, SHA-384, revocation checks on every device",
                overrides={
                    "tek_lifetime_advised_min_s": 3600,
                    "tek_lifetime_advised_max_s": 28_800,
                    "tek_aes_min_bits": 256,
                    "ike_lifetime_min_s": 3600,
                    "ike_lifetime_max_s": 28_800,
                    "ike_aes_min_bits": 256,
                    "ike_hash_min_bits": 384,
                    "crl_on_members": "on",
                },
            ),
        )
    }
)


def profile(name: str) -> Profile:
    """The profile called `name`. Raises UsageError, with the names there are, for any other."""
    if name not in PROFILES:
        raise UsageError(f"unknown profile '{name}'", hint=f"one of {', '.join(PROFILES)}")
    return PROFILES[name]
