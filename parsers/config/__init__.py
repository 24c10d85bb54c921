"""IOS configuration: a tree of numbered lines, and typed views of it.

`device_config(parse_config(text, source))` is the way through. Views hold effective values:
what IOS does where a line is absent stands in `defaults`.
"""

from .acl import ANY, ANY_PORT, AccessList, AclEntry, ObjectGroup, PortMatch, Selector
from .build import parse_config
from .device import DeviceConfig
from .group import GroupMemberConfig, KeyServerConfig, Redundancy, SaPolicy
from .ike import (
    Ikev2Keyring,
    Ikev2Peer,
    Ikev2Policy,
    Ikev2Profile,
    Ikev2Proposal,
    IsakmpKeepalive,
    IsakmpKey,
    IsakmpPolicy,
    IsakmpProfile,
    Keyring,
)
from .ipsec import CryptoMap, CryptoMapEntry, FailClose, IpsecProfile, TransformSet
from .line import ConfigLine
from .pki import CertificateChain, CryptoIdentity, Trustpoint
from .read_device import device_config
from .said import ConfigProblem, interface_name
from .system import Interface, RoutingProcess, Services
from .tree import Body, ConfigTree
from .view import Value, View

__all__ = [
    "ANY",
    "ANY_PORT",
    "AccessList",
    "AclEntry",
    "Body",
    "CertificateChain",
    "ConfigLine",
    "ConfigProblem",
    "ConfigTree",
    "CryptoIdentity",
    "CryptoMap",
    "CryptoMapEntry",
    "DeviceConfig",
    "FailClose",
    "GroupMemberConfig",
    "Ikev2Keyring",
    "Ikev2Peer",
    "Ikev2Policy",
    "Ikev2Profile",
    "Ikev2Proposal",
    "Interface",
    "IpsecProfile",
    "IsakmpKeepalive",
    "IsakmpKey",
    "IsakmpPolicy",
    "IsakmpProfile",
    "KeyServerConfig",
    "Keyring",
    "ObjectGroup",
    "PortMatch",
    "Redundancy",
    "RoutingProcess",
    "SaPolicy",
    "Selector",
    "Services",
    "TransformSet",
    "Trustpoint",
    "Value",
    "View",
    "device_config",
    "interface_name",
    "parse_config",
]
