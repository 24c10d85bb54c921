"""Fleets to collect from: the routers of a lab, as an inventory of nornir knows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from nornir.core import Nornir
from nornir.core.inventory import ConnectionOptions

from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.lab.host import nornir_hosts
from getvpn.emulator.services.login_guard import LoginGuard
from getvpn.tasks.fleet.inventories import fleet_of_files
from getvpn.tasks.ssh.connection import CONNECTION
from getvpn.tasks.ssh.target import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFleet:
    """The routers of a lab, an inventory of them and their host keys in a folder."""

    lab: BackgroundLab
    folder: Path

    @classmethod
    def of(
        cls, lab: BackgroundLab, folder: Path, more: Mapping[str, Mapping[str, Any]] | None = None
    ) -> "LabFleet":
        """Write the inventory, in which hosts say `more`, and the host keys."""
        hosts = {
            name: said | dict((more or {}).get(name, {}))
            for name, said in nornir_hosts(lab.hosts()).items()
        }
        made = cls(lab=lab, folder=folder)
        made.hosts.write_text(yaml.safe_dump(hosts, sort_keys=False))
        made.hosts.chmod(0o600)
        made.known.write_text("".join(lab.known_hosts(name) for name in hosts))
        return made

    @property
    def hosts(self) -> Path:
        """The hosts file of SimpleInventory."""
        return self.folder / "hosts.yml"

    @property
    def known(self) -> Path:
        """The file of known hosts."""
        return self.folder / "known_hosts"

    def nornir(self, *names: str, **changes: Any) -> Nornir:
        """The hosts, or those of these names; `changes` are what the inventory says otherwise."""
        found = fleet_of_files(self.hosts)
        for host in found.inventory.hosts.values():
            for name, value in changes.items():
                setattr(host, name, value)
        return found.filter(filter_func=lambda host: not names or host.name in names)

    def access(self, **changes: Any) -> Access:
        """How sessions are made, with the host keys of the lab."""
        return Access(known_hosts=str(self.known), **changes)

    def give(self, nornir: Nornir, name: str, **options: Any) -> None:
        """Let the inventory say options of the session with one host."""
        given = ConnectionOptions(extras=options)
        nornir.inventory.hosts[name].connection_options[CONNECTION] = given

    def failed_logins(self, name: str) -> int:
        """How many logins a router has turned down since it booted."""
        return self.lab.run(lambda: self.lab.lab[name].feature(LoginGuard).failed_count)

    def heal(self) -> None:
        """End what goes wrong on purpose."""
        for host in self.lab.hosts():
            self.lab.run(lambda name=host.name: self.lab.lab[name].faults.clear())  # type: ignore[misc]
