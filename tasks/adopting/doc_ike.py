"""Algorithms of IKE, as an intent says them: those of the network, and where devices differ."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from ...inventory.models import Ike
from ...inventory.views import IsakmpPolicyView
from ...parsers.config import Ikev2Profile, Ikev2Proposal, IsakmpPolicy
from .grouping import Identity
from .people import Network
from .proof import METHODS, Proof, profile_of
from .reading import Found

Document = dict[str, Any]
_HASHES: Final = {"sha1": "sha"}
_ALGORITHMS: Final = ("encryption", "integrity", "group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What a device offers: its own algorithms as far as they are known, and all its policies."""

    own: Document
    policies: tuple[IsakmpPolicy, ...]


def offers_of(found: Found, network: Network, proofs: Mapping[Identity, Proof | None]) -> Offers:
    """The algorithms of a device: its first policy that its groups can use, else a proposal."""
    needed = _needed(found, network, proofs)
    policies = tuple(sorted(found.config.isakmp_policies, key=lambda each: each.priority or 0))
    usable = [it for it in policies if it.authentication in METHODS and _fits(it)]
    fit = [it for it in usable if METHODS[it.authentication] in needed] or usable
    own: Document = {}
    if fit:
        own = {"priority": fit[0].priority, **algorithms(fit[0])}
    newer = _proposal(found, network)
    if newer is not None:
        profile, proposal, policy = newer
        if not own:
            own = _of_proposal(proposal) | {"lifetime_s": profile.lifetime_s}
        own["proposal_name"] = proposal.name
        own["policy_name"] = policy if policy != proposal.name else None
    if network.served_by(found):
        keepalive = found.config.isakmp_keepalive
        periodic = keepalive is not None and keepalive.periodic
        if any(len(group.addresses) > 1 for group, _ in network.served_by(found)):
            own["keepalive_s"] = keepalive.interval_s if keepalive and periodic else None
    known = {key: value for key, value in own.items() if _legal({key: value})}
    return Offers(own=known, policies=policies)


def algorithms(policy: IsakmpPolicy) -> Document:
    """A policy in the words of an intent."""
    sized = policy.encryption == "aes" and policy.key_bits is not None
    return {
        "encryption": f"aes {policy.key_bits}" if sized else policy.encryption,
        "integrity": policy.hash,
        "group": policy.dh_group,
        "lifetime_s": policy.lifetime_s,
    }


def common(offers: Iterable[Offers]) -> Document:
    """The algorithms of the network: those of most devices, key for key the most frequent."""
    known = [each.own for each in offers]
    together = Counter(
        tuple(each[key] for key in _ALGORITHMS)
        for each in known
        if all(key in each for key in _ALGORITHMS)
    )
    found: Document = {}
    if together:
        found = dict(zip(_ALGORITHMS, together.most_common(1)[0][0], strict=True))
    fit = [each for each in known if all(each.get(key, it) == it for key, it in found.items())]
    for key in ("priority", "lifetime_s", "keepalive_s", "proposal_name", "policy_name"):
        values = Counter(each[key] for each in (fit or known) if key in each)
        if not values:
            values = Counter(each[key] for each in known if key in each)
        if values:
            found[key] = values.most_common(1)[0][0]
    return found


def differing(own: Document, base: Document) -> Document | None:
    """`ike` of a device whose algorithms are not those of the network, else None."""
    usual = Ike.model_validate(base).model_dump()
    if all(usual[key] == value for key, value in own.items()):
        return None
    return base | own


def further(
    shown: Sequence[IsakmpPolicyView], own: Document, policies: Sequence[IsakmpPolicy]
) -> list[Document]:
    """The policies beside its own, if what follows from the intent is not what the device has.

    `shown` are the policies that follow from it.
    """
    made = [
        (it.priority, it.encryption, it.hash, it.authentication, it.group, it.lifetime_s)
        for it in shown
    ]
    there = [(it.priority, *_as_viewed(it)) for it in policies]
    if made == there:
        return []
    documents = []
    for policy in policies:
        method = METHODS.get(policy.authentication)
        if policy.priority is None or method is None or policy.priority == own.get("priority"):
            continue
        documents.append({"priority": policy.priority, **algorithms(policy), "method": method})
    return documents


def _as_viewed(policy: IsakmpPolicy) -> tuple[object, ...]:
    said = algorithms(policy)
    return (
        *(said["encryption"], said["integrity"], policy.authentication),
        *(said["group"], said["lifetime_s"]),
    )


def _fits(policy: IsakmpPolicy) -> bool:
    """Whether an intent can say a policy."""
    return _legal({"priority": policy.priority, **algorithms(policy)})


def _legal(document: Document) -> bool:
    try:
        Ike.model_validate(document)
    except ValidationError:
        return False
    return True


def _needed(
    found: Found, network: Network, proofs: Mapping[Identity, Proof | None]
) -> set[Proof | None]:
    """How the device proves who it is in IKEv1."""
    older = [
        group
        for group, it in network.served_by(found)
        if it.view.gdoi or it.view.redundancy is not None
    ]
    older += [group for group, it in network.joined_by(found) if it.view.protocol == "gdoi"]
    return {proofs[group.identity] or "psk" for group in older}


def _proposal(found: Found, network: Network) -> tuple[Ikev2Profile, Ikev2Proposal, str] | None:
    """The IKEv2 profile of a group of the device, its first proposal, and the policy of that."""
    names = [it.view.gikev2 for _, it in network.served_by(found)]
    names += [it.view.ikev2_profile for _, it in network.joined_by(found)]
    profile = next((it for name in names if (it := profile_of(found, name)) is not None), None)
    if profile is None:
        return None
    for policy in found.config.ikev2_policies.values():
        for name in policy.proposals:
            proposal = found.config.ikev2_proposals.get(name)
            if proposal is not None:
                return profile, proposal, policy.name
    return None


def _of_proposal(proposal: Ikev2Proposal) -> Document:
    """The first algorithms of a proposal, as far as an intent knows them."""
    found: Document = {}
    for cipher in proposal.encryption[:1]:
        if not cipher.startswith("aes-gcm"):
            found["encryption"] = cipher.replace("aes-cbc-", "aes ")
    for each in proposal.integrity[:1]:
        found["integrity"] = _HASHES.get(each, each)
    for group in proposal.dh_groups[:1]:
        found["group"] = group
    return found
