"""`crypto gdoi|gkm group` blocks → `KeyServerConfig` and `GroupMemberConfig`."""

from collections.abc import Sequence

from . import defaults
from .group import GroupMemberConfig, KeyServerConfig, Redundancy, SaPolicy
from .line import ConfigLine
from .said import (
    Notes,
    Said,
    Table,
    after,
    flag,
    integer,
    is_negated,
    lifetime,
    many,
    number_after,
    one,
    read_lines,
)
from .view import Draft

_CIPHERS = ("des-cbc", "3des-cbc", "aes")
_HASHES = ("sha", "sha256", "sha384", "sha512")
_KEY_SIZES = ("128", "192", "256")
_MAX_UINT32 = 0xFFFF_FFFF


class GroupDraft:
    """A group while it is read; its header may come again, with more lines."""

    def __init__(self, line: ConfigLine, name: str, family: str) -> None:
        self.line = line
        self.common = Draft(
            line, group=name, family=family, spelling="gkm" if "gkm" in line.command else "gdoi"
        )
        self.server: Draft | None = None
        self.member = Draft(line)
        self.redundancy: Draft | None = None
        self.sas: dict[int | None, Draft] = {}

    def read(self, lines: Sequence[ConfigLine], notes: Notes) -> None:
        """Read the lines of a block of this group."""
        for line in lines:
            if line.command == "server local":
                self._server_local(line, notes)
            elif line.command.startswith("identity "):
                read_lines((line,), self.common, _COMMON, notes)
            else:
                read_lines((line,), self.member, _MEMBER, notes)

    def _server_local(self, header: ConfigLine, notes: Notes) -> None:
        if is_negated(header):
            self.server, self.redundancy, self.sas = None, None, {}
            return
        self.server = self.server or Draft(self.line)
        for line in header.children:
            if line.command == "sa ipsec":
                self._sa(line, notes)
            elif line.command == "server-redundancy":
                self._redundancy(line, notes)
            elif line.command == "identifier":
                if is_negated(line):
                    self.server.reset("kssids")
                read_lines(line.children, self.server, _IDENTIFIER, notes)
            else:
                read_lines((line,), self.server, _SERVER, notes)

    def _sa(self, header: ConfigLine, notes: Notes) -> None:
        said = Said(header, notes)
        sequence = said.integer(0, 65_535)
        if not said.on:
            self.sas.pop(sequence, None)
            return
        draft = self.sas.setdefault(sequence, Draft(header, sequence=sequence))
        read_lines(header.children, draft, _SA, notes)

    def _redundancy(self, header: ConfigLine, notes: Notes) -> None:
        if is_negated(header):
            self.redundancy = None
            return
        self.redundancy = self.redundancy or Draft(header)
        read_lines(header.children, self.redundancy, _REDUNDANCY, notes)

    def key_server(self) -> KeyServerConfig | None:
        """The view of a group with `server local`, else None."""
        if self.server is None:
            return None
        draft = self._joined(self.server)
        if self.sas:
            draft.values["sas"] = tuple(sa.make(SaPolicy) for sa in self.sas.values())
            draft.origins["sas"] = next(iter(self.sas.values())).line
        if self.redundancy is not None:
            self.redundancy.values["peer_lines"] = self.redundancy.lines_of("peers")
            draft.set("redundancy", self.redundancy.make(Redundancy), self.redundancy.line)
        return draft.make(KeyServerConfig)

    def group_member(self) -> GroupMemberConfig | None:
        """The view of a group that names servers, or that is no key server either; else None."""
        lines = self.member.lines_of("servers")
        if self.server is not None and not lines:
            return None
        self.member.values["server_lines"] = lines
        return self._joined(self.member).make(GroupMemberConfig)

    def _joined(self, own: Draft) -> Draft:
        """The common fields and those of one role."""
        draft = Draft(self.line, **self.common.values, **own.values)
        draft.origins = {**self.common.origins, **own.origins}
        draft.items = own.items
        return draft


def _cipher(said: Said) -> str | None:
    """A key encryption cipher: `3des-cbc`, `aes 256`."""
    cipher = said.choice(*_CIPHERS)
    if cipher != "aes":
        return cipher
    if len(said.args) < 2:
        return f"aes {defaults.AES_KEY_BITS}"
    if said.args[1] not in _KEY_SIZES:
        said.problem("expected a key size of 128, 192 or 256")
        return None
    return f"aes {said.args[1]}"


