"""The running configuration is rendered again when it has changed, and only then."""

from getvpn.emulator.config.rendering import render
from getvpn.emulator.testing import console, make_router


def test_what_is_shown_is_what_is_configured_now() -> None:
    router = make_router("R1", "isr4451", "hostname R1\n")
    con = console(router)
    con.run("enable", "configure terminal")
    changes = ("hostname R2", "access-list 1 permit any", "no access-list 1", "hostname R1")
    seen = []
    for line in changes:
        con.run(line)
        seen.append(router.running_lines())
        assert seen[-1][1:-1] == render(router.config.root, router.grammar)
        assert router.running_lines() == seen[-1]
    assert seen[0] != seen[1] != seen[2] == seen[0] != seen[3]


def test_whoever_changes_the_lines_changes_his_own() -> None:
    router = make_router("R1", "isr4451", "hostname R1\n")
    lines = router.running_lines()
    router.running_lines().clear()
    assert router.running_lines() == lines


def test_defaults_are_shown_to_those_who_want_them() -> None:
    router = make_router("R1", "isr4451", "hostname R1\n")
    short, long = router.running_lines(), router.running_lines(defaults=True)
    assert len(long) > len(short)
    assert router.running_lines() == short


def test_a_router_that_has_booted_shows_what_it_has_booted_with() -> None:
    router = make_router("R1", "isr4451", "hostname R1\n")
    console(router).run("enable", "configure terminal", "hostname R2")
    assert "hostname R2" in router.running_lines()
    router.boot()
    assert "hostname R1" in router.running_lines()
