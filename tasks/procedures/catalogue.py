"""Every procedure, by the name that the journal has for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .failover import Failover
from .model import Procedure
from .policy_change import PolicyChange
from .rollover import Rollover
from .upgrade import UpgradeServers
from .upgrade_members import UpgradeMembers

PROCEDURES: Final[Mapping[str, Procedure]] = {
    each.name: each
    for each in (
        Failover(),
        PolicyChange(),
        Rollover(),
        UpgradeMembers(),
        UpgradeServers(),
    )
}
