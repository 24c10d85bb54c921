"""Networks in memory whose devices are led from stage to stage, by what intents say."""

from collections.abc import Callable
from typing import Any

from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.observing import Observed
from getvpn.tasks.procedures.catalogue import PROCEDURES
from getvpn.tasks.procedures.runner import Runner, known
from getvpn.tasks.procedures.survey import members_in, servers_in, survey

from ..networks import KnownSecrets, network
from .group_worlds import World

SECRETS = KnownSecrets()


class StageWorld(World):
    """A network that is to become what `intent` says; it is what `before` says."""

    def __init__(self, intent: Intent, before: Intent) -> None:
        super().__init__(before)
        self.intent = intent
        for name in self.lab.devices:
            self.type(name, "write memory")
        self.lab.advance(5)

    def runner(self) -> Runner:
        """A new process."""
        return Runner(
            self.journal,
            self,
            self.devices.clock,
            known(PROCEDURES),
            owner="tester",
            secrets=SECRETS,
        )

    def facts(self) -> dict[str, Observed]:
        """Whole looks at all devices of G1."""
        roles = servers_in(self.intent, "G1") | members_in(self.intent, "G1")
        return survey(self, roles, self.devices.clock)

    def configurations(self) -> dict[str, list[str]]:
        """What all routers run."""
        return {name: self.configuration(name) for name in self.lab.devices}

    def all_saved(self) -> bool:
        """Whether all routers would be the same after a restart."""
        return all(self.saved(name) for name in self.lab.devices)

    def is_well(self) -> bool:
        """Whether the devices are as the intent of this world says, and all agree."""
        from getvpn.tasks.deploying.health import settled

        return settled(self.intent, ["G1"], self.facts()) == []


def edited(intent: Intent, edit: Callable[[dict[str, Any]], object]) -> Intent:
    """The same intent, but for what `edit` does to its document."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    edit(document)
    return Intent.model_validate(document)


def with_third(kind: str = "xe17", *, serves: bool = True, priority: int = 50) -> Intent:
    """Two members and three key servers, the third of which serves G1, or not yet."""

    def edit(document: dict[str, Any]) -> None:
        second = document["key_servers"][1]
        wan = {**second["wan"], "address": "192.0.2.13/30"}
        document["key_servers"].append(
            {**second, "name": "KS3", "address": "10.10.3.1", "wan": wan}
        )
        if serves:
            document["groups"][0]["servers"].append({"name": "KS3", "priority": priority})

    return edited(network(kind), edit)
