"""What can go wrong with keys and certificates, as types that the command line turns into words.

::

    KeysError
    ├── NoHostnameError, NoDomainError    no default label can be built
    ├── ModulusError                      a size that no router makes
    ├── NoSuchKeyError, LabelInUseError
    ├── NotExportableError, PassphraseTooShortError
    ├── PemError
    │   ├── BadPemError                   not PEM, or not of a kind that a router takes
    │   ├── WrongPassphraseError
    │   └── KeyMismatchError              the private key belongs to another public key
    ├── BadKeyStringError                 an SSH public key that cannot be decoded
    ├── BadSecretError                    a password hash that is none
    └── CertificateError                  a certificate or a name that cannot be used

None of them holds key material or a passphrase.
"""

from ...errors import GetvpnError


class KeysError(GetvpnError):
    """Base of what goes wrong with keys and certificates."""


class NoHostnameError(KeysError):
    """The default label needs a hostname other than the one that a router is delivered with."""


class NoDomainError(KeysError):
    """The default label needs a domain name."""


class ModulusError(KeysError):
    """The modulus asked for is smaller or larger than a router can make."""


class NoSuchKeyError(KeysError):
    """No key pair has this label."""


class LabelInUseError(KeysError):
    """A key pair has this label already."""


class NotExportableError(KeysError):
    """The key pair was not made for export, or was moved to non-exportable."""


class PassphraseTooShortError(KeysError):
    """The passphrase that is to protect a private key has too few characters."""


class PemError(KeysError):
    """A PEM text cannot be imported."""


class BadPemError(PemError):
    """The text is no PEM, is damaged, or is of a kind that a router does not import."""


class WrongPassphraseError(PemError):
    """The private key cannot be opened with this passphrase."""


class KeyMismatchError(PemError):
    """The private key does not belong to the public key in front of it."""


class BadKeyStringError(KeysError):
    """The text is no SSH public key."""


class BadSecretError(KeysError):
    """The text is no encoded password of the type that it is said to have."""


class CertificateError(KeysError):
    """A certificate, a request or a distinguished name cannot be used."""
