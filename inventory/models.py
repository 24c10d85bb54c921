"""What should be: the network as `network.yml` says it.

Every model is frozen and knows no keys but its own. Lifetimes and intervals are seconds, sizes
bytes. Secrets are references (`env:NAME`, `file:PATH`, …), never values. Names are unique within
their list, and what refers to them must exist (`Intent` checks it).
"""

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from .base_model import Model
from .borders import Name
from .models_devices import (
    Device,
    FailClose,
    Ike,
    IkeOffer,
    Joined,
    KeyServer,
    Lan,
    Member,
    Membership,
    Wan,
)
from .models_groups import (
    USUAL_CLEAR,
    Approval,
    Authentication,
    Clear,
    Group,
    Pki,
    Psk,
    Rekey,
    Replay,
    Retransmit,
    SaPolicy,
    ServerRole,
    Traffic,
    Transform,
)

__all__ = [
    "USUAL_CLEAR",
    "Approval",
    "Authentication",
    "Clear",
    "Device",
    "FailClose",
    "Group",
    "Ike",
    "IkeOffer",
    "Intent",
    "Joined",
    "KeyServer",
    "Lan",
    "Member",
    "Membership",
    "Model",
    "Pki",
    "Psk",
    "Rekey",
    "Replay",
    "Retransmit",
    "SaPolicy",
    "ServerRole",
    "Traffic",
    "Transform",
    "Wan",
]


class Intent(Model):
    """The whole network.

    What contradicts itself is refused; the context of that error holds the `Problem` of each.
    `domain` is None where devices have none, unless they say one themselves.
    """

    schema_version: Literal[1] = Field(default=1, alias="version")
    domain: Name | None = "example.net"
    ike: Ike = Ike()
    key_servers: tuple[KeyServer, ...] = Field(min_length=1)
    members: tuple[Member, ...] = ()
    groups: tuple[Group, ...] = Field(min_length=1)

    @property
    def devices(self) -> tuple[KeyServer | Member, ...]:
        """The devices that are ours: key servers first, then members."""
        servers = [server for server in self.key_servers if not server.external]
        return *servers, *(member for member in self.members if not member.external)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        from .checks import problems

        found = problems(self)
        if found:
            said = "; ".join(map(str, found))
            raise PydanticCustomError("inconsistent", "{said}", {"said": said, "problems": found})
        return self
