"""Names of what the intent does not name: they follow from groups, so that they stay when others
come and go.
"""

from typing import Final

from .models import FailClose, Group, Pki, SaPolicy
from .relations import Seat
from .views import AddressFamily

USUAL_SA: Final = 10
"""The number of a policy that does not show in names."""
FAIL_CLOSE: Final = "FAILCLOSE"


def acl_name(group: Group, policy: SaPolicy) -> str:
    """The access list of a policy."""
    return policy.acl_name or f"POLICY-{_numbered(group, policy)}"


def ipsec_profile_name(group: Group, policy: SaPolicy) -> str:
    """The IPsec profile of a policy."""
    return policy.profile_name or f"PROFILE-{_numbered(group, policy)}"


def transform_name(policy: SaPolicy) -> str:
    """The transform set of a policy, called by what is in it: `TS-AES256-SHA256`."""
    transform = policy.transform
    words = [transform.encryption.replace(" ", "").upper(), (transform.integrity or "").upper()]
    return policy.transform_name or "-".join(("TS", *filter(None, words)))


def rekey_name(group: Group) -> str | None:
    """The list that describes multicast rekeys, None for unicast."""
    if group.rekey.multicast is None:
        return None
    return group.rekey.acl_name or f"REKEY-{group.name}"


def authorization_name(group: Group) -> str | None:
    """The list of those who may register, None if all may."""
    if not (group.authorize_addresses or group.authorize_networks or by_identity(group)):
        return None
    return group.authorization_name or f"MEMBERS-{group.name}"


def by_identity(group: Group) -> bool:
    """Whether members are authorized by their certificates, not by their addresses."""
    return isinstance(group.authentication, Pki) and group.authentication.authorize is not None


def ikev2_name(group: Group) -> str:
    """The IKEv2 profile of a group, the same on all devices."""
    return group.ikev2_name or f"GKM-{group.name}"


def keyring_name(group: Group) -> str:
    """The IKEv2 keyring of a group."""
    return group.keyring_name or f"KEYS-{group.name}"


def local_name(seat: Seat) -> str | None:
    """The list of what a member leaves in clear by itself, None if there is nothing."""
    if not seat.membership.local_clear:
        return None
    return seat.membership.local_acl_name or f"LOCAL-{seat.group.name}"


def fail_close_name(fail_close: FailClose, family: AddressFamily) -> str:
    """The list of what passes before the first registration."""
    return in_family(fail_close.acl_name or FAIL_CLOSE, family)


def in_family(name: str, family: AddressFamily) -> str:
    """A name for IPv4, or what it is for IPv6."""
    return f"{name}6" if family == "ipv6" else name


def _numbered(group: Group, policy: SaPolicy) -> str:
    """The group, with the number of the policy where it is an unusual one."""
    return group.name if policy.number == USUAL_SA else f"{group.name}-{policy.number}"
