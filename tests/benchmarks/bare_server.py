"""The least that asyncssh can do: one prompt, one answer, no command line; for comparisons.

`python bare_server.py DEVICES rsa|ed25519 [raw]` prints a JSON line when it listens: the ports, and
the seconds since the process began. `raw` opens bare listeners whose connections are not served.
"""

import asyncio
import json
import sys
import time

BEGUN = time.perf_counter()

import asyncssh  # noqa: E402

PROMPT = "KS1#"
ANSWER = "*00:00:00.000 UTC Thu Jan 1 2026\r\n"


class Session(asyncssh.SSHServerSession[str]):
    """Echoes a line and answers it."""

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        self._chan = chan
        self._line = ""

    def pty_requested(self, *_: object) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        self._chan.write("\r\n" + PROMPT)

    def data_received(self, data: str, datatype: object) -> None:
        lines = (self._line + data.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
        shown = len(self._line)
        self._line = lines.pop()
        out = []
        for line in lines:
            out.append(line[shown:] + "\r\n" + (ANSWER if line else "") + PROMPT)
            shown = 0
        self._chan.write("".join(out) + self._line[shown:])


class Server(asyncssh.SSHServer):
    """Lets everybody in who has any password."""

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return True

    def session_requested(self) -> Session:
        return Session()


async def serve(devices: int, kind: str, *, raw: bool) -> None:
    """Listen until the process is ended."""
    key = (
        asyncssh.generate_private_key("ssh-rsa", key_size=2048)
        if kind == "rsa"
        else asyncssh.generate_private_key("ssh-ed25519")
    )
    options = asyncssh.SSHServerConnectionOptions(
        server_factory=Server,
        server_host_keys=[key],
        encoding="utf-8",
        line_editor=False,
        compression_algs=["none"],
        gss_host=None,
    )
    loop = asyncio.get_running_loop()
    ports = []
    for _ in range(devices):
        if raw:
            listener = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
            ports.append(listener.sockets[0].getsockname()[1])
        else:
            acceptor = await asyncssh.listen("127.0.0.1", 0, options=options)
            ports.append(acceptor.get_port())
    print(json.dumps({"ports": ports[:1], "ready_s": time.perf_counter() - BEGUN}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], raw="raw" in sys.argv[3:]))
