"""`crypto ikev2` blocks → views."""

from collections.abc import Callable, Iterable

from .ike import Ikev2Peer
from .line import ConfigLine
from .said import Notes, Said, Table, after, many, network, one, read_lines, unmodelled
from .view import Draft


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
    if said.args[:1] == ["fvrf"] and len(said.args) > 1:
        draft.set("match_fvrf", said.args[1], said.line)
    elif said.args[:2] == ["address", "local"] and len(said.args) > 2:
        draft.add("match_address", " ".join(said.args[2:]), said.line)
    else:
        said.problem("expected fvrf or address local")


POLICY: Table = {"proposal": many("proposals", Said.word), "match": _policy_match}


def read_peers(draft: Draft, lines: Iterable[ConfigLine], notes: Notes) -> None:
    """The `peer NAME` blocks of a keyring."""
    for header in lines:
        if header.command != "keyring-peer":
            notes.unknown.extend(header.walk())
            continue
        name = Said(header, notes).word()
        if name is not None:
            peer = Draft(header, name=name)
            read_lines(header.children, peer, _PEER, notes)
            draft.add("peers", peer.make(Ikev2Peer), header)


def _peer_address(draft: Draft, said: Said) -> None:
    if said.word() is None:
        return
    found = network(*said.args[:2])
    if found is None:
        said.problem("expected the address of a peer, or an address and a mask")
    else:
        draft.set("address", found, said.line)


def _pre_shared_key(draft: Draft, said: Said) -> None:
    """`pre-shared-key [local|remote] [0|6|hex] KEY`."""
    which = said.args[0] if said.args[:1] in (["local"], ["remote"]) else None
    rest = said.args[1:] if which else said.args
    for name, other in (("local_key", "remote"), ("remote_key", "local")):
        if which != other:
            draft.set(name, said.on, said.line)
    draft.add("secret_types", 6 if len(rest) > 1 and rest[0] == "6" else 0, said.line)


_PEER: Table = {
    "address": _peer_address,
    "hostname": one("hostname", Said.word),
    "identity": one("identity", Said.text),
    "description": unmodelled,
    "pre-shared-key": _pre_shared_key,
}


def _authentication(draft: Draft, said: Said) -> None:
    """`authentication local|remote METHOD [key …]`."""
    side = said.choice("local", "remote")
    method = said.word(1) if side else None
    if side is None or method is None:
        return
    if side == "local":
        draft.set("authentication_local", method, said.line)
    else:
        draft.add("authentication_remote", method, said.line)
    if said.args[2:3] == ["key"]:
        kind = 6 if said.args[3:4] == ["6"] else 0
        draft.add("inline_secret_types", kind, said.line)


def _dpd(draft: Draft, said: Said) -> None:
    """`dpd INTERVAL RETRY on-demand|periodic`."""
    interval, retry = said.integer(10, 3_600), said.integer(2, 60, 1)
    said.args = said.args[2:]
    mode = said.choice("on-demand", "periodic")
    if interval is not None and retry is not None and mode is not None:
        draft.set("dpd", (interval, retry, mode), said.line)


def _profile_match(draft: Draft, said: Said) -> None:
    """`match identity remote …`, `match fvrf V`, `match certificate MAP`."""
    rest = " ".join(said.args[1:])
    if said.args[:1] == ["identity"] and rest:
        draft.add("match_identity", rest.removeprefix("remote "), said.line)
    elif said.args[:1] == ["fvrf"] and rest:
        draft.set("match_fvrf", rest, said.line)
    elif said.args[:1] == ["certificate"] and rest:
        draft.add("match_certificate", rest, said.line)
    elif said.args[:1] != ["address"]:
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
