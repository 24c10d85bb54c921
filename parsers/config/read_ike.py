"""`crypto isakmp` and `crypto keyring` lines → views of IKE version 1."""

from . import defaults
from .ike import IsakmpKey
from .keywords import one_of
from .line import ConfigLine
from .said import Notes, Said, Table, after, many, network, one, unmodelled
from .view import Draft

_ENCRYPTIONS = ("des", "3des", "aes")
_HASHES = ("md5", "sha", "sha256", "sha384", "sha512")
_AUTHENTICATIONS = ("pre-share", "rsa-sig", "rsa-encr", "ecdsa-sig")
_TYPES = ("0", "6")
_PEER_WORDS = ("address", "hostname")


def _encryption(draft: Draft, said: Said) -> None:
    draft.reset("encryption")
    draft.reset("key_bits")
    cipher = said.choice(*_ENCRYPTIONS) if said.on else None
    if cipher is None:
        return
    draft.set("encryption", cipher, said.line)
    if cipher == "aes":
        bits = said.integer(128, 256, 1) if len(said.args) > 1 else defaults.AES_KEY_BITS
        if bits is not None:
            draft.set("key_bits", bits, said.line)


POLICY: Table = {
    "encryption": _encryption,
    "hash": one("hash", lambda said: said.choice(*_HASHES)),
    "authentication": one("authentication", lambda said: said.choice(*_AUTHENTICATIONS)),
    "group": one("dh_group", lambda said: said.integer(1, 24)),
    "lifetime": one("lifetime_s", lambda said: said.integer(60, 86_400)),
}


def isakmp_key(line: ConfigLine, notes: Notes) -> IsakmpKey | None:
    """`crypto isakmp key [0|6] KEY address|hostname …`."""
    said = Said(line, notes)
    args = said.args
    typed = len(args) > 1 and args[0] in _TYPES and args[1] not in _PEER_WORDS
    secret_type = int(args[0]) if typed else 0
    for at in range(1 + typed, len(args)):
        peer = next((one for one in _PEER_WORDS if one.startswith(args[at].lower())), None)
        if peer is not None:
            said.args = [peer, *args[at + 1 :]]
            return _key(Draft(line, secret_type=secret_type), said)
    said.problem("expected address or hostname after the key")
    return None


def keyring_key(draft: Draft, said: Said) -> None:
    """`pre-shared-key address|hostname … key [0|6] KEY` in a `crypto keyring`."""
    # Not before the third word, where a host may have the name.
    at = next((at for at, word in enumerate(said.args) if at > 1 and word.lower() == "key"), None)
    if at is None and said.on:
        said.problem("expected key and the key")
        return
    secret = [] if at is None else said.args[at + 1 :]
    said.args = said.args[:at]
    said.args[:1] = [one_of(_PEER_WORDS, word) or word for word in said.args[:1]]
    key = _key(
        Draft(
            said.line,
            secret_type=int(secret[0]) if len(secret) > 1 and secret[0] in _TYPES else 0,
            keyring=draft.values["name"],
            vrf=draft.values.get("vrf"),
        ),
        said,
    )
    if said.on:
        draft.add("keys", key, said.line, peer_of(key))
    else:
        draft.remove("keys", peer_of(key))


def peer_of(key: IsakmpKey) -> object:
    """For whom a key is: a peer has one. Of keys that are not understood each has its own."""
    known = key.address is not None or key.hostname is not None
    return key.address, key.hostname, 0 if known else key.line.lineno


def _key(draft: Draft, said: Said) -> IsakmpKey:
    """The key for the peer that `said.args` name, which begin with `address` or `hostname`."""
    args = said.args
    if "no-xauth" in args:
        draft.values["no_xauth"] = True
        args = [word for word in args if word != "no-xauth"]
    said.args = args
    if args[:1] == ["hostname"]:
        host = said.word(1)
        if host is not None:
            draft.set("hostname", host, said.line)
    elif said.word(1 if args[1:2] != ["ipv6"] else 2) is not None:
        rest = args[2:] if args[1] == "ipv6" else args[1:]
        found = network(*rest[:2])
        if found is None:
            said.problem("expected the address of a peer, or an address and a mask")
        else:
            draft.set("address", found, said.line)
    return draft.make(IsakmpKey)


KEYRING: Table = {
    "pre-shared-key": keyring_key,
    "local-address": one("local_address", Said.text),
    "description": unmodelled,
    "rsa-pubkey": unmodelled,
}


def read_keyring_header(draft: Draft, line: ConfigLine, notes: Notes) -> None:
    """`crypto keyring NAME [vrf V]`."""
    said = Said(line, notes)
    if len(said.args) > 2 and said.args[1] == "vrf":
        draft.set("vrf", said.args[2], line)


def _profile_keepalive(draft: Draft, said: Said) -> None:
    """`keepalive S retry R`."""
    interval = said.integer(10, 3_600)
    if interval is None:
        return
    draft.set("keepalive_s", interval, said.line)
    if len(said.args) > 2 and said.args[1] == "retry":
        retry = said.integer(2, 60, 2)
        if retry is not None:
            draft.set("keepalive_retry_s", retry, said.line)


PROFILE: Table = {
    "ca trust-point": many("trustpoints", Said.word),
    "keyring": many("keyrings", Said.word),
    "match": many("match_identity", after("identity", text=True)),
    "self-identity": one("self_identity", Said.text),
    "vrf": one("vrf", Said.word),
    "keepalive": _profile_keepalive,
    "local-address": one("local_address", Said.text),
    "accounting": unmodelled,
    "client": unmodelled,
    "description": unmodelled,
    "initiate": unmodelled,
    "isakmp": unmodelled,
    "qos-group": unmodelled,
    "virtual-template": unmodelled,
}


def read_keepalive(draft: Draft, line: ConfigLine, notes: Notes) -> None:
    """`crypto isakmp keepalive S [R] [periodic|on-demand]`."""
    said = Said(line, notes)
    interval = said.integer(10, 3_600)
    if interval is not None:
        draft.set("interval_s", interval, line)
    said.args = said.args[1:]
    if said.args and said.args[0][0].isdecimal():
        retry = said.integer(2, 60)
        if retry is not None:
            draft.set("retry_s", retry, line)
        said.args = said.args[1:]
    if said.args:
        how = said.choice("periodic", "on-demand")
        if how is not None:
            draft.set("periodic", how == "periodic", line)
