"""The log servers: the router tells its log when it begins and ends to send to one."""

from typing import TYPE_CHECKING

from ..feature import Feature

if TYPE_CHECKING:
    from ..config.store import Change, Entry

DEFAULT_PORT = 514


def port_of(entry: "Entry") -> int:
    """The port of a line `logging host …`."""
    return int(entry.get("port") or DEFAULT_PORT)


class LogHosts(Feature):
    """Follows the lines `logging host`."""

    def config_changed(self, change: "Change") -> None:
        """A server was named or taken back."""
        if change.name != "logging host" or change.owners:
            return
        entry = change.entry
        what = "stopped" if change.after is None else "started"
        if change.after is None:
            self.router.log.hosts.pop(str(entry["host"]), None)
        text = f"Logging to host {entry['host']} port {port_of(entry)} {what} - CLI initiated"
        self.router.log.add("SYS", 6, "LOGGINGHOST_STARTSTOP", text)
