"""The plan of a change of policy, from what the devices of a group showed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ...audits.rule import Severity
from ...errors import UsageError
from ...inventory.models import Intent
from ...parsers.config import AclEntry
from ...parsers.config.acl_change import AclChange, Shift, acl_change
from ...parsers.config.redact import redact
from ...parsers.records.gdoi_feature import GdoiFeature
from ..collecting.wanted import CONFIG_COMMAND
from ..comparing.entered import entered
from ..deploying.health import needed_s, troubles
from ..deploying.network import GroupLook
from ..deploying.observing import Observed
from ..deploying.planning import Target, targets
from ..deploying.policy import CARRIED, facet_changes
from ..deploying.reading import read_config
from ..deploying.troubles import Kind, sentences
from ..deploying.verify import members_on, worse
from .looking import state_of
from .model import ProcedurePlan, needed
from .planning import followed, kept_intent, lifetime_s, look_at, resent_s
from .policy_change import PolicyChange
from .policy_features import too_old, too_old_members
from .policy_lines import (
    PolicyDifference,
    policy_difference,
    policy_way_back,
    slim_target,
    traffic_of,
)
from .policy_settings import APPLIES, Apply, Edit, Settings, kept
from .rekeying import pace_s
from .slim import slim

MOST_TOLD: Final = 40
"""So many changes of traffic are told one by one."""
_LONG: Final = 60


def plan_policy_change(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    features: GdoiFeature | None,
    *,
    apply: Apply = "rekey",
    without: Collection[str] = (),
    ignored: Sequence[str] = (),
) -> ProcedurePlan:
    """The plan to bring the policy of `group` to what the intent says.

    `observed` are whole looks at its key servers and members, `features` what the primary shows of
    the feature `policy-replace`. Members in `without` are known to be down, and not expected to
    take part. `ignored` are audit rules whose findings do not count. Raises UsageError for a call
    without meaning, or a group that nobody serves.
    """
    if apply not in APPLIES:
        raise UsageError(f"a policy cannot be applied by {apply!r}", hint=f"there are {APPLIES}")
    look, leading = look_at(intent, observed, group, without)
    planning = _Planning(intent, observed, look, tuple(ignored))
    settings = Settings(
        intent=kept_intent(intent),
        group=group,
        apply=apply,
        primary=leading.device,
        secondaries=tuple(name for name in look.servers if name != leading.device),
        names={name: seen.group for name, seen in look.servers.items()},
        edits=planning.edits(),
        followed=followed(intent, group, without),
        members=max((leading.member_count or 0) - len(without), 0),
        lifetime_s=lifetime_s(leading),
        resent_s=resent_s(look),
    )
    steps = tuple(PolicyChange().steps(settings.data()))
    expected = {name: seen for name, seen in observed.items() if name not in without}
    rekey_after_s = needed_s(needed(steps))
    found = troubles(intent, expected, groups=[group], rekey_after_s=rekey_after_s)
    return ProcedurePlan(
        procedure=PolicyChange.name,
        groups=(group,),
        settings=settings.data(),
        steps=steps,
        left_s=leading.time_to_rekey_s,
        obstacles=(
            *sentences(each for each in found if each.kind is not Kind.POLICY),
            *dict.fromkeys(planning.obstacles(settings, features)),
        ),
        notes=tuple(planning.notes(settings, features)),
        before=state_of(look) | {"traffic": planning.traffic_data()},
    )


class _Planning:
    """The differences of the key servers, and what they mean."""

    def __init__(
        self,
        intent: Intent,
        observed: Mapping[str, Observed],
        look: GroupLook,
        ignored: tuple[str, ...],
    ) -> None:
        self.intent = intent
        self.look = look
        self.ignored = ignored
        self.names = {name: seen.group for name, seen in look.servers.items()}
        self.running = {
            name: slim(text)
            for name in look.servers
            if (text := observed[name].running) is not None
        }
        self.targets: Mapping[str, Target] = {
            name: slim_target(each)
            for name, each in targets(intent, None, list(self.running)).items()
        }
        self.differences: dict[str, PolicyDifference] = {
            name: policy_difference(self.targets[name], text, self.names[name])
            for name, text in self.running.items()
        }
        leading = look.leading
        self.primary = leading.device if leading is not None else ""
        self.change = self._traffic()

    def edits(self) -> dict[str, Edit]:
        """What each key server that differs is told."""
        found = {}
        for name, difference in self.differences.items():
            if not difference.commands:
                continue
            before = "\n".join(map(redact, self.running[name].split("\n")))
            back = policy_way_back(self.targets[name], difference.after, before, self.names[name])
            found[name] = Edit(
                commands=kept(difference.commands), inverse=kept(back), before=before
            )
        return found

    def _traffic(self) -> AclChange:
        """What the change means for traffic, on the primary."""
        difference = self.differences.get(self.primary)
        if difference is None or not difference.commands:
            return AclChange()
        group = self.names[self.primary]
        old, new = (
            traffic_of(read_config(text, self.primary), group)
            for text in (self.running[self.primary], difference.after)
        )
        return acl_change(old, new, ipv6=self.look.group.family == "ipv6")

    def traffic_data(self) -> dict[str, Any]:
        """What the change means for traffic, for the journal."""
        return {
            "newly encrypted": [_shift_data(each) for each in self.change.encrypted],
            "newly in clear": [_shift_data(each) for each in self.change.clear],
            "not known": list(self.change.unknown),
        }

    # ---- what forbids it ----

    def obstacles(self, s: Settings, features: GdoiFeature | None) -> Iterator[str]:
        """Why the policy cannot be changed so."""
        old = too_old(s, features)
        if old:
            yield f"{s.primary}: {old}"
        if not s.edits and not self._owed():
            yield f"nothing to change: {s.group} has the policy of the intent already"
        for name, difference in self.differences.items():
            yield from (f"{name}: {text}" for text in difference.lacks)
            if any(each.text.startswith("rekey authentication") for each in difference.commands):
                yield (
                    f"{name}: rekeys would be signed with another RSA key, which members refuse "
                    "until they register again; use 'getvpn rollover rsa' instead"
                )
        if "transport" in self._changed():
            yield (
                f"{s.primary}: rekeys would travel another way, for which members have to be "
                "prepared first; 'getvpn deploy' changes both in their order"
            )
        yield from self._findings()

    def _changed(self) -> set[str]:
        """The facets of the policy that change on the primary."""
        difference = self.differences.get(self.primary)
        if difference is None or not difference.commands:
            return set()
        old, new = (
            read_config(text, self.primary)
            for text in (self.running[self.primary], difference.after)
        )
        group = self.names[self.primary]
        return {each.facet for each in facet_changes(old, new) if each.group == group}

    def _owed(self) -> bool:
        """Whether members lack the policy that the key servers have already."""
        return any(each.policy is False for each in members_on(self.look).values())

    def _findings(self) -> Iterator[str]:
        """What the audit finds of the new policy that it does not find of the old one."""
        difference = self.differences.get(self.primary)
        if difference is None or not difference.commands:
            return
        view = self.targets[self.primary].view
        texts = (entered(self.running[self.primary], (), view), difference.after)
        before, after = ({self.primary: {CONFIG_COMMAND: text}} for text in texts)
        for finding in worse(before, after, self.intent, ignore=self.ignored):
            if finding.severity >= Severity.HIGH:
                yield (
                    f"{self.primary}: the audit finds {finding.rule} in the new policy: "
                    f"{finding.message}; if that is meant, give --ignore {finding.rule}"
                )

    # ---- what people should know ----

    def notes(self, s: Settings, features: GdoiFeature | None) -> Iterator[str]:
        """What the change does."""
        yield from self._facets()
        yield from _most(map(_encrypted, self.change.encrypted))
        yield from _most(map(_cleared, self.change.clear))
        yield from (f"traffic: {text}" for text in self.change.unknown)
        if s.edits and self.change.nothing:
            yield "proven: the same traffic is encrypted as before, and no other"
        elif self.change.encrypted or self.change.clear:
            yield (
                "this traffic is lost between members that have the new policy and members that "
                f"have the old one: up to {pace_s(s.members):.0f} s while the rekey goes round, "
                "and for a member that misses the rekey until it registers again"
            )
        if s.apply == "replace-now":
            yield (
                "replace-now: members drop their keys on receipt; packets on the way are lost, "
                "and all those of members that miss the rekey"
            )
        late = too_old_members(s, features)
        if late:
            yield (
                f"{len(late)} members cannot replace policies at once ({late[0]} first): they go "
                "on with the old keys until these expire"
            )
        for name, difference in self.differences.items():
            if difference.others and not difference.lacks:
                yield (
                    f"{name}: {len(difference.others)} lines that are no policy of {s.group} "
                    "differ from the intent, too; they are left ('getvpn diff' shows them)"
                )

    def _facets(self) -> Iterator[str]:
        """What of the policy changes, in words."""
        difference = self.differences.get(self.primary)
        if difference is None or not difference.commands:
            return
        group = self.names[self.primary]
        old, new = (
            read_config(text, self.primary)
            for text in (self.running[self.primary], difference.after)
        )
        for change in facet_changes(old, new):
            if change.group != group or change.facet not in CARRIED:
                continue
            what = CARRIED[change.facet]
            if len(change.old) + len(change.new) > _LONG:
                yield f"{what} changes"
            else:
                yield f"{what} is {change.new} instead of {change.old}"


def _encrypted(each: Shift) -> str:
    was = f"{_line(each.clear)} left it in clear" if each.clear is not None else "no line took it"
    return f"newly encrypted: {each}, by {_line(each.permit)}; before {was}"


def _cleared(each: Shift) -> str:
    now = f"by {_line(each.clear)}" if each.clear is not None else "since no line takes it"
    return f"newly in clear: {each}, {now}; before {_line(each.permit)} encrypted it"


def _line(entry: AclEntry) -> str:
    """An entry without its number, which an edit may change."""
    return f"'{replace(entry, sequence=None)}'"


def _most(texts: Iterable[str]) -> Iterator[str]:
    told = list(texts)
    yield from told[:MOST_TOLD]
    if len(told) > MOST_TOLD:
        yield f"and {len(told) - MOST_TOLD} more"


def _shift_data(each: Shift) -> dict[str, Any]:
    return {
        "traffic": str(each),
        "permit": _line(each.permit).strip("'"),
        "clear": None if each.clear is None else _line(each.clear).strip("'"),
        "whole": each.whole,
    }
