"""The plan of a rollover for a group of many members, from what its key servers show.

Prints figures as JSON: the members that the plan follows, its obstacles, and the seconds it took.
What is shown is that of two emulated key servers; to collect it is not part of the figure.
"""

import json
import sys
from ipaddress import IPv4Address
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from getvpn.emulator import Lab
from getvpn.inventory import load
from getvpn.inventory.models import Intent
from getvpn.tasks.procedures.rollover_plan import plan_rollover
from getvpn.tasks.procedures.survey import servers_in, survey
from getvpn.tasks.render import render
from getvpn.tests.simulation.procedures.driving import Driven
from getvpn.tests.simulation.procedures.scenarios import EXAMPLE, SETTLED_S

GROUP = "EXAMPLE-WAN"
FIRST = IPv4Address("100.64.0.1")
NEXT = {"KS1": "192.0.2.2", "KS2": "192.0.2.6"}


class OneSecret:
    """The same pre-shared key for everybody."""

    def reveal(self, reference: str) -> str:
        """The key itself."""
        del reference
        return "Example-key"


def intent_of(members: int) -> Intent:
    """The example network with so many members."""
    said: dict[str, Any] = load(EXAMPLE / "network.yml").model_dump(mode="json", by_alias=True)
    like = said["members"][0]
    said["members"] = [
        like
        | {
            "name": f"S{number + 1}",
            "wan": like["wan"] | {"address": f"{FIRST + number}/32"},
            "lan": [like["lan"][0] | {"address": f"{IPv4Address('10.1.0.1') + 256 * number}/24"}],
        }
        for number in range(members)
    ]
    return Intent.model_validate(said)


def lab_of(intent: Intent, folder: Path) -> Lab:
    """Its key servers as routers, its members as stations."""
    texts = render(intent, OneSecret(), ["KS1", "KS2"])
    for name, text in texts.items():
        (folder / f"{name}.cfg").write_text(f"{text}\nip route 0.0.0.0 0.0.0.0 {NEXT[name]}\n")
    key = {"label": "GETVPN-REKEY", "bits": 2048, "exportable": True, "devices": ["KS1", "KS2"]}
    file = folder / "lab.yml"
    file.write_text(
        json.dumps(
            {
                "network": {"mtu": 4470},
                "keys": [key],
                "stations": [
                    {
                        "count": len(intent.members),
                        "group": GROUP,
                        "identity": 1001,
                        "servers": [str(each.address) for each in intent.key_servers],
                        "address": str(FIRST),
                        "secret": "Example-key",
                    }
                ],
                "devices": {
                    name: {"platform": "isr4451", "startup_file": f"{name}.cfg"} for name in texts
                },
            }
        )
    )
    return Lab(file)


def main(members: int) -> dict[str, Any]:
    """Make the plan."""
    intent = intent_of(members)
    with TemporaryDirectory() as folder:
        lab = lab_of(intent, Path(folder))
    lab.advance(2 * SETTLED_S)
    devices = Driven(lab)
    observed = survey(devices, servers_in(intent, GROUP), devices.clock)
    begun = process_time()
    plan = plan_rollover(intent, observed, GROUP)
    data = json.dumps(plan.data())
    seconds = process_time() - begun
    return {
        "seconds": seconds,
        "followed": len(plan.settings["followed"]),
        "registered": plan.settings["members"],
        "obstacles": list(plan.obstacles)[:5],
        "bytes": len(data),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
