"""IOS configuration: a tree of numbered lines, and typed views of it.

`device_config(parse_config(text, source))` is the way through. Views hold effective values:
what IOS does where a line is absent stands in `defaults`. Names are imported when first used.
"""

from typing import TYPE_CHECKING

from ...lazy import loader

if TYPE_CHECKING:
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

_HOME = {
    "ANY": ".acl",
    "ANY_PORT": ".acl",
    "AccessList": ".acl",
    "AclEntry": ".acl",
    "Body": ".tree",
    "CertificateChain": ".pki",
    "ConfigLine": ".line",
    "ConfigProblem": ".said",
    "ConfigTree": ".tree",
    "CryptoIdentity": ".pki",
    "CryptoMap": ".ipsec",
    "CryptoMapEntry": ".ipsec",
    "DeviceConfig": ".device",
    "FailClose": ".ipsec",
    "GroupMemberConfig": ".group",
    "Ikev2Keyring": ".ike",
    "Ikev2Peer": ".ike",
    "Ikev2Policy": ".ike",
    "Ikev2Profile": ".ike",
    "Ikev2Proposal": ".ike",
    "Interface": ".system",
    "IpsecProfile": ".ipsec",
    "IsakmpKeepalive": ".ike",
    "IsakmpKey": ".ike",
    "IsakmpPolicy": ".ike",
    "IsakmpProfile": ".ike",
    "KeyServerConfig": ".group",
    "Keyring": ".ike",
    "ObjectGroup": ".acl",
    "PortMatch": ".acl",
    "Redundancy": ".group",
    "RoutingProcess": ".system",
    "SaPolicy": ".group",
    "Selector": ".acl",
    "Services": ".system",
    "TransformSet": ".ipsec",
    "Trustpoint": ".pki",
    "Value": ".view",
    "View": ".view",
    "device_config": ".read_device",
    "interface_name": ".said",
    "parse_config": ".build",
}

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
