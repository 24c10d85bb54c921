"""What the peer has typed and nobody has read yet, as runs of characters and as keys.

Characters are the bytes of the peer as latin-1, so that every byte comes through as it is.
"""

import re
from typing import Final

INPUT_LIMIT: Final = 256 * 1024
CRLF_WINDOW_S: Final = 0.5

COMMAND: Final = re.compile(r"[^\x00-\x1f?\x7f]+")
PLAIN: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]+")

_COMMAND_LINE = re.compile(r"([^\x00-\x1f?\x7f]*+)\n")
_PLAIN_LINE = re.compile(r"([^\x00-\x08\x0a-\x1f\x7f]*+)\n")
_LINES = {COMMAND: _COMMAND_LINE, PLAIN: _PLAIN_LINE}

ESCAPE: Final = "\x1b"
CTRL_C: Final = "\x03"
CTRL_SHIFT_6: Final = "\x1e"

# ECMA-48: parameter bytes, then one final byte; a terminal sends no long ones
_MAX_REST = 16
_REST = re.compile(r"[\[O][ -?]{0,15}[@-~]")
_REST_BEGUN = re.compile(r"[\[O][ -?]{0,15}")


class Keyboard:
    """The queue between the bytes that come in and the readers of lines and keys.

    Enter is one LF, whether it came as LF, CR, CR LF or CR NUL; NUL is not there at all. What
    comes while `INPUT_LIMIT` characters wait is lost, as it is on a device. `escape` is the
    character that ends what a command waits for, beside Ctrl-C; empty for none.
    """

    __slots__ = (
        "_arrived",
        "_at",
        "_breakable",
        "_cr_until",
        "_in_sequence",
        "_text",
        "_waiting",
        "escape",
    )

    def __init__(self) -> None:
        self.escape = CTRL_SHIFT_6
        self._text = ""
        self._at = 0
        self._arrived: list[str] = []
        self._waiting = 0
        self._cr_until = float("-inf")
        self._in_sequence = False
        self._breakable = False

    @property
    def pending(self) -> int:
        """How many characters wait."""
        return len(self._text) - self._at + self._waiting

    def push(self, data: bytes, now: float) -> None:
        """Take bytes that came at `now`.

        A LF directly behind a CR belongs to it, also if it comes a little later; much later it is
        the Enter of somebody who sends now the one and now the other.
        """
        if 0 in data:
            data = data.replace(b"\0", b"")
        if not data:
            return
        follows_cr = now <= self._cr_until
        self._cr_until = now + CRLF_WINDOW_S if data[-1] == 13 else float("-inf")
        if follows_cr and data[0] == 10:
            data = data[1:]
        if 13 in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        text = data[: INPUT_LIMIT - self.pending].decode("latin-1")
        if text:
            self._arrived.append(text)
            self._waiting += len(text)
            if CTRL_C in text or (self.escape and self.escape in text):
                self._breakable = True

    def clear(self) -> None:
        """Forget what was typed."""
        self._text = ""
        self._at = self._waiting = 0
        self._arrived.clear()
        self._in_sequence = self._breakable = False

    def line(self, run: re.Pattern[str]) -> str | None:
        """The next line, if all of it is there and consists of characters of `run`."""
        if not self._ready():
            return None
        match = _LINES[run].match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        return match[1]

    def characters(self, run: re.Pattern[str], most: int = INPUT_LIMIT) -> str | None:
        """The next characters of `run`; `""` if a key comes first, None if nothing waits."""
        if not self._ready():
            return None
        match = run.match(self._text, self._at, self._at + most)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def key(self) -> str | None:
        """The next key, None if more input is needed to tell which.

        A key is one character, or an escape and what belongs to it, with `[` for an `O` behind it.
        """
        if not self._ready():
            return None
        key = self._text[self._at]
        if key == ESCAPE:
            return self._sequence()
        self._at += 1
        return key

    def character(self) -> str | None:
        """The next character, whatever it is; None if nothing waits."""
        if not self._ready():
            return None
        self._at += 1
        return self._text[self._at - 1]

    def key_at_once(self) -> str | None:
        """The next key without a wait for more: of a sequence the escape. Its rest is lost."""
        key = self.character()
        if key == ESCAPE:
            self._in_sequence = True
        return key

    def take_break(self) -> str:
        """Take the first Ctrl-C or escape character out of what waits; `""` if there is none."""
        if not self._breakable:
            return ""
        self._gather()
        found = [self._text.find(key, self._at) for key in (CTRL_C, self.escape) if key]
        at = min((place for place in found if place >= 0), default=-1)
        if at < 0:
            self._breakable = False
            return ""
        key = self._text[at]
        self._text = self._text[self._at : at] + self._text[at + 1 :]
        self._at = 0
        return key

    def _ready(self) -> bool:
        """Whether a character is there to be read."""
        if self._arrived:
            self._gather()
        if self._in_sequence and self._at < len(self._text) and not self._pass_over():
            return False
        if self._at < len(self._text):
            return True
        self._text = ""
        self._at = 0
        return False

    def _gather(self) -> None:
        rest = self._text[self._at :]
        self._text = rest + "".join(self._arrived) if rest else "".join(self._arrived)
        self._at = self._waiting = 0
        self._arrived.clear()

    def _pass_over(self) -> bool:
        """Drop the rest of a sequence whose escape was read; False if more of it will come."""
        end = self._rest_end(self._at)
        if end is None:
            return False
        self._at = end
        self._in_sequence = False
        return True

    def _sequence(self) -> str | None:
        text, at = self._text, self._at
        end = self._rest_end(at + 1)
        if end is None:
            return None
        if end == at + 1 and text[end] >= " " and text[end] != "\x7f":
            end += 1  # one character behind an escape is a key with it
        self._at = end
        return text[at:end].replace("\x1bO", "\x1b[")

    def _rest_end(self, at: int) -> int | None:
        """Where what follows an escape ends, `at` if no sequence does; None if more will come."""
        text = self._text
        if at == len(text):
            return None
        match = _REST.match(text, at)
        if match is not None:
            return match.end()
        begun = _REST_BEGUN.match(text, at)
        if begun is None:
            return at
        end = begun.end()
        return None if end == len(text) and end - at < _MAX_REST else end
