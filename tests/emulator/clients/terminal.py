"""A terminal that sends what it is told to, and shows every byte that came back."""

import re
import time
from types import TracebackType
from typing import Self

import paramiko

from .devices import PATIENCE_S, Host

PROMPT = r"(?:^|[\r\n])[\w.-]+(?:\([\w-]+\))?[#>]"
TAIL = 400


class Terminal:
    """A shell on a router, over paramiko; `opening` is what came up to the first prompt."""

    def __init__(
        self,
        host: Host,
        username: str = "",
        password: str = "",
        *,
        columns: int = 200,
        rows: int = 24,
    ) -> None:
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self.client.connect(
            host.address,
            port=host.port,
            username=username or host.username,
            password=password or host.password,
            look_for_keys=False,
            allow_agent=False,
            timeout=PATIENCE_S,
            auth_timeout=PATIENCE_S,
            banner_timeout=PATIENCE_S,
        )
        self.channel = self.client.invoke_shell("vt100", columns, rows)
        self.opening = self.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()

    def send(self, data: str | bytes) -> None:
        self.channel.sendall(data.encode() if isinstance(data, str) else data)

    def read(self, until: str = PROMPT, within_s: float = PATIENCE_S) -> str:
        """All that comes until it ends in the pattern `until`."""
        wanted = re.compile(f"(?:{until})\\Z")
        got: list[str] = []
        tail = ""
        end = time.monotonic() + within_s
        while not wanted.search(tail):
            self.channel.settimeout(max(end - time.monotonic(), 0.001))
            try:
                data = self.channel.recv(65536).decode()
            except TimeoutError:
                data = ""
            if not data:
                raise AssertionError(f"no {until!r} at the end of {''.join(got)[-2000:]!r}")
            got.append(data)
            tail = (tail + data)[-TAIL:]
        return "".join(got)

    def ask(self, line: str, until: str = PROMPT) -> str:
        """Type a line and Enter; everything from the echo up to what ends in `until`."""
        self.send(f"{line}\r")
        return self.read(until)

    def show(self, command: str) -> str:
        """The output of a command alone, its lines ending in a line feed."""
        text = self.ask(command).replace("\r\n", "\n")
        assert text.startswith(f"{command}\n"), text[:200]
        return text[len(command) + 1 : text.rindex("\n") + 1]

    def configure(self, *lines: str) -> str:
        """Type configuration lines; what came back of them all."""
        answers = [self.ask("configure terminal"), *map(self.ask, lines), self.ask("end")]
        return "".join(answers)

    def is_quiet(self) -> bool:
        """Whether nothing has come that was not read: of a letter typed now only its echo comes."""
        self.send("!")
        quiet = self.read("!") == "!"
        self.send("\x15")
        return quiet

    def ends(self, within_s: float = PATIENCE_S) -> bool:
        """Whether the router closes the connection."""
        transport = self.client.get_transport()
        assert transport is not None
        self.channel.settimeout(within_s)
        try:
            while self.channel.recv(65536):
                pass
        except TimeoutError:
            return False
        transport.join(within_s)
        return not transport.is_active()
