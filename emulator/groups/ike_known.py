"""What the configuration of a router says about IKE, read once and kept until it changes."""

from typing import TYPE_CHECKING

from ..gdoi.ike import Auth, Proposal
from ..services.interfaces import Interfaces
from . import ike_policies, ike_version2
from .ike_certificates import OwnCertificates
from .ike_profiles import Profiles
from .ike_secrets import Secrets
from .ike_version2 import Keyring2, Profile2

if TYPE_CHECKING:
    from ..device import Router


class Known:
    """A configuration as IKE reads it. It holds until `stands` says that it does not."""

    __slots__ = (
        "_edits",
        "_interfaces",
        "_keyrings",
        "_master_key",
        "_of_auths",
        "_profiles2",
        "_proposals2",
        "_router",
        "_vrfs",
        "certificates",
        "on",
        "profiles",
        "proposals",
        "secrets",
    )

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._edits = router.config.edits
        self._master_key = router.keys.master_key
        self.on = not router.config.root.off("crypto isakmp enable")
        self.proposals = ike_policies.proposals(router)
        self.secrets = Secrets(router)
        self.certificates = OwnCertificates(router)
        self.profiles = Profiles(router)
        self._of_auths: dict[frozenset[Auth], tuple[Proposal, ...]] = {}
        self._proposals2: dict[tuple[str, str, int], tuple[Proposal, ...]] = {}
        self._profiles2: dict[str, Profile2 | None] = {}
        self._keyrings: dict[str, Keyring2] = {}
        self._vrfs: dict[str, str] = {}
        self._interfaces: dict[str, str] = {}

    @property
    def stands(self) -> bool:
        """Whether nothing has changed since it was read."""
        router = self._router
        return self._edits == router.config.edits and self._master_key == router.keys.master_key

    def usable(self, auths: frozenset[Auth]) -> tuple[Proposal, ...]:
        """The policies of version 1 for which the router has what it takes."""
        found = self._of_auths.get(auths)
        if found is None:
            found = tuple(each for each in self.proposals if each.auth in auths)
            self._of_auths[auths] = found
        return found

    def proposals2(self, local: str, vrf: str, lifetime_s: int) -> tuple[Proposal, ...]:
        """What is offered and taken in version 2 at an own address."""
        key = (local, vrf, lifetime_s)
        found = self._proposals2.get(key)
        if found is None:
            found = self._proposals2[key] = ike_version2.proposals(
                self._router, local=local, vrf=vrf, lifetime_s=lifetime_s
            )
        return found

    def profile2(self, name: str) -> Profile2 | None:
        """The profile of version 2 of this name."""
        if name not in self._profiles2:
            self._profiles2[name] = ike_version2.profile2(self._router, name)
        return self._profiles2[name]

    def keyring2(self, name: str) -> Keyring2:
        """The keyring of version 2 of this name, without peers if there is none."""
        found = self._keyrings.get(name)
        if found is None:
            found = self._keyrings[name] = Keyring2(self._router, name, self.secrets)
        return found

    def vrf_of(self, address: str) -> str:
        """The VRF of the interface that has an own address; the global one if none has it."""
        self._locate(address)
        return self._vrfs.get(address, "")

    def interface_of(self, address: str) -> str:
        """The name of the interface that has an own address; empty if none has it."""
        self._locate(address)
        return self._interfaces.get(address, "")

    def _locate(self, address: str) -> None:
        if address in self._vrfs:
            return
        interfaces = self._router.feature(Interfaces)
        for vrf in ("", *interfaces.vrfs()):
            state = interfaces.holder(address, vrf)
            if state is not None:
                self._vrfs[address], self._interfaces[address] = vrf, state.name
                return
