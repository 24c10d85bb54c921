"""What a line asks for, and what users get: passwords, local users, method lists."""

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.lines import Line
from getvpn.emulator.login import Login
from getvpn.emulator.testing import console, make_router

USERS = (
    "username ann privilege 15 password 0 pw\nusername bob password 0 pw\nenable password 0 top\n"
)
AAA = USERS + "aaa new-model\n"
GROUP = "aaa group server tacacs+ ACS\n"


def claimed(startup: str, *, index: int = 0) -> tuple[Router, Line]:
    router = make_router(startup=startup)
    line = None
    for _ in range(index + 1):
        line = router.lines.claim_vty("192.0.2.9", lambda: None)
    assert line is not None
    assert line.index == index
    return router, line


def login(startup: str, user: str = "ann", typed: str = "pw") -> Login | None:
    router, line = claimed(startup)
    return router.access.login(user, typed, line)


# ---- without method lists ----


def test_login_local_asks_for_a_user() -> None:
    startup = USERS + "line vty 0 4\n login local\n password line\n"
    assert login(startup) == Login(user="ann", privilege=15)
    assert login(startup, "bob") == Login(user="bob", privilege=1)
    assert login(startup, "ann", "line") is None
    assert login(startup, "nobody", "pw") is None


def test_login_asks_for_the_password_of_the_line_whatever_the_name() -> None:
    startup = USERS + "line vty 0 4\n login\n password line\n privilege level 7\n"
    assert login(startup, "whoever", "line") == Login(user="whoever", privilege=7)
    assert login(startup, "", "line") == Login(user="", privilege=7)
    assert login(startup, "ann", "pw") is None


def test_login_without_a_password_lets_local_users_in() -> None:
    assert login(USERS) == Login(user="ann", privilege=15)
    assert login(USERS, "whoever", "line") is None


def test_no_login_lets_everybody_in() -> None:
    startup = "line vty 0 4\n no login\n privilege level 15\n"
    assert login(startup, "whoever", "x") == Login(user="whoever", privilege=15)


def test_each_line_has_its_own_way() -> None:
    startup = USERS + "line vty 0\n login\n password line\nline vty 1 4\n login local\n"
    router, first = claimed(startup)
    assert router.access.login("x", "line", first) is not None
    second = router.lines.claim_vty("192.0.2.9", lambda: None)
    assert router.access.login("x", "line", second) is None
    assert router.access.login("bob", "pw", second) == Login(user="bob", privilege=1)


def test_the_level_of_the_line_is_for_users_without_one() -> None:
    startup = USERS + "line vty 0 4\n login local\n privilege level 9\n"
    assert login(startup, "bob") == Login(user="bob", privilege=9)
    assert login(startup, "ann") == Login(user="ann", privilege=15)


def test_names_are_found_whatever_the_case() -> None:
    assert login(USERS, "ANN") == Login(user="ann", privilege=15)


def test_a_user_may_come_only_once() -> None:
    router, line = claimed("username guest one-time password 0 pw\n")
    assert router.access.login("guest", "wrong", line) is None
    assert router.access.login("guest", "pw", line) is not None
    assert router.access.login("guest", "pw", line) is None
    assert not [entry for entry in router.running_lines() if "guest" in entry]


def test_login_without_a_password_is_told_line_by_line() -> None:
    router = make_router()
    con = console(router)
    con.run("configure terminal", "line vty 0 1")
    assert con.run("login") == (
        "% Login disabled on line 2, until 'password' is set\n"
        "% Login disabled on line 3, until 'password' is set\n"
    )
    con.run("password x")
    assert con.run("login", "login local") == ""
    con.run("line con 0")
    assert con.run("login") == "% Login disabled on line 0, until 'password' is set\n"


# ---- with method lists ----


def test_a_new_model_asks_local_users_and_gives_nobody_his_level() -> None:
    assert login(AAA) == Login(user="ann", privilege=1)
    assert login(AAA, "ann", "wrong") is None
    assert login(AAA + "line vty 0 4\n privilege level 9\n") == Login(user="ann", privilege=9)


