"""Asking a lab that runs in another process; what it answers is in `control`."""

import json
import os
import socket
from pathlib import Path
from typing import Any, Final

from ...errors import DeviceError, InputError

REPLY_TIMEOUT_S: Final = 60.0


def ask(
    path: Path,
    request: dict[str, Any],
    *,
    to_the_end: bool = False,
    timeout_s: float | None = REPLY_TIMEOUT_S,
) -> Any:
    """Send one request to a lab and give its result; `to_the_end` waits until the lab is over.

    A jump of the clock may take longer than `timeout_s`; None waits for ever.
    Raises DeviceError if the lab does not answer, InputError if it refuses.
    """
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(timeout_s)
        try:
            client.connect(os.fspath(path))
            client.sendall(json.dumps(request).encode() + b"\n")
            with client.makefile("rb") as replies:
                line = replies.readline()
                if to_the_end:
                    replies.read()
        except OSError as error:
            raise DeviceError(
                f"the lab does not answer: {error.strerror or error}", device=path.stem
            ) from None
    if not line:
        raise DeviceError("the lab closed the connection", device=path.stem)
    reply = json.loads(line)
    if not reply["ok"]:
        raise InputError(reply["error"], hint=reply["hint"])
    return reply["result"]
