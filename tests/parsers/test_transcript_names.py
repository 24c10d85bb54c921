"""What the names of files and folders, and the first line of a text, say."""

import pytest

from getvpn.parsers.transcript import guess_command
from getvpn.parsers.transcript.names import read_name, stem_of

NAMES = [
    ("show_crypto_gdoi_ks_policy", None, "show crypto gdoi ks policy"),
    ("KS1_show_version", "KS1", "show version"),
    ("KS1__show_crypto_gdoi_ks_policy", "KS1", "show crypto gdoi ks policy"),
    ("ks-1-show-crypto-gdoi-ks-policy", "ks-1", "show crypto gdoi ks policy"),
    ("dc_ks_1-show crypto gdoi", "dc_ks_1", "show crypto gdoi"),
    ("gm.example.net_sh_cry_gdoi_gm_acl", "gm.example.net", "sh cry gdoi gm acl"),
    ("KS1.show-version", "KS1", "show version"),
    ("show-room-1_show_clock", "show-room-1", "show clock"),
    ("KS1-running-config", "KS1", "show running-config"),
    ("KS1_show_running_config", "KS1", "show running-config"),
    ("KS1_show_ip_access-lists", "KS1", "show ip access-lists"),
    ("crypto_gdoi_feature_suite_b", None, "show crypto gdoi feature suite-b"),
    ("KS1_gdoi_ks_members", "KS1", "show crypto gdoi ks members"),
    ("show_crypto_gdoi_ks_members_192.0.2.7", None, "show crypto gdoi ks members 192.0.2.7"),
    ("KS1_show_crypto_gdoi_group_BANK-WAN", "KS1", "show crypto gdoi group BANK-WAN"),
    ("KS1_show_crypto_gdoi_group_BANK_WAN", "KS1", "show crypto gdoi group BANK_WAN"),
    ("crypto_gdoi_group", None, "show crypto gdoi"),
    ("KS1_show_run_section_crypto", "KS1", "show run | section crypto"),
    ("KS1_show_version_2026-01-31", "KS1", "show version"),
    ("KS1_show_version_20260131-235959", "KS1", "show version"),
    ("KS1_show_version (2)", "KS1", "show version"),
    ("KS1_show_ip_route", "KS1", "show ip route"),
    ("router.example.net", None, None),
    ("clock-tower", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("text", "host", "command"), NAMES)
def test_a_name_says_host_and_command(text: str, host: str | None, command: str | None) -> None:
    name = read_name(text)

    assert (name.host, name.command) == (host, command)


def test_only_the_endings_of_texts_are_cut_off() -> None:
    assert stem_of("ks1.example.net.cfg.txt") == "ks1.example.net"
    assert stem_of("ks1.example.net") == "ks1.example.net"
    assert stem_of(".txt") == ".txt"


GUESSES = [
    ("x.txt", "KS1#sh cry gdoi ks pol\nKey Server Policy:\n", "sh cry gdoi ks pol"),
    ("show_clock.txt", "KS1#show version\nCisco IOS Software\n", "show version"),
    ("x.txt", "show crypto eli\nHardware Encryption : ACTIVE\n", "show crypto eli"),
    ("show_crypto_gdoi_ks.txt", "GROUP INFORMATION\n", "show crypto gdoi ks"),
    ("crypto_gdoi_ks_members/1.txt", "GROUP INFORMATION\n", "show crypto gdoi ks members"),
    ("x/y.txt", "\nGROUP INFORMATION\n", "show crypto gdoi"),
    ("x/y.txt", "KS1#\nKey Server Policy:\n", "show crypto gdoi ks policy"),
    ("x/y.txt", "version 15.4\nhostname KS1\n", "show running-config"),
    ("x/y.txt", "\n---------------- show clock ----------------\n10\n", "show tech-support"),
    ("KS1_show_ip_route.txt", "GROUP INFORMATION\n", "show crypto gdoi"),
    ("KS1_show_ip_route.txt", "Codes: L - local\n", "show ip route"),
    ("x/y.txt", "R1#ping 192.0.2.1\n!!!!!\n", "ping 192.0.2.1"),
    ("x/y.txt", "Group Name: G\n", None),
    ("x/y.txt", "", None),
]


@pytest.mark.parametrize(("path", "text", "command"), GUESSES)
def test_the_command_of_a_single_output_is_guessed(
    path: str, text: str, command: str | None
) -> None:
    assert guess_command(path, text) == command
