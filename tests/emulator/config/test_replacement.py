"""The commands that turn one configuration into another, and the passes of a replacement."""

from collections.abc import Sequence
from textwrap import dedent

import pytest
from hypothesis import given

from getvpn.emulator.config.differences import contextual
from getvpn.emulator.config.replacement import (
    MAX_PASSES,
    Failure,
    Outcome,
    Pass,
    plan,
    replace,
)
from getvpn.emulator.config.rules import Rules, negation
from getvpn.emulator.config.texttree import Node, parse

from ...effort import calls
from .config_texts import OPENERS, identity, long_text, text_of, trees
from .test_differences import UNCHANGED

IOS = Rules()
SINGLE = ("hostname ", "ip address ", "description ", "metric ")


def overwriting(_parents: tuple[str, ...], line: str) -> str | None:
    return next((word for word in SINGLE if line.startswith(word)), None)


def no_port(parents: tuple[str, ...], line: str) -> bool:
    return bool(parents) or not line.startswith(("interface Gigabit", "line con"))


ROUTER = Rules(identity=overwriting, removable=no_port)


def text(block: str) -> str:
    return dedent(block).lstrip("\n")


def planned(running: str, target: str, rules: Rules = ROUTER) -> str:
    return "\n".join(plan(text(running), text(target), rules)) + "\n"


class Mode(dict[str, "Mode"]):
    """The lines of a mode, each with those below it."""


class Device:
    """A store of lines that takes commands, mode by mode; `bad` lines it does not know.

    With `strict` it goes by the lines that leave modes, else by the indentation.
    """

    def __init__(self, config: str, *, strict: bool = False, bad: str = "bogus") -> None:
        self.lines = Mode()
        self.strict = strict
        self.bad = bad
        self.entered: list[str] = []
        self.failures: list[Failure] = []
        self._load(parse(config).nodes, self.lines)

    def _load(self, nodes: tuple[Node, ...], into: Mode) -> None:
        for each in nodes:
            if not each.text.startswith("exit"):
                into[each.text] = Mode()
                self._load(each.children, into[each.text])

    def text(self) -> str:
        return _written(self.lines, 0, closings=self.strict) + "end\n"

    def apply(self, commands: Sequence[str], *, stop: bool) -> list[Failure]:
        modes = [self.lines]
        failures = []
        for command in commands:
            self.entered.append(command)
            line = command.strip()
            if line.startswith("exit") and not self.strict:
                continue
            depth = len(command) - len(command.lstrip())
            if depth == 0 or not self.strict:
                del modes[depth + 1 :]
            assert len(modes) == depth + 1 + line.startswith("exit"), commands
            if not self._take(modes, line):
                failures.append(Failure(line=command, text="% Invalid input"))
                if stop:
                    break
        self.failures += failures
        return failures

    def _take(self, modes: list[Mode], line: str) -> bool:
        here = modes[-1]
        if line.startswith("exit"):
            modes.pop()
            return True
        if self.bad in line:
            return False
        if line.startswith("no access-list "):
            for gone in [each for each in here if each.startswith(line[3:])]:
                del here[gone]
            return True
        if line.startswith("no ") and not line.startswith("no off"):
            return here.pop(line[3:], None) is not None
        if line.startswith("off"):
            return here.pop(f"no {line}", None) is not None
        before = next((each for each in here if identity(each) == identity(line)), None)
        if before is not None and before != line:
            here.pop(before)
        block = here.setdefault(line, Mode())
        if line.startswith(OPENERS):
            modes.append(block)
        return True


def _written(lines: Mode, depth: int, *, closings: bool) -> str:
    written = ""
    for line, below in lines.items():
        written += f"{' ' * depth}{line}\n"
        written += _written(below, depth + 1, closings=closings)
        if closings and depth and line.startswith(OPENERS):
            written += f"{' ' * depth}exit-block\n"
    return written


def test_removals_come_from_the_last_line_to_the_first_and_additions_in_order() -> None:
    # The transcript of a change that was taken back after a minute.
    running = """
        interface GigabitEthernet0/0
         ip address 2.2.2.2 255.255.255.0
        ip route 0.0.0.0 0.0.0.0 2.2.2.3
        end
    """
    target = """
        interface GigabitEthernet0/0
         ip address 1.1.1.1 255.255.255.0
        ip route 0.0.0.0 0.0.0.0 1.1.1.2
        end
    """

    assert planned(running, target, IOS) == text("""
        no ip route 0.0.0.0 0.0.0.0 2.2.2.3
        interface GigabitEthernet0/0
         no ip address 2.2.2.2 255.255.255.0
        interface GigabitEthernet0/0
         ip address 1.1.1.1 255.255.255.0
        ip route 0.0.0.0 0.0.0.0 1.1.1.2
    """)


