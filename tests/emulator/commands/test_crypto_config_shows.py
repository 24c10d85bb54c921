"""What is configured of IKE and IPsec, shown as devices do and as the parsers read it."""

from pathlib import Path
from typing import Any

import pytest

from getvpn.emulator.testing import Console, console, make_router

from .crypto_config import FIRST_PORT, config_for
from .releases import router_of


@pytest.fixture(params=["isr2911", "isr4451", "c8000v"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def con(platform: str) -> Console:
    return console(make_router("KS1", platform, config_for(platform)))


def _genie(parser: str, output: str, **arguments: str) -> dict[str, Any]:
    from genie.libs.parser.iosxe import show_crypto

    made = getattr(show_crypto, parser)(device=None)
    found: dict[str, Any] = made.cli(output=output, **arguments)
    return found


def test_isakmp_policies_are_shown_by_priority(con: Console) -> None:
    assert con.run("show crypto isakmp policy") == (
        "\nGlobal IKE policy\n"
        "Protection suite of priority 5\n"
        "\tencryption algorithm:\tThree key triple DES\n"
        "\thash algorithm:\t\tSecure Hash Standard\n"
        "\tauthentication method:\tRivest-Shamir-Adleman Signature\n"
        "\tDiffie-Hellman group:\t#2 (1024 bit)\n"
        "\tlifetime:\t\t3600 seconds, no volume limit\n"
        "Protection suite of priority 10\n"
        "\tencryption algorithm:\tAES - Advanced Encryption Standard (256 bit keys).\n"
        "\thash algorithm:\t\tSecure Hash Standard 2 (256 bit)\n"
        "\tauthentication method:\tPre-Shared Key\n"
        "\tDiffie-Hellman group:\t#14 (2048 bit)\n"
        "\tlifetime:\t\t86400 seconds, no volume limit\n"
    )


def test_without_a_policy_those_of_ios_hold(con: Console, platform: str) -> None:
    con.configure("no crypto isakmp policy 5\nno crypto isakmp policy 10\n")
    brought = con.run("show crypto isakmp default policy")

    assert con.run("show crypto isakmp policy") == "\nDefault IKE policy\n" + brought[1:]
    assert brought.count("Default protection suite") == (2 if platform == "c8000v" else 8)
    con.configure("no crypto isakmp default policy\n")
    assert con.run("show crypto isakmp policy") == "\nGlobal IKE policy\n"


def test_keys_are_listed_with_their_keyring(con: Console) -> None:
    rows = [line.split() for line in con.run("show crypto isakmp key").splitlines()]

    assert rows == [
        ["Keyring", "Hostname/Address", "Preshared", "Key"],
        [],
        ["default", "192.0.2.9", "cisco123"],
        ["default", "10.0.0.0", "[255.0.0.0]", "other123"],
        ["RING", "192.0.2.77", "ringkey1"],
    ]


def test_keys_are_for_privileged_users_only(con: Console) -> None:
    con.run("disable")

    assert "cisco123" not in con.run("show crypto isakmp key")


def test_genie_reads_the_default_policies(con: Console) -> None:
    found = _genie("ShowCryptoIsakmpDefaultPolicy", con.run("show crypto isakmp default policy"))

    assert "65507" in str(found)


def test_genie_reads_the_proposals(con: Console, platform: str) -> None:
    if platform == "isr2911":
        # it wants exactly one cipher, and classic IOS brings three along
        output = con.run("show crypto ikev2 proposal P1")
    else:
        output = con.run("show crypto ikev2 proposal")
    found = _genie("ShowCryptoIkev2Proposal", output)

    assert found["proposal_name"]["P1"] == {
        "encryption": "AES-CBC-128",
        "integrity": "SHA96",
        "prf": "SHA1",
        "dh_group": ["DH_GROUP_4096_MODP/Group 16"],
    }


def test_genie_reads_the_policies(con: Console) -> None:
    found = _genie("ShowCryptoIkev2Policy", con.run("show crypto ikev2 policy"))

    names = found["policy_name"]
    assert {name.strip() for name in names} == {"default", "POL"}
    assert names["POL"]["match_fvrf"] == "global"
    assert "P1" in str(names["POL"])


def test_genie_reads_the_profile(con: Console) -> None:
    output = con.run("show crypto ikev2 profile IKEPROF")
    found = _genie("ShowCryptoIkev2Profile", output, profile_name="IKEPROF")

    profile = found["ikev2_profile"]["IKEPROF"]
    assert profile["match_criteria"]["identities"] == ["192.0.2.9", "255.255.255.255"]
    assert profile["local_authentication_method"] == "pre-share"
    assert profile["dpd"] == {"interval": 10, "retry_interval": 2, "type": "periodic"}
    assert profile["lifetime"] == 86400


def test_genie_reads_the_ipsec_profiles(con: Console) -> None:
    found = _genie("ShowCryptoIpsecProfile", con.run("show crypto ipsec profile"))

    names = found["ipsec_profile_name"]
    assert list(names) == ["GETVPN", "PFS", "default"]
    life = "security_association_lifetime"
    assert names["GETVPN"][life] == "4608000 kilobytes/7200 seconds"
    assert "esp-256-aes" in str(names["GETVPN"])
    assert names["PFS"]["psf"] == "Y"
    assert names["PFS"]["ikev2_profile_name"] == "IKEPROF"


def test_genie_reads_the_crypto_map(con: Console, platform: str) -> None:
    found = _genie("ShowCryptoMap", con.run("show crypto map tag MAP"))

    record = found["ipv4"]["crypto_map_tag"]["map"]
    assert record["peer"] == ["192.0.2.9"]
    assert record["ikev2_profile"] == "IKEPROF"
    assert record["extended_ip_access_list"] == "101"
    assert record["security_association_lifetime"] == {"kilobytes": 4608000, "seconds": 3600}
    assert record["transform_sets"] == {"ts": ["esp-256-aes", "esp-sha256-hmac"]}
    assert record["interfaces_crypto_map"]["interfaces"] == [FIRST_PORT[platform]]


@pytest.mark.parametrize(
    ("command", "parser"),
    [
        ("show crypto eli", "ShowCryptoEli"),
        ("show crypto ikev2 stats", "ShowCryptoIkev2Stats"),
        ("show crypto ikev2 stats ext-service", "ShowCryptoIkev2StatsExt"),
        ("show crypto ikev2 stats timeout", "ShowCryptoIkev2StatsTimeout"),
        ("show crypto ikev2 stats reconnect", "ShowCryptoIkev2StatsReconnect"),
        ("show crypto ikev2 count", "ShowCryptoIkev2Count"),
        ("show crypto ikev2 diagnose error", "ShowCryptoIkev2DiagnoseError"),
        ("show crypto isakmp sa count", "ShowCryptoIsakmpSaCount"),
        ("show crypto ipsec sa count", "ShowCryptoIpsecSaCount"),
        ("show crypto call admission statistics", "ShowCryptoCallAdmissionStatistics"),
        ("show crypto ipsec sa", "ShowCryptoIpsecSa"),
        ("show crypto ipsec sa detail", "ShowCryptoIpsecSaDetail"),
        ("show crypto session", "ShowCryptoSession"),
        ("show crypto session detail", "ShowCryptoSessionDetail"),
    ],
)
def test_genie_reads_what_is_counted(platform: str, command: str, parser: str) -> None:
    if platform == "isr2911" and parser == "ShowCryptoEli":
        pytest.skip("the parser reads the engines of IOS-XE only")
    con = console(make_router("KS1", platform, config_for(platform)))

    assert _genie(parser, con.run(command))


def test_genie_reads_all_engines_of_xe() -> None:
    con = console(make_router("KS1", "isr4451", config_for("isr4451")))

    assert _genie("ShowCryptoEliAll", con.run("show crypto eli all"))


def test_a_map_of_getvpn_names_its_group_and_server(con: Console) -> None:
    assert con.run("show crypto map tag GETMAP") == (
        'Crypto Map IPv4 "GETMAP" 10 gdoi\n'
        "\tGroup Name: G1\n"
        "\tidentity number 1234\n"
        "\tserver address ipv4 192.0.2.200\n"
        "\tInterfaces using crypto map GETMAP:\n\n"
    )


def test_an_incomplete_entry_says_so(con: Console) -> None:
    said = con.run("show crypto map tag MAP").split("Crypto Map IPv4")

    assert "WARNING" not in said[1]
    assert (
        "\tWARNING: This crypto map is in an incomplete state!\n"
        "\t\t(missing peer or access-list definitions)\n"
        "\tNo matching address list set.\n"
    ) in said[2].replace("\tAccess-List SS dynamic: False\n", "")


def test_maps_are_found_by_their_interface(con: Console, platform: str) -> None:
    said = con.run(f"show crypto map interface {FIRST_PORT[platform]}")

    assert said == con.run("show crypto map tag MAP")
    assert con.run("show crypto map interface Loopback0") == "No crypto maps found.\n"


def test_fail_close_is_shown(con: Console) -> None:
    assert con.run("show crypto map gdoi fail-close").splitlines() == [
        'Crypto Map: "GETMAP"',
        "    Activate: yes",
        "    Fail-Close Access-List: (Deny = Forward In Clear, Permit = Drop)",
        "        access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255",
        "        access-list 101 deny ip any any",
    ]


def test_transform_sets_are_shown(con: Console) -> None:
    assert con.run("show crypto ipsec transform-set") == (
        "Transform set default: { esp-aes esp-sha-hmac  } \n"
        "   will negotiate = { Transport,  }, \n\n"
        "Transform set TS: { esp-256-aes esp-sha256-hmac  } \n"
        "   will negotiate = { Tunnel,  }, \n\n"
        "Transform set GCM: { esp-gcm 256  } \n"
        "   will negotiate = { Transport,  }, \n\n"
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "4608000 kilobytes/3600 seconds"),
        (
            "crypto ipsec security-association lifetime seconds 1800",
            "4608000 kilobytes/1800 seconds",
        ),
        ("crypto ipsec security-association lifetime days 2", "4608000 kilobytes/172800 seconds"),
        ("crypto ipsec security-association lifetime kilobytes disable", "3600 seconds"),
    ],
)
def test_lifetimes_follow_the_configuration(con: Console, lines: str, said: str) -> None:
    con.configure(lines)

    assert con.run("show crypto ipsec security-association lifetime") == (
        f"Security association lifetime: {said}\n"
    )


