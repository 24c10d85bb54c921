from pathlib import Path

import pytest

from getvpn.audits.load import config_gap, fleet_of, read_fleet
from getvpn.audits.needs import KS_POLICY as KS_POLICY_NEED
from getvpn.errors import InputError
from getvpn.parsers.transcript import Capture, split_log

from .fleets import KEY_SERVER, KS_POLICY, MEMBER, fleet

CLOCK = "ks1#show clock\n10:00:00.000 UTC Mon Jan 5 2026\n"


@pytest.mark.parametrize(
    "text",
    [
        "hostname ks1\ncrypto gdoi group G1\n",
        "Building configuration...\n\nversion 15.4\nhostname ks1\nend\n",
        "!\nversion 17.9\n!\nhostname ks1\nend\n\n",
    ],
)
def test_a_whole_configuration_has_no_gap(text: str) -> None:
    assert config_gap(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("crypto gdoi group G1\n identity number 1\n", "no line 'hostname'"),
        ("version 15.4\nhostname ks1\ncrypto gdoi group G1\n", "no line 'end'"),
        ("Current configuration : 99 bytes\nhostname ks1\n endless\n", "no line 'end'"),
        ("", "no line 'hostname'"),
    ],
)
def test_a_part_of_a_configuration_says_why_it_is_one(text: str, reason: str) -> None:
    assert reason in (config_gap(text) or "")


def test_a_filter_makes_any_configuration_a_part() -> None:
    assert "section crypto" in (config_gap("hostname ks1\n", "section crypto") or "")


def test_texts_of_one_host_are_one_device() -> None:
    found = fleet({"ks1.cfg": KEY_SERVER, "KS1/show crypto gdoi ks policy.txt": KS_POLICY})
    (device,) = found.devices
    assert device.name == "ks1"
    assert device.config_complete
    (shown,) = device.records(KS_POLICY_NEED)
    assert shown.device == "ks1"
    assert shown.complete


def test_show_output_knows_its_line_in_the_file() -> None:
    log = f"{CLOCK}ks1#show crypto gdoi ks policy\n{KS_POLICY}ks1#\n"
    (device,) = fleet_of(split_log(log, "ks1.log")).devices
    (shown,) = device.records(KS_POLICY_NEED)
    tek = shown.record.groups[0].teks[0]
    assert log.splitlines()[shown.line_of(tek) - 1].strip() == shown.text_of(tek)
    assert shown.text_of(tek).startswith("TEK POLICY")


def test_an_unreadable_output_is_a_problem_of_its_device_with_the_line_in_the_file() -> None:
    log = f"{CLOCK}ks1#show version\n% Invalid input\nks1#\n"
    (device,) = fleet_of(split_log(log, "ks1.log")).devices
    (problem,) = device.problems
    assert problem.source == "ks1.log"
    assert problem.lineno == 4


def test_an_output_that_no_parser_reads_is_left_aside_with_a_word() -> None:
    log = f"{CLOCK}ks1#show cdp neighbors\nnone\nks1#\n"
    (left,) = fleet_of(split_log(log, "ks1.log")).unused
    assert (left.source, left.line) == ("ks1.log", 4)
    assert "show cdp neighbors" in left.reason


def test_two_whole_configurations_with_one_host_name_are_two_devices(tmp_path: Path) -> None:
    other = KEY_SERVER.replace("600", "7200")
    for name, text in (("a.cfg", KEY_SERVER), ("b.cfg", other)):
        (tmp_path / name).write_text(text, "utf-8")
    names = [device.name for device in read_fleet([tmp_path]).devices]
    assert names == ["ks1", f"ks1 ({tmp_path / 'b.cfg'})"]


def test_the_same_configuration_twice_is_one_device(tmp_path: Path) -> None:
    for name in ("a.cfg", "b.cfg"):
        (tmp_path / name).write_text(KEY_SERVER, "utf-8")
    found = read_fleet([tmp_path])
    assert [device.name for device in found.devices] == ["ks1"]
    assert [Path(each.source).name for each in found.unused] == ["b.cfg"]


