"""Devices of a pyATS testbed."""

from pathlib import Path
from typing import Any

from .devices import C8000V, ISR4K, ISRG2, PATIENCE_S, Host

OPTIONS = "-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
PLATFORMS = {ISR4K: ("iosxe", None), C8000V: ("iosxe", "c8kv"), ISRG2: ("ios", None)}


def connected(host: Host, platform: str, folder: Path, username: str = "") -> Any:
    """A device that is connected; unicon keeps its log in `folder`, and in /tmp if not told."""
    from pyats.topology import loader

    system, family = PLATFORMS[platform]
    entry = {
        "os": system,
        "type": "router",
        "credentials": {
            "default": {"username": username or host.username, "password": host.password},
            "enable": {"password": host.secret},
        },
        "connections": {
            "cli": {
                "protocol": "ssh",
                "ip": host.address,
                "port": host.port,
                "ssh_options": OPTIONS,
                "settings": {
                    "GRACEFUL_DISCONNECT_WAIT_SEC": 0,
                    "POST_DISCONNECT_WAIT_SEC": 0,
                    "EXEC_TIMEOUT": PATIENCE_S,
                    "CONFIG_TIMEOUT": PATIENCE_S,
                    "ENABLE_TIMEOUT": PATIENCE_S,
                },
            }
        },
    }
    if family:
        entry["platform"] = family
    router = loader.load({"devices": {host.name: entry}}).devices[host.name]
    router.connect(log_stdout=False, logfile=str(folder / f"{host.name}.log"))
    return router