def test_a_line_that_is_overwritten_is_not_removed_first() -> None:
    running = "hostname R1\ninterface Lo0\n ip address 10.0.0.1 255.255.255.255\n description a\n"
    target = "hostname R2\ninterface Lo0\n ip address 10.0.0.2 255.255.255.255\n"

    assert planned(running, target) == text("""
        interface Lo0
         no description a
        hostname R2
        interface Lo0
         ip address 10.0.0.2 255.255.255.255
    """)


def test_an_interface_goes_with_all_that_is_below_it() -> None:
    running = "interface Loopback9\n ip address 10.0.0.9 255.255.255.255\n no shutdown\n"

    assert planned(running, "end") == "no interface Loopback9\n"


def test_a_port_stays_and_its_lines_go_one_by_one() -> None:
    running = """
        interface GigabitEthernet0/1
         description x
         no ip address
         shutdown
        line con 0
         exec-timeout 0 0
    """

    assert planned(running, "end") == text("""
        line con 0
         no exec-timeout 0 0
        interface GigabitEthernet0/1
         no shutdown
         default ip address
         no description x
    """)


@pytest.mark.parametrize(
    ("running", "target", "commands"),
    [
        (" shutdown", "", [" no shutdown"]),
        ("", " shutdown", [" shutdown"]),
        (" shutdown", " no shutdown", [" no shutdown"]),
        (" no ip address", " ip address 10.0.0.1 255.0.0.0", [" ip address 10.0.0.1 255.0.0.0"]),
        (" ip address 10.0.0.1 255.0.0.0", " no ip address", [" no ip address"]),
        (" no ip redirects", "", [" ip redirects"]),
        (" no ip redirects", " ip redirects", [" ip redirects"]),
        (" ip helper-address 1.1.1.1", " no ip helper", None),
    ],
)
def test_a_line_and_its_negation_are_not_both_entered(
    running: str, target: str, commands: list[str] | None
) -> None:
    header = "interface GigabitEthernet0/0"

    found = plan(f"{header}\n{running}\nend", f"{header}\n{target}\nend", IOS)
    assert found == (
        [header, *commands]
        if commands is not None
        else [header, " no ip helper-address 1.1.1.1", header, " no ip helper"]
    )


def test_access_list_entries_go_by_their_numbers() -> None:
    running = "ip access-list extended A\n 10 permit ip any any\n 20 deny   ip any any\n"
    target = "ip access-list extended A\n 10 permit ip any host 10.0.0.1\n 20 deny ip any any\n"

    assert planned(running, target) == text("""
        ip access-list extended A
         no 10
        ip access-list extended A
         10 permit ip any host 10.0.0.1
    """)


def test_an_entry_that_comes_earlier_makes_the_rest_of_its_list_be_entered_again() -> None:
    running = "ip access-list extended A\n permit a\n permit b\n permit c\n"
    target = "ip access-list extended A\n permit a\n permit c\n permit b\n"

    assert planned(running, target) == text("""
        ip access-list extended A
         no permit b
        ip access-list extended A
         permit b
    """)


def test_an_entry_of_a_numbered_list_takes_the_list_with_it() -> None:
    running = "access-list 1 permit 10.0.0.1\naccess-list 1 permit 10.0.0.2\naccess-list 2 deny any"
    target = "access-list 1 permit 10.0.0.2\naccess-list 2 deny any\n"

    assert planned(running, target) == text("""
        no access-list 1
        access-list 1 permit 10.0.0.2
    """)


def test_a_numbered_list_that_only_grows_is_left_alone() -> None:
    running = "access-list 1 permit 10.0.0.1\n"

    assert planned(running, running + "access-list 1 permit 10.0.0.2\n") == (
        "access-list 1 permit 10.0.0.2\n"
    )


def test_a_banner_is_entered_over_the_old_one_and_removed_by_its_name() -> None:
    old, new = "banner motd ^C\nold\n^C\nend", "banner motd #\nnew\n#\nend"

    assert planned(old, new) == "banner motd ^C\nnew\n^C\n"
    assert planned(old, "end") == "no banner motd\n"


