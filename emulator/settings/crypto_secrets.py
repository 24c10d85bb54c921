"""Encryption of passwords under a master key, and lists of identities.

Settings: `password encryption aes`; `crypto identity` (name) with the block `description`, `dn`
(text) and `fqdn` (text). `key config-key password-encrypt` stores nothing in the configuration:
the master key is in the router's key store, and comes back after a reload when it was saved.
"""

from ..config.edit import Edit
from ..grammar import CommandSet, RefusedError
from ..shell.call import Call
from .preshared import encrypt_keys, encrypt_keys_again, encrypting

MIN_KEY_CHARS = 8
TOO_SHORT = "% The key must be at least 8 characters long"
NOT_EQUAL = "% The keys do not match"
WRONG_KEY = "%% Invalid key entered"
DELETION = (
    "WARNING: All type 6 encrypted keys will become unusable\n"
    "Continue with master key deletion ? [yes/no]: "
)

declared = CommandSet()
declared.mode("crypto-identity", "config-crypto-identity")


def _encryption(edit: Edit) -> None:
    """Encrypt the keys that are there, if there is a master key."""
    if not edit.removing and edit.router.keys.master_key is not None:
        encrypt_keys(edit.router)


async def _master_key(call: Call) -> None:
    """Set the master key, or replace it: then the old one is asked for."""
    keys, dialogue = call.router.keys, call.dialogue
    old, new = keys.master_key, call.get("key")
    if new is None:
        if old is not None and await dialogue.ask("Old key: ", echo=False) != old:
            raise RefusedError(WRONG_KEY)
        new = await dialogue.ask("New key: ", echo=False)
        _check_length(new)
        if await dialogue.ask("Confirm key: ", echo=False) != new:
            raise RefusedError(NOT_EQUAL)
    _check_length(new)
    keys.master_key = new
    encrypt_keys_again(call.router, old)
    if encrypting(call.router):
        encrypt_keys(call.router)


def _check_length(key: str) -> None:
    if len(key) < MIN_KEY_CHARS:
        raise RefusedError(TOO_SHORT)


async def _no_master_key(call: Call) -> None:
    if call.router.keys.master_key is None:
        return
    answer = (await call.dialogue.ask(DELETION)).strip().lower()
    if answer and "yes".startswith(answer):
        call.router.keys.master_key = None


declared.setting("config", "password encryption aes", section="password", check=_encryption)
declared.exec("key config-key password-encrypt [<key:secret>]", mode="config", privilege=15)(
    _master_key
)
declared.exec("no key config-key password-encrypt [<key:secret>]", mode="config", privilege=15)(
    _no_master_key
)
declared.setting(
    "config", "crypto identity <name!>", section="crypto-identity", enters="crypto-identity"
)
declared.setting("crypto-identity", "description <text:line>")
declared.setting("crypto-identity", "dn <text!:line>")
declared.setting("crypto-identity", "fqdn <text!:line>")

declared.words(
    {
        "password": "Configure encryption password (key)",
        "password encryption": "Encrypt system passwords",
        "password encryption aes": "Encrypt stored passwords",
        "key config-key": "Set a private configuration key",
        "key config-key password-encrypt": "Set the password encryption key",
        "key config-key password-encrypt LINE": "The config-key",
        "crypto identity": "Enter a crypto identity list",
        "crypto identity WORD": "Name of the identity list",
        "dn": "Specify the distinguished name of a certificate",
        "dn LINE": "Names and values, such as ou=name",
        "0 LINE": "The UNENCRYPTED (cleartext) user password",
        "6 LINE": "The ENCRYPTED user password",
        "7 LINE": "The HIDDEN user password",
    }
)
