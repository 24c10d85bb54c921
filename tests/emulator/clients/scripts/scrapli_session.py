"""Open scrapli to a router, ask, configure, answer a question, and close."""

import json
import sys
from typing import Any

from scrapli import (
    AuthOptions,
    Cli,
    LookupKeyValue,
    SessionOptions,
    TransportBinOptions,
    TransportSsh2Options,
)


def opened(told: dict[str, Any]) -> Cli:
    if told["transport"] == "bin":
        transport = TransportBinOptions(enable_strict_key=False)
    else:
        transport = TransportSsh2Options()
    return Cli(
        told["address"],
        port=told["port"],
        definition_file_or_name="cisco_iosxe",
        auth_options=AuthOptions(
            username=told["username"],
            password=told["password"],
            lookups=[LookupKeyValue("enable", told["secret"])],
        ),
        session_options=SessionOptions(operation_timeout_s=300),
        transport_options=transport,
    )


def main() -> None:
    said: dict[str, Any] = {}
    with opened(json.loads(sys.argv[1])) as router:
        said["prompt"] = router.get_prompt().result
        said["version"] = router.send_input("show version").result
        lines = ["interface Loopback9", "description from scrapli"]
        said["configured"] = [
            router.send_input(line, requested_mode="configuration").failed for line in lines
        ]
        said["mode"] = router.get_prompt().result
        said["bad"] = router.send_input("bogus words", requested_mode="configuration").failed
        shown = router.send_input(
            "show running-config interface Loopback9", requested_mode="privileged_exec"
        )
        said["interface"] = shown.result
        router.enter_mode("tclsh")
        said["tcl"] = router.get_prompt().result
        router.enter_mode("privileged_exec")
        said["answered"] = router.send_prompted_input(
            "copy running-config startup-config", "Destination filename [startup-config]?", "", ""
        ).result
    print(json.dumps(said))


if __name__ == "__main__":
    main()
