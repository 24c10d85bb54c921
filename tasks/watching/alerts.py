"""Alerts that begin and end: conditions that last, and figures that do not waver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ..procedures.plan_text import duration
from .notices import Notice, clean
from .rules import Rule

MOST: Final = 5000
"""More alerts at a time than this are not kept: memory has an end."""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes an alert the same alert as long as it lasts."""

    rule: str
    group: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that holds now. `text` says it with its figures, which may change."""

    key: Key
    text: str
    wavering: bool = False
    """Whether it keeps an alert that is there, and begins none: see `Rule.begin`, `Rule.end`."""


@dataclass(slots=True, kw_only=True)
class Alert:
    """A condition that was seen; it is an alert as soon as it is `firing`. Times are in UTC."""

    key: Key
    since: float
    text: str
    firing: bool = False
    clear_since: float | None = None


class Alerts:
    """The alerts of a watch, by the `rules` by name."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self.rules = rules
        self._alerts: dict[Key, Alert] = {}

    def update(
        self,
        now: float,
        conditions: Iterable[Condition],
        judged: Callable[[Key], bool] = lambda _: True,
    ) -> list[Notice]:
        """What begins and ends at `now`, when these conditions hold.

        An alert about something that could not be `judged` this time stays as it is: that nobody
        answers is no good news.
        """
        told: list[Notice] = []
        holding: set[Key] = set()
        for condition in conditions:
            rule = self.rules[condition.key.rule]
            if not rule.off and condition.key not in holding:
                holding.add(condition.key)
                told += self._holds(now, condition, rule)
        for key in [key for key in self._alerts if key not in holding and judged(key)]:
            told += self._fades(now, self._alerts[key])
        return told

    def firing(self) -> list[Alert]:
        """The alerts that have begun and not ended, the oldest first."""
        return sorted(
            (alert for alert in self._alerts.values() if alert.firing),
            key=lambda alert: (alert.since, alert.key.rule, alert.key.group, alert.key.device),
        )

    def known(self) -> Iterable[Key]:
        """What alerts are about, those included that have not begun yet."""
        return self._alerts.keys()

    def _holds(self, now: float, condition: Condition, rule: Rule) -> list[Notice]:
        alert = self._alerts.get(condition.key)
        if alert is None:
            if condition.wavering:
                return []
            if len(self._alerts) >= MOST:
                return []
            alert = self._alerts[condition.key] = Alert(
                key=condition.key, since=now, text=condition.text
            )
        elif condition.wavering and not alert.firing:
            # it has to hold without a break
            del self._alerts[condition.key]
            return []
        alert.text, alert.clear_since = condition.text, None
        # a clock that was set back is no reason to wait long
        alert.since = min(alert.since, now)
        if alert.firing or now - alert.since < rule.for_s:
            return []
        alert.firing = True
        return [self._notice(now, alert, rule, "firing")]

    def _fades(self, now: float, alert: Alert) -> list[Notice]:
        rule = self.rules[alert.key.rule]
        if not alert.firing:
            del self._alerts[alert.key]
            return []
        alert.clear_since = now if alert.clear_since is None else min(alert.clear_since, now)
        if now - alert.clear_since < rule.clear_s:
            return []
        del self._alerts[alert.key]
        return [self._notice(now, alert, rule, "resolved")]

    def _notice(
        self, now: float, alert: Alert, rule: Rule, state: Literal["firing", "resolved"]
    ) -> Notice:
        text = alert.text
        if state == "resolved":
            lasted = duration((alert.clear_since or now) - alert.since)
            text = f"over after {lasted}; it was: {text}"
        return Notice(
            at=now,
            kind="alert",
            name=rule.name,
            state=state,
            severity=rule.severity,
            group=alert.key.group,
            device=alert.key.device,
            text=clean(text),
        )
