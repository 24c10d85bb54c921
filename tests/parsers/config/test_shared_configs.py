"""The views of configurations that others have published."""

from pathlib import Path

import pytest

from getvpn.parsers.config import DeviceConfig, device_config, parse_config

from .test_config_laws import places

FOLDERS = ("running_config", "config_input")


@pytest.fixture(scope="module")
def configs(shared: Path) -> dict[str, DeviceConfig]:
    community = shared / "captures" / "community"
    return {
        f"{folder}/{path.stem}": device_config(parse_config(path.read_text(), str(path)))
        for folder in FOLDERS
        for path in sorted((community / folder).glob("*.txt"))
    }


def test_no_line_of_them_is_lost(configs: dict[str, DeviceConfig]) -> None:
    for config in configs.values():
        found = places(config.tree)
        lines = Path(config.source).read_text().split("\n")
        for number, line in enumerate(lines, start=1):
            assert found[number] == (1 if line.strip() else found[number]), (config.source, number)


def test_one_crypto_line_of_them_is_not_understood(configs: dict[str, DeviceConfig]) -> None:
    unknown = {
        name: [line.text for line in config.unknown_crypto]
        for name, config in configs.items()
        if config.unknown_crypto
    }
    # The interface above it was left out where the lines were cut from a longer listing.
    assert unknown == {"running_config/3": ["crypto map GET-MAP"]}


def test_only_placeholders_are_problems(configs: dict[str, DeviceConfig]) -> None:
    for name, config in configs.items():
        lines = [problem.line.text for problem in config.problems]
        assert bool(lines) == (name == "config_input/3")
        assert all("<" in line for line in lines)


def test_each_has_a_group(configs: dict[str, DeviceConfig]) -> None:
    for name, config in configs.items():
        groups = len(config.key_servers) + len(config.group_members)
        assert groups == (2 if name == "config_input/4" else 1), name


def test_a_typed_configuration_is_read_by_mode(configs: dict[str, DeviceConfig]) -> None:
    config = configs["config_input/3"]
    (server,) = config.key_servers
    assert server.redundancy is not None
    assert server.redundancy.priority == 140
    assert len(config.access_lists["GETVPN-POLICY-ACL"].entries) == 18
    assert server.sas[0].replay_window == 5
    assert config.services.password_encryption_aes


def test_a_key_server_of_a_recent_release(configs: dict[str, DeviceConfig]) -> None:
    config = configs["running_config/4"]
    (server,) = config.key_servers
    comments = [line.text for line in config.tree.comments_under(server.line)]
    assert comments == [
        "! Incomplete unicast rekey configuration",
        "! Rekey authentication is not configured",
    ]
    assert server.rekey_authentication is None
    assert (config.version, config.domain_name is not None) == ("17.16", True)
    assert config.tek_lifetime_s(server.sas[0]) == 7200
    assert sum(body.kind == "certificate" for body in config.tree.bodies) == 4
