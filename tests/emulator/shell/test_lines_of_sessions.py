"""What a line makes of the sessions on it: banners, size, commands, how long they last."""

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device import Router
from getvpn.emulator.login import Login
from getvpn.emulator.testing import make_router

BANNERS = "banner motd ^Sunday$(line)^\nbanner exec ^Line $(line) $(line-desc)^\n"


class Guest:
    """Somebody on the next vty line, as the SSH front lets him in."""

    def __init__(
        self,
        router: Router,
        *,
        columns: int = 0,
        rows: int = 0,
        command: str | None = None,
        login: Login | None = None,
    ) -> None:
        self.out = bytearray()
        self.closed = False
        self.clock = router.clock
        line = router.lines.claim_vty("192.0.2.9", self.drop)
        assert line is not None
        self.line = line
        self.session = router.open_session(
            login=login or Login(user="ann", privilege=15),
            line=line,
            source="192.0.2.9",
            columns=columns,
            rows=rows,
            write=self.out.extend,
            close=self.close,
        )
        if command is None:
            self.session.start()
        else:
            self.session.start_exec(command)

    def drop(self) -> None:
        self.session.hangup()

    def close(self, status: int) -> None:
        self.closed = True

    def take(self) -> str:
        text = self.out.decode("latin-1").replace("\r\n", "\n")
        self.out.clear()
        return text

    def type(self, data: bytes) -> str:
        self.session.feed(data)
        assert isinstance(self.clock, ManualClock)
        self.clock.advance(0)
        return self.take()


def router_with(vty: str = "", more: str = "") -> Router:
    return make_router("R1", startup=f"hostname R1\n{more}line vty 0 4\n{vty}")


def advance(router: Router, seconds: float) -> None:
    assert isinstance(router.clock, ManualClock)
    router.clock.advance(seconds)


# ---- banners ----


@pytest.mark.parametrize(
    ("vty", "shown"),
    [
        ("", "\nSunday2\nLine 2 rack 7\nR1#"),
        (" no motd-banner\n", "\nLine 2 rack 7\nR1#"),
        (" no exec-banner\n", "\nR1#"),
        (" no motd-banner\n no exec-banner\n", "\nR1#"),
    ],
)
def test_banners_are_silenced_by_line(vty: str, shown: str) -> None:
    assert Guest(router_with(f" location rack 7\n{vty}", BANNERS)).take() == shown


def test_lines_differ_in_their_banners() -> None:
    router = make_router("R1", startup=f"hostname R1\n{BANNERS}line vty 1\n no exec-banner\n")
    assert "Sunday" in Guest(router).take()
    assert "Sunday" not in Guest(router).take()


def test_the_line_number_is_told_on_request() -> None:
    text = Guest(router_with(" location rack 7\n", "service linenumber\n")).take()
    assert text == "\nR1 line 2 rack 7\n\nR1#"


# ---- size and history ----


def test_the_line_sets_the_size_unless_the_client_says_it() -> None:
    router = router_with(" length 40\n width 120\n")
    silent, telling = Guest(router), Guest(router, columns=100, rows=10)
    assert (silent.session.terminal.columns, silent.session.terminal.rows) == (120, 40)
    assert (telling.session.terminal.columns, telling.session.terminal.rows) == (100, 10)
    telling.session.resize(0, 0)
    assert (telling.session.terminal.columns, telling.session.terminal.rows) == (120, 40)


def test_length_0_does_not_page() -> None:
    guest = Guest(router_with(" length 0\n"))
    assert "--More--" not in guest.type(b"show running-config\n")


def test_the_line_sets_how_many_commands_are_remembered() -> None:
    guest = Guest(router_with(" history size 2\n"))
    for command in (b"show clock\n", b"show privilege\n", b"show users\n"):
        guest.type(command)
    assert guest.type(b"show history\n").splitlines()[1:3] == ["  show users", "  show history"]
    assert Guest(router_with(" no history\n")).line.history.size == 0


# ---- commands that run by themselves ----


def test_the_command_of_a_line_ends_the_session() -> None:
    guest = Guest(router_with(" autocommand show privilege\n"))
    assert guest.take() == "\nCurrent privilege level is 15\n"
    assert guest.closed


def test_the_command_of_a_user_goes_before_that_of_the_line() -> None:
    router = router_with(" autocommand show privilege\n")
    login = Login(user="ann", privilege=1, autocommand="show clock")
    guest = Guest(router, login=login)
    assert "UTC" in guest.take()
    assert guest.closed


def test_a_user_may_stay_after_his_command() -> None:
    login = Login(user="ann", privilege=15, autocommand="show privilege", stays=True)
    guest = Guest(router_with(), login=login)
    assert guest.take() == "\nCurrent privilege level is 15\nR1#"
    assert not guest.closed


