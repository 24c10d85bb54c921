"""What lines refer to, and IOS's words when it is not there.

A saved configuration may name things before they come, so nothing is asked while it is loaded.
"""

from ..config.edit import Edit
from ..grammar import RefusedError


def vrf_exists(edit: Edit, vrf: str) -> bool:
    """Whether a VRF is configured, with either command."""
    root = edit.router.config.root
    return root.has("vrf definition", vrf) or root.has("ip vrf", vrf)


def check_vrf(edit: Edit, vrf: str) -> None:
    """Refuse a VRF that is not configured; the empty name is the global table."""
    if vrf and not edit.router.loading and not vrf_exists(edit, vrf):
        raise RefusedError(f"% VRF {vrf} not configured.")
