"""The VRF that a command means."""

from ..grammar import RefusedError
from ..services.interfaces import Interfaces
from ..shell.call import Call


def vrf_of(call: Call, what: str = "VRF") -> str:
    """The name of the VRF that was typed; empty for the global table.

    Raises RefusedError when there is none of this name; `what` is how the command calls it.
    """
    vrf = call.get("vrf")
    if vrf is None:
        return ""
    if vrf not in call.router.feature(Interfaces).vrfs():
        raise RefusedError(f"% {what} {vrf} does not exist")
    return str(vrf)
