"""`show tech-support`: everything in one stream that lets others go on."""

import pytest

from getvpn.emulator.commands.tech_support import without_secrets
from getvpn.emulator.login import Login

from .readers import PLATFORMS, STARTUP, Bench
from .visitors import Visitor

SECRETS = (
    "enable secret 0 one\nusername oper privilege 1 secret 0 two\n"
    "snmp-server community three RO\nline vty 0 4\n password four\n"
)


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param, STARTUP + SECRETS)


def parts(text: str) -> dict[str, str]:
    """The outputs by their commands."""
    found: dict[str, str] = {}
    title = ""
    for line in text.splitlines(keepends=True):
        if line.startswith("------------------ ") and line.rstrip().endswith("------------------"):
            title = line.strip("- \n")
            found[title] = ""
        elif title:
            found[title] += line
    return found


def test_each_output_is_that_of_its_command(bench: Bench) -> None:
    found = parts(bench.run("show tech-support"))
    for command in ("show version", "show inventory", "show line"):
        assert found[command].strip() == bench.run(command).strip()
    assert "show logging" in found
    assert ("show platform" in found) == (bench.router.family == "xe")


def test_secrets_are_removed_unless_they_are_asked_for(bench: Bench) -> None:
    text = parts(bench.run("show tech-support"))["show running-config"]
    assert "<removed>" in text
    assert "enable secret " in text
    for line in text.splitlines():
        if line.startswith(("enable secret", "username", "snmp-server community", " password")):
            assert "<removed>" in line
    full = parts(bench.run("show tech-support password"))["show running-config"]
    assert "<removed>" not in full
    assert "snmp-server community three RO\n" in full


def test_other_lines_of_a_configuration_stay() -> None:
    text = "interface Loopback0\n ip address 192.0.2.1 255.255.255.0\n"
    assert without_secrets(text) == text
    assert without_secrets(" pre-shared-key local s3cret\n") == " pre-shared-key local <removed>\n"
    assert (
        without_secrets("crypto isakmp key s3cret address 192.0.2.1\n")
        == "crypto isakmp key <removed> address 192.0.2.1\n"
    )


def test_a_filter_gets_everything(bench: Bench) -> None:
    assert bench.run("show tech-support | include Processor board ID") == (
        f"Processor board ID {bench.router.serial}\n"
    )


@pytest.mark.checklist(99)
def test_megabytes_are_streamed_and_others_answer_between() -> None:
    bench = Bench("isr4451", STARTUP + "logging buffered 8000000\n")
    for number in range(40_000):
        bench.router.log.add("SYS", 6, "TEST", f"message {number} {'x' * 100}")
    received: list[int] = []
    ended: list[int] = []
    line = bench.router.lines.claim_vty("192.0.2.9", lambda: None)
    assert line is not None
    session = bench.router.open_session(
        login=Login(user="admin", privilege=15),
        line=line,
        source="192.0.2.9",
        columns=80,
        rows=24,
        write=lambda data: received.append(len(data)),
        close=ended.append,
    )
    session.start()
    session.feed(b"terminal length 0\nshow tech-support\n")
    assert sum(received) < 100_000, "it waits for its turn after the first outputs"
    assert "KS1" in Visitor(bench.router).type(b"show clock\n")
    bench.advance(1)
    assert sum(received) > 5_000_000
    assert max(received) <= 128 * 1024
    assert not ended


def test_the_pager_can_end_it() -> None:
    visitor = Visitor(Bench("isr4451").router)
    assert visitor.type(b"show tech-support\n").endswith(" --More-- ")
    assert visitor.type(b"q").endswith("KS1#")
