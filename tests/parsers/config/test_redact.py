import pytest

from getvpn.parsers.config import ConfigLine, device_config, parse_config
from getvpn.parsers.config.redact import REMOVED, redact

SECRET = "Zq9-tOp!7"  # noqa: S105 - made up, to be looked for

LINES = [
    "crypto isakmp key {} address 10.0.0.1",
    "crypto isakmp key 6 {} address 10.0.0.0 255.0.0.0 no-xauth",
    "crypto isakmp key {} hostname ks1.example.net",
    "no crypto isakmp key {} address 10.0.0.1",
    "cry isa key {} addr 10.0.0.1",
    "pre-shared-key address 10.0.0.1 key {}",
    "pre-shared-key address 10.0.0.1 255.255.255.255 key 6 {}",
    "pre-shared-key hostname ks1 key {}",
    "pre-shared-key {}",
    "pre-shared-key local {}",
    "pre-shared-key remote 6 {}",
    "pre-shared-key local hex {}",
    "authentication remote pre-share key {}",
    "username admin privilege 15 secret 9 {}",
    "username admin password 7 {}",
    "user admin sec {}",
    "enable secret 5 {}",
    "enable password level 7 {}",
    "en sec {}",
    "snmp-server community {} RO 10",
    "snmp-server community 7 {} RW",
    "snmp-server user NMS GRP v3 auth sha {} priv aes 128 {}",
    "snmp-server host 10.0.0.5 {}",
    "snmp-server host 10.0.0.5 traps version 3 priv {} gdoi",
    "snmp-server host 10.0.0.5 vrf MGMT version 2c {}",
    "tacacs-server key 7 {}",
    "tacacs-server host 10.0.0.5 key {}",
    "radius-server key {}",
    "server-private 10.0.0.5 key 7 {}",
    "client 10.0.0.5 server-key 7 {}",
    "key {}",
    "key 7 {}",
    "key-string 7 {}",
    "key config-key password-encrypt {}",
    "crypto key export rsa REKEY pem terminal 3des {}",
    "crypto key export rsa REKEY pem url nvram: 3des {}",
    "crypto key import rsa REKEY pem terminal {}",
    "crypto key import rsa REKEY exportable pem url nvram:k {}",
    "crypto key decrypt rsa name REKEY passphrase {}",
    "crypto pki export CA pkcs12 nvram: {}",
    "crypto pki import CA pkcs12 flash:ca.p12 password {}",
    "ppp chap password 0 {}",
    "ppp pap sent-username u password 7 {}",
    "wpa-psk ascii 7 {}",
    "password 7 {}",
    "password {}",
    "neighbor 10.0.0.5 password {}",
    "ip ospf message-digest-key 1 md5 7 {}",
    "ip ospf authentication-key {}",
    "ntp authentication-key 1 md5 {} 7",
    "standby 1 authentication md5 key-string {}",
    "standby 1 authentication {}",
    "ip nhrp authentication {}",
    "enrollment url http://user:{}@10.0.0.5/scep",
    "! crypto isakmp key {} address 10.0.0.1",
    "!username x password {}",
    "do username x password {}",
    "set aggressive-mode password {}",
    "isis password {}",
    "cts sxp default password 7 {}",
    "cry is key {} addr 10.0.0.1",
    "pre-shared loc {}",
    "pre-shared remote 6 {}",
    "pre-shared-key hex 0 {}",
    "pre-shared-key 6 hex {}",
    "set session-key inbound esp 256 cipher {} authenticator {}",
    "set session-key outbound ah 256 {}",
    "set security-association inbound esp 256 cipher {} authenticator {}",
    "snmp host 10.0.0.5 {}",
    "snmp com {} ro",
    "default snmp-server community {}",
    "snmp-server host 10.0.0.5 use-vrf MGMT traps {}",
    "snmp-server host ipv6 2001:DB8::5 version 2c {}",
    "username admin masked-secret {}",
    "area 0 authentication ipsec spi 256 md5 {}",
    "ospfv3 authentication ipsec spi 500 sha1 7 {}",
    "ipv6 ospf encryption ipsec spi 1000 esp aes-cbc 128 {} sha1 {}",
    "authentication mode hmac-sha-256 7 {}",
    "area-password {}",
    "domain-password {} authenticate snp validate",
    "security wpa psk set-key ascii 0 {}",
    "sap pmk {} mode-list gcm-encrypt",
    "wireless mobility group member ip 10.0.0.5 group X hash {}",
    'action 1.0 mail server "user:{}@10.0.0.5" to "noc@example.net"',
    "mail-server user:{}@10.0.0.5 priority 1",
    "event manager environment _password {}",
    "event manager environment my_pw {}",
    "shared-secret {}",
    "auth-key {}",
    'action 1.0 cli command "crypto isakmp key {} address 10.0.0.1"',
    'action 1.0 cli command "snmp-server community {} ro"',
    "ip wccp 61 password 7 {}",
    "R1(config)#username x password {}",
    "R1(config)#crypto isakmp key {} address 10.0.0.1",
    "*Jan  1 00:00:00.000: %PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged command:snmp com {} RO",
    "*Jan  1 00:00:00.000: %PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged command: key-string {}",
    "   28      0      bob@console  |snmp-server community {} RO",
    "    3      1         bob@vty0  | crypto isakmp key {} address 10.0.0.1",
]


