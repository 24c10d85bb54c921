"""Parts of a router that add behaviour: they see every change of the configuration."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .config.store import Change
    from .device import Router


class Feature:
    """State that lives from one boot to the next; subclasses say what they do with events.

    The commands and settings of a feature stand in the catalogue; here is what they work on.
    `router.feature(Kind)` finds it.
    """

    def __init__(self, router: "Router") -> None:
        self.router = router

    @property
    def follows(self) -> bool:
        """Whether it does anything when the configuration changes."""
        return type(self).config_changed is not Feature.config_changed

    def config_changed(self, change: "Change") -> None:
        """A line of the running configuration was stored or removed."""

    def configured(self) -> None:
        """Somebody has left configuration mode, or a configuration text was merged."""

    def booted(self) -> None:
        """The startup configuration is in force."""

    def saved(self) -> None:
        """The running configuration was written to NVRAM."""

    def stopped(self) -> None:
        """The router goes down; cancel timers."""
