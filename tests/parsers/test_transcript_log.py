"""Terminal logs and `show tech-support`, split into commands."""

from getvpn.parsers import parse
from getvpn.parsers.config import parse_config
from getvpn.parsers.transcript import Capture, read_log, split_log, split_tech_support

from .texts import KS_POLICY

LOG = """\
KS1#show clock
*10:15:30.123 UTC Thu Jun 5 2025
KS1#
"""


def commands(captures: list[Capture]) -> list[tuple[str | None, str, str]]:
    return [(capture.host, capture.command, capture.text) for capture in captures]


def test_an_output_stands_between_its_echo_and_the_next_prompt() -> None:
    (capture,) = split_log(LOG, "ks1.log")

    assert capture == Capture(
        host="KS1",
        command="show clock",
        text="*10:15:30.123 UTC Thu Jun 5 2025",
        source="ks1.log",
        first_line=2,
    )
    assert capture.kind == "show"
    assert capture.source_line(1) == 2


def test_several_devices_and_sessions_in_one_log_are_told_apart() -> None:
    log = (
        "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.01.01 09:00:00 =~=~=~=~=~=~=~=~=~=~=~=\n"
        "login as: noc\n"
        "KS1>enable\nPassword: \n"
        "KS1#terminal length 0\n"
        "KS1#sh cry gdoi ks pol\nKey Server Policy:\n"
        "KS1#ssh -l noc 192.0.2.7\nPassword: \n\n"
        "GM-1.example.net#show crypto gdoi\nGROUP INFORMATION\n"
        "GM-1.example.net#exit\n\n[Connection to 192.0.2.7 closed by foreign host]\n"
        "KS1#show clock\n*10:15:30.123 UTC Thu Jun 5 2025\n"
        "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.01.02 09:00:00 =~=~=~=~=~=~=~=~=~=~=~=\n"
        "noc@jump:~# ssh ks2\n"
        "KS2#show clock\n*10:16:30.123 UTC Fri Jun 6 2025\n"
    )

    assert commands(split_log(log, "x")) == [
        ("KS1", "sh cry gdoi ks pol", "Key Server Policy:"),
        ("GM-1.example.net", "show crypto gdoi", "GROUP INFORMATION"),
        ("KS1", "show clock", "*10:15:30.123 UTC Thu Jun 5 2025"),
        ("KS2", "show clock", "*10:16:30.123 UTC Fri Jun 6 2025"),
    ]


def test_configuration_sessions_are_left_out_but_for_show_commands_run_by_do() -> None:
    log = (
        "veryveryverylonghostname#configure terminal\n"
        "Enter configuration commands, one per line.  End with CNTL/Z.\n"
        "veryveryverylonghost(config)#crypto gdoi group G\n"
        "veryveryverylonghost(config-gdoi-group)#do show clock\n"
        "*10:15:30.123 UTC Thu Jun 5 2025\n"
        "veryveryverylonghost(config-gdoi-group)#end\n"
        "veryveryverylonghostname#\n"
    )
    transcript = read_log(log, "x")

    assert commands(list(transcript.captures)) == [
        ("veryveryverylonghostname", "do show clock", "*10:15:30.123 UTC Thu Jun 5 2025")
    ]
    assert transcript.captures[0].resolved is not None
    assert transcript.noise == (2,)


def test_the_same_command_twice_gives_two_captures_in_order() -> None:
    log = "R1#show clock\n10:00:00 UTC\nR1#show clock\n10:00:05 UTC\nR1#"

    assert [capture.text for capture in split_log(log, "x")] == ["10:00:00 UTC", "10:00:05 UTC"]


def test_a_command_that_printed_nothing_is_kept() -> None:
    log = "R1#show crypto gdoi\nR1#show crypto gdoi ks\nTotal group\nR1#\n"

    assert [(c.command, c.text) for c in split_log(log, "x")] == [
        ("show crypto gdoi", ""),
        ("show crypto gdoi ks", "Total group"),
    ]


def test_unknown_commands_are_listed_without_a_family() -> None:
    log = "R1#ping 192.0.2.1\n!!!!!\nR1#show crypto gdoi ?\n  detail  more\nR1#show foo\nbar\nR1#"

    found = [(c.command, c.resolved, c.text) for c in split_log(log, "x")]

    assert found == [
        ("ping 192.0.2.1", None, "!!!!!"),
        ("show crypto gdoi ?", None, "  detail  more"),
        ("show foo", None, "bar"),
    ]


