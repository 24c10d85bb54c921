"""A configuration tree → `DeviceConfig`: every global line goes to the reader of its command."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from . import read_ike, read_ikev2, read_ipsec, read_pki, read_system
from .acl import ObjectGroup
from .device import DeviceConfig
from .ike import (
    Ikev2Keyring,
    Ikev2Peer,
    Ikev2Policy,
    Ikev2Profile,
    Ikev2Proposal,
    IsakmpKeepalive,
    IsakmpKey,
    IsakmpPolicy,
    IsakmpProfile,
    Keyring,
)
from .ipsec import IpsecProfile, TransformSet
from .line import ConfigLine
from .pki import CertificateChain, CryptoIdentity, Trustpoint
from .read_acl import AclDraft, Kind, numbered_kind
from .read_group import GroupDraft
from .read_ipsec import CryptoMapDraft
from .read_objects import read_object_group
from .said import Notes, Said, Table, is_negated, read_lines
from .system import Interface, RoutingProcess, Services
from .tree import ConfigTree
from .view import Draft

_T = TypeVar("_T")
_Drafts = dict[str, Draft]


def device_config(tree: ConfigTree) -> DeviceConfig:
    """The typed views of a configuration. It never raises: see `DeviceConfig.problems`."""
    return _Reader(tree).read()


class _Reader:
    """The views while the global lines are read, one after the other."""

    def __init__(self, tree: ConfigTree) -> None:
        self.tree = tree
        self.notes = Notes()
        first = tree.lines[0] if tree.lines else ConfigLine("", 1)
        self.device = Draft(first, tree=tree, hostname=tree.hostname)
        self.services = read_system.ServicesDraft(first)
        self.groups: dict[tuple[str, str], GroupDraft] = {}
        self.policies: _Drafts = {}
        self.keys: dict[object, IsakmpKey] = {}
        self.blocks: dict[str, _Drafts] = {}
        self.peers: dict[str, _Drafts] = {}
        self.lists: dict[str, AclDraft] = {}
        self.ipv6_lists: dict[str, AclDraft] = {}
        self.object_groups: _Drafts = {}
        self.maps: dict[tuple[str, str], CryptoMapDraft] = {}
        self.interfaces: _Drafts = {}
        self.routing: _Drafts = {}

    def read(self) -> DeviceConfig:
        """Read all lines and make the view."""
        for line in self.tree.lines:
            command = line.command
            if command in SERVICES:
                self.services.read(Said(line, self.notes))
            elif command in _BLOCKS:
                self._block(line)
            elif command in _READERS:
                _READERS[command](self, line)
            elif command.startswith("crypto") or _is_crypto(line.words):
                self.notes.unknown.extend(line.walk())
        return self._made()

    def _block(self, line: ConfigLine) -> None:
        """A block `COMMAND NAME` that may come again, with more lines."""
        said = Said(line, self.notes)
        name = said.word()
        if name is None:
            return
        kind, table = _BLOCKS[line.command]
        drafts = self.blocks.setdefault(kind, {})
        if not said.on:
            drafts.pop(name, None)
            if kind == "ikev2_keyrings":
                self.peers.pop(name, None)
            return
        draft = drafts.get(name)
        if draft is None:
            key = "trustpoint" if kind == "certificate_chains" else "name"
            draft = drafts[name] = Draft(line, **{key: name})
        if kind == "transform_sets":
            read_ipsec.read_transforms(draft, line, self.notes)
        elif kind == "keyrings":
            read_ike.read_keyring_header(draft, line, self.notes)
        elif kind == "ikev2_keyrings":
            read_ikev2.read_peers(self.peers.setdefault(name, {}), line.children, self.notes)
            return
        read_lines(line.children, draft, table, self.notes)

    def group(self, line: ConfigLine) -> None:
        """`crypto gdoi|gkm group [ipv6] NAME`."""
        said = Said(line, self.notes)
        family = "ipv6" if said.args[:1] == ["ipv6"] and len(said.args) > 1 else "ipv4"
        name = said.word(1 if family == "ipv6" else 0)
        if name is None:
            return
        if not said.on:
            self.groups.pop((family, name), None)
            return
        group = self.groups.setdefault((family, name), GroupDraft(line, name, family))
        group.read(line.children, self.notes)

    def policy(self, line: ConfigLine) -> None:
        """`crypto isakmp policy N`."""
        said = Said(line, self.notes)
        priority = said.integer(1, 10_000)
        key = said.args[0] if said.args else ""
        if not said.on:
            self.policies.pop(key, None)
            return
        draft = self.policies.setdefault(key, Draft(line, priority=priority))
        read_lines(line.children, draft, read_ike.POLICY, self.notes)

    def key(self, line: ConfigLine) -> None:
        """`crypto isakmp key …`."""
        key = read_ike.isakmp_key(line, self.notes)
        if key is None:
            return
        if is_negated(line):
            self.keys.pop(read_ike.peer_of(key), None)
        else:
            # A router refuses a second key for a peer.
            self.keys.setdefault(read_ike.peer_of(key), key)

    def keepalive(self, line: ConfigLine) -> None:
        """`crypto isakmp keepalive …`."""
        if is_negated(line):
            self.device.reset("isakmp_keepalive")
            return
        draft = Draft(line)
        read_ike.read_keepalive(draft, line, self.notes)
        self.device.set("isakmp_keepalive", draft.make(IsakmpKeepalive), line)

    def identity(self, line: ConfigLine) -> None:
        """`crypto isakmp identity address|dn|hostname`."""
        said = Said(line, self.notes)
        found = said.choice("address", "dn", "hostname") if said.on else None
        if found is not None:
            self.device.set("isakmp_identity", found, line)
        elif not said.on:
            self.device.reset("isakmp_identity")

    def ipsec_lifetime(self, line: ConfigLine) -> None:
        """`crypto ipsec security-association lifetime …`."""
        draft = Draft(line, lifetime_s=None)
        read_ipsec.read_sa_lifetime(draft, Said(line, self.notes))
        if "lifetime_s" not in draft.values:
            self.device.reset("ipsec_lifetime_s")
        elif draft.values["lifetime_s"] is not None:
            self.device.set("ipsec_lifetime_s", draft.values["lifetime_s"], line)

    def crypto_map(self, line: ConfigLine) -> None:
        """`crypto map [ipv6] NAME …`."""
        negated = is_negated(line)
        words = line.words[negated + 2 :]
        family = "ipv6" if words[:1] == ["ipv6"] else "ipv4"
        words = words[family == "ipv6" : words.index("!") if "!" in words else None]
        key = (family, words[0]) if words else None
        if key is None or (len(words) < 2 and not negated):
            self.notes.unknown.extend(line.walk())
            return
        if negated and (len(words) < 2 or key not in self.maps):
            self.maps.pop(key, None)
            return
        draft = self.maps.setdefault(key, CryptoMapDraft(line, words[0], family))
        draft.read(line, words[1:], self.notes)
        if negated and draft.is_empty:
            del self.maps[key]

    def access_list(self, line: ConfigLine) -> None:
        """`access-list NUMBER …`."""
        words = line.words
        if is_negated(line):
            self.lists.pop(words[2] if len(words) > 2 else "", None)
            return
        name = words[1] if len(words) > 1 else ""
        kind = numbered_kind(name)
        if kind is not None:
            draft = self.lists.setdefault(name, AclDraft(line, name, kind))
            draft.read(words[2:], line, self.notes)

    def named_access_list(self, line: ConfigLine) -> None:
        """`ip access-list extended|standard NAME`, `ipv6 access-list NAME`."""
        said = Said(line, self.notes)
        name = said.word()
        if name is None:
            return
        kind = _LIST_KINDS[line.command]
        lists = self.ipv6_lists if kind == "ipv6" else self.lists
        if not said.on:
            lists.pop(name, None)
            return
        draft = lists.setdefault(name, AclDraft(line, name, kind))
        for child in line.children:
            draft.read(child.words, child, self.notes)

    def object_group(self, line: ConfigLine) -> None:
        """`object-group network|service NAME`."""
        said = Said(line, self.notes)
        kind, name = said.word(), said.word(1)
        if kind is None or name is None:
            return
        if said.on:
            draft = self.object_groups.setdefault(name, Draft(line, kind=kind, name=name))
            read_object_group(draft, line)
        else:
            self.object_groups.pop(name, None)

    def interface(self, line: ConfigLine) -> None:
        """`interface NAME`."""
        said = Said(line, self.notes)
        name = said.text() if said.args[:1] == ["range"] else said.interface()
        if name is None:
            return
        new = read_system.InterfaceDraft(line, name=name)
        if said.on:
            draft = self.interfaces.setdefault(name, new)
            read_system.read_interface(draft, line, self.notes)
        elif said.default:
            self.interfaces[name] = new
        else:
            self.interfaces.pop(name, None)

    def router(self, line: ConfigLine) -> None:
        """`router PROTOCOL [TAG]`."""
        said = Said(line, self.notes)
        words = said.args
        if not words:
            return
        name = " ".join(words)
        if not said.on:
            self.routing.pop(name, None)
            return
        tag = words[1] if len(words) > 1 and words[1] != "vrf" else None
        draft = self.routing.setdefault(name, Draft(line, protocol=words[0], tag=tag))
        read_system.read_routing(draft, line)

    def single(self, line: ConfigLine) -> None:
        """`hostname X`, `version X`, `ip domain name X`: lines of the device with one value."""
        said = Said(line, self.notes)
        name = {"hostname": "hostname", "version": "version"}.get(line.command, "domain_name")
        args = said.args
        if line.command == "ip domain":
            if args[:1] != ["name"]:
                return
            args = args[1:]
        if args[:1] == ["vrf"]:
            return
        if not said.on:
            self.device.reset(name)
        elif args:
            self.device.set(name, args[-1].strip('"'), line)

    def _made(self) -> DeviceConfig:
        """The view of what was read."""
        set_field = self.device.values.__setitem__
        groups = self.groups.values()
        servers = (group.key_server() for group in groups)
        members = (group.group_member() for group in groups)
        set_field("key_servers", tuple(one for one in servers if one is not None))
        set_field("group_members", tuple(one for one in members if one is not None))
        set_field("isakmp_policies", _policies(self.policies))
        for name, peers in self.peers.items():
            if peers:
                made = tuple(_views(peers, Ikev2Peer).values())
                self.blocks["ikev2_keyrings"][name].set("peers", made, made[0].line)
        for kind, cls in _BLOCK_VIEWS.items():
            set_field(kind, _views(self.blocks.get(kind, {}), cls))
        keyrings: Mapping[str, Keyring] = self.device.values["keyrings"]
        ringed = (key for ring in keyrings.values() for key in ring.keys)
        set_field("isakmp_keys", (*self.keys.values(), *ringed))
        set_field("access_lists", {name: one.make() for name, one in self.lists.items()})
        set_field("ipv6_access_lists", {name: one.make() for name, one in self.ipv6_lists.items()})
        set_field("object_groups", _views(self.object_groups, ObjectGroup))
        interfaces = _views(self.interfaces, Interface)
        set_field("interfaces", interfaces)
        set_field("crypto_maps", self._crypto_maps(interfaces))
        set_field("routing", tuple(_views(self.routing, RoutingProcess).values()))
        set_field("services", self.services.make(Services))
        set_field("unknown_crypto", tuple(self.notes.unknown))
        set_field("problems", tuple(self.notes.problems))
        return self.device.make(DeviceConfig)

    def _crypto_maps(self, interfaces: Mapping[str, Interface]) -> tuple[object, ...]:
        applied: dict[tuple[str, str], list[str]] = {}
        for name, interface in interfaces.items():
            for family, crypto_map in (
                ("ipv4", interface.crypto_map),
                ("ipv6", interface.ipv6_crypto_map),
            ):
                if crypto_map is not None:
                    applied.setdefault((family, crypto_map), []).append(name)
        return tuple(one.make(tuple(applied.get(key, ()))) for key, one in self.maps.items())


def _is_crypto(words: list[str]) -> bool:
    """Whether a line that is not known is a crypto command, maybe cut short."""
    first = words[1] if words[0] in ("no", "default") and len(words) > 1 else words[0]
    return len(first) > 2 and "crypto".startswith(first)


def _views(drafts: _Drafts, cls: Callable[..., _T]) -> dict[str, _T]:
    return {name: draft.make(cls) for name, draft in drafts.items()}


def _policies(drafts: _Drafts) -> tuple[IsakmpPolicy, ...]:
    """The policies in the order in which the device offers them: by priority."""
    made = (draft.make(IsakmpPolicy) for draft in drafts.values())
    return tuple(sorted(made, key=lambda policy: policy.priority or 0))


SERVICES = read_system.SERVICES
_LIST_KINDS: dict[str, Kind] = {
    "ip access-list extended": "extended",
    "ip access-list standard": "standard",
    "ipv6 access-list": "ipv6",
}
_BLOCKS: dict[str, tuple[str, Table]] = {
    "crypto identity": ("crypto_identities", read_pki.IDENTITY),
    "crypto ikev2 keyring": ("ikev2_keyrings", {}),
    "crypto ikev2 policy": ("ikev2_policies", read_ikev2.POLICY),
    "crypto ikev2 profile": ("ikev2_profiles", read_ikev2.PROFILE),
    "crypto ikev2 proposal": ("ikev2_proposals", read_ikev2.PROPOSAL),
    "crypto ipsec profile": ("ipsec_profiles", read_ipsec.PROFILE),
    "crypto ipsec transform-set": ("transform_sets", read_ipsec.TRANSFORM_SET),
    "crypto isakmp profile": ("isakmp_profiles", read_ike.PROFILE),
    "crypto keyring": ("keyrings", read_ike.KEYRING),
    "crypto pki certificate chain": ("certificate_chains", read_pki.CERTIFICATES),
    "crypto ca certificate chain": ("certificate_chains", read_pki.CERTIFICATES),
    "crypto pki trustpoint": ("trustpoints", read_pki.TRUSTPOINT),
    "crypto ca trustpoint": ("trustpoints", read_pki.TRUSTPOINT),
}
_BLOCK_VIEWS: dict[str, Callable[..., object]] = {
    "certificate_chains": CertificateChain,
    "crypto_identities": CryptoIdentity,
    "ikev2_keyrings": Ikev2Keyring,
    "ikev2_policies": Ikev2Policy,
    "ikev2_profiles": Ikev2Profile,
    "ikev2_proposals": Ikev2Proposal,
    "ipsec_profiles": IpsecProfile,
    "isakmp_profiles": IsakmpProfile,
    "keyrings": Keyring,
    "transform_sets": TransformSet,
    "trustpoints": Trustpoint,
}
_READERS: dict[str, Callable[[_Reader, ConfigLine], None]] = {
    "access-list": _Reader.access_list,
    "crypto gdoi group": _Reader.group,
    "crypto gkm group": _Reader.group,
    "crypto ipsec security-association": _Reader.ipsec_lifetime,
    "crypto isakmp identity": _Reader.identity,
    "crypto isakmp keepalive": _Reader.keepalive,
    "crypto isakmp key": _Reader.key,
    "crypto isakmp policy": _Reader.policy,
    "crypto map": _Reader.crypto_map,
    "crypto map entry": _Reader.crypto_map,
    "crypto map fail-close": _Reader.crypto_map,
    "hostname": _Reader.single,
    "interface": _Reader.interface,
    "ip access-list extended": _Reader.named_access_list,
    "ip access-list standard": _Reader.named_access_list,
    "ip domain": _Reader.single,
    "ip domain-name": _Reader.single,
    "ipv6 access-list": _Reader.named_access_list,
    "object-group": _Reader.object_group,
    "router": _Reader.router,
    "version": _Reader.single,
}
