"""A day of a large group; prints figures as JSON: seconds, bytes, rekeys received, signatures."""

import json
import resource
import sys
from time import process_time

from getvpn.emulator.gdoi import messages
from getvpn.emulator.gdoi.crowd import CrowdSize, make_crowd
from getvpn.emulator.keys.maker import SystemKeyMaker
from getvpn.emulator.simulation.kernel import Kernel

DAY_S = 86_400.0


def main(servers: int, members: int) -> dict[str, float]:
    """Run it."""
    verified = 0
    verify = messages._verified

    def counting(*arguments: object) -> bool:
        nonlocal verified
        verified += 1
        return verify(*arguments)  # type: ignore[arg-type]

    messages._verified = counting
    key = SystemKeyMaker().rsa(2048)
    crowd = make_crowd(
        CrowdSize(servers=servers, members=members, quiet=True), kernel=Kernel(0.0, 1), key=key
    )
    crowd.start()
    crowd.kernel.advance(600.0)
    before = sum(member.rekeys for member in crowd.members)
    begun = process_time()
    crowd.kernel.advance(DAY_S)
    seconds = process_time() - begun
    return {
        "seconds": seconds,
        "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "received": sum(member.rekeys for member in crowd.members) - before,
        "verified": verified,
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