def test_an_echo_may_come_twice_or_be_completed_by_tab() -> None:
    twice = "KS1#sh cry gdoi\nsh cry gdoi\nGROUP INFORMATION\n"
    prompted = "KS1#sh cry gdoi\nKS1#sh cry gdoi\nGROUP INFORMATION\n"
    completed = "KS1#sh cry gd\nKS1#sh cry gdoi\nGROUP INFORMATION\n"

    for log in (twice, prompted, completed):
        assert [(c.command, c.text, c.first_line) for c in split_log(log, "x")] == [
            ("sh cry gdoi", "GROUP INFORMATION", 3)
        ]


def test_a_command_typed_behind_a_syslog_line_is_found() -> None:
    log = (
        "KS1#\n"
        "*Jul 13 15:52:29.923: %GDOI-5-KS_SEND_UNICAST_REKEY: Sending Rekey\n"
        "show crypto gdoi\nGROUP INFORMATION\n"
        "KS1#*Jul 13 15:53:29.923: %SYS-5-CONFIG_I: Configured from console\n"
        "show clock\n10:00:00 UTC\nKS1#\n"
    )

    assert commands(split_log(log, "x")) == [
        ("KS1", "show crypto gdoi", "GROUP INFORMATION"),
        ("KS1", "show clock", "10:00:00 UTC"),
    ]


def test_a_syslog_line_amid_an_output_stays_there_for_the_parser() -> None:
    message = "*Jul 13 15:52:29.923: %GDOI-5-KS_SEND_UNICAST_REKEY: Sending Rekey"
    log = f"KS1#show crypto gdoi\nGROUP INFORMATION\n{message}\n\n    Group Name : G\nKS1#"

    (capture,) = split_log(log, "x")

    assert capture.text == f"GROUP INFORMATION\n{message}\n\n    Group Name : G"


def test_what_the_terminal_added_is_undone() -> None:
    log = (
        "\x1b[32mKS1#\x1b[0mshwo\b \b\b \bow clock\r\n"
        "10:00:00 UTC\r\n"
        "KS1#show crypto gdoi\r\n"
        " --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\bGROUP INFORMATION\r\n"
        "\rKS1#\r\n"
    )

    assert commands(split_log(log, "x")) == [
        ("KS1", "show clock", "10:00:00 UTC"),
        ("KS1", "show crypto gdoi", "GROUP INFORMATION"),
    ]


def test_a_long_command_that_ios_scrolled_to_the_left_is_read_from_what_was_shown_first() -> None:
    typed = "show running-config | section crypto isakmp profile|crypto keyring"
    log = f"KS1#{typed}" + "\b" * len(typed) + "$config | section crypto isakmp profile|crypto"
    log += " keyring|gdoi\ncrypto keyring K\nKS1#\n"

    (capture,) = split_log(log, "x")

    assert (capture.command, capture.text) == (typed, "crypto keyring K")


def test_an_echo_that_the_logger_has_wrapped_is_put_together() -> None:
    host = "a-router-whose-name-fills-most-of-a-line-of-80-columns"
    log = f"{host}#show crypto gdoi ks membe\nrs summary\nGroup\n{host}#"
    assert log.index("\n") == 80

    assert commands(split_log(log, "x")) == [(host, "show crypto gdoi ks members summary", "Group")]


def test_times_that_the_logger_put_before_each_line_are_taken_off() -> None:
    log = (
        "[2026-01-01 12:00:00] KS1#show crypto gdoi\n"
        "[2026-01-01 12:00:01] GROUP INFORMATION\n"
        "[2026-01-01 12:00:01] \n"
        "[2026-01-01 12:00:01]     Group Name : G\n"
        "[2026-01-01 12:00:01] KS1#\n"
    )

    (capture,) = split_log(log, "x")

    assert capture.text == "GROUP INFORMATION\n\n    Group Name : G"


def test_prompts_in_a_banner_do_not_cut_a_configuration() -> None:
    config = (
        "Building configuration...\n\nCurrent configuration : 99 bytes\n!\nversion 17.9\n"
        "hostname KS1\n!\nbanner motd ^C\nKS1#show version\nKS1#\nKS2>\n^C\n!\nline vty 0 4\nend"
    )
    log = f"KS1#show running-config\n{config}\n\nKS1#show clock\n10:00:00 UTC\nKS1#\n"

    running, clock = split_log(log, "x")

    assert (running.kind, running.text, running.first_line) == ("config", config, 2)
    assert (clock.command, clock.host) == ("show clock", "KS1")
    assert parse_config(running.text, "x", first_line=running.first_line).hostname == "KS1"


