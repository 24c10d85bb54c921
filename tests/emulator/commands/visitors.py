"""Users who come in over the network, without a network."""

from getvpn.emulator.device import Router
from getvpn.emulator.login import Login


class Visitor:
    """A session on a vty line."""

    def __init__(self, router: Router, user: str = "oper", source: str = "192.0.2.9") -> None:
        self._out = bytearray()
        self._clock = router.clock
        self.closed = False
        line = router.lines.claim_vty(source, self._drop)
        assert line is not None
        self.line = line
        self.session = router.open_session(
            login=Login(user=user, privilege=15),
            line=line,
            source=source,
            columns=80,
            rows=24,
            write=self._out.extend,
            close=self._close,
        )
        self.session.start()
        self.take()

    def type(self, data: bytes) -> str:
        """Type bytes and give what appears at once."""
        self.session.feed(data)
        self._clock.advance(0)  # type: ignore[attr-defined]
        return self.take()

    def take(self) -> str:
        """What has been printed since the last time."""
        text = self._out.decode("latin-1").replace("\r\n", "\n")
        self._out.clear()
        return text

    def _drop(self) -> None:
        self.session.hangup()

    def _close(self, status: int) -> None:
        self.closed = True