@pytest.mark.parametrize(
    ("methods", "user", "password", "admitted"),
    [
        ("local", "ann", "pw", True),
        ("local", "ANN", "pw", True),
        ("local-case", "ANN", "pw", False),
        ("local-case", "ann", "pw", True),
        ("group tacacs+ local", "ann", "pw", True),
        ("group ACS group radius local", "ann", "pw", True),
        ("group tacacs+ local", "ann", "wrong", False),
        ("group tacacs+", "ann", "pw", False),
        ("local enable", "nobody", "top", True),
        ("local enable", "ann", "top", False),
        ("enable", "whoever", "top", True),
        ("enable", "ann", "pw", False),
        ("line", "whoever", "line", True),
        ("line local", "ann", "pw", False),
        ("group tacacs+ none", "whoever", "x", True),
        ("none", "whoever", "x", True),
    ],
)
def test_methods_are_asked_until_one_answers(
    methods: str, user: str, password: str, admitted: bool
) -> None:
    startup = (
        f"{AAA}{GROUP}aaa authentication login default {methods}\nline vty 0 4\n password line\n"
    )
    assert (login(startup, user, password) is not None) == admitted


def test_a_line_may_have_a_list_of_its_own() -> None:
    startup = (
        AAA
        + "aaa authentication login default none\naaa authentication login VTY local\n"
        + "line vty 0\n login authentication VTY\n"
    )
    router, first = claimed(startup)
    second = router.lines.claim_vty("192.0.2.9", lambda: None)
    assert router.access.login("x", "x", first) is None
    assert router.access.login("x", "x", second) is not None


@pytest.mark.parametrize(
    ("methods", "user", "got"),
    [
        ("local", "ann", Login(user="ann", privilege=15)),
        ("local", "bob", Login(user="bob", privilege=1)),
        ("group tacacs+ local", "ann", Login(user="ann", privilege=15)),
        ("group tacacs+ if-authenticated", "ann", Login(user="ann", privilege=15)),
        ("none", "ann", Login(user="ann", privilege=1)),
        (
            "group tacacs+",
            "ann",
            Login(user="ann", privilege=1, denied="% Authorization failed.\n"),
        ),
    ],
)
def test_exec_authorization_decides_on_the_level(methods: str, user: str, got: Login) -> None:
    assert login(f"{AAA}aaa authorization exec default {methods}\n", user) == got


def test_somebody_without_an_entry_has_no_right_to_a_session() -> None:
    startup = AAA + "aaa authentication login default none\naaa authorization exec default local\n"
    got = login(startup, "nobody", "x")
    assert got is not None
    assert got.denied == "% Authorization failed.\n"


def test_a_line_may_have_a_list_for_rights() -> None:
    startup = AAA + "aaa authorization exec VTY local\nline vty 0 1\n authorization exec VTY\n"
    assert login(startup) == Login(user="ann", privilege=15)
    router, third = claimed(startup, index=2)
    assert router.access.login("ann", "pw", third) == Login(user="ann", privilege=1)


def test_the_console_is_not_asked_for_rights_unless_that_is_wanted() -> None:
    startup = AAA + "aaa authorization exec default local\n"
    router = make_router(startup=startup)
    line = router.lines.console(lambda: None)
    assert router.access.login("ann", "pw", line) == Login(user="ann", privilege=1)
    router.merge("aaa authorization console\n")
    assert router.access.login("ann", "pw", line) == Login(user="ann", privilege=15)


# ---- what users bring along ----


def test_a_user_brings_his_command_if_he_is_authorized_locally() -> None:
    startup = "username ann autocommand show clock\nusername ann nohangup password 0 pw\n"
    want = Login(user="ann", privilege=1, autocommand="show clock", stays=True)
    assert login(startup) == want
    assert login(startup + "aaa new-model\n") == Login(user="ann", privilege=1)
    rights = "aaa new-model\naaa authorization exec default local\n"
    assert login(startup + rights) == want
