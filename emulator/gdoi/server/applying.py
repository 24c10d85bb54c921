"""What a changed configuration means for a group that runs.

Who may register, with whom it cooperates and how rekeys travel changes at once; keys and what
members have been told change with the next rekey (GM removal and policy trigger guide).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..policy import SaPolicy, ServerPolicy, Transport
from .authorizing import Authorizer
from .coop import Coop
from .renewing import signing_key

if TYPE_CHECKING:
    from .group import ServerGroup


def apply(group: "ServerGroup", policy: ServerPolicy) -> None:
    """Follow a configuration."""
    old, group.policy = group.policy, policy
    if old == policy:
        return
    if not group.running:
        group.authorizer = Authorizer(policy.authorization)
        group.sender_ids.apply(policy)
        group.coop = Coop(group) if policy.coop is not None else None
        return
    group.changed()
    group.told = False
    places = [(each.address, each.identity, each.desks) for each in (old, policy)]
    if places[0] != places[1]:
        group.move(old)
    if old.authorization != policy.authorization:
        group.authorizer = Authorizer(policy.authorization)
    group.sender_ids.apply(policy)
    _say_transport(group, old)
    if old.rekey.label != policy.rekey.label:
        check_key(group)
        group.key_changed(policy.rekey.label)
    known = {sa.acl: sa.entries for sa in old.sas}
    check_lists(group, (sa for sa in policy.sas if known.get(sa.acl) != sa.entries))
    group.pending = group.differs()
    _cooperate(group, old)
    group.schedule.plan()


def check_key(group: "ServerGroup") -> None:
    """Say that the RSA key of the configuration is missing."""
    group.key_missed = False
    if group.policy.rekey.label:
        signing_key(group)


def check_lists(group: "ServerGroup", sas: Iterable[SaPolicy]) -> None:
    """Say which access lists have lines that do not count."""
    for sa in sas:
        if len(sa.entries) > group.host.parameters.acl_lines:
            group.log(
                4,
                "GDOI_ACL_NUM",
                "The ACL has too many entries. GDOI will honor only the first "
                f"{group.host.parameters.acl_lines} ACL entries specified.",
            )


def _say_transport(group: "ServerGroup", old: ServerPolicy) -> None:
    transport = group.policy.rekey.transport
    if transport is old.rekey.transport:
        return
    word, short = ("Unicast", "UNI") if transport is Transport.UNICAST else ("Multicast", "MULTI")
    text = f"Group {group.policy.group} transitioned to {word} Rekey."
    group.log(5, f"KS_REKEY_TRANS_2_{short}", text)


def _cooperate(group: "ServerGroup", old: ServerPolicy) -> None:
    policy, coop = group.policy, group.coop
    if policy.coop is None:
        if coop is not None:
            coop.stop()
            group.coop = None
            group.promoted("")
        return
    if coop is None:
        group.demoted("")
        group.coop = Coop(group)
        group.coop.start()
    elif old != policy:
        coop.apply(policy)
