"""The seed on the change of the RSA key of rekeys: step by step, and what members do then.

The tests follow the change in their order: each leaves it a little later than it found it.
"""

import pytest

from getvpn.emulator.gdoi.crowd import LABEL as CROWD_LABEL

from .seed_citing import seed
from .seed_rsa_change import (
    ENOUGH_S,
    LABEL,
    MEMBERS,
    PASSPHRASE,
    SERVERS,
    Change,
    changed,
    import_key,
    known_key,
    made,
    own_key,
    spis,
    times_to_rekey,
)
from .seed_world import (
    START,
    Routers,
    rekey_policy,
    rsa_key,
    run_until,
    running,
    times,
    unencrypted,
    watched,
)

KS1 = "203.0.113.1"
FAILED = f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of GDOI mode failed with peer at {KS1}"
AGAIN, DONE = "%GDOI-4-GM_RE_REGISTER", "%GDOI-5-GM_REGS_COMPL"
GOT = "%GDOI-5-GM_RECV_REKEY"
SECONDARIES = SERVERS[1:]


@pytest.fixture(scope="module")
def change() -> Change:
    """A change of the key that is complete; the next rekey is still to come."""
    return changed()


@pytest.fixture(scope="module")
def after(change: Change) -> Change:
    """The same, after the next rekey and the end of the keys that members had."""
    group = change.group
    _, tek_s = times_to_rekey(group, "KS1")
    # three retransmissions, and five seconds for the last acknowledgements
    group.run(tek_s + 3 * 40 + 10)
    for name in MEMBERS:
        change.said["rejected", name] = "\n".join(group.log(name, FAILED))
        change.said["registrations", name] = str(len(group.log(name, DONE)))
        change.said["kept", name] = known_key(group, name)
    change.said["members", "KS1"] = group.show("KS1", "show crypto gdoi ks members")
    remaining = int(
        group.show("GM1", "show crypto gdoi").split("key lifetime (sec): (")[1].split(")")[0]
    )
    change.at_s["end"] = change.now() + remaining
    group.run(remaining - 100)
    return change


# ---- before ----


@seed(
    "Verify that there is sufficient time remaining with the KEK and TEK",
    "This can be checked using the command",
    "it is recommended to wait for a rekey before starting the process",
)
def test_the_policy_shows_how_much_time_there_is_and_after_a_rekey_there_is_enough(
    change: Change,
) -> None:
    # 5620 s after the start the TEK had 1580 s left, but 615 s to its rekey
    assert change.at_s["began"] > change.at_s["asked"] + 615
    assert len(change.policies[0]["KS1"]) == 3
    kek_s, tek_s = times_to_rekey(made(), "KS2")
    assert (kek_s > 80_000, tek_s > ENOUGH_S) == (True, True)


@seed("to find the RSA key associated with the gdoi group")
def test_every_key_server_shows_the_name_of_the_key(change: Change) -> None:
    assert [change.said["label", name] for name in SERVERS] == [LABEL] * 3


# ---- the steps ----


@seed(
    "Remove the RSA keys on all the Key Servers starting with the Primary KS",
    "to delete the RSA key from each of the Key Servers",
)
def test_each_key_server_removes_its_key_after_a_question(change: Change) -> None:
    for name in SERVERS:
        said = change.said["zeroize", name]
        assert f"% Keys to be removed are named '{LABEL}'." in said
        assert "Do you really want to remove these keys? [yes/no]: " in said
        removed = f"A key named {LABEL} has been removed from key storage"
        assert len(change.group.log(name, removed)) == 1


@seed("Generate an exportable RSA key using the following command on the Primary Key Server")
def test_the_primary_makes_a_key_that_can_be_exported(change: Change) -> None:
    said = change.said["generate", "KS1"]
    assert f"The name for the keys will be: {LABEL}" in said
    assert "% Generating 2048 bit RSA keys, keys will be exportable..." in said


@seed(
    "Export the RSA key generated on the Primary Key Server to all Secondary Key Servers",
    "a sample output of the export and import process using the console option",
    "Export the RSA key on the Primary Key Server",
    "Key name: Usage: General Purpose Key Key data: -----BEGIN PUBLIC KEY-----",
    "-----BEGIN RSA PRIVATE KEY----- Proc-Type: 4,ENCRYPTED DEK-Info: DES-EDE3-CBC",
)
def test_the_primary_prints_the_key_its_private_part_encrypted(change: Change) -> None:
    lines = change.said["export", "KS1"].split("\n")
    begin = lines.index(f"% Key name: {LABEL}")
    assert lines[begin + 1 : begin + 4] == [
        "   Usage: General Purpose Key",
        "   Key data:",
        "-----BEGIN PUBLIC KEY-----",
    ]
    private = lines.index("-----BEGIN RSA PRIVATE KEY-----")
    assert lines[private + 1] == "Proc-Type: 4,ENCRYPTED"
    assert lines[private + 2].startswith("DEK-Info: DES-EDE3-CBC,")
    assert "-----END RSA PRIVATE KEY-----" in lines


@seed(
    "Import the RSA key on each of the Secondary Key Servers",
    "Execute the below command on the configuration prompt of the router",
    "Enter PEM-formatted public General Purpose key or certificate",
    "Enter PEM-formatted encrypted private General Purpose key",
)
def test_each_secondary_takes_the_key_in_two_parts(change: Change) -> None:
    for name in SECONDARIES:
        said = change.said["import", name]
        parts = (
            "% Enter PEM-formatted public General Purpose key or certificate.",
            '% End with a blank line or "quit" on a line by itself.',
            "% Enter PEM-formatted encrypted private General Purpose key.",
            '% End with "quit" on a line by itself.',
            "% Key pair import succeeded.",
        )
        places = [said.index(part) for part in parts]
        assert places == sorted(places)
    assert len(set(change.new.values())) == 1
    assert set(change.new.values()).isdisjoint(change.old.values())


