from pathlib import Path

import pytest
import yaml

from getvpn.errors import InputError
from getvpn.inventory.loading import MAX_BYTES, load, parse

from .networks import Document, change

TEXT = """\
version: 1
key_servers:
  - name: KS1
    address: 10.10.1.1
  - name: KS2
    address: 10.10.2.1
    release: 17.10
members:
  - name: GM1
    wan:
      interface: GigabitEthernet0/0/1
      address: 10.20.1.1/24
      mtu: 1500
    groups: [G1]
groups:
  - name: G1
    identity: 1001
    servers:
      - {name: KS1, priority: 100}
      - {name: KS2, priority: 75}
    authentication:
      kind: psk
      member: env:PSK
      coop: env:COOP
    policies:
      - traffic:
          between: [10.0.0.0/8]
"""
BETWEEN = "groups[0].policies[0].traffic.between"


def _mistakes(text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        parse(text)
    return [str(refused.value), *map(str, refused.value.others)]


def test_numbers_with_a_point_are_no_fractions() -> None:
    assert parse(TEXT).key_servers[1].release == "17.10"


def test_names_may_look_like_numbers() -> None:
    text = TEXT.replace("G1", "1001").replace(
        "    policies", "    authorization_name: 52\n    policies"
    )

    (group,) = parse(text).groups

    assert (group.name, group.authorization_name, group.identity) == ("1001", "52", 1001)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("mtu: 1500", "mut: 1500", "13:7: members[0].wan.mut: unknown key; did you mean 'mtu'?"),
        ("mtu: 1500", "mtu: big", "13:12: members[0].wan.mtu: should be a whole number"),
        ("mtu: 1500", "mtu: 99", "13:12: members[0].wan.mtu: should be at least 576"),
        ("mtu: 1500", "mtu: 99999", "13:12: members[0].wan.mtu: should be at most 9216"),
        ("mtu: 1500", "mtu: yes", "13:12: members[0].wan.mtu: should be a whole number"),
        ("mtu: 1500", "mtu: 1500.5", "13:12: members[0].wan.mtu: should be a whole number"),
        ("mtu: 1500", "mtu: [1500]", "13:12: members[0].wan.mtu: should be a whole number"),
        (
            "address: 10.20.1.1/24",
            "address: 10.20.1.1",
            "12:16: members[0].wan.address: should be an address with its prefix length, such",
        ),
        (
            "address: 10.10.1.1",
            "address: 10",
            "4:14: key_servers[0].address: should be an IPv4 address",
        ),
        (
            "address: 10.10.1.1",
            "address: 224.0.0.5",
            "4:14: key_servers[0].address: 224.0.0.5 is no address of a device",
        ),
        (
            "address: 10.10.1.1",
            "address: 0.0.0.0",
            "4:14: key_servers[0].address: 0.0.0.0 is no address of a device",
        ),
        (
            "address: 10.20.1.1/24",
            "address: 10.20.1.0/24",
            "12:16: members[0].wan.address: 10.20.1.0 is the address of the network",
        ),
        (
            "address: 10.20.1.1/24",
            "address: 10.20.1.255/24",
            "12:16: members[0].wan.address: 10.20.1.255 is the broadcast address of",
        ),
        ("name: GM1", "name: G M", "9:11: members[0].name: should be letters, digits, "),
        ("name: GM1", "name: no", "9:11: members[0].name: should be text"),
        ("groups: [G1]", "groups: []", "14:13: members[0].groups: should not be empty"),
        ("groups: [G1]", "groups: G1", "14:13: members[0].groups: should be a list"),
        (
            "groups: [G1]",
            "groups: [{group: G1, tracks: 1}]",
            "14:26: members[0].groups[0].tracks: unknown key; did you mean 'track'?",
        ),
        (
            "groups: [G1]",
            "groups: [G2]",
            "14:14: members[0].groups[0]: there is no group 'G2'; known: G1",
        ),
        (
            "groups: [G1]",
            "groups: [{group: G1, passive: maybe}]",
            "14:35: members[0].groups[0].passive: should be true or false",
        ),
        ("    identity: 1001\n", "", "16:5: groups[0]: identity is missing"),
        ("identity: 1001", "identity: x", "17:15: groups[0].identity: should be a number or an "),
        ("identity: 1001", "identity: -1", "17:15: groups[0].identity: should be at least 0"),
        (
            "kind: psk",
            "kind: key",
            "22:7: groups[0].authentication: kind should be 'psk', 'pki'",
        ),
        ("      kind: psk\n", "", "22:7: groups[0].authentication: kind is missing"),
        (
            "member: env:PSK",
            "membre: env:PSK",
            "22:7: groups[0].authentication: member is missing",
        ),
        (
            "10.0.0.0/8",
            "10.0.0.1/8",
            f"27:21: {BETWEEN}[0]: has bits behind its prefix; did you mean '10.0.0.0/8'?",
        ),
        (
            "10.0.0.0/8",
            "10.0.0.0",
            f"27:21: {BETWEEN}[0]: should be a network such as 10.0.0.0/8",
        ),
        (
            "between: [10.0.0.0/8]",
            "between: [10.0.0.0/8]\n        transform: {encryption: aes256}",
            "28:33: groups[0].policies[0].transform.encryption: should be 'des', '3des', ",
        ),
        ("version: 1", "version: 2", "1:10: version: should be 1"),
        ("version: 1", "versions: 1", "1:1: versions: unknown key; did you mean 'version'?"),
        ("mtu: 1500", "mtu: 1500\n      mtu: 1500", "14:7: members[0].wan.mtu: stands there twice"),
        ("name: GM1", "name: !!python/name:os.system", "9:11: members[0].name: names a type"),
        ("name: GM1", "name: [GM1", "10:8: not YAML: "),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(old: str, new: str, mistake: str) -> None:
    assert _mistakes(TEXT.replace(old, new, 1))[0].startswith(f"network.yml:{mistake}")


def test_a_word_that_is_not_known_gets_the_nearest_one_as_a_suggestion() -> None:
    text = TEXT.replace(
        "policies:\n      -", "policies:\n      - transform: {encryption: aes256}\n       "
    )

    (mistake,) = _mistakes(text)

    assert mistake.endswith("; did you mean 'aes 256'?")


def test_all_mistakes_are_told_in_the_order_of_the_text() -> None:
    text = (
        TEXT.replace("identity: 1001", "identity: x")
        .replace("mtu:", "mut:")
        .replace("KS2", "K?", 1)
    )

    places = [mistake.split(": ")[0] for mistake in _mistakes(text)]

    assert places == ["network.yml:5:11", "network.yml:13:7", "network.yml:17:15"]


def test_a_secret_that_was_written_out_is_refused_without_being_shown() -> None:
    (mistake,) = _mistakes(TEXT.replace("env:PSK", "Example-key-of-gm1"))

    assert "23:15: groups[0].authentication.member" in mistake
    assert "env:NAME, file:PATH" in mistake
    assert "Example-key-of-gm1" not in mistake


def test_an_error_keeps_nothing_of_the_values() -> None:
    with pytest.raises(InputError) as refused:
        parse(TEXT.replace("env:PSK", "Example-key-of-gm1"))

    error = refused.value
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_file_is_called_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "network.yml"
    path.write_text(TEXT.replace("mtu:", "mut:"), "utf-8")

    with pytest.raises(InputError) as refused:
        load(path)

    assert str(refused.value).startswith(f"{path}:13:7: members[0].wan.mut: unknown key")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "network.yml"
    path.write_text(TEXT, "utf-8-sig")

    assert load(str(path)).groups[0].name == "G1"


def test_a_file_that_is_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    large, binary = tmp_path / "large.yml", tmp_path / "binary.yml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    binary.write_bytes(b"version: 1\n\xff\xfe\n")

    with pytest.raises(InputError, match=r"large\.yml: is larger than 16 MiB"):
        load(large)
    with pytest.raises(InputError, match=r"binary\.yml:2: is not UTF-8"):
        load(binary)


def test_a_missing_file_is_the_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "network.yml")


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]", "text", "42", "null"])
def test_what_is_no_network_at_all_is_refused(text: str) -> None:
    assert _mistakes(text)


def _written(document: Document) -> str:
    return yaml.safe_dump(document, sort_keys=False)


def test_a_template_of_members_may_be_merged() -> None:
    text = TEXT.replace("  - name: GM1\n", "  - &site\n    name: GM1\n")
    other = "{interface: GigabitEthernet1, address: 10.20.2.1/24}"
    text = text.replace("[G1]\n", f"[G1]\n  - {{<<: *site, name: GM2, wan: {other}}}\n")

    assert [member.name for member in parse(text).members] == ["GM1", "GM2"]


def test_contradictions_are_told_with_their_places() -> None:
    text = _written(change(("groups.0.servers.1.priority", 100), ("members.1.name", "KS1")))

    mistakes = _mistakes(text)

    assert len(mistakes) == 1  # what refers to what comes first
    assert "members[1].name: 'KS1' is a device already: key_servers[0]" in mistakes[0]
    assert ":26:9: groups" not in mistakes[0]
