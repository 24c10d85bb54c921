"""What rules read: configurations, and the record of each family of show commands.

The tokens carry the type of the record without importing its module, so that `getvpn lint`
loads no show parser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from ..parsers.record import Record
    from ..parsers.records.access_lists import AccessLists
    from ..parsers.records.crypto_map import CryptoMaps
    from ..parsers.records.eli import CryptoEli
    from ..parsers.records.engine_connections import EngineConnections
    from ..parsers.records.gdoi import GdoiGroups, GdoiMembers
    from ..parsers.records.gdoi_acl import GmAcls, KsAcls
    from ..parsers.records.gdoi_feature import GdoiFeature
    from ..parsers.records.gdoi_gm_counters import GmCounters
    from ..parsers.records.gdoi_gm_pubkey import GmPubkeys
    from ..parsers.records.gdoi_gm_rekey import GmRekeys
    from ..parsers.records.gdoi_gm_replay import GmReplay
    from ..parsers.records.gdoi_identifier import CoopIdentifiers, GmIdentifiers, KsIdentifiers
    from ..parsers.records.gdoi_ipsec_sa import GdoiIpsecSas
    from ..parsers.records.gdoi_ks import KeyServers
    from ..parsers.records.gdoi_ks_coop import CoopVersion, KsCoop
    from ..parsers.records.gdoi_ks_members import KsMembers, KsMembersSummary
    from ..parsers.records.gdoi_ks_policy import KsPolicy
    from ..parsers.records.gdoi_ks_rekey import KsRekey
    from ..parsers.records.gdoi_ks_replay import KsReplay
    from ..parsers.records.gdoi_rekey_sa import RekeySas
    from ..parsers.records.ikev2 import Ikev2ExtService, Ikev2Policies, Ikev2Proposals, Ikev2Sas
    from ..parsers.records.ipsec import IpsecSas
    from ..parsers.records.ipsec_profile import IpsecProfiles
    from ..parsers.records.isakmp import (
        IsakmpDefaultPolicies,
        IsakmpPolicies,
        IsakmpSaDetails,
        IsakmpSas,
    )
    from ..parsers.records.keys import PublicKeys
    from ..parsers.records.log_buffer import LogBuffer
    from ..parsers.records.ntp import NtpAssociations, NtpStatus
    from ..parsers.records.pki import Certificates, RevocationLists, Trustpoints
    from ..parsers.records.session import CryptoSessions
    from ..parsers.records.system import DeviceClock, Version

R = TypeVar("R", bound="Record")


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a rule reads; `text` names it for people."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ShowNeed(Need, Generic[R]):
    """The output of a show command; `family` is its name in the parsers' registry."""

    family: str

    def __str__(self) -> str:
        return f"'{self.text}'"


CONFIG = Need("configuration")
WAIVERS = Need("waivers")

