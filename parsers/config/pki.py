"""Views of trustpoints and of the identity lists that authorise members."""

from . import defaults
from .view import View, value


@value
class Trustpoint(View):
    """A `crypto pki trustpoint` (or `crypto ca trustpoint`).

    `enrollment` is the method: `url`, `selfsigned`, `terminal`, `pkcs12`, `profile`, …;
    `auto_enroll` the percentage of the certificate's life after which it is renewed, 0 where
    the line gives none, None without `auto-enroll`.
    """

    name: str
    enrollment: str | None = None
    enrollment_url: str | None = None
    enrollment_mode_ra: bool = False
    subject_name: str | None = None
    subject_alt_name: str | None = None
    fqdn: str | None = None
    revocation_check: tuple[str, ...] = defaults.REVOCATION_CHECK
    rsakeypair: str | None = None
    rsakeypair_bits: int | None = None
    eckeypair: str | None = None
    hash: str | None = None
    auto_enroll: int | None = None
    auto_enroll_regenerate: bool = False
    source_interface: str | None = None
    vrf: str | None = None
    usage: tuple[str, ...] = ()


@value
class CertificateChain(View):
    """A `crypto pki certificate chain`: the kinds of certificates in it, not their bytes."""

    trustpoint: str
    certificates: tuple[str, ...] = ()


@value
class CryptoIdentity(View):
    """A `crypto identity` list: who is authorised, by distinguished or domain name."""

    name: str
    dns: tuple[str, ...] = ()
    fqdns: tuple[str, ...] = ()
