"""What configure replace, the archive and a confirmed change print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.config.archive import (
    ARCHIVE_OFF,
    INVALID,
    QUESTION,
    ROLLBACK_COMMANDS,
    backing_up,
    file_name,
    log_confirm,
    log_start,
    log_warning,
    next_name,
    refusal,
    replaced,
    rollback_timer,
    rolling_to,
    show_archive,
)
from getvpn.emulator.config.replacement import MAX_PASSES, Failure, Outcome, Pass

ONE = Outcome(
    passes=(Pass(commands=("no snmp-server community a RO", "snmp-server community b RO")),),
    done=True,
)


def test_the_question_ends_where_the_answer_goes() -> None:
    assert QUESTION.splitlines()[0] == "This will apply all necessary additions and deletions"
    assert QUESTION.endswith("proceed. ? [no]: ")


def test_a_replacement_tells_its_passes() -> None:
    nothing = Outcome(passes=(), done=True)

    assert replaced(ONE) == "Total number of passes: 1\nRollback Done\n"
    assert replaced(nothing, listed=True) == "Total number of passes: 0\nRollback Done\n"


def test_the_commands_of_every_pass_are_listed() -> None:
    assert replaced(ONE, listed=True) == (
        "!Pass 1\n!List of Commands:\n"
        "no snmp-server community a RO\nsnmp-server community b RO\nend\n\n\n"
        "Total number of passes: 1\nRollback Done\n"
    )
    assert ROLLBACK_COMMANDS in replaced(ONE, listed=True, heading=ROLLBACK_COMMANDS)


def aborted(*failures: Failure) -> Outcome:
    last = Pass(commands=("interface GigabitEthernet1", " bogus"), failures=failures)
    return Outcome(passes=(last,) * MAX_PASSES, done=False)


def test_a_replacement_that_does_not_end_lists_what_is_left() -> None:
    assert replaced(aborted()) == (
        "The rollback configlet from the last pass is listed below:\n********\n"
        "!List of Rollback Commands:\ninterface GigabitEthernet1\n bogus\nend\n********\n\n\n"
        "Rollback aborted after 5 passes"
    )


def test_lines_that_failed_are_listed_once() -> None:
    failure = Failure(line=" bogus", text="% Invalid input detected")

    assert replaced(aborted(failure, failure)).endswith(
        "Rollback aborted after 5 passes\n"
        "The following commands are failed to apply to the IOS image.\n"
        "********\nbogus\n********"
    )


def test_a_failure_that_brought_the_original_back_names_the_line_and_the_file() -> None:
    # napalm issue 1009
    failure = Failure(line=" no switchport mode access", text="Command rejected: An interface")
    outcome = Outcome(
        passes=(Pass(commands=(failure.line,), failures=(failure,)),),
        done=False,
        failure=failure,
        back=Outcome(passes=(), done=True),
    )

    assert replaced(outcome, backup="flash:cisco3-cfg-Jun-28-20-02-46.327-17") == (
        "Command rejected: An interface\n"
        "Failed to apply command  no switchport mode access\n"
        "Aborting Rollback.\n\n"
        "Rollback failed.Reverting back to the original configuration: "
        "flash:cisco3-cfg-Jun-28-20-02-46.327-17 ...\n\n"
        "Total number of passes: 0\nRollback Done\n\n"
        "The original configuration has been successfully restored.\n"
    )


@pytest.mark.parametrize(
    "config",
    [
        "",
        "end of nothing",
        "hostname R1\n",
        "hostname R1\x00\nend\n",
        "Using 1316 out of 196600 bytes\n!\nversion 15.1\nend\n",
        "\x7fELF\nend\n",
        "banner motd ^C\nnever closed\nend\n",
        "x\n" * 600_000 + "end\n",
    ],
)
def test_what_is_no_configuration_file_is_refused(config: str) -> None:
    assert refusal(config) == INVALID
    assert "not a valid config file" in INVALID


@pytest.mark.parametrize(
    "config",
    [
        "end",
        "version 17.9\r\nhostname R1\r\nend\r\n",
        "Building configuration...\n\nhostname R1\nend\n",
        "banner motd \x03Grüße\x03\nend",
    ],
)
def test_a_text_that_closes_with_end_is_a_configuration_file(config: str) -> None:
    assert refusal(config) is None


@given(st.text(max_size=50))
def test_any_text_is_taken_or_refused(config: str) -> None:
    assert refusal(config) in (None, INVALID)


@pytest.mark.parametrize(
    ("path", "stamp", "name"),
    [
        ("flash:archive", "*Feb 15 15:56:38.517", "flash:archive-Feb-15-15-56-38.517-3"),
        ("flash:cfg", "Jan  6 12:49:44.412 PST", "flash:cfgJan--6-12-49-44.412-PST-3"),
        ("unix:/A-$h-", "*May 17 23:28:37.582 UTC", "unix:/A-R4--May-17-23-28-37.582-UTC-3"),
        ("flash:/$h$t", "*Apr 24 20:43:12.910", "flash:/R4-Apr-24-20-43-12.910-3"),
        (
            "scp://host//$h-$t",
            "Feb 20 2018 21:57:46.530 UTC",
            "scp://host//R4-Feb-20-2018-21-57-46.530-UTC-3",
        ),
    ],
)
def test_an_archive_file_is_named_after_path_time_and_number(
    path: str, stamp: str, name: str
) -> None:
    assert file_name(path, 3, stamp=stamp, hostname="R4") == name


def test_the_next_archive_file_is_named_without_its_time() -> None:
    assert next_name("unix:/A-$h-", 2, hostname="R4") == "unix:/A-R4--<timestamp>-2"
    assert next_name("flash:$h-$t", 2, hostname="R4") == "flash:R4-<timestamp>-2"


def test_an_archive_without_a_path_is_off() -> None:
    assert show_archive(None, (), 0) == ARCHIVE_OFF == " Archive feature not enabled"


def test_saved_archive_files_are_listed_up_to_the_maximum() -> None:
    listing = show_archive("bootflash:archive", ("bootflash:a-0",), 1)

    assert listing.splitlines() == [
        "The maximum archive configurations allowed is 10.",
        "There are currently 1 archive configurations saved.",
        "The next archive file will be named bootflash:archive-<timestamp>-1",
        " Archive #  Name",
        "   1        bootflash:a-0 <- Most Recent",
        *(f"   {place}        " for place in range(2, 10)),
        "   10       ",
    ]


def test_the_oldest_files_fall_off_and_a_server_tells_no_count() -> None:
    files = tuple(f"tftp://10.0.0.9/a-{number}" for number in range(5))

    assert show_archive("tftp://10.0.0.9/a", files, 5, maximum=3).splitlines()[1:] == [
        "The next archive file will be named tftp://10.0.0.9/a-<timestamp>-5",
        " Archive #  Name",
        "   1        tftp://10.0.0.9/a-2",
        "   2        tftp://10.0.0.9/a-3",
        "   3        tftp://10.0.0.9/a-4 <- Most Recent",
    ]


def test_a_pending_change_tells_its_timer_and_user() -> None:
    timer = rollback_timer(configured="22:50:48 UTC Sat Feb 21 2009", minutes=2, user="admin")

    assert timer == (
        "Time configured(or reconfigured): 22:50:48 UTC Sat Feb 21 2009\n"
        "Timer type: absolute timer\nTimer value: 2 min\nUser: admin"
    )
    assert "idle timer" in rollback_timer(configured="", minutes=2, user="admin", idle=True)


def test_a_change_that_is_to_be_confirmed_says_so() -> None:
    backup = "flash:archive-Feb-15-15-56-38.517-1"

    assert backing_up(backup) == (
        f"Rollback Confirmed Change: Backing up current running config to {backup}\n"
    )
    assert rolling_to(backup) == f"Rollback Confirmed Change: rolling to:{backup}\n"
    assert log_start(backup, user="console", privilege=15, minutes=1) == (
        "%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_START_ABSTIMER: User: console(Priv: 15, View: 0): "
        f"Scheduled to rollback to config {backup} in 1 minutes"
    )
    assert "START_IDLTIMER" in log_start(backup, user="a", privilege=1, minutes=1, idle=True)
    assert log_warning(backup).endswith("if you wish to keep what you've configured")
    assert log_confirm("admin", 15).startswith("%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_CONFIRM: User: ad")
