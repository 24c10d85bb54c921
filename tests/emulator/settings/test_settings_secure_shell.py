"""The SSH server's settings and the public keys of users."""

import base64
import hashlib
from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.login import Login
from getvpn.emulator.testing import console, make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]


def field(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


BLOB = field(b"ssh-rsa") + field(b"\x01\x00\x01") + field(bytes(range(1, 130)) * 2)
TEXT = base64.b64encode(BLOB).decode()
DIGEST = hashlib.md5(BLOB).hexdigest().upper()  # noqa: S324 - what IOS keeps
USER = "ip ssh pubkey-chain\n username ann\n"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ip ssh version 2", ["ip ssh version 2"]),
        ("ip ssh time-out 60", ["ip ssh time-out 60"]),
        ("ip ssh time-out 120", []),
        ("ip ssh authentication-retries 2", ["ip ssh authentication-retries 2"]),
        ("ip ssh authentication-retries 3", []),
        ("ip ssh source-interface lo10", ["ip ssh source-interface Loopback10"]),
        ("ip ssh bulk-mode 131072", ["ip ssh bulk-mode 131072"]),
        ("ip ssh rsa keypair-name K", ["ip ssh rsa keypair-name K"]),
        ("ip ssh dh min size 4096", ["ip ssh dh min size 4096"]),
        ("ip ssh logging events", ["ip ssh logging events"]),
        (
            "ip ssh server algorithm encryption aes256-ctr aes128-ctr",
            ["ip ssh server algorithm encryption aes256-ctr aes128-ctr"],
        ),
        (
            "ip ssh server algorithm mac hmac-sha2-256-etm@openssh.com hmac-sha2-256",
            ["ip ssh server algorithm mac hmac-sha2-256-etm@openssh.com hmac-sha2-256"],
        ),
    ],
)
def test_a_line_is_kept_in_its_canonical_form(
    any_router: Router, added: Added, typed: str, kept: list[str]
) -> None:
    assert added(any_router, typed) == kept


@pytest.mark.parametrize(
    "line",
    ["ip ssh time-out 121", "ip ssh authentication-retries 6", "ip ssh version 3"],
)
def test_numbers_have_their_ranges(router: Router, refused: Refused, line: str) -> None:
    assert "^" in refused(router, line)


def test_a_router_without_keys_asks_for_them(router: Router) -> None:
    said = "Please create RSA keys to enable SSH (and of atleast 768 bits for SSH v2).\n"
    con = console(router)
    assert con.configure("ip ssh version 2\n") == said
    router.keys.generate_rsa("K", 1024, now=0.0)
    assert con.configure("ip ssh version 2\n") == ""
    assert con.configure("ip ssh rsa keypair-name K\n") == ""
    assert con.configure("ip ssh rsa keypair-name OTHER\n") == said


@pytest.mark.parametrize(
    ("data", "comment"),
    [
        (f"  key-string\n   ssh-rsa {TEXT} ann@host\n   exit\n", " ann@host"),
        (f"  key-string\n   {TEXT}\n   exit\n", ""),
        (f"  key-string\n   {TEXT[:70]}\n   {TEXT[70:140]}\n   {TEXT[140:]}\n   exit\n", ""),
        (
            f"  key-string\n   ssh-rsa {TEXT[:9]}\n   {TEXT[9:]} key of ann\n   exit\n",
            " key of ann",
        ),
        (f"  key-string ssh-rsa {TEXT}\n   exit\n", ""),
        (f"  key-hash ssh-rsa {DIGEST.lower()} note\n", " note"),
    ],
)
def test_a_key_is_kept_as_its_hash(router: Router, added: Added, data: str, comment: str) -> None:
    assert added(router, USER + data) == [
        "ip ssh pubkey-chain",
        "  username ann",
        f"   key-hash ssh-rsa {DIGEST}{comment}",
    ]
    router.merge("username ann privilege 15 secret 5 $1$nQ0M$s2xnJSPmXEhkmKgnSbX3t0\n")
    assert router.access.public_key("ann", "ssh-rsa", BLOB) == Login(user="ann", privilege=15)
    assert router.access.public_key("ann", "ssh-rsa", BLOB + b"x") is None
    assert router.access.public_key("bob", "ssh-rsa", BLOB) is None
    again = make_router(startup="\n".join(router.running_lines()))
    assert again.running_lines() == router.running_lines()


def test_the_data_of_a_key_is_typed_at_a_prompt_of_its_own(router: Router) -> None:
    con = console(router)
    con.run("configure terminal", "ip ssh pubkey-chain", "username ann")
    assert con.prompt == "Router(conf-ssh-pubkey-user)#"
    assert con.type(b"key-string\n").endswith("\nRouter(conf-ssh-pubkey-data)#")
    for begin in range(0, len(TEXT), 80):
        shown = con.type(f"{TEXT[begin : begin + 80]}\n".encode())
        assert shown.endswith("\nRouter(conf-ssh-pubkey-data)#")
    assert con.type(b"exit\n").endswith("\nRouter(conf-ssh-pubkey-user)#")
    assert router.access.public_key("ann", "ssh-rsa", BLOB) is not None


@pytest.mark.parametrize("data", ["nonsense", "AAAA", TEXT[:60], f"ssh-ed25519 {TEXT}"])
def test_what_is_no_key_is_refused(router: Router, refused: Refused, data: str) -> None:
    said = refused(router, f"{USER}  key-string\n   {data}\n   exit\n")
    assert said == "%SSH: Failed to decode the Key Value\n"


def test_a_user_has_two_keys_at_most(router: Router, refused: Refused) -> None:
    for number in range(2):
        router.merge(f"{USER}  key-hash ssh-rsa {number:032X}\n")
    assert "two keys" in refused(router, f"{USER}  key-hash ssh-rsa {2:032X}\n")


@pytest.mark.parametrize("line", [f"  no key-hash ssh-rsa {DIGEST}", "  no key-string"])
def test_keys_can_be_taken_away(router: Router, line: str) -> None:
    router.merge(f"{USER}  key-hash ssh-rsa {DIGEST}\n")
    router.merge(f"{USER}{line}\n")
    assert router.access.public_key("ann", "ssh-rsa", BLOB) is None
    assert "  username ann" in router.running_lines()


def test_a_hash_has_thirty_two_digits(router: Router, refused: Refused) -> None:
    assert "^" in refused(router, f"{USER}  key-hash ssh-rsa {DIGEST[1:]}\n")