def test_a_router_without_crypto_shows_that(platform: str) -> None:
    con = console(make_router("KS1", platform))

    assert con.run("show crypto map") == "No crypto maps found.\n"
    assert con.run("show crypto ipsec sa") == "\nNo SAs found\n"
    assert con.run("show crypto session") == "Crypto session current status\n\n"
    assert con.run("show crypto isakmp peers") == ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.expandtabs().splitlines() if line.strip()]


PROPOSAL = """\
crypto ikev2 proposal ikev2proposal
 encryption aes-cbc-128
 integrity sha1
 group 16
"""
POLICY = """\
crypto ikev2 policy ikev2policy
 proposal ikev2proposal
"""
PROFILE = """\
crypto ikev2 profile nil_ike_prof
 match identity remote any
crypto ipsec transform-set nil_tfs esp-aes esp-sha-hmac
crypto ipsec transform-set test esp-aes esp-sha-hmac
crypto ipsec profile nil_ips
 set transform-set nil_tfs test
 set ikev2-profile nil_ike_prof
"""


@pytest.mark.parametrize(
    ("capture", "config", "command"),
    [
        ("crypto_ikev2_proposal/2.txt", PROPOSAL, "show crypto ikev2 proposal"),
        ("crypto_ikev2_policy/1.txt", PROPOSAL + POLICY, "show crypto ikev2 policy"),
        ("crypto_ipsec_profile/3.txt", PROFILE, "show crypto ipsec profile"),
        ("crypto_isakmp_default_policy/1.txt", "", "show crypto isakmp default policy"),
    ],
)
def test_tables_are_those_of_the_captures(
    shared: Path, capture: str, config: str, command: str
) -> None:
    platform = "c8000v" if "isakmp" in capture else "isr4451"
    con = console(make_router("KS1", platform, config))
    text = (shared / "captures/genie" / capture).read_text()

    assert _lines(con.run(command)) == _lines(text)