@pytest.mark.parametrize("pattern", LINES)
def test_the_secret_is_removed_and_the_rest_stays_readable(pattern: str) -> None:
    text = pattern.format(*[SECRET] * 2)
    shown = redact(text)
    assert SECRET not in shown
    assert REMOVED in shown
    assert shown.split()[0].startswith(text.split()[0][:3])


@pytest.mark.parametrize("pattern", LINES)
def test_no_view_problem_or_repr_holds_it(pattern: str) -> None:
    text = pattern.format(*[SECRET] * 2)
    for context in (
        "",
        "crypto keyring R\n ",
        "crypto ikev2 keyring R\n peer P\n  ",
        "line vty 0\n ",
    ):
        config = device_config(parse_config(context + text))
        assert SECRET not in repr(config)
        assert SECRET not in repr(config.tree)
        assert not any(SECRET in problem.message for problem in config.problems)


@pytest.mark.parametrize(
    "text",
    [
        "crypto isakmp policy 10",
        "rekey authentication mypubkey rsa GETVPN-REKEY",
        "rekey lifetime seconds 7200",
        "set security-association lifetime seconds 7200",
        "authentication pre-share",
        "service password-encryption",
        "password encryption aes",
        "security passwords min-length 8",
        "key chain BGP",
        "crypto keyring RING",
        "crypto key generate rsa general-keys label GETVPN-REKEY modulus 2048",
        "crypto key pubkey-chain rsa",
        "client transport-encrypt-key group-key",
        "ntp server 10.0.0.1 key 5",
        "tunnel key 5",
        "snmp-server enable traps gdoi",
        "privilege exec level 1 show",
        "crypto isakmp keepalive 15 periodic",
        "enrollment url http://10.0.0.1:80",
        "key-string",
        "action 1.0 syslog msg down",
        "mpls label protocol ldp",
        "sa ipsec 10",
        "rekey address ipv4 101",
        "server address ipv4 10.0.0.1",
        "authentication key-chain KEYS",
        "ip authentication key-chain eigrp 1 KEYS",
        "area 0 authentication message-digest",
        "Key Server ID     : 10.0.0.1",
        "Key Size                 : 256",
        "Key name: REKEY",
        "Key Data:",
        "sig key name       : REKEY",
        "sa timing: remaining key lifetime (k/sec): (4607999/83191)",
        "Group handle: 5, Local Key Server handle: 6",
        "KS-1#show crypto key mypubkey rsa REKEY",
        "% Key pair was generated at: 03:56:15 UTC Nov 5 2022",
        "invalid spi for destaddr=10.0.0.1, prot=50, spi=0x5(5)",
    ],
)
def test_lines_without_secrets_stay_as_they_are(text: str) -> None:
    assert redact(text) == text


def test_a_line_shows_itself_without_its_secret() -> None:
    line = ConfigLine(f"crypto isakmp key {SECRET} address 10.0.0.1", 7)
    assert line.redacted == "crypto isakmp key <removed> address 10.0.0.1"
    assert repr(line) == "ConfigLine(7: 'crypto isakmp key <removed> address 10.0.0.1', children=0)"


def test_a_key_that_is_a_title_of_show_output_is_removed() -> None:
    assert redact("tacacs-server key server") == f"tacacs-server key {REMOVED}"
    assert redact("key size") == f"key {REMOVED}"


def test_keys_that_look_like_keywords_are_removed_too() -> None:
    assert redact("crypto isakmp key address address 10.0.0.1") == (
        "crypto isakmp key <removed> address 10.0.0.1"
    )
