"""With whom a device can authenticate in IKE, by the keys and certificates that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

from .context import config_evidence
from .facts import Address
from .ike import (
    PRE_SHARED,
    by_certificate,
    has_certificate,
    ikev2_profiles,
    methods,
    trustpoints,
)
from .rule import Evidence

if TYPE_CHECKING:
    from ..parsers.config import DeviceConfig, Ikev2Profile
    from .facts import DeviceFacts

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """For which peers there are pre-shared keys: single hosts, and ranges."""

    hosts: frozenset[Address] = frozenset()
    ranges: tuple[Network, ...] = ()

    @classmethod
    def of(cls, networks: Iterable[Network | None]) -> Keys:
        """The keys for `networks`; None stands for a key whose peer is not an address."""
        known = [each for each in networks if each is not None]
        return cls(
            hosts=frozenset(each[0] for each in known if each.num_addresses == 1),
            ranges=tuple(each for each in known if each.num_addresses > 1),
        )

    def cover(self, peer: Address) -> bool:
        """Whether one of the keys is for `peer`."""
        return peer in self.hosts or any(
            peer.version == each.version and peer in each for each in self.ranges
        )

    @property
    def cover_all(self) -> bool:
        """Whether a key is for every peer."""
        return any(each.prefixlen == 0 for each in self.ranges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """How a device authenticates in one version of IKE.

    `methods` are those that its policies, or its profile, allow. `certain` is false where a key
    may be for any peer: by host name, in the profile itself, or kept on an AAA server.
    """

    methods: frozenset[str]
    keys: Keys
    certificate: bool
    certain: bool = True

    def serve(self, peer: Address, common: frozenset[str]) -> bool:
        """Whether the device has what one of the methods `common` needs towards `peer`."""
        if self.certificate and any(map(by_certificate, common)):
            return True
        return PRE_SHARED in common and self.keys.cover(peer)

    def serve_all(self, common: frozenset[str]) -> bool:
        """Whether it does so towards any peer."""
        if self.certificate and any(map(by_certificate, common)):
            return True
        return PRE_SHARED in common and self.keys.cover_all


def wanted(methods: frozenset[str]) -> str:
    """What one of `methods` needs, in words."""
    kinds = {"certificate" if by_certificate(each) else "pre-shared key" for each in methods}
    return " or ".join(sorted(kinds, reverse=True)) or "method of authentication"


def ikev1_means(
    device: DeviceFacts, config: DeviceConfig, vrfs: frozenset[str | None] = frozenset()
) -> Means:
    """By ISAKMP policies. Without any the default ones hold, which take keys and certificates.

    Of keyrings for a VRF those count that are for one of `vrfs`, and all where it is empty.
    """
    taken = frozenset(policy.authentication for policy in config.isakmp_policies)
    keys = [key for key in config.isakmp_keys if not vrfs or key.vrf is None or key.vrf in vrfs]
    return Means(
        methods=taken or frozenset((PRE_SHARED, "rsa-sig")),
        keys=Keys.of(key.address for key in keys),
        certificate=_has_certificate(device, config),
        certain="rsa-encr" not in taken and all(key.address is not None for key in keys),
    )


def ikev2_means(device: DeviceFacts, config: DeviceConfig, name: str | None) -> Means:
    """By the IKEv2 profile `name`; none where it does not exist."""
    profile = config.ikev2_profiles.get(name or "")
    if profile is None:
        return Means(methods=frozenset(), keys=Keys(), certificate=False)
    keyring = config.ikev2_keyrings.get(profile.keyring or "")
    peers = keyring.peers if keyring else ()
    return Means(
        methods=methods(profile),
        keys=Keys.of(peer.address for peer in peers),
        certificate=_has_certificate(device, config),
        certain=not _keys_elsewhere(profile) and all(peer.address is not None for peer in peers),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedKeyUse:
    """A policy or profile that takes pre-shared keys: its name, and the line that says so.

    `block` opens its block, in which `authentication` with `instead` takes certificates.
    """

    name: str
    evidence: Evidence
    block: str
    instead: str


def shared_key_uses(device: DeviceFacts, *, ikev1: bool) -> Iterator[SharedKeyUse]:
    """Where `device` takes pre-shared keys: with `ikev1` in ISAKMP policies, in IKEv2 profiles."""
    config = device.config
    if config is None:
        return
    for policy in config.isakmp_policies if ikev1 else ():
        if policy.authentication == PRE_SHARED:
            yield SharedKeyUse(
                name=f"ISAKMP policy {policy.priority}",
                evidence=config_evidence(device, policy, "authentication"),
                block=policy.line.text,
                instead="rsa-sig",
            )
    for profile in ikev2_profiles(config):
        if PRE_SHARED in methods(profile):
            yield SharedKeyUse(
                name=f"IKEv2 profile {profile.name}",
                evidence=config_evidence(device, profile, "authentication_remote"),
                block=profile.line.text,
                instead="remote rsa-sig",
            )


def _keys_elsewhere(profile: Ikev2Profile) -> bool:
    """Whether keys stand in the profile itself, or on an AAA server."""
    by_aaa = profile.keyring is not None and "aaa" in profile.where("keyring").words
    return by_aaa or bool(profile.inline_secret_types)


def _has_certificate(device: DeviceFacts, config: DeviceConfig) -> bool:
    return any(has_certificate(config, trustpoint) for trustpoint in trustpoints(device))