@seed("The intent is to complete the change on all the Key Servers with sufficient time")
def test_the_change_itself_touches_no_key_of_the_group(change: Change) -> None:
    assert change.policies[0] == change.policies[1]
    assert len(set(change.policies[1].values())) == 1


# ---- afterwards ----


@seed(
    "will be rejected by the Group Members since they still have the old RSA keys",
    "This is the expected behavior",
    "a syslog message displayed on the Group Member when this occurs",
    "Processing of GDOI mode failed with peer at",
)
def test_members_reject_the_next_rekey_and_its_retransmissions(after: Change) -> None:
    for name in MEMBERS:
        lines = after.said["rejected", name].split("\n")
        assert len(lines) == 4
        assert all(line.endswith(FAILED) for line in lines)
        assert after.said["registrations", name] == "1"
        assert after.said["kept", name] == after.old[name]
    members = after.said["members", "KS1"]
    assert members.count("Rekey Acks missed : 1") == 3


@seed(
    "will re-register with their KSs just before the expiry of their TEK/KEK",
    "the Group Members should have the latest policies and keys (including the new RSA keys)",
)
def test_members_register_again_shortly_before_the_end_and_hold_the_new_key(after: Change) -> None:
    group = after.group
    for name in MEMBERS:
        assert len(group.log(name, AGAIN)) == 1
        assert len(group.log(name, DONE)) == 2
        assert known_key(group, name) == after.new["KS1"] == own_key(group, "KS3")
        assert group.field(name, "show crypto gdoi", "Active TEK Number") == "2"
        stamp = group.log(name, AGAIN)[0].split(":")[:3]
        hours, minutes, seconds = stamp[0].split()[-1], stamp[1], stamp[2]
        began = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        assert 360 <= after.at_s["end"] - began <= 376


@seed("a smooth transition from the old keys to the new with no traffic disruption")
def test_no_packet_is_lost_and_the_following_rekeys_are_accepted(after: Change) -> None:
    group = after.group
    known = spis(group, "KS1")
    group.run(7200)
    for name in MEMBERS:
        assert len(group.log(name, GOT)) == 2
        assert len(group.log(name, FAILED)) == 4
    assert spis(group, "KS1") != known
    assert unencrypted(group) == {}
    # any key server can go on: they all have the key
    group.lab.kill("KS1")
    group.run(120)
    group.show("KS2", "crypto gdoi ks rekey")
    group.run(5)
    assert [len(group.log(name, GOT)) for name in MEMBERS] == [3] * 3


@seed("will re-register with their KSs just before the expiry of their TEK/KEK")
def test_members_register_again_before_the_end_of_a_kek_as_well() -> None:
    crowd = running(rekey_policy(lifetime_s=3600))
    watch, member = watched(crowd), crowd.members[0]
    other, end = rsa_key("another"), member.kek_expires_at
    for name in ("KS1", "KS2"):
        crowd.stations[name].hold_key(CROWD_LABEL, other)
    run_until(crowd, end - START - 140)
    # the KEK was to be renewed by now
    assert len(times(crowd, "GM1", FAILED.partition(" with")[0])) == 4
    assert member.succeeded == 1
    run_until(crowd, end - START)
    (began,) = times(crowd, "GM1", AGAIN)
    assert 120 <= end - START - began <= 136
    assert {each.server_keys[each.registered_with].public_der for each in crowd.members} == {
        other.public_der
    }
    run_until(crowd, 20_000)
    assert {each.succeeded for each in crowd.members} == {2}
    assert unencrypted(watch) == {}


# ---- other ways ----


@seed("is same as the one used to export the key")
def test_another_passphrase_does_not_open_the_key() -> None:
    change = Change(group := made())
    said = change.configure(
        "export", "KS1", f"crypto key export rsa {LABEL} pem terminal 3des {PASSPHRASE}"
    )
    change.configure("zeroize", "KS2", f"crypto key zeroize rsa {LABEL}", "yes")
    assert "succeeded" not in import_key(change, "KS2", said, "Another-one")
    assert own_key(group, "KS2") == ""
    assert "succeeded" in import_key(change, "KS2", said)
    assert own_key(group, "KS2") == own_key(group, "KS1")


@seed("can be exported to and imported from a TFTP location also")
def test_the_key_can_travel_over_a_tftp_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tftp")
    group: Routers = made(files=str(folder))
    url = "url tftp://192.0.2.50/rekey"
    export = f"crypto key export rsa {LABEL} pem {url} 3des {PASSPHRASE}"
    group.show("KS1", "configure terminal", export, "", "", "end")
    assert sorted(path.name for path in folder.iterdir()) == ["rekey.prv", "rekey.pub"]
    assert b"ENCRYPTED" in (folder / "rekey.prv").read_bytes()
    zeroize = f"crypto key zeroize rsa {LABEL}"
    group.show("KS2", "configure terminal", zeroize, "yes", "end")
    take = f"crypto key import rsa {LABEL} pem {url} {PASSPHRASE}"
    said = group.show("KS2", "configure terminal", take, "", "", "end")
    assert "% Key pair import succeeded." in said
    assert own_key(group, "KS2") == own_key(group, "KS1") != ""