def _ciphers(said: Said) -> tuple[str, ...]:
    """A list of ciphers, each once; only AES has a size behind it."""
    found: dict[str, None] = {}
    words, index = said.args, 0
    while index < len(words):
        said.args = words[index : index + 2]
        cipher = _cipher(said)
        if cipher is None:
            break
        found[cipher] = None
        index += 2 if cipher.startswith("aes") else 1
    return tuple(found)


def _hashes(said: Said) -> tuple[str, ...]:
    """A list of hashes."""
    if any(word not in _HASHES for word in said.args):
        said.problem(f"expected some of {', '.join(_HASHES)}")
    return tuple(word for word in said.args if word in _HASHES)


def _client_rekey(draft: Draft, said: Said) -> None:
    what = said.choice("encryption", "hash")
    if what is None:
        return
    name = "rekey_ciphers" if what == "encryption" else "rekey_hashes"
    said.args = said.args[1:]
    if not said.on:
        draft.reset(name)
    elif found := _ciphers(said) if what == "encryption" else _hashes(said):
        draft.set(name, found, said.line)


def _sig_hash(said: Said) -> str | None:
    return said.choice(*_HASHES) if said.skip("algorithm") else None


def _rekey_lifetime(said: Said) -> int | None:
    return lifetime(said, 300, 2_592_000)


def _retransmit(draft: Draft, said: Said) -> None:
    """`rekey retransmit S number N` or `rekey retransmit S periodic`."""
    for name in ("rekey_retransmit_s", "rekey_retransmit_count", "rekey_periodic"):
        draft.reset(name)
    if not said.on:
        return
    interval = said.integer(10, 60)
    if interval is not None:
        draft.set("rekey_retransmit_s", interval, said.line)
    said.args = said.args[1:]
    if not said.args:
        return
    how = said.choice("number", "periodic")
    if how == "periodic":
        draft.set("rekey_periodic", True, said.line)
    elif how == "number":
        count = said.integer(1, 255, 1)
        if count is not None:
            draft.set("rekey_retransmit_count", count, said.line)


def _transport(draft: Draft, said: Said) -> None:
    """`rekey transport unicast`."""
    if said.default:
        draft.reset("rekey_unicast")
    elif not said.on or said.choice("unicast") is not None:
        draft.set("rekey_unicast", said.on, said.line)


def _client_interface(said: Said) -> str | None:
    return said.interface() if said.skip("interface") else None


def _group_size(said: Said) -> str | None:
    size = said.choice("small", "medium", "large")
    return size if size is None else " ".join((size, *said.args[1:2]))


def _d3p(said: Said) -> int | None:
    if not said.skip("window"):
        return None
    unit = said.choice("sec", "msec")
    if unit == "msec":
        return said.integer(1_000, 100_000, 1)
    seconds = said.integer(1, 100, 1) if unit == "sec" else None
    return None if seconds is None else seconds * 1_000


def _sender_ids(said: Said) -> tuple[int, int] | None:
    """`range 10 - 19` or `value 7`, as first and last."""
    numbers = [integer(word) for word in " ".join(said.args).replace("-", " ").split()]
    if len(numbers) not in (1, 2) or any(n is None or n > 127 for n in numbers):
        said.problem("expected sender identifiers from 0 to 127")
        return None
    first, last = numbers[0], numbers[-1]
    return None if first is None or last is None else (first, last)


def _match_address(draft: Draft, said: Said) -> None:
    if not said.on:
        draft.reset("acl")
        draft.reset("acl_family")
        return
    if not said.skip("address"):
        return
    family = said.choice("ipv4", "ipv6")
    name = said.word(1) if family else None
    if name is not None:
        draft.set("acl", name, said.line)
        draft.set("acl_family", family, said.line)


