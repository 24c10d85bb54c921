"""Views of transform sets, IPsec profiles and crypto maps."""

from dataclasses import field
from typing import Literal

from . import defaults
from .line import ConfigLine
from .view import View, value


@value
class TransformSet(View):
    """A `crypto ipsec transform-set`.

    `cipher` is `aes`, `gcm`, `gmac`, `3des`, `des`, `seal`, `null` or None (no ESP cipher);
    `key_bits` its key size; `integrity` the ESP hash (`sha` is SHA-1), None for GCM and GMAC;
    `ah` the hash of an authentication header; `transforms` the words as they stand.
    """

    name: str
    transforms: tuple[str, ...] = ()
    cipher: str | None = None
    key_bits: int | None = None
    integrity: str | None = None
    ah: str | None = None
    esn: bool = False
    mode: str = defaults.TRANSFORM_MODE

    @property
    def normalised(self) -> str:
        """The transforms in one spelling, as in `esp-aes 256 esp-sha256-hmac`."""
        words = [f"ah-{self.ah}-hmac"] if self.ah else []
        if self.cipher is not None:
            size = f" {self.key_bits}" if self.cipher in ("aes", "gcm", "gmac") else ""
            words.append(f"esp-{self.cipher}{size}")
        if self.integrity is not None:
            words.append(f"esp-{self.integrity}-hmac")
        return " ".join(words)


@value
class IpsecProfile(View):
    """A `crypto ipsec profile`. `lifetime_s` None means that the global lifetime holds."""

    name: str
    lifetime_s: int | None = None
    lifetime_kb: int | None = None
    idle_time_s: int | None = None
    transform_sets: tuple[str, ...] = ()
    pfs_group: int | None = None
    isakmp_profile: str | None = None
    ikev2_profile: str | None = None


@value
class CryptoMapEntry(View):
    """A numbered entry of a crypto map. `kind` is `gdoi`, `ipsec-isakmp` or `ipsec-manual`.

    `group` is the GETVPN group, `acl` the local policy (`match address`).
    """

    sequence: int | None
    kind: str = "ipsec-manual"
    group: str | None = None
    acl: str | None = None
    peers: tuple[str, ...] = ()
    transform_sets: tuple[str, ...] = ()
    lifetime_s: int | None = None
    lifetime_kb: int | None = None
    idle_time_s: int | None = None
    pfs_group: int | None = None
    isakmp_profile: str | None = None
    ikev2_profile: str | None = None
    description: str | None = None


@value
class FailClose(View):
    """A `crypto map … gdoi fail-close` block; without `activate` nothing is enforced."""

    acl: str | None = None
    activated: bool = False


@value
class CryptoMap(View):
    """All lines of one crypto map. `interfaces` are those that it is applied to."""

    name: str
    family: Literal["ipv4", "ipv6"] = "ipv4"
    entries: tuple[CryptoMapEntry, ...] = ()
    fail_close: FailClose | None = None
    local_address: str | None = None
    interfaces: tuple[str, ...] = ()
    lines: tuple[ConfigLine, ...] = field(default=(), compare=False)
