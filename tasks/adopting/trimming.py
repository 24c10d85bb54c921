"""An intent as its text says it: without what holds anyway."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from ...inventory.models import Device, Group, Intent, Member, Membership, Wan
from ...inventory.naming import (
    acl_name,
    authorization_name,
    fail_close_name,
    ikev2_name,
    ipsec_profile_name,
    keyring_name,
    local_name,
    rekey_name,
    transform_name,
)
from ...inventory.relations import Relations
from ...inventory.resolve import device_views
from ...inventory.resolve_members import FAMILIES, STEP

Document = dict[str, Any]
_FIRST: Final = ("version", "domain", "ike", "key_servers", "groups", "members")
_OF_DEVICES: Final = (
    *("name", "external", "host", "os", "release", "domain", "address", "interface"),
    *("wan", "uplinks", "lan", "groups", "fail_close", "map_name"),
)
_WINDOWS: Final = {"counter": 64, "off": 0}


def trimmed(intent: Intent) -> Document:
    """The data of an intent, as short as they can be."""
    said: Document = intent.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for group, document in zip(intent.groups, said["groups"], strict=True):
        _group(group, document)
    relations = Relations(intent)
    for group, document in zip(intent.groups, said["groups"], strict=True):
        newer = any(it.version == "ikev2" for it in relations.seats_by_group[group.name])
        needless = not newer and group.member_domains == (intent.domain,)
        _drop(document, "member_domains", when=needless)
    for member, document in zip(intent.members, said.get("members", ()), strict=True):
        _member(relations, member, document)
    _identities(intent, [*said["key_servers"], *said.get("members", ())])
    for server, document in zip(intent.key_servers, said["key_servers"], strict=True):
        _keyring(server, server.wan, document)
    for member, document in zip(intent.members, said.get("members", ()), strict=True):
        _keyring(member, member.wan, document)
    said["version"] = intent.schema_version
    for key in ("key_servers", "members"):
        said[key] = [_in_order(document) for document in said.get(key, ())]
    return {key: said[key] for key in _FIRST if said.get(key, []) != []}


def _in_order(document: Document) -> Document:
    """The keys of a device, in the order in which people ask for them."""
    keys = dict.fromkeys((*_OF_DEVICES, *document))
    return {key: document[key] for key in keys if key in document}


def _drop(document: Document, key: str, *, when: bool) -> None:
    if when:
        document.pop(key, None)


def _keyring(device: Device, wan: Wan | None, document: Document) -> None:
    vrf = wan.vrf if wan is not None else None
    _drop(document, "keyring_name", when=device.keyring_name == f"KEYS-{vrf}")


def _group(group: Group, document: Document) -> None:
    bare = group.model_copy(
        update={"authorization_name": None, "ikev2_name": None, "keyring_name": None}
    )
    needless = authorization_name(group) in (None, authorization_name(bare))
    _drop(document, "authorization_name", when=needless)
    _drop(document, "ikev2_name", when=group.ikev2_name == ikev2_name(bare))
    _drop(document, "keyring_name", when=group.keyring_name == keyring_name(bare))
    rekey = group.rekey.model_copy(update={"acl_name": None})
    usual = rekey_name(group.model_copy(update={"rekey": rekey}))
    if "rekey" in document:
        _drop(document["rekey"], "acl_name", when=group.rekey.acl_name == usual)
        _drop(document, "rekey", when=not document["rekey"])
    names = ("acl_name", "profile_name", "transform_name")
    for policy, part in zip(group.policies, document["policies"], strict=True):
        other = policy.model_copy(update=dict.fromkeys(names))
        _drop(part, "acl_name", when=policy.acl_name == acl_name(group, other))
        _drop(part, "profile_name", when=policy.profile_name == ipsec_profile_name(group, other))
        _drop(part, "transform_name", when=policy.transform_name == transform_name(other))
        if policy.transform.combined:
            _drop(part["transform"], "integrity", when=True)
        if "replay" in part:
            kind = policy.replay.kind
            usual_window = policy.replay.window == _WINDOWS.get(kind)
            _drop(part["replay"], "window", when=usual_window)


def _member(relations: Relations, member: Member, document: Document) -> None:
    seats = relations.seats_by_member[member.name]
    places = dict.fromkeys(FAMILIES, 0)
    shorter: list[Document | str] = []
    for seat, part in zip(seats, document["groups"], strict=True):
        if isinstance(part, str):
            shorter.append(part)
            continue
        places[seat.group.family] += 1
        said: Membership = seat.membership
        usual = said.sequence == STEP * places[seat.group.family]
        _drop(part, "sequence", when=usual)
        bare = replace(seat, membership=said.model_copy(update={"local_acl_name": None}))
        needless = said.local_acl_name in (None, local_name(bare)) or not said.local_clear
        _drop(part, "local_acl_name", when=needless)
        shorter.append(part["group"] if list(part) == ["group"] else part)
    document["groups"] = shorter
    close = member.fail_close
    if close is not None and "fail_close" in document:
        bare_close = close.model_copy(update={"acl_name": None})
        usual = close.acl_name == fail_close_name(bare_close, "ipv4")
        _drop(document["fail_close"], "acl_name", when=usual)


def _identities(intent: Intent, documents: Iterable[Document]) -> None:
    """Leave out what devices would call themselves anyway."""
    update = {"isakmp_identity": None}
    plain = intent.model_copy(
        update={
            "key_servers": tuple(it.model_copy(update=update) for it in intent.key_servers),
            "members": tuple(it.model_copy(update=update) for it in intent.members),
        }
    )
    views = device_views(plain)
    for document in documents:
        view = views.get(document["name"])
        same = view is None or document.get("isakmp_identity") == view.isakmp_identity
        _drop(document, "isakmp_identity", when=same)
