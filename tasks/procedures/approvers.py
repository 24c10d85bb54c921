"""Who has to approve a run: what the intent of its groups says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ...errors import UsageError


def approvers(
    settings: Mapping[str, Any], groups: Collection[str], procedure: str
) -> tuple[str, ...] | None:
    """Those of whom one has to approve a procedure on `groups`; None where nobody has to.

    It is nobody at all where the groups have no name in common. `settings` are those of the plan,
    which hold the intent.
    """
    found: list[Sequence[str]] = []
    for group in settings.get("intent", {}).get("groups", ()):
        wanted = group.get("approval") if group["name"] in groups else None
        if wanted and procedure in (wanted.get("procedures") or (procedure,)):
            found.append(wanted["by"])
    if not found:
        return None
    return tuple(name for name in found[0] if all(name in others for others in found))


def check_approver(
    names: tuple[str, ...] | None, approve_by: str | None, *, owner: str, what: str
) -> None:
    """Raise UsageError unless `approve_by` may approve `what` of `owner`; `names` are approvers."""
    if approve_by is not None and approve_by == owner:
        raise UsageError("nobody approves what he does himself")
    if names is None or approve_by in names:
        return
    others = [name for name in names if name != owner]
    if not others:
        raise UsageError(
            f"nobody else may approve {what}" if names else f"nobody may approve {what}",
            hint="let somebody else carry it out, or see 'approval' in the intent"
            if names
            else "its groups name nobody in common: see 'approval' in the intent",
        )
    hint = f"--approve-by {others[0]}" + "".join(f", or {name}" for name in others[1:4])
    if approve_by is None:
        raise UsageError(f"{what} needs the approval of somebody else", hint=hint)
    raise UsageError(f"{approve_by} may not approve {what}", hint=hint)
