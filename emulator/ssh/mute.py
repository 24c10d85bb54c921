"""Clients that a device takes and never answers."""

import asyncio


class Mute(asyncio.Protocol):
    """A client that is never answered."""

    def __init__(self, mutes: "dict[Mute, asyncio.BaseTransport | None]") -> None:
        self._mutes = mutes
        mutes[self] = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client is there."""
        self._mutes[self] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._mutes.pop(self, None)
