"""What key servers have in their configurations, and not yet in the keys that they give out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...audits.group_keys import rekey_cipher, shown_transform
from ...audits.servers import current_kek, current_teks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...audits.facts import ServerRole
    from ...parsers.config import DeviceConfig, KeyServerConfig, SaPolicy
    from ...parsers.record import Record
    from ...parsers.records.gdoi_ks_policy import Kek, KsGroupPolicy, Tek


def pending(role: ServerRole, shown: Mapping[str, Record]) -> Iterator[str]:
    """In words, what the next rekey will change; nothing where one of both is not known."""
    policy: Any = shown.get("gdoi ks policy")
    config = role.device.config
    if role.view is None or config is None or role.device.config_gap or policy is None:
        return
    groups = (each for each in policy.groups if each.group == role.group)
    for name, wanted, used in _pairs(config, role.view, next(groups, None)):
        if wanted is not None and used is not None and wanted != used:
            yield f"{role.device.name}, {role.group}: {name} is {used}, and {wanted} is configured"


def _pairs(
    config: DeviceConfig, view: KeyServerConfig, group: KsGroupPolicy | None
) -> Iterator[tuple[str, object, object]]:
    """What is configured and what is in use, by name."""
    if group is None:
        return
    kek = current_kek(group)
    if kek is not None:
        yield from _kek(view, kek)
    lists = {sa.acl: sa for sa in view.sas}
    for tek in current_teks(group):
        sa = lists.get(tek.access_list)
        if sa is not None:
            yield from _tek(config, sa, tek)


def _kek(view: KeyServerConfig, kek: Kek) -> Iterator[tuple[str, object, object]]:
    bits = None if kek.key_bytes is None else kek.key_bytes * 8
    yield "encryption of rekeys", view.rekey_algorithm, rekey_cipher(kek.encryption, bits)
    yield "lifetime of the rekey key in s", view.rekey_lifetime_s, kek.lifetime_s


def _tek(config: DeviceConfig, sa: SaPolicy, tek: Tek) -> Iterator[tuple[str, object, object]]:
    of = f"of {tek.access_list}"
    yield f"lifetime in s {of}", config.tek_lifetime_s(sa), tek.tek_life_s
    yield f"replay window {of}", sa.replay_window, tek.replay_window
    transform = shown_transform(tek.transform, tek.key_bytes)
    allowed = [each.normalised for each in config.transform_sets_of(sa)]
    if transform is not None and allowed and transform.text not in allowed:
        yield f"transform {of}", " or ".join(allowed), transform.text
