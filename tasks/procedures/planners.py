"""What plans each procedure, by the name that the journal has for it, whoever asks.

The modules of the procedures are imported only when one is planned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from importlib import import_module
from inspect import signature
from typing import Any, Final

from ...errors import DeviceError, UsageError
from ...inventory.models import Intent
from ..clock import Clock
from ..deploying.models import Role
from ..deploying.observing import Observed
from ..deploying.waves import Wave
from ..render import Secrets
from .model import ProcedurePlan
from .run import Devices
from .survey import members_in, servers_in, survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a plan may be made of: the devices as they were seen, and where more can be asked."""

    intent: Intent
    group: str
    observed: Mapping[str, Observed]
    devices: Devices
    secrets: Secrets | None


def _servers(intent: Intent, group: str) -> dict[str, Role]:
    return servers_in(intent, group)


def _everybody(intent: Intent, group: str) -> dict[str, Role]:
    return servers_in(intent, group) | members_in(intent, group)


def _server_upgrade(intent: Intent, group: str) -> dict[str, Role]:
    from .upgrade_calls import server_roles

    return server_roles(intent, group)


def _member_upgrade(intent: Intent, group: str) -> dict[str, Role]:
    from .upgrade_calls import member_roles

    return member_roles(intent, group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """What plans a procedure.

    `roles` are the devices that are looked at; `asks` is what the plan takes besides, by the name
    of the argument. With `waves` it takes a number of members, or a part of them: `10`, `25%`.
    """

    module: str
    function: str
    roles: Callable[[Intent, str], dict[str, Role]] = _everybody
    asks: Mapping[str, Callable[[Facts], Any]] = field(default_factory=dict)
    waves: bool = False

    def load(self) -> Callable[..., ProcedurePlan]:
        """The function, whose module is imported only now."""
        found: Callable[..., ProcedurePlan] = getattr(
            import_module(f".{self.module}", __package__), self.function
        )
        return found


def planner_of(procedure: str, options: Mapping[str, Any]) -> Planner:
    """What plans `procedure`. Raises UsageError when there is none, or for other `options`."""
    planner = PLANNERS.get(procedure)
    if planner is None:
        raise UsageError(
            f"runbooks cannot plan {procedure!r}", hint=f"there are {', '.join(PLANNERS)}"
        )
    try:
        signature(planner.load()).bind(None, None, "", **{**dict.fromkeys(planner.asks), **options})
    except TypeError as error:
        raise UsageError(f"'{procedure}' is not planned so: {error}") from None
    return planner


def planned(
    procedure: str,
    intent: Intent,
    group: str,
    devices: Devices,
    clock: Clock,
    *,
    secrets: Secrets | None = None,
    **options: Any,
) -> ProcedurePlan:
    """Look at the devices of a group, and plan `procedure` for it; nothing is changed.

    Raises UsageError for a call without meaning.
    """
    planner = planner_of(procedure, options)
    wave = options.get("wave")
    if planner.waves and isinstance(wave, int | str):
        options["wave"] = Wave.of(str(wave))
    observed = survey(devices, planner.roles(intent, group), clock)
    facts = Facts(intent=intent, group=group, observed=observed, devices=devices, secrets=secrets)
    asked = {name: ask(facts) for name, ask in planner.asks.items() if name not in options}
    return planner.load()(intent, observed, group, **asked, **options)


# ---- what is asked besides ----


def _policy_features(facts: Facts) -> Any:
    from .planning import look_at
    from .policy_features import ask_features

    _, leading = look_at(facts.intent, facts.observed, facts.group)
    try:
        with closing(facts.devices.open(leading.device)) as device:
            return ask_features(device)
    except DeviceError:
        return None


def _gikev2_feature(facts: Facts) -> Any:
    from .gikev2_features import ask_feature
    from .planning import look_at

    _, leading = look_at(facts.intent, facts.observed, facts.group)
    with closing(facts.devices.open(leading.device)) as device:
        return ask_feature(device)


def _server_software(facts: Facts) -> Any:
    from .upgrade_calls import server_software

    return server_software(facts.devices, facts.intent, facts.group)


def _member_software(facts: Facts) -> Any:
    from .upgrade_calls import member_software

    return member_software(facts.devices, facts.intent, facts.group)


def _secrets(facts: Facts) -> Secrets | None:
    return facts.secrets


PLANNERS: Final[Mapping[str, Planner]] = {
    "evict member": Planner(module="evict_plan", function="plan_eviction", roles=_servers),
    "failover test": Planner(module="failover_plan", function="plan_failover"),
    "key-server add": Planner(
        module="key_server_plan", function="plan_add", asks={"secrets": _secrets}, waves=True
    ),
    "key-server remove": Planner(
        module="key_server_plan", function="plan_remove", asks={"secrets": _secrets}, waves=True
    ),
    "migrate gikev2": Planner(
        module="gikev2_plan",
        function="plan_gikev2",
        asks={"feature": _gikev2_feature, "asked": lambda _: True, "secrets": _secrets},
        waves=True,
    ),
    "migrate psk-to-pki": Planner(
        module="pki_plan", function="plan_pki", asks={"secrets": _secrets}, waves=True
    ),
    "policy change": Planner(
        module="policy_plan", function="plan_policy_change", asks={"features": _policy_features}
    ),
    "recover split": Planner(module="recover_plan", function="plan_recovery"),
    "rollover rsa": Planner(module="rollover_plan", function="plan_rollover", roles=_servers),
    "upgrade key-servers": Planner(
        module="upgrade_calls",
        function="plan_servers",
        roles=_server_upgrade,
        asks={"software": _server_software},
    ),
    "upgrade members": Planner(
        module="upgrade_calls",
        function="plan_members",
        roles=_member_upgrade,
        asks={"software": _member_software},
        waves=True,
    ),
}
"""Every procedure of the catalogue."""