def test_modes_inside_a_mode_are_left_before_its_next_line() -> None:
    running = """
        router bgp 1
         bgp log-neighbor-changes
         address-family ipv4
          network 10.0.0.0
         exit-address-family
        crypto gdoi group G
         server local
          sa ipsec 1
           profile P
          address ipv4 10.0.0.1
    """
    target = """
        router bgp 1
         address-family ipv4
          network 10.0.0.1
         exit-address-family
         neighbor 10.0.0.2 remote-as 2
        crypto gdoi group G
         server local
          sa ipsec 1
           profile Q
          address ipv4 10.0.0.2
         identity number 1
    """

    assert planned(running, target) == text("""
        crypto gdoi group G
         server local
          no address ipv4 10.0.0.1
          sa ipsec 1
           no profile P
        router bgp 1
         address-family ipv4
          no network 10.0.0.0
         exit-address-family
         no bgp log-neighbor-changes
        router bgp 1
         address-family ipv4
          network 10.0.0.1
         exit-address-family
         neighbor 10.0.0.2 remote-as 2
        crypto gdoi group G
         server local
          sa ipsec 1
           profile Q
          exit
          address ipv4 10.0.0.2
         exit
         identity number 1
    """)


def test_a_new_block_is_entered_as_it_stands_and_left_from_its_last_mode() -> None:
    running = "crypto gdoi group G\n identity number 1\n"
    target = """
        crypto gdoi group G
         server local
          sa ipsec 1
           profile P
          redundancy
           local priority 10
         identity number 2
    """

    assert planned(running, target) == text("""
        crypto gdoi group G
         no identity number 1
        crypto gdoi group G
         server local
          sa ipsec 1
           profile P
          redundancy
           local priority 10
          exit
         exit
         identity number 2
    """)


def test_an_empty_mode_is_left_by_the_line_that_the_text_has_for_it() -> None:
    target = """
        vrf definition V
         rd 1:1
         address-family ipv4
         exit-address-family
         address-family ipv6
         exit-address-family
    """

    assert planned("vrf definition V\n rd 1:1\n", target) == text("""
        vrf definition V
         address-family ipv4
         exit-address-family
         address-family ipv6
         exit-address-family
    """)


def test_a_block_whose_first_line_is_overwritten_keeps_what_is_below() -> None:
    def maps(_parents: tuple[str, ...], line: str) -> str | None:
        return line.rpartition(" ")[0] if line.startswith("crypto map") else None

    running = "crypto map M 10 ipsec-isakmp\n set peer 10.0.0.1\n match address A\n"
    target = "crypto map M 10 gdoi\n set group G\n match address A\n"

    assert planned(running, target, Rules(identity=maps)) == text("""
        crypto map M 10 ipsec-isakmp
         no set peer 10.0.0.1
        crypto map M 10 gdoi
         set group G
    """)


def test_lines_that_ios_writes_by_itself_are_left_alone() -> None:
    running = "version 15.2\nboot-start-marker\nboot-end-marker\nhostname R1\nend"

    assert plan(running, "version 17.9\nhostname R1\nend", IOS) == []


def test_a_line_without_a_negation_stays() -> None:
    def negate(parents: tuple[str, ...], line: str) -> str | None:
        return None if line == "crypto key" else negation(parents, line)

    assert plan("crypto key\nip cef\nend", "end", Rules(negate=negate)) == ["no ip cef"]


def test_headers_in_a_target_are_commands_unless_the_rules_say_no() -> None:
    headed = "Building configuration...\n\nCurrent configuration : 9 bytes\nip cef\nend"

    assert plan(headed, headed, Rules(headers=False)) == []
    assert plan(headed, headed, IOS) == [
        "Building configuration...",
        "Current configuration : 9 bytes",
    ]


def test_a_plan_is_a_configuration_text_by_itself() -> None:
    running, target = text_long("a"), text_long("b") + "banner motd ^C\n x\n^C\nend"

    assert "\n".join(plan(running, target, IOS)).count("banner") == 1
    assert parse("\n".join([*plan(running, target, IOS), "end"])).ended


def text_long(mark: str) -> str:
    return long_text(40, mark).replace("end\n", "")


@given(trees, trees)
def test_a_plan_makes_the_target_of_any_configuration(
    one: tuple[Node, ...], other: tuple[Node, ...]
) -> None:
    running, target = text_of(one), text_of(other)
    device = Device(running)

    assert device.apply(plan(running, target, IOS), stop=False) == []
    assert contextual(device.text(), target) == UNCHANGED
    assert plan(device.text(), target, IOS) == []


@given(trees, trees)
def test_a_plan_leaves_every_mode_that_it_opened(
    one: tuple[Node, ...], other: tuple[Node, ...]
) -> None:
    running, target = text_of(one, closings=True), text_of(other, closings=True)
    device = Device(running, strict=True)

    assert device.apply(plan(running, target, ROUTER), stop=False) == []
    assert contextual(device.text(), target) == UNCHANGED


