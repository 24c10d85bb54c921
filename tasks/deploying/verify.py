"""Whether a change did what it should: nothing is worse, and members are on the policy."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ...audits.context import SERVER
from ...audits.engine import run
from ...audits.facts import DeviceFacts, Fleet, Shown
from ...audits.load import config_gap, fleet_of
from ...audits.policy_diff import departure, policy_text
from ...audits.registry import registry
from ...audits.rule import Finding
from ...audits.settings import DEFAULT_PROFILE, Settings
from ...audits.settings import profile as profile_of
from ...inventory.models import Intent
from ...parsers.record import Record
from ...parsers.transcript import Capture
from .network import GroupLook
from .observing import KS_ACL, KS_COOP, KS_POLICY, Observed
from .seen import AclKey, JoinedGroup, acl_keys

Texts = Mapping[str, str]
"""What a device said, by command."""
_SAME_POLICY: Final = "COOP006"
_FAMILIES: Final = {KS_COOP: "gdoi ks coop", KS_POLICY: "gdoi ks policy", KS_ACL: "gdoi ks acl"}
_NUMBER: Final = re.compile(r"\d+")
_PLACE: Final = re.compile(r"\b\d+ (?=(?:permit|deny)\b)")
"""The number of an entry of an access list: it changes with the entries before it."""
_Same = tuple[str, str, str | None, str]


def worse(
    before: Mapping[str, Texts],
    after: Mapping[str, Texts],
    intent: Intent,
    *,
    profile: str = DEFAULT_PROFILE,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> list[Finding]:
    """The findings of an audit of `after` that one of `before` does not have.

    Both hold what devices of the intent said, by name and command: the same devices, and only such
    as the change is through with, since others differ from them. A finding that only stands at
    another line, or tells of state in other numbers, is not new. Raises UsageError for a profile or
    rule that does not exist.
    """
    known = {device.name for device in (*intent.key_servers, *intent.members)}
    rules = registry().select(tuple(select), tuple(ignore))
    settings = profile_of(profile).settings
    names = [name for name in after if name in known]
    was, now = (
        run(_fleet(texts, names), rules, settings, profile=profile).findings
        for texts in (before, after)
    )
    left = Counter(map(_same, was))
    new = []
    for finding in now:
        key = _same(finding)
        if left[key]:
            left[key] -= 1
        else:
            new.append(finding)
    return new


def _fleet(texts: Mapping[str, Texts], names: Sequence[str]) -> Fleet:
    return fleet_of(
        Capture(host=name, command=command, text=text, source=f"{name} {command}", first_line=1)
        for name in names
        for command, text in texts.get(name, {}).items()
    )


def _same(finding: Finding) -> _Same:
    """What two findings share that tell of one fault."""
    message = _PLACE.sub("", finding.message)
    if all(proof.kind == "show" for proof in finding.evidence):
        # lifetimes run down and counters go up by themselves
        message = _NUMBER.sub("#", message)
    return finding.rule, finding.device, finding.group, message


# ---- key servers beside each other ----


def policy_differences(
    servers: Sequence[Observed], names: Mapping[str, str], model: str
) -> Iterator[tuple[str, str]]:
    """The key servers whose policy of a group departs from that of `model`, and in what.

    `names` is what each of them calls the group.
    """
    rule = registry()[_SAME_POLICY]
    fleet = Fleet.of(map(_facts, servers))
    found = {
        context.device_name: text
        for context in SERVER.visit(rule, fleet, Settings())
        if context.group == names.get(context.device_name)
        and (text := policy_text(context)) is not None
    }
    for name, text in found.items():
        if name != model and model in found:
            difference = departure(text, found[model])
            if difference.texts:
                yield name, "; ".join(difference.texts)


def _facts(seen: Observed) -> DeviceFacts:
    config = seen.config
    return DeviceFacts(
        name=seen.device,
        hostname=config.hostname if config is not None else None,
        config=config,
        config_gap=config_gap(seen.running) if seen.running is not None else None,
        shown=tuple(
            _shown(seen, command, seen.records[command])
            for command in _FAMILIES
            if command in seen.records
        ),
    )


def _shown(seen: Observed, command: str, record: Record) -> Shown[Record]:
    return Shown(
        device=seen.device,
        family=_FAMILIES[command],
        record=record,
        source=f"{seen.device} {command}",
        text=seen.texts[command],
    )


# ---- members beside key servers ----


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPolicy:
    """How a member stands to what the key servers give out.

    `traffic_keys` and `rekey_key` say whether it holds the newest ones, `policy` whether its list
    is theirs, `signing_key` whether it verifies rekeys with the key that the primary signs with;
    None where that is not known. `why` says in clauses what it lacks.
    """

    member: str
    traffic_keys: bool | None = None
    rekey_key: bool | None = None
    policy: bool | None = None
    signing_key: bool | None = None
    why: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        """Whether it has the newest keys and the policy, as far as is known."""
        return not self.why


def members_on(look: GroupLook) -> dict[str, OnPolicy]:
    """How the members of a group stand to its primary: the proof that a rekey has reached them.

    Members that were not reached or do not take part in the group are left out; without a primary
    there is nothing to compare with, and all are.
    """
    primary = look.primary
    if primary is None:
        return {}
    acl = acl_keys(primary.acl) if primary.acl is not None else None
    return {
        name: _standing(look, member, acl, primary.public_key)
        for name, member in look.members.items()
    }


def _standing(
    look: GroupLook, member: JoinedGroup, acl: tuple[AclKey, ...] | None, key: bytes | None
) -> OnPolicy:
    primary = look.primary
    assert primary is not None  # noqa: S101 - the caller has looked
    why = []
    teks = rekey = policy = signing = None
    if primary.tek_spis:
        teks = primary.tek_spis <= member.tek_spis
        if not teks:
            missing = ", ".join(
                f"0x{spi:08X}" for spi in sorted(primary.tek_spis - member.tek_spis)
            )
            why.append(f"it lacks the traffic key {missing}")
    if primary.kek_spi is not None and member.cookies:
        rekey = member.has_kek(primary.kek_spi)
        if not rekey:
            why.append("it has another rekey key")
    if acl is not None and member.acls:
        policy = all(acl_keys(each.entries) == acl for each in member.acls)
        if not policy:
            why.append("its access list is not that of the key servers")
    if key is not None and member.public_keys:
        signing = all(key.startswith(learnt) for _, learnt in member.public_keys if learnt)
        if not signing:
            why.append("it verifies rekeys with another RSA key")
    if not member.registered:
        why.insert(0, "it is not registered")
    return OnPolicy(
        member=member.device,
        traffic_keys=teks,
        rekey_key=rekey,
        policy=policy,
        signing_key=signing,
        why=tuple(why),
    )
