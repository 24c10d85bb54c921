"""Keys of the emulated routers: RSA and EC pairs, PEM, dumps, SSH keys, passwords, certificates.

Building blocks without sessions and command lines: they take the time and the random source as
arguments, raise a `KeysError` and render what IOS prints of them. Certificates are in `keys.pki`.
"""

from .der import hex_groups, hex_lines, modulus_bytes, public_key_bytes
from .errors import (
    BadKeyStringError,
    BadPemError,
    BadSecretError,
    CertificateError,
    KeyMismatchError,
    KeysError,
    LabelInUseError,
    ModulusError,
    NoDomainError,
    NoHostnameError,
    NoSuchKeyError,
    NotExportableError,
    PassphraseTooShortError,
    PemError,
    WrongPassphraseError,
)
from .exchange import (
    MIN_PASSPHRASE_CHARS,
    ExportedPair,
    export_pair,
    import_material,
    public_pem,
    read_public_pem,
)
from .host_keys import HostKeyKind, HostKeyPool
from .maker import (
    CURVES,
    MAX_MODULUS_BITS,
    MIN_MODULUS_BITS,
    KeyMaker,
    SeededKeyMaker,
    StockedKeyMaker,
    SystemKeyMaker,
)
from .material import KeyKind, KeyMaterial
from .pair import (
    NOT_SPECIFIED,
    PRIVATE_CONFIG,
    SERVER_SUFFIX,
    USAGE_KEYS,
    KeyChange,
    KeyEvent,
    KeyPair,
    Usage,
    default_label,
)
from .passwords import (
    HASH_TYPES,
    PasswordChecker,
    hash_password,
    verify_password,
    well_formed,
)
from .pem import PemCipher
from .show import CLASSIC_DUMP, NEWEST_XE_DUMP, XE_DUMP, KeyDumpStyle, mypubkey_text
from .ssh_keys import (
    SshPublicKey,
    md5_fingerprint,
    read_blob,
    read_key_hash,
    read_key_string,
    secsh_lines,
    ssh_public_key,
)
from .store import KeyStore
from .type7 import decode_type7, encode_type7
from .work import KeyWork

__all__ = [
    "CLASSIC_DUMP",
    "CURVES",
    "HASH_TYPES",
    "MAX_MODULUS_BITS",
    "MIN_MODULUS_BITS",
    "MIN_PASSPHRASE_CHARS",
    "NEWEST_XE_DUMP",
    "NOT_SPECIFIED",
    "PRIVATE_CONFIG",
    "SERVER_SUFFIX",
    "USAGE_KEYS",
    "XE_DUMP",
    "BadKeyStringError",
    "BadPemError",
    "BadSecretError",
    "CertificateError",
    "ExportedPair",
    "HostKeyKind",
    "HostKeyPool",
    "KeyChange",
    "KeyDumpStyle",
    "KeyEvent",
    "KeyKind",
    "KeyMaker",
    "KeyMaterial",
    "KeyMismatchError",
    "KeyPair",
    "KeyStore",
    "KeyWork",
    "KeysError",
    "LabelInUseError",
    "ModulusError",
    "NoDomainError",
    "NoHostnameError",
    "NoSuchKeyError",
    "NotExportableError",
    "PassphraseTooShortError",
    "PasswordChecker",
    "PemCipher",
    "PemError",
    "SeededKeyMaker",
    "SshPublicKey",
    "StockedKeyMaker",
    "SystemKeyMaker",
    "Usage",
    "WrongPassphraseError",
    "decode_type7",
    "default_label",
    "encode_type7",
    "export_pair",
    "hash_password",
    "hex_groups",
    "hex_lines",
    "import_material",
    "md5_fingerprint",
    "modulus_bytes",
    "mypubkey_text",
    "public_key_bytes",
    "public_pem",
    "read_blob",
    "read_key_hash",
    "read_key_string",
    "read_public_pem",
    "secsh_lines",
    "ssh_public_key",
    "verify_password",
    "well_formed",
]