def _replay(draft: Draft, said: Said) -> None:
    """`replay counter|time window-size N`, `no replay`."""
    how = said.choice("counter", "time") if said.on else "none"
    if how is None:
        return
    draft.reset("replay")
    draft.reset("replay_window")
    if said.default:
        return
    draft.set("replay", how, said.line)
    if not said.on:
        draft.set("replay_window", 0, said.line)
        return
    said.args = said.args[1:]
    if said.args and said.skip("window-size"):
        window = said.integer(1, 100) if how == "time" else said.integer(64, 1_024)
        if window is not None:
            draft.set("replay_window", window, said.line)


def _server(said: Said) -> object:
    """`server address ipv4 A`, `server hostname [ipv4|ipv6] H`."""
    if said.line.command == "server address":
        return said.ip()
    return said.word(1 if said.args[:1] in (["ipv4"], ["ipv6"]) else 0)


def _protocol(draft: Draft, said: Said) -> None:
    """`client protocol gdoi` or `client protocol gikev2 PROFILE`."""
    draft.reset("protocol")
    draft.reset("ikev2_profile")
    protocol = said.choice("gdoi", "gikev2") if said.on else None
    if protocol is not None:
        draft.set("protocol", protocol, said.line)
    if protocol == "gikev2" and (profile := said.word(1)) is not None:
        draft.set("ikev2_profile", profile, said.line)


def _transport_key(draft: Draft, said: Said) -> None:
    kind = said.choice("group-key", "pair-wise-key") if said.on else None
    if kind is not None:
        draft.set("pairwise_keying", kind == "pair-wise-key", said.line)
    elif not said.on:
        draft.reset("pairwise_keying")


_COMMON: Table = {
    "identity number": one("identity", lambda said: said.integer(0, _MAX_UINT32)),
    "identity address": one("identity", Said.ip),
}
_MEMBER: Table = {
    "server address": many("servers", _server),
    "server hostname": many("servers", _server),
    "passive": flag("passive"),
    "client protocol": _protocol,
    "client registration": one("registration_interface", _client_interface),
    "client bypass-policy": flag("bypass_policy"),
    "client rekey": _client_rekey,
    "client transform-sets": one("transform_sets", lambda said: tuple(said.args)),
    "client recovery-check": one("recovery_check_s", number_after("interval", low=100, high=1_000)),
    "client status": one("active_sa_track", number_after("active-sa", "track", low=1, high=1_000)),
    "client pfs": flag("pfs"),
    "client fail-close": flag("fail_close_revert"),
    "client transport-encrypt-key": _transport_key,
}
_SERVER: Table = {
    "address": one("address", Said.ip),
    "authorization address": one("authorization_acl", after("ipv4")),
    "authorization identity": one("authorization_identity", Said.word),
    "gdoi": flag("gdoi"),
    "gikev2": one("gikev2", Said.word),
    "group size": one("group_size", _group_size),
    "pfs": flag("pfs"),
    "registration interface": one("registration_interface", Said.interface),
    "registration periodic": one("crl_trustpoint", after("crl", "trustpoint")),
    "rekey acknowledgement": one(
        "rekey_acknowledgement", lambda said: said.choice("any", "cisco", "interoperable")
    ),
    "rekey address": one("rekey_address_acl", after("ipv4")),
    "rekey algorithm": one("rekey_algorithm", _cipher),
    "rekey authentication": one("rekey_authentication", after("mypubkey", "rsa")),
    "rekey lifetime": one("rekey_lifetime_s", _rekey_lifetime),
    "rekey retransmit": _retransmit,
    "rekey sig-hash": one("rekey_sig_hash", _sig_hash),
    "rekey transport": _transport,
    "sa d3p": one("d3p_window_ms", _d3p),
    "sa pair-wise-keying": flag("pairwise_keying"),
    "sa receive-only": flag("receive_only"),
}
_IDENTIFIER: Table = {
    "range": many("kssids", _sender_ids),
    "value": many("kssids", _sender_ids),
}
_SA: Table = {
    "profile": one("profile", Said.word),
    "match": _match_address,
    "replay": _replay,
    "tag": flag("tag_cts_sgt"),
}
_REDUNDANCY: Table = {
    "local priority": one("priority", lambda said: said.integer(1, 255)),
    "peer address": many("peers", Said.ip),
    "protocol version": one("protocol_version", lambda said: said.choice("base", "optimize")),
    "protocol pdu": one("pdu_size", lambda said: said.integer(1, 65_000)),
}
