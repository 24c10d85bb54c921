"""The view of a whole configuration: everything that audits ask about one device."""

from collections.abc import Mapping
from dataclasses import field

from . import defaults
from .acl import AccessList, ObjectGroup
from .group import GroupMemberConfig, KeyServerConfig, SaPolicy
from .ike import (
    Ikev2Keyring,
    Ikev2Policy,
    Ikev2Profile,
    Ikev2Proposal,
    IsakmpKeepalive,
    IsakmpKey,
    IsakmpPolicy,
    IsakmpProfile,
    Keyring,
)
from .ipsec import CryptoMap, IpsecProfile, TransformSet
from .line import ConfigLine
from .pki import CertificateChain, CryptoIdentity, Trustpoint
from .said import ConfigProblem
from .system import Interface, RoutingProcess, Services
from .tree import ConfigTree
from .view import View, value


@value
class DeviceConfig(View):
    """All views of one configuration. Mappings go from name to view; sequences keep text order.

    `isakmp_keys` has the global keys and those of all keyrings. `unknown_crypto` lists the
    crypto lines that no view has read, `problems` the lines that were read in vain.
    """

    tree: ConfigTree = field(compare=False, repr=False)
    hostname: str | None = None
    domain_name: str | None = None
    version: str | None = None
    key_servers: tuple[KeyServerConfig, ...] = ()
    group_members: tuple[GroupMemberConfig, ...] = ()
    isakmp_policies: tuple[IsakmpPolicy, ...] = ()
    isakmp_keys: tuple[IsakmpKey, ...] = ()
    isakmp_keepalive: IsakmpKeepalive | None = None
    isakmp_identity: str = defaults.ISAKMP_IDENTITY
    keyrings: Mapping[str, Keyring] = field(default_factory=dict)
    isakmp_profiles: Mapping[str, IsakmpProfile] = field(default_factory=dict)
    ikev2_proposals: Mapping[str, Ikev2Proposal] = field(default_factory=dict)
    ikev2_policies: Mapping[str, Ikev2Policy] = field(default_factory=dict)
    ikev2_keyrings: Mapping[str, Ikev2Keyring] = field(default_factory=dict)
    ikev2_profiles: Mapping[str, Ikev2Profile] = field(default_factory=dict)
    transform_sets: Mapping[str, TransformSet] = field(default_factory=dict)
    ipsec_profiles: Mapping[str, IpsecProfile] = field(default_factory=dict)
    ipsec_lifetime_s: int = defaults.IPSEC_LIFETIME_S
    access_lists: Mapping[str, AccessList] = field(default_factory=dict)
    ipv6_access_lists: Mapping[str, AccessList] = field(default_factory=dict)
    object_groups: Mapping[str, ObjectGroup] = field(default_factory=dict)
    trustpoints: Mapping[str, Trustpoint] = field(default_factory=dict)
    certificate_chains: Mapping[str, CertificateChain] = field(default_factory=dict)
    crypto_identities: Mapping[str, CryptoIdentity] = field(default_factory=dict)
    crypto_maps: tuple[CryptoMap, ...] = ()
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    routing: tuple[RoutingProcess, ...] = ()
    services: Services
    unknown_crypto: tuple[ConfigLine, ...] = field(default=(), compare=False)
    problems: tuple[ConfigProblem, ...] = field(default=(), compare=False)

    @property
    def source(self) -> str:
        """Where the text came from, as was said to `parse_config`."""
        return self.tree.source

    @property
    def train(self) -> tuple[int, int] | None:
        """The two numbers of the `version` line, 16 and above for IOS-XE; None without it."""
        numbers = (self.version or "").split(".")[:2]
        if len(numbers) != 2 or not all(each.isascii() and each.isdigit() for each in numbers):
            return None
        return int(numbers[0]), int(numbers[1])

    def profile_of(self, sa: SaPolicy) -> IpsecProfile | None:
        """The IPsec profile of `sa`, None when it names none or one that does not exist."""
        return self.ipsec_profiles.get(sa.profile) if sa.profile else None

    def transform_sets_of(self, sa: SaPolicy) -> tuple[TransformSet, ...]:
        """The transform sets of `sa` that exist, in order of preference."""
        profile = self.profile_of(sa)
        names = profile.transform_sets if profile else ()
        return tuple(self.transform_sets[name] for name in names if name in self.transform_sets)

    def access_list_of(self, sa: SaPolicy) -> AccessList | None:
        """The access list of `sa`, None when it names none or one that does not exist."""
        lists = self.ipv6_access_lists if sa.acl_family == "ipv6" else self.access_lists
        return lists.get(sa.acl) if sa.acl else None

    def tek_lifetime_s(self, sa: SaPolicy) -> int:
        """Lifetime of the traffic key of `sa` in seconds: profile, else global, else 3600."""
        profile = self.profile_of(sa)
        if profile is None or profile.lifetime_s is None:
            return self.ipsec_lifetime_s
        return profile.lifetime_s

    def tek_lifetime_line(self, sa: SaPolicy) -> ConfigLine:
        """The line that decides `tek_lifetime_s`; where it is the default, the best header."""
        profile = self.profile_of(sa)
        if profile is not None and profile.lifetime_s is not None:
            return profile.where("lifetime_s")
        if not self.is_default("ipsec_lifetime_s"):
            return self.where("ipsec_lifetime_s")
        return profile.line if profile is not None else sa.line
