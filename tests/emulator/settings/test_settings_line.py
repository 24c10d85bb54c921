"""The lines of a router: ranges, and what is configured on them."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router

Refused = Callable[[Router, str], str]


def lines_of(router: Router) -> list[str]:
    """The `line` blocks of the running configuration."""
    text = router.running_lines()
    found: list[str] = []
    inside = False
    for line in text:
        inside = line.startswith("line ") or (inside and line.startswith(" "))
        if inside:
            found.append(line)
    return found


def vtys(router: Router) -> list[str]:
    return lines_of(router)[lines_of(router).index(next(filter(is_vty, lines_of(router)))) :]


def is_vty(line: str) -> bool:
    return line.startswith("line vty")


def test_a_range_over_two_blocks_configures_both(router: Router) -> None:
    router.merge("line vty 0 15\n login local\n transport input ssh\n")
    assert vtys(router) == [
        "line vty 0 4",
        " login local",
        " transport input ssh",
        "line vty 5 15",
        " login local",
        " transport input ssh",
    ]


def test_a_part_of_a_range_gets_a_block_of_its_own_when_it_differs(router: Router) -> None:
    con = console(router)
    con.run("configure terminal", "line vty 2")
    assert vtys(router) == ["line vty 0 4", " login"]
    con.run("exec-timeout 0 0")
    assert vtys(router) == [
        "line vty 0 1",
        " login",
        "line vty 2",
        " exec-timeout 0 0",
        " login",
        "line vty 3 4",
        " login",
    ]
    con.run("no exec-timeout", "exec-timeout 10")
    assert vtys(router) == ["line vty 0 4", " login"]


def test_two_users_on_overlapping_ranges_configure_the_same_lines(router: Router) -> None:
    router.merge("line vty 0 4\n login local\n")
    first = console(router)
    second = console(router)
    first.run("configure terminal", "line vty 0 4")
    second.run("configure terminal", "line vty 1 2", "exec-timeout 1 0")
    first.run("logging synchronous")
    second.run("exec-timeout 10 0")
    assert vtys(router) == ["line vty 0 4", " logging synchronous", " login local"]


@pytest.mark.parametrize(
    ("platform", "begins"),
    [
        ("isr4451", [" login"]),
        ("c8000v", [" login", " transport input ssh"]),
        ("isr2911", [" login", " transport input all"]),
    ],
)
def test_new_lines_begin_like_the_first_ones(platform: str, begins: list[str]) -> None:
    router = make_router(platform=platform)
    router.merge("line vty 7\n")
    assert vtys(router) == ["line vty 0 4", *begins, "line vty 5 7", *begins]
    assert router.lines.vty_count() == 8


def test_removing_a_line_removes_those_behind_it(router: Router) -> None:
    router.merge("line vty 0 15\n login local\nno line vty 9\n")
    assert [line for line in vtys(router) if is_vty(line)] == ["line vty 0 4", "line vty 5 8"]
    router.merge("no line vty 5 8\n")
    assert router.lines.vty_count() == 5


@pytest.mark.parametrize("line", ["no line vty 0 4", "no line vty 3", "no line con 0"])
def test_the_first_lines_cannot_be_removed(router: Router, refused: Refused, line: str) -> None:
    before = router.running_lines()
    assert refused(router, line) == "% Can't delete last 5 VTY lines\n"
    assert router.running_lines() == before


@pytest.mark.parametrize(
    "line", ["line con 1", "line aux 0 1", "line tty 7", "line vty 4 2", "line vty 9999"]
)
def test_lines_that_there_are_not_are_refused(router: Router, refused: Refused, line: str) -> None:
    assert "^\n% Invalid input" in refused(router, line)


def test_lines_have_numbers_of_their_own(classic: Router) -> None:
    con = console(classic)
    con.run("configure terminal", "line 2", "exec-timeout 3 0", "line 0", "exec-timeout 4 0")
    con.run("line 388 392", "exec-timeout 5 0")
    shown = lines_of(classic)
    assert shown[shown.index("line con 0") + 1] == " exec-timeout 4 0"
    assert shown[shown.index("line 2") + 1] == " exec-timeout 3 0"
    assert shown[shown.index("line vty 0 4") + 1] == " exec-timeout 5 0"


def test_a_line_goes_back_to_what_it_began_with(classic: Router) -> None:
    classic.merge("line vty 0 4\n login local\n transport input ssh\n exec-timeout 1\n")
    classic.merge("default line vty 0 4\n")
    assert vtys(classic) == ["line vty 0 4", " login", " transport input all"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("exec-timeout 5", ["exec-timeout 5 0"]),
        ("no exec-timeout", ["exec-timeout 0 0"]),
        ("exec-timeout 10 0", []),
        ("transport input ssh telnet", ["transport input telnet ssh"]),
        ("transport input all", ["transport input all"]),
        ("no transport input", ["transport input none"]),
        ("transport output none", ["transport output none"]),
        ("transport preferred none", ["transport preferred none"]),
        ("access-class 10 in vrf-also", ["access-class 10 in vrf-also"]),
        ("access-class 10 in\n access-class 11 out", ["access-class 10 in", "access-class 11 out"]),
        ("privilege level 15", ["privilege level 15"]),
        ("password 0 pw", ["password pw"]),
        ("logging synchronous", ["logging synchronous"]),
        ("length 0", ["length 0"]),
        ("length 24", []),
        ("width 132", ["width 132"]),
        ("history size 100", ["history size 100"]),
        ("no history", ["no history"]),
        ("session-timeout 30", ["session-timeout 30"]),
        ("absolute-timeout 60", ["absolute-timeout 60"]),
        ("no exec", ["no exec"]),
        ("stopbits 1", ["stopbits 1"]),
        ("no login", ["no login"]),
        ("login local", ["login local"]),
        ("location rack 7, shelf 2", ["location rack 7, shelf 2"]),
    ],
)
def test_a_setting_is_kept_in_its_canonical_form(
    router: Router, typed: str, kept: list[str]
) -> None:
    before = set(vtys(router))
    assert router.merge(f"line vty 0 4\n {typed}\n").rejected == ()
    assert [line.strip() for line in vtys(router) if line not in before] == kept
    again = make_router(startup="\n".join(router.running_lines()))
    assert again.running_lines() == router.running_lines()


def test_on_the_console_no_login_is_what_there_is_anyway(router: Router) -> None:
    before = router.running_lines()
    router.merge("line con 0\n no login\n")
    assert router.running_lines() == before


def test_the_settings_stand_in_the_order_of_ios(router: Router) -> None:
    router.merge(
        "line vty 0 4\n transport input ssh\n length 0\n login local\n logging synchronous\n"
        " password pw\n privilege level 15\n exec-timeout 0 0\n access-class 10 in\n"
        " session-timeout 5\n"
    )
    assert vtys(router) == [
        "line vty 0 4",
        " session-timeout 5",
        " access-class 10 in",
        " exec-timeout 0 0",
        " privilege level 15",
        " password pw",
        " logging synchronous",
        " login local",
        " length 0",
        " transport input ssh",
    ]
