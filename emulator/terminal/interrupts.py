"""What ends a wait of a session early."""


class Interrupted(Exception):  # noqa: N818 - not an error: a key that was pressed
    """Ctrl-C, Ctrl-Z or Ctrl-Shift-6.

    `ctrl` is the letter (`C`, `Z` or `^`), `text` the line that was being typed, without what was
    typed unseen.
    """

    def __init__(self, ctrl: str, text: str = "") -> None:
        super().__init__(ctrl, text)
        self.ctrl = ctrl
        self.text = text


class HungUp(Exception):  # noqa: N818 - not an error: the peer may leave at any time
    """The peer is gone: whatever waited for it ends."""


class TimedOut(Exception):  # noqa: N818 - not an error: nobody typed
    """Nothing was entered in the time that a question gives."""