@given(trees, trees)
def test_nothing_is_planned_just_when_nothing_differs(
    one: tuple[Node, ...], other: tuple[Node, ...]
) -> None:
    running, target = text_of(one), text_of(other)
    differ = contextual(running, target) != UNCHANGED

    assert bool(plan(running, target, IOS)) == differ
    assert bool(plan(running, target, ROUTER)) == differ


@given(trees, trees)
def test_a_plan_is_always_the_same(one: tuple[Node, ...], other: tuple[Node, ...]) -> None:
    running, target = text_of(one), text_of(other)

    assert plan(running, target, ROUTER) == plan(running, target, ROUTER)


def test_the_work_of_a_plan_grows_with_the_number_of_lines() -> None:
    def work(count: int) -> int:
        old, new = long_text(count, "10.9.9.1"), long_text(count, "10.9.9.2")
        return calls(lambda: plan(old, new, ROUTER))

    assert work(5000) < 6 * work(1000)


def test_a_line_of_many_words_costs_no_more_than_its_length() -> None:
    line = "x " * 200_000

    assert len(plan(f"no {line}\nend", f"{line}\nend", IOS)) == 1


def test_a_replacement_takes_one_pass() -> None:
    device = Device("alpha 1\nblock 1\n beta 1\nend")

    outcome = replace(device.apply, device.text, "alpha 2\nblock 1\n beta 2\nend", IOS)

    assert (outcome.done, len(outcome.passes), outcome.failed) == (True, 1, ())
    assert device.text() == "block 1\n beta 2\nalpha 2\nend\n"


def test_equal_configurations_take_no_pass() -> None:
    device = Device("alpha 1\nend")

    assert replace(device.apply, device.text, "alpha 1\nend", IOS) == Outcome(passes=(), done=True)
    assert device.entered == []


def test_what_depends_on_another_line_takes_another_pass() -> None:
    class Dependent(Device):
        def _take(self, modes: list[Mode], line: str) -> bool:
            if line == "no alpha 2" and "alpha 1" in modes[-1]:
                return False
            return super()._take(modes, line)

    device = Dependent("alpha 1\nalpha 2\nend")
    outcome = replace(device.apply, device.text, "end", IOS)

    assert outcome == Outcome(
        passes=(
            Pass(
                commands=("no alpha 2", "no alpha 1"),
                failures=(Failure(line="no alpha 2", text="% Invalid input"),),
            ),
            Pass(commands=("no alpha 2",)),
        ),
        done=True,
    )


def test_a_line_that_never_applies_ends_after_five_passes() -> None:
    device = Device("alpha 1\nend")
    outcome = replace(device.apply, device.text, "alpha 2\nblock 1\n bogus line\nend", IOS)

    assert not outcome.done
    assert len(outcome.passes) == MAX_PASSES
    assert outcome.leftover == ("block 1", " bogus line")
    assert outcome.failed == ("bogus line",)
    assert device.entered.count(" bogus line") == 2


def test_a_line_that_is_never_shown_ends_without_a_failure() -> None:
    class Silent(Device):
        def text(self) -> str:
            return super().text().replace("beta 1\n", "")

    device = Silent("end")
    outcome = replace(device.apply, device.text, "beta 1\nend", IOS)

    assert (outcome.done, outcome.failed, outcome.leftover) == (False, (), ("beta 1",))
    assert len(outcome.passes) == MAX_PASSES


def test_the_first_failure_brings_the_original_back() -> None:
    original = "alpha 1\nblock 1\n beta 1\nend\n"
    device = Device(original)
    target = "alpha 2\nbogus 1\nbogus 2\nblock 1\n beta 2\nend"

    outcome = replace(device.apply, device.text, target, IOS, revert_on_error=True)

    assert outcome.failure == Failure(line="bogus 1", text="% Invalid input")
    assert outcome.back is not None
    assert outcome.back.done
    assert contextual(device.text(), original) == UNCHANGED
    assert "bogus 2" not in device.entered


@given(trees, trees)
def test_going_back_restores_any_configuration(
    one: tuple[Node, ...], other: tuple[Node, ...]
) -> None:
    running = text_of(one)
    device = Device(running, bad="beta 3")
    device_text = device.text()

    outcome = replace(device.apply, device.text, text_of(other), ROUTER, revert_on_error=True)

    if outcome.failure is None:
        assert contextual(device.text(), text_of(other)) == UNCHANGED
    elif "beta 3" not in running:
        assert contextual(device.text(), device_text) == UNCHANGED
