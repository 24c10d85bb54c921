"""What the IKE lines of a device mean for its part in GETVPN.

Registration and cooperation run over IKE version 1 (ISAKMP policies, which every peer may choose
from) or, with G-IKEv2, over the IKEv2 profile that the group names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from .groups import member_roles, server_roles

if TYPE_CHECKING:
    from ..parsers.config import (
        DeviceConfig,
        GroupMemberConfig,
        Ikev2Keyring,
        Ikev2Profile,
        KeyServerConfig,
        Trustpoint,
    )
    from .facts import DeviceFacts

Address = IPv4Address | IPv6Address
PRE_SHARED = "pre-share"
BUILT_IN_TRUSTPOINTS = ("SLA-TrustPoint", "CISCO_IDEVID_")
"""How the names of trustpoints begin that IOS-XE makes for itself (licences, device identity)."""


def is_server(device: DeviceFacts) -> bool:
    """Whether `device` is the key server of a group."""
    return _remembered(device, "is a key server", server_roles)


def is_member(device: DeviceFacts) -> bool:
    """Whether `device` is a member of a group."""
    return _remembered(device, "is a member", member_roles)


def _remembered(
    device: DeviceFacts, key: str, roles: Callable[[DeviceFacts], Iterator[object]]
) -> bool:
    """Whether the device has any of `roles`: a hundred rules ask, and show output tells slowly."""
    known = device.memo.get(key)
    if known is None:
        known = device.memo[key] = any(True for _ in roles(device))
    return bool(known)


def has_role(device: DeviceFacts) -> bool:
    """Whether `device` is a key server or a member: rules on IKE pass over all others."""
    return is_server(device) or is_member(device)


def registers_by_ikev1(view: KeyServerConfig | GroupMemberConfig) -> bool:
    """Whether registrations of the group use IKE version 1."""
    from ..parsers.config import KeyServerConfig

    return view.gdoi if isinstance(view, KeyServerConfig) else view.protocol == "gdoi"


def uses_ikev1(device: DeviceFacts) -> bool:
    """Whether the ISAKMP policies of `device` count: to register, or to cooperate (COOP).

    True as well where only show output tells of the role.
    """
    config = device.config
    if config is None or not (config.key_servers or config.group_members):
        return True
    return any(registers_by_ikev1(view) or view.redundancy for view in config.key_servers) or any(
        registers_by_ikev1(view) for view in config.group_members
    )


def ikev2_profile_names(config: DeviceConfig) -> tuple[str, ...]:
    """The IKEv2 profiles that groups name, each once."""
    names = [ks.gikev2 for ks in config.key_servers]
    names += [gm.ikev2_profile for gm in config.group_members if gm.protocol == "gikev2"]
    return tuple(dict.fromkeys(name for name in names if name is not None))


def ikev2_profiles(config: DeviceConfig) -> tuple[Ikev2Profile, ...]:
    """The IKEv2 profiles that groups name and that exist."""
    names = ikev2_profile_names(config)
    return tuple(config.ikev2_profiles[name] for name in names if name in config.ikev2_profiles)


def methods(profile: Ikev2Profile) -> frozenset[str]:
    """How the two sides of `profile` authenticate."""
    local = profile.authentication_local
    return frozenset((*profile.authentication_remote, *((local,) if local else ())))


def by_certificate(method: str) -> bool:
    """Whether an authentication method rests on certificates (`rsa-sig`, `ecdsa-sig`)."""
    return method.endswith("-sig")


def uses_certificates(device: DeviceFacts) -> bool:
    """Whether the configuration lets IKE peers authenticate by certificate.

    Without ISAKMP policies the defaults hold, which take both methods: it then depends on whether
    there is a trustpoint, and no pre-shared key.
    """
    config = device.config
    if config is None:
        return False
    if any(by_certificate(each) for used in ikev2_profiles(config) for each in methods(used)):
        return True
    if not uses_ikev1(device):
        return False
    if not config.isakmp_policies:
        return bool(_candidates(config)) and not config.isakmp_keys
    return any(by_certificate(policy.authentication) for policy in config.isakmp_policies)


def trustpoints(device: DeviceFacts) -> tuple[Trustpoint, ...]:
    """The trustpoints by which certificates of IKE peers are checked; none where IKE uses none.

    Those that ISAKMP profiles, the IKEv2 profiles of groups and `registration periodic crl` name.
    Where no profile names one, IOS takes any: then all but self-signed ones, those that the
    device made for itself and those for another use.
    """
    config = device.config
    if config is None or not uses_certificates(device):
        return ()
    named = {name for each in config.isakmp_profiles.values() for name in each.trustpoints}
    named |= {name for each in ikev2_profiles(config) for name in each.trustpoints}
    if not named:
        return _candidates(config)
    named |= {ks.crl_trustpoint for ks in config.key_servers if ks.crl_trustpoint is not None}
    return tuple(each for name, each in config.trustpoints.items() if name in named)


def _candidates(config: DeviceConfig) -> tuple[Trustpoint, ...]:
    return tuple(
        each
        for each in config.trustpoints.values()
        if each.enrollment != "selfsigned"
        and not each.name.startswith(BUILT_IN_TRUSTPOINTS)
        and (not each.usage or "ike" in each.usage)
    )


def has_certificate(config: DeviceConfig, trustpoint: Trustpoint) -> bool:
    """Whether the device may have a certificate of its own in `trustpoint`.

    Only a chain that stands in the configuration can tell that it has none.
    """
    chain = config.certificate_chains.get(trustpoint.name)
    return chain is None or any(kind != "ca" for kind in chain.certificates)


def ikev2_keyrings(config: DeviceConfig) -> tuple[Ikev2Keyring, ...]:
    """The IKEv2 keyrings of the profiles that groups name."""
    names = dict.fromkeys(each.keyring for each in ikev2_profiles(config) if each.keyring)
    return tuple(config.ikev2_keyrings[name] for name in names if name in config.ikev2_keyrings)


def member_addresses(device: DeviceFacts, view: GroupMemberConfig) -> Iterator[Address]:
    """The addresses from which a member registers; none where the configuration does not tell.

    That of the registration interface, else of the crypto map's local address, else of each
    interface that the map of the group is applied to; of the family of the key servers.
    """
    config = device.config
    if config is None:
        return
    versions = {server.version for server in view.servers if not isinstance(server, str)}
    for name in _registers_from(config, view):
        interface = config.interfaces.get(name)
        if interface is not None and 4 in versions:
            yield from (address.ip for address in interface.addresses[:1])
        if interface is not None and 6 in versions:
            yield from (each.ip for each in interface.ipv6_addresses if not each.is_link_local)


def registration_vrfs(config: DeviceConfig, view: GroupMemberConfig) -> frozenset[str | None]:
    """The VRFs in which a member registers; none where the configuration does not tell."""
    names = _registers_from(config, view)
    found = [config.interfaces.get(name) for name in names]
    return frozenset(each.vrf for each in found if each is not None) if all(found) else frozenset()


def _registers_from(config: DeviceConfig, view: GroupMemberConfig) -> tuple[str, ...]:
    """The interfaces whose addresses a member may register with."""
    if view.registration_interface is not None:
        return (view.registration_interface,)
    names: list[str] = []
    for each in config.crypto_maps:
        if any(entry.group == view.group for entry in each.entries):
            names += [each.local_address] if each.local_address else each.interfaces
    return tuple(dict.fromkeys(names))
