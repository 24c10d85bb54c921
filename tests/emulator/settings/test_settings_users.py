"""Users, enable secrets, and how passwords are kept."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.login import Login
from getvpn.emulator.testing import console, make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

MD5 = "$1$nQ0M$s2xnJSPmXEhkmKgnSbX3t0"
NOT_ENCODED = (
    "ERROR: The secret you entered is not a valid encrypted secret.\n"
    "To enter an UNENCRYPTED secret, do not specify type 9 encryption.\n"
    "When you properly enter an UNENCRYPTED secret, it will be encrypted.\n\n"
)


@pytest.mark.parametrize(("platform", "kind"), [("isr4451", 9), ("c8000v", 9), ("isr2911", 5)])
def test_a_clear_secret_is_hashed_as_the_family_does(platform: str, kind: int) -> None:
    router = make_router(platform=platform, startup="username ann privilege 15 secret 0 pw\n")
    entry = router.config.root.find("username", "ann")
    assert entry is not None
    assert entry.text.startswith(f"username ann privilege 15 secret {kind} $")
    assert router.access.login("ann", "pw") == Login(user="ann", privilege=15)
    assert router.access.login("ann", "other") is None


@pytest.mark.parametrize(("algorithm", "kind"), [("md5", 5), ("sha256", 8), ("scrypt", 9)])
def test_an_algorithm_can_be_chosen(router: Router, algorithm: str, kind: int) -> None:
    router.merge(f"username ann algorithm-type {algorithm} secret pw\n")
    router.merge(f"enable algorithm-type {algorithm} secret top\n")
    assert router.config.root.value("enable secret", "type") is None
    entry = router.config.root.find("enable secret", None)
    assert entry is not None
    assert entry["type"] == kind
    assert router.access.enable("top")
    assert router.access.login("ann", "pw") is not None


@pytest.mark.parametrize(
    "line",
    [
        f"username ann secret 5 {MD5}",
        "username ann privilege 7 password 0 pw",
        "username ann privilege 1",
        "username ann nopassword",
        "username ann",
        "username ann access-class 10 privilege 15 password 0 two words",
        f"enable secret 5 {MD5}",
        f"enable secret level 7 5 {MD5}",
        "enable password pw",
        "enable password level 3 pw",
        "enable password 7 13061E010803",
    ],
)
def test_a_line_is_kept_as_it_is(router: Router, added: Added, line: str) -> None:
    assert added(router, line) == [line]
    assert router.merge(line).rejected == ()
    assert added(router, line) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("username ann password pw", "username ann password 0 pw"),
        ("enable password 0 pw", "enable password pw"),
        ("enable password level 15 pw", "enable password pw"),
        (f"enable secret level 15 5 {MD5}", f"enable secret 5 {MD5}"),
    ],
)
def test_a_line_is_kept_in_its_canonical_form(
    router: Router, added: Added, typed: str, kept: str
) -> None:
    assert added(router, typed) == [kept]


def test_several_lines_make_one_user(router: Router, added: Added) -> None:
    text = (
        "username ann password 0 pw\n"
        "username ann privilege 15\n"
        "username ann autocommand show clock\n"
        "username ann privilege 3\n"
    )
    assert added(router, text) == [
        "username ann privilege 3 password 0 pw",
        "username ann autocommand show clock",
    ]
    assert router.access.login("ann", "pw") == Login(
        user="ann", privilege=3, autocommand="show clock"
    )


def test_a_user_has_a_password_or_a_secret(router: Router, refused: Refused) -> None:
    router.merge("username ann password 0 pw\n")
    assert refused(router, "username ann secret 0 pw\n") == (
        "ERROR: Can not have both a user password and a user secret.\n"
        "Please choose one or the other.\n"
    )


def test_removing_a_user_asks_and_enter_means_yes(router: Router) -> None:
    router.merge("username ann password 0 pw\n")
    con = console(router)
    con.run("configure terminal")
    shown = con.type(b"no username ann\n")
    assert shown.endswith(
        "This operation will remove all username related configurations with same name."
        "Do you want to continue? [confirm]"
    )
    con.type(b"\n")
    assert router.config.root.find("username", "ann") is None
    assert con.prompt == "R1(config)#" or con.prompt == "Router(config)#"


def test_removing_a_user_can_be_refused(router: Router) -> None:
    router.merge("username ann privilege 5 password 0 pw\n")
    con = console(router)
    con.run("configure terminal")
    con.type(b"no username ann\n")
    con.type(b"n")
    assert "username ann privilege 5 password 0 pw" in router.running_lines()


def test_removing_nobody_asks_nothing(router: Router) -> None:
    con = console(router)
    con.run("configure terminal")
    assert con.run("no username nobody") == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("username ann secret 9 plain", NOT_ENCODED),
        ("enable secret 9 plain", NOT_ENCODED),
        ("username ann password 7 plain", "Invalid encrypted password: plain\n"),
        ("enable password 7 0", "Invalid encrypted password: 0\n"),
    ],
)
def test_what_is_no_encoded_password_is_refused(
    router: Router, refused: Refused, line: str, said: str
) -> None:
    assert refused(router, line) == said


def test_a_type_that_no_release_has_is_a_typing_error(router: Router, refused: Refused) -> None:
    said = refused(router, "username ann secret 3 abc")
    assert said == " " * 20 + "^\n% Invalid input detected at '^' marker.\n\n"


def test_the_old_type_four_is_left_to_the_old_family(
    router: Router, classic: Router, refused: Refused
) -> None:
    line = f"username ann secret 4 {'a' * 43}"
    assert refused(router, line).startswith("ERROR: Type 4 passwords have been deprecated.")
    classic.merge(line)
    assert line in classic.running_lines()


@pytest.mark.parametrize(
    "line", ["username ann password short", "enable secret short", "enable password short"]
)
def test_a_short_password_is_refused(router: Router, refused: Refused, line: str) -> None:
    router.merge("security passwords min-length 10\n")
    assert refused(router, line) == (
        "% Password too short - must be at least 10 characters. Password configuration failed\n"
    )


def test_an_enable_password_like_the_secret_is_remarked(classic: Router) -> None:
    con = console(classic)
    assert con.configure("enable secret pw\n") == ""
    assert con.configure("enable password pw\n").startswith(
        "The enable password you have chosen is the same as your enable secret.\n"
    )
    assert con.configure("enable password other\n") == ""


def test_password_encryption_hides_what_is_there_and_what_comes(router: Router) -> None:
    router.merge(
        "username ann password 0 pw\nenable password top\n"
        "line vty 0 4\n login local\n password li ne\n"
    )
    router.merge("service password-encryption\nusername bob password 0 pw2\n")
    text = "\n".join(router.running_lines())
    for clear in ("pw", "top", "li ne"):
        assert f" {clear}\n" not in text
    for name, password in (("ann", "pw"), ("bob", "pw2")):
        entry = router.config.root.find("username", name)
        assert entry is not None
        assert entry["type"] == 7
        assert router.access.login(name, password) is not None
    assert router.access.enable("top")
    assert "\n password 7 " in text


def test_taking_password_encryption_back_leaves_what_is_hidden(router: Router) -> None:
    router.merge("service password-encryption\nusername ann password 0 pw\n")
    before = router.config.root.find("username", "ann")
    router.merge("no service password-encryption\n")
    assert router.config.root.find("username", "ann") is before
    router.merge("username bob password 0 pw\n")
    assert "username bob password 0 pw" in router.running_lines()


@pytest.mark.parametrize(
    ("platform", "advice"),
    [
        (
            "isr4451",
            "type 0 passwords will soon be deprecated. Migrate to a supported password type",
        ),
        ("c8000v", "recommended to migrate to strong type-6 encryption"),
        ("isr2911", None),
    ],
)
def test_newer_releases_warn_of_clear_passwords(platform: str, advice: str | None) -> None:
    said = console(make_router(platform=platform)).configure("username a password pw")
    assert said == (
        ""
        if advice is None
        else " WARNING: Command has been added to the configuration using a type 0 password. "
        f"However, {advice}\n"
    )


def test_levels_have_secrets_of_their_own(router: Router) -> None:
    router.merge("enable secret level 5 five\nenable secret top\n")
    assert router.access.enable("five", 5)
    assert not router.access.enable("five")
    assert router.access.enable("top")
    router.merge("no enable secret level 5\n")
    assert not router.access.enable("five", 5)


def test_a_user_without_a_password_may_have_any(router: Router) -> None:
    router.merge("username ann nopassword\nusername bob privilege 15\n")
    assert router.access.login("ann", "whatever") is not None
    assert router.access.login("bob", "whatever") is None


def test_a_user_whose_name_is_a_keyword_is_kept(router: Router, added: Added) -> None:
    line = "username password password 0 0 x"
    assert added(router, line) == [line]
