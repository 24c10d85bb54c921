"""Open libssh to a router and type a command."""

import json
import sys
import time
from typing import Any

from pylibsshext.session import Session


def prompted(channel: Any) -> str:
    text = ""
    end = time.monotonic() + 300
    while not text.endswith("#"):
        if time.monotonic() > end:
            raise TimeoutError(repr(text))
        text += channel.read_bulk_response(timeout=0.1, retry=1).decode()
    return text


def main() -> None:
    told = json.loads(sys.argv[1])
    session = Session()
    session.connect(
        host=told["address"],
        port=told["port"],
        user=told["username"],
        password=told["password"],
        host_key_checking=False,
        look_for_keys=False,
        timeout=300,
    )
    channel = session.invoke_shell()
    said = {"prompt": prompted(channel).strip()}
    channel.sendall(b"show privilege\r")
    said["answer"] = prompted(channel)
    channel.close()
    session.close()
    print(json.dumps(said))


if __name__ == "__main__":
    main()
