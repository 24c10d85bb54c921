from .fleets import KEY_SERVER, KS_POLICY, MEMBER, fleet


def test_devices_with_one_identity_are_one_group_whatever_they_call_it() -> None:
    (group,) = fleet({"ks1.cfg": KEY_SERVER, "gm1.cfg": MEMBER}).groups
    assert group.label == "G1 (1001)"
    assert [role.device.name for role in group.servers] == ["ks1"]
    assert [(role.device.name, role.group) for role in group.members] == [("gm1", "BRANCH")]
    assert [str(address) for address in group.server_addresses] == ["10.10.1.1", "10.10.2.1"]


def test_devices_with_different_identities_are_different_groups() -> None:
    other = MEMBER.replace("1001", "1002")
    groups = fleet({"ks1.cfg": KEY_SERVER, "gm1.cfg": other}).groups
    assert [(group.name, group.identity) for group in groups] == [("BRANCH", 1002), ("G1", 1001)]


def test_show_output_without_configuration_gives_a_role() -> None:
    found = fleet({"ks2/show crypto gdoi ks policy.txt": KS_POLICY})
    (role,) = found.servers
    assert (role.device.name, role.group, role.view) == ("ks2", "G1", None)
    assert found.groups[0].identity is None


def test_a_role_without_identity_joins_the_group_of_its_name() -> None:
    found = fleet({"ks1.cfg": KEY_SERVER, "ks2/show crypto gdoi ks policy.txt": KS_POLICY})
    (group,) = found.groups
    assert [role.device.name for role in group.servers] == ["ks1", "ks2"]


def test_a_role_without_identity_stands_alone_when_two_groups_have_its_name() -> None:
    other = (
        KEY_SERVER.replace("1001", "1002").replace("ks1", "ks3").replace("10.10.1.1", "10.9.1.1")
    )
    files = {
        "ks1.cfg": KEY_SERVER,
        "ks3.cfg": other,
        "ks2/show crypto gdoi ks policy.txt": KS_POLICY,
    }
    assert sorted(str(group.identity) for group in fleet(files).groups) == ["1001", "1002", "None"]


def test_a_key_server_with_two_texts_counts_once_by_the_fuller() -> None:
    part = KEY_SERVER.partition("\n")[2]
    (group,) = fleet({"a.cfg": part, "ks1.cfg": KEY_SERVER}).groups
    assert [role.device.name for role in group.servers] == ["ks1"]


def test_devices_that_claim_one_address_are_both_looked_at() -> None:
    copy = KEY_SERVER.replace("hostname ks1", "hostname old-ks1")
    first, second = fleet({"ks1.cfg": KEY_SERVER, "old.cfg": copy, "gm1.cfg": MEMBER}).groups
    assert first.label == second.label == "G1 (1001)"
    assert [role.device.name for role in first.servers] == ["ks1"]
    assert [role.device.name for role in second.servers] == ["old"]
    assert ([role.device.name for role in first.members], second.members) == (["gm1"], ())


def test_a_device_may_serve_one_group_and_be_a_member_of_another() -> None:
    both = KEY_SERVER + MEMBER.partition("\n")[2].replace("1001", "1002")
    found = fleet({"ks1.cfg": both})
    assert [role.group for role in found.servers] == ["G1"]
    assert [role.group for role in found.members] == ["BRANCH"]