def test_the_newest_profiles_are_those_of_the_capture(shared: Path) -> None:
    text = (shared / "captures/genie/crypto_ipsec_profile/2.txt").read_text()
    startup = (
        "crypto ipsec security-association lifetime kilobytes disable\n"
        "crypto ikev2 profile ikev2profile\n match identity remote any\n"
        "crypto ipsec transform-set tset1 esp-aes 256 esp-sha256-hmac\n"
        "crypto ipsec profile dmvpn-hub\n set transform-set tset1\n set pfs group21\n"
        " set ikev2-profile ikev2profile\n"
    )
    con = console(router_of("17.16.1a", startup))
    captured = [line for line in _lines(text) if not line.startswith("PQC")]

    ours = [
        line.replace("lifetime: ", "lifetime:")
        for line in _lines(con.run("show crypto ipsec prof"))
    ]

    assert ours == captured


def test_the_newest_map_is_that_of_the_capture(shared: Path) -> None:
    text = (shared / "captures/genie/crypto_map/2.txt").read_text()
    startup = (
        "crypto ikev2 profile ikev2profile\n match identity remote any\n"
        "crypto ipsec transform-set aes256-sha1 esp-aes esp-sha-hmac\n"
        "ip access-list extended 102\n permit ip any any\n"
        "crypto map ikev2-cryptomap 1 ipsec-isakmp\n set peer 172.20.249.12\n"
        " set peer 172.20.249.3\n set transform-set aes256-sha1\n set ikev2-profile ikev2profile\n"
        " match address 102\n"
        "interface GigabitEthernet1\n crypto map ikev2-cryptomap\n"
    )
    con = console(router_of("17.16.1a", startup))

    ours = con.run("show crypto map").replace("GigabitEthernet1", "Vlan1")
    assert _lines(ours) == _lines(text)


def test_every_word_has_its_help(con: Console) -> None:
    for line in (
        "show crypto ",
        "clear crypto ",
        "show crypto isakmp ",
        "show crypto ikev2 ",
        "show crypto ipsec ",
        "show crypto map ",
        "show crypto pki ",
        "show crypto key ",
        "show crypto engine ",
        "debug crypto ",
        "show crypto session ",
    ):
        said = con.type(f"{line}?\x15".encode())
        rows = [row for row in said.split("\n")[1:] if row.startswith("  ")]
        bare = [row for row in rows if len(row.split()) < 2 and row.strip() != "<cr>"]
        assert rows
        assert not bare, (line, bare)
