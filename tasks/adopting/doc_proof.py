"""How the devices of a group prove who they are, as an intent says it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...parsers.config import Trustpoint
from .grouping import GroupFacts, Identity
from .ledger import Ledger, Said, said_of
from .proof import Proof, trustpoint_of
from .reading import Found
from .references import References

Document = dict[str, Any]
Point = tuple[Found, Trustpoint]


class Proofs:
    """What groups have for a proof; devices have one trustpoint for all their groups."""

    def __init__(
        self,
        groups: Sequence[GroupFacts],
        proofs: Mapping[Identity, Proof | None],
        keys: References,
        ledger: Ledger,
    ) -> None:
        self._proofs, self._keys, self._ledger = proofs, keys, ledger
        self._points: dict[str, dict[str, Point]] = {}
        self._serving = {it.found.name for group in groups for it in group.served}
        self._known: dict[str, Document] = {}
        for group in groups:
            if proofs[group.identity] == "pki":
                for found, point in points_of(group):
                    self._points.setdefault(point.name, {})[found.name] = (found, point)

    def document(self, group: GroupFacts) -> Document:
        """`authentication` of a group; without any trace of it, pre-shared keys are assumed."""
        points = points_of(group)
        if self._proofs[group.identity] == "pki" and points:
            names = [said_of(found, point, "name", point.name) for found, point in points]
            name = self._ledger.agreed(f"the trustpoint of {group.name}", names)
            if name not in self._known:
                self._known[name] = self._certificates(name)
            asked = _asked(group, self._ledger) if group.served else {}
            return self._known[name] | asked
        if self._proofs[group.identity] is None:
            why = f"devices of {group.name} prove who they are by pre-shared keys"
            self._ledger.assumed(group.name, why)
        own = self._keys.groups[group.identity]
        return {"kind": "psk", "member": own.member, "coop": own.coop}

    def _certificates(self, name: str) -> Document:
        what, points = f"trustpoint {name}", list(self._points[name].values())
        urls = [_field(it, "enrollment_url", it[1].enrollment_url) for it in points]
        bits = [_field(it, "rsakeypair_bits", it[1].rsakeypair_bits) for it in points]
        ledger = self._ledger
        document: Document = {
            "kind": "pki",
            "trustpoint": name,
            "enrollment_url": ledger.agreed(f"the authority of {what}", urls),
            "subject": _template(f"the subject of {what}", points, "subject_name", ledger),
            "key_name": _template(f"the key of {what}", points, "rsakeypair", ledger),
            "key_bits": ledger.agreed(f"the size of the key of {what}", bits),
        }
        for serving, key in ((True, "server_check"), (False, "member_check")):
            said = [
                _field(it, "revocation_check", " ".join(it[1].revocation_check))
                for it in points
                if (it[0].name in self._serving) is serving
            ]
            if said:
                document[key] = ledger.agreed(f"revocation checks of {what}", said)
        return document


def points_of(group: GroupFacts) -> list[Point]:
    """The trustpoint of each device of a group, of those that have one."""
    devices = [*(it.found for it in group.served), *(it.found for it in group.joined)]
    pairs = [(found, trustpoint_of(found, group)) for found in devices]
    return [(found, point) for found, point in pairs if point is not None]


def _asked(group: GroupFacts, ledger: Ledger) -> Document:
    """What key servers ask of certificates."""
    renewed = [
        said_of(it.found, it.view, "crl_trustpoint", it.view.crl_trustpoint is not None)
        for it in group.served
    ]
    document: Document = {
        "reauthenticate_on_crl": ledger.agreed(f"re-authentication in {group.name}", renewed)
    }
    asked: list[Said[str]] = []
    for served in group.served:
        listed = served.found.config.crypto_identities.get(served.view.authorization_identity or "")
        if listed is None:
            continue
        for other in (*listed.dns[1:], *listed.fqdns):
            why = f"members are known by one distinguished name, which is not '{other}'"
            ledger.left_out(served.found, listed.line, why)
        if listed.dns:
            asked.append(said_of(served.found, listed, "dns", listed.dns[0]))
    if asked:
        document["authorize"] = ledger.agreed(f"who may register in {group.name}", asked)
    return document


def _field(pair: Point, field: str, value: Any) -> Said[Any]:
    return said_of(*pair, field, value)


def _template(what: str, points: Sequence[Point], field: str, ledger: Ledger) -> str | None:
    """One text for all devices, in which `{name}` and `{domain}` stand for each."""
    best: list[Said[str | None]] = []
    for fill in (_with_domain, _with_name, _as_it_is):
        said = [said_of(found, it, field, fill(found, getattr(it, field))) for found, it in points]
        if not best or _agreeing(said) > _agreeing(best):
            best = said
    return ledger.agreed(what, best)


def _agreeing(said: Sequence[Said[str | None]]) -> int:
    values = [each.value for each in said]
    return max(values.count(value) for value in values)


def _with_domain(found: Found, text: str | None) -> str | None:
    domain = found.config.domain_name
    if text is None or domain is None:
        return _with_name(found, text)
    return _with_name(found, text.replace(f"{found.name}.{domain}", "{name}.{domain}"))


def _with_name(found: Found, text: str | None) -> str | None:
    if text is None:
        return None
    return re.sub(rf"(?<![A-Za-z0-9{{]){re.escape(found.name)}(?![A-Za-z0-9])", "{name}", text)


def _as_it_is(_found: Found, text: str | None) -> str | None:
    return text
