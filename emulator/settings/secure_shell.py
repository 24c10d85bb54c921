"""The SSH server: its limits, its algorithms, and the public keys of users.

A user's key is kept as the MD5 hash of its data, as IOS does: `key-hash TYPE DIGEST COMMENT`.
"""

from base64 import b64decode
from hashlib import md5

from ..config.edit import Edit, written
from ..config.store import Entry
from ..grammar import CommandSet, RefusedError
from ..shell.dialogue import Script

MOST_KEYS = 2
"""How many keys a user can have (Cisco security command reference, `ip ssh pubkey-chain`)."""
MOST_WORDS = 256
DATA_MODE = "conf-ssh-pubkey-data"
NOT_DECODED = "%SSH: Failed to decode the Key Value"
TOO_MANY = "%SSH: Only two keys are allowed per user"
NO_KEYS = "Please create RSA keys to enable SSH (and of atleast 768 bits for SSH v2).\n"
ALGORITHMS = {
    "encryption": "aes128-gcm|aes256-gcm|chacha20-poly1305@openssh.com|aes128-gcm@openssh.com"
    "|aes256-gcm@openssh.com|aes128-ctr|aes192-ctr|aes256-ctr|aes128-cbc|aes192-cbc|aes256-cbc"
    "|3des-cbc",
    "mac": "hmac-sha2-256-etm@openssh.com|hmac-sha2-512-etm@openssh.com|hmac-sha2-256"
    "|hmac-sha2-512|hmac-sha1|hmac-sha1-96",
    "kex": "curve25519-sha256|curve25519-sha256@libssh.org|ecdh-sha2-nistp256|ecdh-sha2-nistp384"
    "|ecdh-sha2-nistp521|diffie-hellman-group14-sha256|diffie-hellman-group16-sha512"
    "|diffie-hellman-group14-sha1|diffie-hellman-group-exchange-sha1|diffie-hellman-group1-sha1",
    "hostkey": "x509v3-ssh-rsa|rsa-sha2-512|rsa-sha2-256|ssh-rsa|ecdsa-sha2-nistp256|ssh-ed25519",
    "authentication": "publickey|keyboard|password",
    "publickey": "x509v3-ssh-rsa|rsa-sha2-512|rsa-sha2-256|ssh-rsa|ecdsa-sha2-nistp256"
    "|ecdsa-sha2-nistp384|ecdsa-sha2-nistp521|ssh-ed25519",
}

declared = CommandSet()
declared.mode("ssh-pubkey", "conf-ssh-pubkey")
declared.mode("ssh-pubkey-user", "conf-ssh-pubkey-user", parent="ssh-pubkey")
declared.words(
    {
        "ip scp": "Scp commands",
        "ip ssh": "Configure ssh options",
        "scp server": "Scp server commands",
        "server enable": "Enable scp server",
        "ssh authentication-retries": "Specify number of authentication retries",
        "ssh bulk-mode": "Configure SSH bulk data transfer mode",
        "ssh client": "Configuration for SSH client",
        "ssh dh": "Diffie-Hellman",
        "ssh logging": "Configure logging for SSH",
        "ssh maxstartups": "Maximum concurrent sessions allowed",
        "ssh port": "Starting (or only) Port number to listen on",
        "ssh pubkey-chain": "pubkey-chain",
        "ssh rsa": "Configure RSA keypair name for SSH",
        "ssh server": "Configuration for SSH server",
        "ssh source-interface": "Specify interface for source address in SSH connections",
        "ssh stricthostkeycheck": "Enable SSH Server Authentication",
        "ssh time-out": "Specify SSH time-out interval",
        "ssh version": "Specify protocol version to be supported",
        "authentication-retries <0-5>": "Number of authentication retries",
        "time-out <1-120>": "SSH time-out interval (secs)",
        "version <1-2>": "Protocol version",
        "key-hash": "SSH key hash",
        "key-string": "SSH key string",
        "algorithm encryption": "Encryption algorithm",
        "algorithm hostkey": "Host key algorithm",
        "algorithm kex": "Key exchange algorithm",
        "algorithm mac": "HMAC algorithm",
        "algorithm publickey": "Public key algorithm",
    }
)


def _tell_of_missing_keys(edit: Edit) -> None:
    """Taken, but SSH stays off until there are keys."""
    if edit.text is None or edit.router.loading:
        return
    name = edit.values.get("name")
    pairs = edit.router.keys.pairs()
    if not any(name in (None, pair.label) for pair in pairs):
        edit.dialogue.write(NO_KEYS)


def _key_hash(edit: Edit) -> None:
    values = edit.values
    values["digest"] = str(values["digest"]).upper()
    if edit.text is None:
        return
    if len(values["digest"]) != 2 * md5(usedforsecurity=False).digest_size:
        raise RefusedError(argument="digest")
    if edit.before is None and len(edit.block.all("key-hash")) >= MOST_KEYS:
        raise RefusedError(TOO_MANY)
    comment = values.get("comment")
    edit.text = f"key-hash {values['type']} {values['digest']}" + (f" {comment}" if comment else "")