CLOCK: ShowNeed[DeviceClock] = ShowNeed("show clock", "clock")
CRYPTO_ELI: ShowNeed[CryptoEli] = ShowNeed("show crypto eli", "crypto eli")
CRYPTO_ENGINE_CONNECTIONS_ACTIVE: ShowNeed[EngineConnections] = ShowNeed(
    "show crypto engine connections active", "crypto engine connections active"
)
CRYPTO_MAP: ShowNeed[CryptoMaps] = ShowNeed("show crypto map", "crypto map")
CRYPTO_SESSION: ShowNeed[CryptoSessions] = ShowNeed("show crypto session", "crypto session")
GDOI: ShowNeed[GdoiGroups] = ShowNeed("show crypto gdoi", "gdoi")
GDOI_FEATURE: ShowNeed[GdoiFeature] = ShowNeed("show crypto gdoi feature", "gdoi feature")
GDOI_IPSEC_SA: ShowNeed[GdoiIpsecSas] = ShowNeed("show crypto gdoi ipsec sa", "gdoi ipsec sa")
GDOI_REKEY_SA: ShowNeed[RekeySas] = ShowNeed("show crypto gdoi rekey sa", "gdoi rekey sa")
GM: ShowNeed[GdoiMembers] = ShowNeed("show crypto gdoi gm", "gdoi gm")
GM_ACL: ShowNeed[GmAcls] = ShowNeed("show crypto gdoi gm acl", "gdoi gm acl")
GM_DATAPLANE_COUNTERS: ShowNeed[GmCounters] = ShowNeed(
    "show crypto gdoi gm dataplane counters", "gdoi gm dataplane counters"
)
GM_IDENTIFIER: ShowNeed[GmIdentifiers] = ShowNeed(
    "show crypto gdoi gm identifier", "gdoi gm identifier"
)
GM_PUBKEY: ShowNeed[GmPubkeys] = ShowNeed("show crypto gdoi gm pubkey", "gdoi gm pubkey")
GM_REKEY: ShowNeed[GmRekeys] = ShowNeed("show crypto gdoi gm rekey", "gdoi gm rekey")
GM_REPLAY: ShowNeed[GmReplay] = ShowNeed("show crypto gdoi gm replay", "gdoi gm replay")
IKEV2_POLICY: ShowNeed[Ikev2Policies] = ShowNeed("show crypto ikev2 policy", "ikev2 policy")
IKEV2_PROPOSAL: ShowNeed[Ikev2Proposals] = ShowNeed("show crypto ikev2 proposal", "ikev2 proposal")
IKEV2_SA: ShowNeed[Ikev2Sas] = ShowNeed("show crypto ikev2 sa", "ikev2 sa")
IKEV2_STATS_EXT_SERVICE: ShowNeed[Ikev2ExtService] = ShowNeed(
    "show crypto ikev2 stats ext-service", "ikev2 stats ext-service"
)
IPSEC_PROFILE: ShowNeed[IpsecProfiles] = ShowNeed("show crypto ipsec profile", "ipsec profile")
IPSEC_SA: ShowNeed[IpsecSas] = ShowNeed("show crypto ipsec sa", "ipsec sa")
IP_ACCESS_LISTS: ShowNeed[AccessLists] = ShowNeed("show ip access-lists", "ip access-lists")
ISAKMP_DEFAULT_POLICY: ShowNeed[IsakmpDefaultPolicies] = ShowNeed(
    "show crypto isakmp default policy", "isakmp default policy"
)
ISAKMP_POLICY: ShowNeed[IsakmpPolicies] = ShowNeed("show crypto isakmp policy", "isakmp policy")
ISAKMP_SA: ShowNeed[IsakmpSas] = ShowNeed("show crypto isakmp sa", "isakmp sa")
ISAKMP_SA_DETAIL: ShowNeed[IsakmpSaDetails] = ShowNeed(
    "show crypto isakmp sa detail", "isakmp sa detail"
)
KEY_MYPUBKEY: ShowNeed[PublicKeys] = ShowNeed("show crypto key mypubkey rsa", "key mypubkey")
KS: ShowNeed[KeyServers] = ShowNeed("show crypto gdoi ks", "gdoi ks")
KS_ACL: ShowNeed[KsAcls] = ShowNeed("show crypto gdoi ks acl", "gdoi ks acl")
KS_COOP: ShowNeed[KsCoop] = ShowNeed("show crypto gdoi ks coop", "gdoi ks coop")
KS_COOP_IDENTIFIER: ShowNeed[CoopIdentifiers] = ShowNeed(
    "show crypto gdoi ks coop identifier", "gdoi ks coop identifier"
)
KS_COOP_VERSION: ShowNeed[CoopVersion] = ShowNeed(
    "show crypto gdoi ks coop version", "gdoi ks coop version"
)
KS_IDENTIFIER: ShowNeed[KsIdentifiers] = ShowNeed(
    "show crypto gdoi ks identifier", "gdoi ks identifier"
)
KS_MEMBERS: ShowNeed[KsMembers] = ShowNeed("show crypto gdoi ks members", "gdoi ks members")
KS_MEMBERS_SUMMARY: ShowNeed[KsMembersSummary] = ShowNeed(
    "show crypto gdoi ks members summary", "gdoi ks members summary"
)
KS_POLICY: ShowNeed[KsPolicy] = ShowNeed("show crypto gdoi ks policy", "gdoi ks policy")
KS_REKEY: ShowNeed[KsRekey] = ShowNeed("show crypto gdoi ks rekey", "gdoi ks rekey")
KS_REPLAY: ShowNeed[KsReplay] = ShowNeed("show crypto gdoi ks replay", "gdoi ks replay")
LOGGING: ShowNeed[LogBuffer] = ShowNeed("show logging", "logging")
NTP_ASSOCIATIONS: ShowNeed[NtpAssociations] = ShowNeed("show ntp associations", "ntp associations")
NTP_STATUS: ShowNeed[NtpStatus] = ShowNeed("show ntp status", "ntp status")
PKI_CERTIFICATES: ShowNeed[Certificates] = ShowNeed(
    "show crypto pki certificates", "pki certificates"
)
PKI_CRLS: ShowNeed[RevocationLists] = ShowNeed("show crypto pki crls", "pki crls")
PKI_TRUSTPOINTS: ShowNeed[Trustpoints] = ShowNeed("show crypto pki trustpoints", "pki trustpoints")
VERSION: ShowNeed[Version] = ShowNeed("show version", "version")
