"""The thresholds that rules compare with, each with its meaning, unit, range and source.

Sources disagree on some of them (see `PROFILES`); what a site decides for itself goes into its
configuration file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

from ..errors import UsageError
from .sources import (
    COMMANDS,
    CONCEPTS,
    CSM,
    FAIL_CLOSE,
    NDM,
    NIST_KEYS,
    OURS,
    RFC8221,
    RFC8247,
    RFC9206,
    SRG,
)
from .thresholds import MAX_LIFETIME_S, Threshold
from .thresholds import count as _count
from .thresholds import number as _number
from .thresholds import seconds as _seconds
from .thresholds import word as _word


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The thresholds in force; the defaults are those of the profile `seed`."""

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
    tek_hash_min_bits: int = _number(
        160, "shortest hash of traffic", unit="bit", low=128, high=512,
        source=f"{RFC8221}: SHA-1 may still be used, MD5 must not; {SRG}: 384",
    )  # fmt: skip
    kek_lifetime_min_s: int = _seconds(86_400, "shortest lifetime of the rekey key", CONCEPTS)
    kek_lifetime_max_s: int = _seconds(86_400, "longest lifetime of the rekey key", CONCEPTS)
    kek_aes_min_bits: int = _number(
        128, "shortest AES key for rekeys", unit="bit", low=128, high=256, source=CONCEPTS
    )
    kek_hash_min_bits: int = _number(
        256, "shortest hash in the signatures of rekeys", unit="bit", low=256, high=512, source=SRG
    )
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
    dh_modulus_min_bits: int = _number(
        2048,
        "shortest Diffie-Hellman modulus",
        unit="bit",
        low=768,
        high=8192,
        source=f"{RFC8247}: group 14 or better; {SRG}: group 16; {RFC9206}: group 15",
    )
    dh_curve_min_bits: int = _number(
        256,
        "smallest curve for Diffie-Hellman",
        unit="bit",
        low=192,
        high=521,
        source=f"{RFC8247}: 256; {RFC9206}: 384",
    )
    registration_ike: str = _word(
        "any",
        "by which version of IKE members register",
        choices=("any", "ikev2"),
        source=f"{CONCEPTS}: either; {SRG}: IKEv2",
    )
    certificate_rsa_min_bits: int = _number(
        2048,
        "shortest RSA key of a certificate",
        unit="bit",
        low=1024,
        high=8192,
        source=f"{OURS}: as for the key that signs rekeys; {RFC9206}: 3072",
    )
    certificate_curve_min_bits: int = _number(
        256, "smallest curve of a certificate", unit="bit", low=192, high=521,
        source=f"{OURS}; {RFC9206}: 384",
    )  # fmt: skip
    certificate_days_left_min: int = _number(
        30, "days that a certificate stays valid", unit="d", low=1, high=365, source=OURS
    )
    rsa_key_age_max_days: int = _number(
        1095, "age of an RSA key that signs rekeys", unit="d", low=30, high=7300, source=NIST_KEYS
    )
    authorized_range_max_hosts: int = _count(
        256, "addresses that one line of an authorization list may have", OURS, high=65_536
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
    fail_close: str = _word(
        "advised",
        "whether members must drop what they cannot encrypt before they have keys",
        choices=("optional", "advised", "required"),
        source=f"{FAIL_CLOSE}: where clear text is not acceptable",
    )
    registration_cycle_s: int = _number(
        40, "time that a member gives each key server to answer", unit="s", low=10, high=600,
        source=f"{CONCEPTS}: one try and three more, ten seconds apart",
    )  # fmt: skip

    registrations_open_max: int = _count(
        3, "registrations that a member may start in a row before one is completed", OURS, high=100
    )
    recovery_check_advised_s: int = _number(
        300, "interval of recovery checks that is proposed", unit="s", low=100, high=1000,
        source=OURS,
    )  # fmt: skip
    replay_window_max_s: int = _number(
        20, "longest window of time-based replay protection", unit="s", low=1, high=100,
        source=OURS,
    )  # fmt: skip
    pseudotime_apart_max_s: int = _number(
        600, "how far pseudotimes may be apart, the time between two outputs included", unit="s",
        low=1, high=86_400, source=OURS,
    )  # fmt: skip
    rekey_retransmits_percent: int = _number(
        5, "share of the members that may need a rekey again", unit="%", low=0, high=100,
        source=OURS,
    )  # fmt: skip
    rekey_packet_bytes: int = _number(
        1400, "largest rekey message that is sent in one packet", unit="byte", low=500,
        high=65_000, source=OURS,
    )  # fmt: skip
    coop_base_members_max: int = _count(
        2000, "members from which announcements need the optimized format", OURS
    )
    coop_elections_max: int = _count(
        2, "changes of the primary that a log may hold", OURS, low=0, high=1000
    )
    server_links_advised: int = _count(
        2, "interfaces beyond which a key server seems to forward traffic", OURS, high=100
    )
    session_idle_max_min: int = _number(
        10, "time without input after which a session ends", unit="min", low=1, high=60, source=NDM
    )


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


DEFAULT_PROFILE: Final = "seed"

ALIASES: Mapping[str, str] = MappingProxyType({"cisco-seed": DEFAULT_PROFILE})
"""Earlier names of profiles."""

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
                name="cisco",
                summary="Cisco's guides where they differ from the concepts document: traffic "
                "keys from 3600 s, key lifetimes of up to thirty days (long SA lifetime), members "
                "list the key servers in different orders",
                overrides={
                    "server_order": "balanced",
                    "tek_lifetime_advised_min_s": 3600,
                    "tek_lifetime_advised_max_s": MAX_LIFETIME_S,
                    "kek_lifetime_max_s": MAX_LIFETIME_S,
                },
            ),
            Profile(
                name="balanced",
                summary="As seed, with members listing the key servers in different orders "
                "to spread registrations",
                overrides={"server_order": "balanced"},
            ),
            Profile(
                name="long-sa",
                summary="As seed, with key lifetimes of up to thirty days (long SA lifetime)",
                overrides={
                    "tek_lifetime_advised_max_s": MAX_LIFETIME_S,
                    "kek_lifetime_max_s": MAX_LIFETIME_S,
                },
            ),
            Profile(
                name="stig",
                summary="DISA VPN SRG: IKE SAs of at most 8 h, traffic keys of at most 8 h, "
                "AES-256, SHA-384, Diffie-Hellman group 16 or better, IKEv2, revocation checks on "
                "every device",
                overrides={
                    "tek_lifetime_advised_min_s": 3600,
                    "tek_lifetime_advised_max_s": 28_800,
                    "tek_aes_min_bits": 256,
                    "tek_hash_min_bits": 384,
                    "kek_aes_min_bits": 256,
                    "kek_hash_min_bits": 384,
                    "ike_lifetime_min_s": 3600,
                    "ike_lifetime_max_s": 28_800,
                    "ike_aes_min_bits": 256,
                    "ike_hash_min_bits": 384,
                    "dh_modulus_min_bits": 4096,
                    "registration_ike": "ikev2",
                    "crl_on_members": "on",
                },
            ),
            Profile(
                name="cnsa",
                summary="CNSA suite of RFC 9206: AES-256, SHA-384, Diffie-Hellman group 15, 16 or "
                "20, RSA keys of 3072 bits or curve P-384, IKEv2; lifetimes as seed",
                overrides={
                    "tek_aes_min_bits": 256,
                    "tek_hash_min_bits": 384,
                    "kek_aes_min_bits": 256,
                    "kek_hash_min_bits": 384,
                    "ike_aes_min_bits": 256,
                    "ike_hash_min_bits": 384,
                    "dh_modulus_min_bits": 3072,
                    "dh_curve_min_bits": 384,
                    "rsa_modulus_min_bits": 3072,
                    "certificate_rsa_min_bits": 3072,
                    "certificate_curve_min_bits": 384,
                    "registration_ike": "ikev2",
                },
            ),
        )
    }
)


def profile(name: str, own: Mapping[str, Profile] = MappingProxyType({})) -> Profile:
    """The profile called `name`, of ours or of `own`.

    Raises UsageError, with the names there are, for any other.
    """
    known = {**own, **PROFILES}
    found = known.get(ALIASES.get(name, name))
    if found is None:
        names = (*PROFILES, *own)
        raise UsageError(f"unknown profile '{name}'", hint=f"one of {', '.join(names)}")
    return found
