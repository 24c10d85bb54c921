"""A device whose every command and answer goes into the journal, without secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Final, TypeVar

from ...errors import DeviceError
from ..collecting.scrub import without_secrets
from ..comparing.text import concealed
from ..ssh.device import Answer, Device

MAX_ANSWER_CHARS: Final = 20_000
"""Of a longer answer the journal keeps the beginning and says so."""
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"
    r"(?:.{0,20000}?-----END [A-Z ]{0,20}PRIVATE KEY-----|.*)",
    re.DOTALL,
)
Note = Callable[[str, str, str], None]
"""Takes the name of the device, what was entered and what it answered."""
T = TypeVar("T")


class Hidden:
    """Secrets of a run, which are in the memory of its process alone."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: list[str] = []

    def __repr__(self) -> str:
        return f"<{len(self._values)} secrets>"

    def keep(self, value: str) -> str:
        """Let `value` be struck from all that is recorded; gives it back."""
        if value and value not in self._values:
            self._values.append(value)
        return value

    def struck(self, text: str) -> str:
        """`text` with `<removed>` for each of them."""
        for value in self._values:
            text = text.replace(value, "<removed>")
        return text


class RecordedDevice:
    """A `Device` in front of another one; errors too lose the secrets.

    `note` takes what was entered and answered as long as it is `wanted`.
    """

    __slots__ = ("_device", "_hidden", "_note", "_wanted")

    def __init__(
        self, device: Device, hidden: Hidden, note: Note, wanted: Callable[[], bool]
    ) -> None:
        self._device = device
        self._hidden = hidden
        self._note = note
        self._wanted = wanted

    @property
    def name(self) -> str:
        """The name of the device."""
        return self._device.name

    @property
    def prompt(self) -> str:
        """The prompt that it prints now."""
        return self._device.prompt

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        """As `Device.send`."""
        return self._recorded(command, lambda: self._device.send(command, timeout_s=timeout_s))

    def configure(
        self,
        lines: Iterable[str],
        *,
        agree: Container[str] = (),
        revert_min: int | None = None,
        timeout_s: float | None = None,
    ) -> str:
        """As `Device.configure`."""
        entered = list(lines)
        return self._recorded(
            "\n".join(entered),
            lambda: self._device.configure(
                entered, agree=agree, revert_min=revert_min, timeout_s=timeout_s
            ),
            configuring=True,
        )

    def dialogue(
        self,
        command: str,
        answers: Sequence[Answer],
        *,
        configuring: bool = False,
        timeout_s: float | None = None,
    ) -> str:
        """As `Device.dialogue`."""
        return self._recorded(
            command,
            lambda: self._device.dialogue(
                command, answers, configuring=configuring, timeout_s=timeout_s
            ),
            configuring=configuring,
        )

    def reload(self, *, save: bool = False, within_s: float = 900.0) -> None:
        """As `Device.reload`."""
        self._recorded("reload", lambda: self._reloaded(save, within_s))

    def close(self) -> None:
        """End the session."""
        self._device.close()

    def _reloaded(self, save: bool, within_s: float) -> str:
        self._device.reload(save=save, within_s=within_s)
        return ""

    def _recorded(self, entered: str, act: Callable[[], str], *, configuring: bool = False) -> str:
        try:
            answer = act()
        except DeviceError as error:
            error.message = self._hidden.struck(error.message)
            if self._wanted():
                said = f"! {self._hidden.struck(str(error))}"
                self._note(self.name, self._shown(entered, configuring), said)
            raise
        if self._wanted():
            said = without_secrets(entered, _PRIVATE_KEY.sub("<removed>", _cut(answer)))
            self._note(self.name, self._shown(entered, configuring), self._hidden.struck(said))
        return answer

    def _shown(self, entered: str, configuring: bool) -> str:
        lines = "\n".join(concealed(line) for line in entered.split("\n"))
        return f"{'(config) ' * configuring}{self._hidden.struck(lines)}"


def _cut(text: str) -> str:
    if len(text) <= MAX_ANSWER_CHARS:
        return text
    return f"{text[:MAX_ANSWER_CHARS]}\n[{len(text) - MAX_ANSWER_CHARS} more characters]\n"