async def _key_string(edit: Edit) -> None:
    """Read the data of a key up to `exit` and keep its hash."""
    if edit.text is None:
        for entry in edit.block.all("key-hash"):
            edit.router.config.remove(edit.block, entry.key)
        return
    edit.text = None
    line = " ".join(("key-hash", *_hash(await _data(edit))))
    if len(edit.block.all("key-hash")) >= MOST_KEYS:
        raise RefusedError(TOO_MANY)
    edit.router.config.put(edit.block, written(edit.router, edit.block.mode, line))


async def _data(edit: Edit) -> list[str]:
    """The words of a key, from the line itself and from those up to `exit`."""
    words = str(edit.values.get("data", "")).split()
    prompt = edit.router.config_prompt(DATA_MODE)
    while len(words) <= MOST_WORDS:
        line = (await edit.dialogue.read_text_line(prompt)).strip()
        if line in ("exit", "quit", "end") or (not line and isinstance(edit.dialogue, Script)):
            break
        words += line.split()
    return words


def _hash(words: list[str]) -> tuple[str, ...]:
    """The type, the digest and the comment of a key in the form of OpenSSH.

    The type may be left out. What follows the data is the comment.
    """
    typed = bool(words) and not words[0].startswith("AAAA")
    kind = words[0] if typed else "ssh-rsa"
    data = words[1:] if typed else words
    for end in range(len(data), 0, -1):
        try:
            blob = b64decode("".join(data[:end]), validate=True)
        except ValueError:
            continue
        if _is_key(blob, kind):
            digest = md5(blob, usedforsecurity=False).hexdigest().upper()
            return (kind, digest, *data[end:])
    raise RefusedError(NOT_DECODED)


def _is_key(blob: bytes, kind: str) -> bool:
    """Whether key data is of that type: its name, then fields up to the end (RFC 4253)."""
    fields, at = [], 0
    while at + 4 <= len(blob):
        length = int.from_bytes(blob[at : at + 4], "big")
        fields.append(blob[at + 4 : at + 4 + length])
        at += 4 + length
    return at == len(blob) and len(fields) > 1 and fields[0] == kind.encode("latin-1", "replace")


def _indented(entry: Entry, _family: str) -> str:
    """IOS indents the lines of this block by one blank more than those of others."""
    return f" {entry.text}"


for _line in (
    "ip ssh bulk-mode [<window:131072-1073741824>]",
    "ip ssh maxstartups <count:2-128>",
    "ip ssh port <port:2000-10000> rotary <group:1-127>",
):
    declared.setting("config", _line, section="ip-ssh")
declared.setting(
    "config", "ip ssh time-out <seconds:1-120>", section="ip-ssh", default="ip ssh time-out 120"
)
declared.setting(
    "config",
    "ip ssh authentication-retries <count:0-5>",
    section="ip-ssh",
    default="ip ssh authentication-retries 3",
)
declared.setting("config", "ip ssh break-string <text>", section="ip-ssh")
declared.setting("config", "ip ssh source-interface <interface:interface>", section="ip-ssh")
declared.setting(
    "config", "ip ssh rsa keypair-name <name>", section="ip-ssh", check=_tell_of_missing_keys
)
declared.setting("config", "ip ssh logging events", section="ip-ssh")
declared.setting("config", "ip ssh stricthostkeycheck", section="ip-ssh")
declared.setting(
    "config", "ip ssh version <version:1-2>", section="ip-ssh", check=_tell_of_missing_keys
)
declared.setting("config", "ip ssh dh min size <bits:1024|2048|4096>", section="ip-ssh")
declared.setting("config", "ip ssh pubkey-chain", section="ip-ssh", enters="ssh-pubkey")
for _what in ("encryption", "mac", "kex", "hostkey", "authentication", "publickey"):
    declared.setting(
        "config",
        f"ip ssh server algorithm {_what} {{<algorithms:{ALGORITHMS[_what]}>}}+",
        section="ip-ssh",
    )
for _what in ("encryption", "mac", "kex"):
    declared.setting(
        "config",
        f"ip ssh client algorithm {_what} {{<algorithms:{ALGORITHMS[_what]}>}}+",
        section="ip-ssh",
    )
declared.setting("ssh-pubkey", "username <user!>", enters="ssh-pubkey-user", shown=_indented)
declared.setting("ssh-pubkey-user", "key-string [<data:line>]", check=_key_string)
declared.setting(
    "ssh-pubkey-user",
    "key-hash <type> <digest!:hex> [<comment:line>]",
    check=_key_hash,
    shown=_indented,
)
declared.setting("config", "ip scp server enable", section="ip-ssh")
