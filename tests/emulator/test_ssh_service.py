"""The SSH server as the router itself sees it."""

from itertools import groupby

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.testing import START, console, make_router

NAMED = "hostname KS1\nip domain name example.net\n"


def test_who_watches_the_server_is_told_of_each_boot() -> None:
    clock = ManualClock(START)
    router = make_router(startup=NAMED, clock=clock)
    console(router).configure("crypto key generate rsa modulus 2048")
    console(router).run("write memory")
    seen: list[bool] = []
    router.ssh.watch(lambda: seen.append(router.ssh.enabled))

    for _ in range(2):
        router.reload()
        clock.advance(10)

    assert [value for value, _ in groupby(seen)] == [False, True, False, True]