def test_a_banner_may_have_its_delimiter_as_a_control_character_or_not_at_all() -> None:
    for opened, closed in (("\x03", "\x03\n!"), ("", "!")):
        banner = f"banner motd {opened}\nR9#show clock\n{closed}\n"

        (capture,) = split_log(f"KS1#show run\nhostname KS1\n{banner}end\nKS1#\n", "x")

        assert capture.text.endswith("end")


def test_a_banner_without_an_end_does_not_swallow_the_log() -> None:
    log = "KS1#show run\nhostname KS1\nbanner motd ^C\nHello\nKS1#show clock\n10:00:00 UTC\nKS1#\n"

    assert [c.command for c in split_log(log, "x")] == ["show run", "show clock"]


def test_a_heading_that_looks_like_a_prompt_is_output() -> None:
    text = "Cisco IOS Software\nDevice#\t  PID\t\t\tSN\n*0\t  CISCO1941/K9\tFTX0"

    (capture,) = split_log(f"R1#show version\n{text}\nR1#\n", "x")

    assert capture.text == text


def test_a_configuration_above_the_first_prompt_is_a_capture() -> None:
    log = "version 15.4\nhostname KS1\ncrypto gdoi group G\nend\n\nKS1#show clock\n10:00:00 UTC\n"

    config, clock = split_log(log, "x")

    assert (config.kind, config.host, config.first_line) == ("config", "KS1", 1)
    assert clock.command == "show clock"


def test_a_log_without_prompts_is_split_at_bare_echoes_and_takes_the_host_that_is_given() -> None:
    log = "show clock\n10:00:00 UTC\nshow crypto gdoi\nGROUP INFORMATION\n"

    assert commands(split_log(log, "x", host="KS9")) == [
        ("KS9", "show clock", "10:00:00 UTC"),
        ("KS9", "show crypto gdoi", "GROUP INFORMATION"),
    ]


def test_an_output_of_a_log_parses_as_the_whole_text_does() -> None:
    echoed = f"KS1#show crypto gdoi ks policy\n{KS_POLICY}KS1#"
    (capture,) = split_log(f"KS1#show clock\n10:00:00 UTC\n{echoed}show clock\n10:00:01 UTC", "x")[
        1:2
    ]

    assert parse(capture.command, capture.text) == parse(capture.command, echoed)


TECH = """

------------------ show version ------------------

Cisco IOS XE Software, Version 17.09.04a
GM1 uptime is 3 weeks, 2 days

------------------ show running-config ------------------


hostname GM1
!
banner login ^C
------- keep out -------
^C
end

------------------ show platform whatever ------------------

nothing
"""


def test_tech_support_is_split_at_its_headings() -> None:
    version, config, other = split_tech_support(TECH, "tech.txt")

    assert (version.command, version.host, version.first_line) == ("show version", "GM1", 4)
    assert (config.kind, config.host) == ("config", "GM1")
    assert config.text.strip().endswith("end")
    assert (other.command, other.resolved) == ("show platform whatever", None)


def test_tech_support_inside_a_log_is_split_too() -> None:
    log = f"GM7#show tech-support\n{TECH}GM7#show clock\n10:00:00 UTC\n"

    found = [(capture.host, capture.command) for capture in split_log(log, "x")]

    assert found == [
        ("GM7", "show version"),
        ("GM7", "show running-config"),
        ("GM7", "show platform whatever"),
        ("GM7", "show clock"),
    ]


def test_an_output_that_was_quit_at_the_pager_still_says_so() -> None:
    wipe = "\b" * 9 + " " * 8 + "\b" * 9
    half = "\n".join(KS_POLICY.split("\n")[:14])
    first, second = split_log(
        f"KS1#show crypto gdoi ks policy\n{half}\n --More-- {wipe}KS1#{LOG[4:]}", "ks1.log"
    )

    assert parse(first.command, first.text).partial[0] == (
        "the capture stops at the pager prompt in line 15"
    )
    assert second.text == "*10:15:30.123 UTC Thu Jun 5 2025"


def test_an_echo_whose_blank_was_lost_at_the_edge_is_put_together() -> None:
    command = f"show crypto gdoi group {'G' * 49} ks members"
    edge = command.rindex(" ")
    (capture,) = split_log(f"KS1#{command[:edge]}\n{command[edge + 1 :]}\nKS1#", "ks1.log")

    assert len(f"KS1#{command[:edge]}") == 79

    assert (capture.command, capture.first_line) == (command, 3)
