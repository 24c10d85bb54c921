"""COUNT devices of FakeNOS; prints a JSON line when they listen, like `bare_server`."""

import json
import logging
import socket
import sys
import time

BEGUN = time.perf_counter()

from fakenos import FakeNOS  # noqa: E402


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def main() -> None:
    """Serve until the process is ended."""
    logging.disable(logging.CRITICAL)
    ports = [free_port() for _ in range(int(sys.argv[1]))]
    server = {
        "plugin": "ParamikoSshServer",
        "configuration": {"address": "127.0.0.1", "timeout": 1},
    }
    net = FakeNOS(
        inventory={
            "default": {"username": "admin", "password": "admin", "server": server},
            "hosts": {
                f"r{number}": {"port": port, "platform": "cisco_ios"}
                for number, port in enumerate(ports)
            },
        }
    )
    net.start()
    print(json.dumps({"ports": ports[:1], "ready_s": time.perf_counter() - BEGUN}), flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
