"""Every procedure, by the name that the journal has for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .evict import Evict
from .failover import Failover
from .key_server_add import KeyServerAdd
from .key_server_remove import KeyServerRemove
from .model import Procedure
from .policy_change import PolicyChange
from .recover import RecoverSplit
from .rollover import Rollover
from .upgrade import UpgradeServers
from .upgrade_members import UpgradeMembers

PROCEDURES: Final[Mapping[str, Procedure]] = {
    each.name: each
    for each in (
        Evict(),
        Failover(),
        KeyServerAdd(),
        KeyServerRemove(),
        PolicyChange(),
        RecoverSplit(),
        Rollover(),
        UpgradeMembers(),
        UpgradeServers(),
    )
}
