"""`crypto ikev2` blocks → views."""

from collections.abc import Callable, Iterable

from .keywords import one_of
from .line import ConfigLine
from .said import Notes, Said, Table, after, many, network, one, read_lines, unmodelled
from .view import Draft

_METHODS = ("anyconnect-eap", "eap", "ecdsa-sig", "pre-share", "rsa-sig")
_IDENTITIES = ("address", "any", "email", "fqdn", "key-id")


def _words(said: Said) -> tuple[str, ...] | None:
    """All arguments, at least one."""
    return tuple(said.args) if said.word() is not None else None


def _groups(said: Said) -> tuple[int, ...] | None:
    """Diffie-Hellman groups."""
    numbers = [said.integer(1, 24, index) for index in range(max(1, len(said.args)))]
    return tuple(number for number in numbers if number is not None) or None


PROPOSAL: Table = {
    "encryption": one("encryption", _words),
    "integrity": one("integrity", _words),
    "prf": one("prf", _words),
    "group": one("dh_groups", _groups),
}


def _policy_match(draft: Draft, said: Said) -> None:
    """`match fvrf V`, `match address local A`."""
    if said.take("fvrf"):
        _MATCH_FVRF(draft, said)
    elif said.take("address", "local"):
        _MATCH_ADDRESS(draft, said)
    else:
        said.problem("expected fvrf or address local")


_MATCH_ADDRESS = many("match_address", Said.text)
_MATCH_CERTIFICATE = many("match_certificate", Said.text)
_MATCH_FVRF = one("match_fvrf", Said.text)
_MATCH_IDENTITY = many("match_identity", Said.text)

POLICY: Table = {"proposal": many("proposals", Said.word), "match": _policy_match}


def read_peers(peers: dict[str, Draft], lines: Iterable[ConfigLine], notes: Notes) -> None:
    """The `peer NAME` blocks of a keyring, which may come again with more lines."""
    for header in lines:
        if header.command != "keyring-peer":
            notes.unknown.extend(header.walk())
            continue
        said = Said(header, notes)
        name = said.word()
        if name is None:
            continue
        if not said.on:
            peers.pop(name, None)
            continue
        peer = peers.setdefault(name, Draft(header, name=name))
        read_lines(header.children, peer, _PEER, notes)


def _peer_address(said: Said) -> object:
    """`address A [M]`."""
    found = None if said.word() is None else network(*said.args[:2])
    if found is None:
        said.problem("expected the address of a peer, or an address and a mask")
    return found


def _pre_shared_key(draft: Draft, said: Said) -> None:
    """`pre-shared-key [local|remote] [0|6|hex] KEY`."""
    # A key that reads like one of these words stands alone, unless it is taken back.
    sided = len(said.args) > said.on
    local = sided and said.take("local")
    remote = sided and not local and said.take("remote")
    for name, other in (("local_key", remote), ("remote_key", local)):
        if not other:
            draft.set(name, said.on, said.line)
    if said.on:
        typed = len(said.args) > 1 and said.args[0] == "6"
        draft.add("secret_types", 6 if typed else 0, said.line)
    elif not local and not remote:
        draft.reset("secret_types")


_PEER: Table = {
    "address": one("address", _peer_address),
    "hostname": one("hostname", Said.word),
    "identity": one("identity", Said.text),
    "description": unmodelled,
    "pre-shared-key": _pre_shared_key,
}


def _authentication(draft: Draft, said: Said) -> None:
    """`authentication local|remote METHOD [key …]`."""
    side = said.choice("local", "remote")
    if side is None:
        return
    word = said.word(1) if said.on or len(said.args) > 1 else None
    method = None if word is None else one_of(_METHODS, word) or word
    name = f"authentication_{side}"
    if not said.on:
        if side == "local" or method is None:
            draft.reset(name)
        else:
            draft.remove(name, method)
        return
    if method is None:
        return
    if side == "local":
        draft.set(name, method, said.line)
    else:
        draft.add(name, method, said.line)
    if said.args[2:3] == ["key"]:
        kind = 6 if said.args[3:4] == ["6"] else 0
        draft.add("inline_secret_types", kind, said.line)


def _dpd(draft: Draft, said: Said) -> None:
    """`dpd INTERVAL RETRY on-demand|periodic`."""
    if not said.on:
        draft.reset("dpd")
        return
    interval, retry = said.integer(10, 3_600), said.integer(2, 60, 1)
    said.args = said.args[2:]
    mode = said.choice("on-demand", "periodic")
    if interval is not None and retry is not None and mode is not None:
        draft.set("dpd", (interval, retry, mode), said.line)


def _profile_match(draft: Draft, said: Said) -> None:
    """`match identity remote …`, `match fvrf V`, `match certificate MAP`."""
    if said.take("identity"):
        said.take("remote")
        said.args[:1] = [one_of(_IDENTITIES, word) or word for word in said.args[:1]]
        _MATCH_IDENTITY(draft, said)
    elif said.take("fvrf"):
        _MATCH_FVRF(draft, said)
    elif said.take("certificate"):
        _MATCH_CERTIFICATE(draft, said)
    elif not said.take("address"):
        said.problem("expected identity, fvrf, certificate or address")


def _keyring(said: Said) -> str | None:
    """`keyring local NAME`, `keyring aaa …`, or the older `keyring NAME`."""
    return said.word(1 if said.args[:1] in (["local"], ["aaa"]) else 0)


def _rest_after(*keywords: str) -> Callable[[Said], str | None]:
    return after(*keywords, text=True)


PROFILE: Table = {
    "authentication": _authentication,
    "dpd": _dpd,
    "identity": one("identity_local", _rest_after("local")),
    "ivrf": one("ivrf", Said.word),
    "keyring": one("keyring", _keyring),
    "lifetime": one("lifetime_s", lambda said: said.integer(120, 86_400)),
    "match": _profile_match,
    "pki": many("trustpoints", after("trustpoint")),
    "aaa": unmodelled,
    "anyconnect": unmodelled,
    "config-exchange": unmodelled,
    "config-mode": unmodelled,
    "description": unmodelled,
    "initial-contact": unmodelled,
    "nat": unmodelled,
    "reconnect": unmodelled,
    "redirect": unmodelled,
    "shutdown": unmodelled,
    "virtual-template": unmodelled,
}