def test_a_command_that_is_none_is_told() -> None:
    guest = Guest(router_with(" autocommand frobnicate now\n"))
    assert guest.take() == '\nLine has invalid autocommand "frobnicate now"\n'
    assert guest.closed


def test_a_line_without_exec_ends_sessions_at_once() -> None:
    router = router_with(" no exec\n")
    assert Guest(router).closed
    guest = Guest(router, command="show clock")
    assert guest.closed
    assert guest.take() == "\n"


def test_somebody_without_the_right_is_told_so() -> None:
    login = Login(user="ann", privilege=1, denied="% Authorization failed.\n")
    guest = Guest(router_with(), login=login)
    assert guest.take() == "\n% Authorization failed.\n"
    assert guest.closed
    single = Guest(router_with(), login=login, command="show clock")
    assert single.take() == "\n% Authorization failed.\n"


# ---- how long ----


def test_an_absolute_timeout_ends_a_session_after_a_warning() -> None:
    router = router_with(" absolute-timeout 2\n exec-timeout 0 0\n")
    guest = Guest(router)
    guest.take()
    advance(router, 99)
    assert guest.type(b"show privilege\n").endswith("R1#")
    advance(router, 1)
    assert guest.take() == "\n*\n*\n* Line timeout expired\n*\n*\nR1#"
    advance(router, 19)
    assert not guest.closed
    advance(router, 1)
    assert guest.closed


def test_the_warning_comes_as_early_as_the_line_says() -> None:
    router = router_with(" absolute-timeout 2\n logout-warning 60\n")
    guest = Guest(router)
    guest.take()
    advance(router, 60)
    assert "Line timeout expired" in guest.take()


def test_a_session_timeout_ends_an_idle_session() -> None:
    router = router_with(" session-timeout 3\n exec-timeout 0 0\n")
    guest = Guest(router)
    advance(router, 179)
    guest.type(b"show privilege\n")
    advance(router, 179)
    assert not guest.closed
    advance(router, 1)
    assert guest.closed
    assert guest.take() == "\n[Connection to R1 idle too long; timed out]\n"


def test_what_ends_sooner_counts() -> None:
    router = router_with(" session-timeout 3\n exec-timeout 1 0\n")
    guest = Guest(router)
    advance(router, 60)
    assert guest.closed


def test_timers_end_with_the_session() -> None:
    router = router_with(" absolute-timeout 2\n")
    guest = Guest(router)
    guest.type(b"exit\n")
    assert guest.closed
    guest.closed = False
    advance(router, 600)
    assert not guest.closed


# ---- the rest ----


def test_shows_are_stamped_on_request() -> None:
    guest = Guest(router_with(" exec prompt timestamp\n length 0\n"))
    text = guest.type(b"show privilege\n")
    assert "Load for five secs: " in text
    assert "Time source is " in text
    assert text.endswith("\n\nCurrent privilege level is 15\nR1#")


@pytest.mark.parametrize(
    ("vty", "key", "stopped"),
    [
        ("", b"\x1e", True),
        (" escape-character 24\n", b"\x18", True),
        (" escape-character 24\n", b"\x1e", False),
        (" escape-character none\n", b"\x1e", False),
    ],
)
def test_the_escape_character_stops_a_command(vty: str, key: bytes, stopped: bool) -> None:
    port = "interface GigabitEthernet0/0/0\n ip address 192.0.2.1 255.255.255.0\n no shutdown\n"
    guest = Guest(router_with(vty, port))
    assert not guest.type(b"ping 192.0.2.77\n").endswith("R1#")
    assert guest.type(key).endswith("R1#") == stopped


def test_a_configuration_prompt_can_be_silenced() -> None:
    guest = Guest(router_with("", "no service prompt config\n"))
    guest.take()
    assert guest.type(b"configure terminal\n").endswith("End with CNTL/Z.\n")
    assert guest.type(b"hostname R2\n") == "hostname R2\n"
    assert guest.type(b"end\n") == "end\nR2#"


def test_a_terminal_goes_back_to_what_its_line_is_configured_with() -> None:
    guest = Guest(router_with(" length 40\n width 120\n history size 7\n"))
    guest.type(b"terminal length 0\nterminal width 200\nterminal history size 3\n")
    guest.type(b"terminal no length\nterminal no width\nterminal no history size\n")
    assert (guest.session.terminal.columns, guest.session.terminal.rows) == (120, 40)
    assert guest.line.history.size == 7


def test_a_line_may_show_messages_from_the_beginning() -> None:
    router = router_with(" monitor\n")
    guest = Guest(router)
    guest.take()
    router.log.add("TEST", 5, "SAID", "something")
    assert "%TEST-5-SAID: something" in guest.take()