def test_parts_of_a_configuration_in_one_log_are_put_together() -> None:
    log = (
        "ks1#show running-config | section crypto gdoi\n"
        "crypto gdoi group G1\n identity number 1001\n server local\n  address ipv4 10.10.1.1\n"
        "ks1#show running-config | section crypto ipsec profile\n"
        "crypto ipsec profile PROF\n set security-association lifetime seconds 7200\nks1#\n"
    )
    (device,) = fleet_of(split_log(log, "ks1.log")).devices
    assert device.config is not None
    assert [view.group for view in device.config.key_servers] == ["G1"]
    assert device.config.ipsec_profiles["PROF"].line.lineno == 7
    assert "section" in (device.config_gap or "")


def test_the_last_whole_configuration_of_a_log_counts() -> None:
    body = "version 15.4\nhostname ks1\ncrypto gdoi group G1\n identity number {}\nend\n"
    log = "".join(f"ks1#show running-config\n{body.format(number)}" for number in (1, 2)) + "ks1#\n"
    found = fleet_of(split_log(log, "ks1.log"))
    (device,) = found.devices
    assert device.config is not None
    assert device.config.group_members[0].identity == 2
    assert len(found.unused) == 1


def test_lint_leaves_show_output_aside(tmp_path: Path) -> None:
    (tmp_path / "ks1.cfg").write_text(KEY_SERVER, "utf-8")
    (tmp_path / "ks1_show_crypto_gdoi_ks_policy.txt").write_text(KS_POLICY, "utf-8")
    found = read_fleet([tmp_path], configs_only=True)
    assert found.devices[0].shown == ()
    assert "no configuration" in found.unused[0].reason


def test_a_file_that_was_named_must_be_of_use(tmp_path: Path) -> None:
    (tmp_path / "ks1.cfg").write_text(KEY_SERVER, "utf-8")
    empty = tmp_path / "empty.cfg"
    empty.write_text("", "utf-8")
    found = read_fleet([tmp_path / "ks1.cfg", empty])
    (problem,) = found.problems
    assert problem.source == str(empty)
    with pytest.raises(InputError, match="empty"):
        read_fleet([empty])


def test_a_file_that_the_system_does_not_give_is_no_file_of_no_use(tmp_path: Path) -> None:
    (tmp_path / "ks1.cfg").write_text(KEY_SERVER, "utf-8")
    (tmp_path / "ks2.cfg").symlink_to("/proc/self/mem")  # which nobody can read from its beginning
    (problem,) = read_fleet([tmp_path]).problems
    assert str(problem) == f"{tmp_path}/ks2.cfg: cannot be read: Input/output error"


def test_a_folder_without_device_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither configuration nor show output"):
        read_fleet([tmp_path])


def test_a_block_is_complete_unless_the_text_is_cut_in_it() -> None:
    (device,) = fleet({"ks1.cfg": KEY_SERVER}).devices
    (cut,) = fleet({"ks1.cfg": "crypto gdoi group G1\n identity number 1\n server local\n"}).devices
    assert device.config is not None
    assert cut.config is not None
    assert device.block_complete(device.config.key_servers[0].line)
    assert not cut.block_complete(cut.config.key_servers[0].line)


def test_a_block_with_an_unreadable_line_is_not_complete() -> None:
    text = KEY_SERVER.replace("peer address ipv4 10.10.2.1", "peer address ipv4 10.10.2.x")
    (device,) = fleet({"ks1.cfg": text}).devices
    assert device.config is not None
    assert not device.block_complete(device.config.key_servers[0].line)


def test_devices_stand_in_the_order_of_their_names() -> None:
    names = [device.name for device in fleet({"ks2.cfg": MEMBER, "gm1.cfg": MEMBER}).devices]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("head", "tail", "known"),
    [
        ("version 17.9\n", "", None),
        ("version 17.9\n", "\n", "GET"),
        ("version 17.9\n", "\nend", "GET"),
        ("", "", "GET"),
    ],
)
def test_half_a_line_at_a_cut_is_no_line(head: str, tail: str, known: str | None) -> None:
    text = (
        f"{head}hostname ks1\ncrypto gdoi group G1\n identity number 1001\n server local\n"
        f"  rekey authentication mypubkey rsa GET{tail}"
    )
    capture = Capture(
        host="ks1", command="show running-config", text=text, source="ks1.cfg", first_line=1
    )
    (role,) = fleet_of([capture]).servers
    assert role.view is not None
    assert role.view.rekey_authentication == known
