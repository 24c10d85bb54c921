"""The policies of a group, as an intent says them: the `sa ipsec` blocks of its key servers."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ...inventory.access_lines import Family
from ...parsers.config import IpsecProfile, TransformSet
from ...parsers.config import SaPolicy as SaView
from .grouping import GroupFacts, Served
from .ledger import Ledger, Said, said_of
from .lists import lines_of, traffic_of

Document = dict[str, Any]
Views = Sequence[tuple[Served, SaView]]
_SIZED: Final = ("aes", "gcm", "gmac")
_PLAIN: Final = ("des", "3des")
_COMBINED: Final = ("gcm", "gmac")


def policies_of(group: GroupFacts, multicast: str | None, ledger: Ledger) -> list[Document]:
    """The policies as most key servers have them, in the order of their profiles there."""
    numbers: dict[int, list[tuple[Served, SaView]]] = {}
    for served in group.served:
        for sa in served.view.sas:
            if sa.sequence is not None:
                numbers.setdefault(sa.sequence, []).append((served, sa))
    found = []
    for number in sorted(numbers, key=lambda number: (_place(numbers[number][0]), number)):
        document = _policy(group, number, numbers[number], multicast, ledger)
        if document is not None:
            found.append(document)
    return found


def _place(first: tuple[Served, SaView]) -> int:
    """The place of the profile of a policy among those of its key server."""
    served, sa = first
    names = list(served.found.config.ipsec_profiles)
    return names.index(sa.profile) if sa.profile in names else len(names)


def _policy(
    group: GroupFacts, number: int, views: Views, multicast: str | None, ledger: Ledger
) -> Document | None:
    what = f"policy {number} of {group.name}"
    family: Family = "ipv6" if group.family == "ipv6" else "ipv4"
    lists = list(_lists(views, family, ledger))
    lines = ledger.agreed(f"the list of {what}", lists) if lists else ()
    if not lines:
        for served, sa in views:
            ledger.left_out(served.found, sa.line, "nothing says what this policy encrypts")
        return None
    document: Document = {"number": number, **traffic_of(lines, family, multicast)}
    names = [said_of(it.found, sa, "acl", sa.acl) for it, sa in views if sa.acl]
    document["acl_name"] = ledger.agreed(f"the name of the list of {what}", names)
    document |= _protection(what, views, ledger)
    replays = [said_of(it.found, sa, "replay", (sa.replay, sa.replay_window)) for it, sa in views]
    kind, window = ledger.agreed(f"replays in {what}", replays)
    document["replay"] = {"kind": "off"} if kind == "none" else {"kind": kind, "window": window}
    tags = [said_of(it.found, sa, "tag_cts_sgt", sa.tag_cts_sgt) for it, sa in views]
    document["tag_sgt"] = ledger.agreed(f"tags in {what}", tags)
    return document


def _lists(views: Views, family: Family, ledger: Ledger) -> Iterable[Said[tuple[str, ...]]]:
    for served, sa in views:
        found = served.found
        listed = found.config.access_list_of(sa)
        if listed is None:
            ledger.left_out(found, sa.where("acl"), "there is no such access list")
            continue
        lines = tuple(lines_of(found, listed, family, ledger))
        if not any(line.startswith("permit ") for line in lines):
            ledger.left_out(found, listed.line, "this list permits nothing")
            continue
        shown = f"{sa.acl} with {len(lines)} lines"
        yield Said(lines, found.place(listed.line), found.name, shown)


def _protection(what: str, views: Views, ledger: Ledger) -> Document:
    """The profile, its lifetime and its transform set."""
    document: Document = {}
    profiles: list[tuple[Served, IpsecProfile]] = []
    for served, sa in views:
        profile = served.found.config.profile_of(sa)
        if profile is not None:
            profiles.append((served, profile))
        else:
            ledger.left_out(served.found, sa.where("profile"), "there is no such IPsec profile")
    named = [said_of(it.found, sa, "profile", sa.profile) for it, sa in views if sa.profile]
    if named:
        document["profile_name"] = ledger.agreed(f"the profile of {what}", named)
    if profiles:
        lives = [said_of(it.found, each, "lifetime_s", each.lifetime_s) for it, each in profiles]
        document["lifetime_s"] = ledger.agreed(f"the lifetime of {what}", lives)
    said = [each for it, profile in profiles for each in _transforms(it, profile, ledger)]
    if said:
        name, encryption, integrity = ledger.agreed(f"the transform of {what}", said)
        document["transform_name"] = name
        document["transform"] = {"encryption": encryption, "integrity": integrity}
    else:
        why = f"{what} encrypts with 'aes 256' and 'sha256'"
        ledger.assumed(what.rpartition(" ")[2], why, views[0][0].found)
    return document


def _transforms(
    served: Served, profile: IpsecProfile, ledger: Ledger
) -> Iterable[Said[tuple[str, str, str | None]]]:
    """The first transform set of a profile."""
    found, line = served.found, profile.where("transform_sets")
    for name in profile.transform_sets[1:]:
        ledger.left_out(found, line, f"a policy has one transform set, which is not {name}")
    for name in profile.transform_sets[:1]:
        each = found.config.transform_sets.get(name)
        if each is None:
            ledger.left_out(found, line, "there is no such transform set")
            continue
        transform = _transform(each)
        if transform is None:
            ledger.left_out(found, each.line, "an intent does not know this transform")
            continue
        place = found.place(each.line)
        yield Said((name, *transform), place, found.name, f"{name} {each.normalised}")


def _transform(each: TransformSet) -> tuple[str, str | None] | None:
    """Encryption and integrity in the words of an intent, None for what it does not know."""
    cipher = each.cipher
    if cipher is None or each.ah is not None or each.esn:
        return None
    if cipher in _PLAIN:
        return cipher, each.integrity
    if cipher not in _SIZED or each.key_bits is None:
        return None
    return f"{cipher} {each.key_bits}", None if cipher in _COMBINED else each.integrity
