"""Making and removing keys at the command line: every question, byte for byte."""

import pytest

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.device import Router
from getvpn.emulator.device_settings import DeviceSettings
from getvpn.emulator.keys import KeyKind, Usage
from getvpn.emulator.testing import START, Console, console, make_router

from .releases import router_of

NAMED = "hostname KS1\nip domain name example.net\n"
PLATFORMS = ("isr2911", "isr4451", "c8000v")
CONFIG = "KS1(config)#"
MODULUS = (
    "Choose the size of the key modulus in the range of {} to 4096 for your\n"
    "  {} Keys. Choosing a key modulus greater than 512 may take\n"
    "  a few minutes.\n"
    "\n"
    "How many bits in the modulus [{}]: "
)
ASKED = {
    "isr2911": MODULUS.format(360, "General Purpose", 512),
    "isr4451": MODULUS.format(512, "General Purpose", 1024),
    "c8000v": MODULUS.format(512, "General Purpose", 2048),
}
MADE = "% Generating {} bit RSA keys, keys will be {}...\n[OK] (elapsed time was 0 seconds)\n"
CARET = "{}^\n% Invalid input detected at '^' marker.\n\n"


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def router(platform: str) -> Router:
    return make_router("KS1", platform, NAMED)


@pytest.fixture
def con(router: Router) -> Console:
    """In configuration mode."""
    opened = console(router)
    opened.run("configure terminal")
    return opened


def _messages(router: Router, facility: str) -> list[str]:
    return [
        message.line.partition(": ")[2]
        for message in router.log.messages
        if message.facility == facility
    ]


def test_a_key_with_everything_given_is_made_without_a_question(con: Console) -> None:
    said = con.type(b"crypto key generate rsa general-keys label R14 exportable modulus 2048\n")

    assert said == (
        "crypto key generate rsa general-keys label R14 exportable modulus 2048\n"
        "The name for the keys will be: R14\n"
        "\n"
        "% The key modulus size is 2048 bits\n" + MADE.format(2048, "exportable") + f"\n{CONFIG}"
    )
    (pair,) = con.router.keys.pairs(KeyKind.RSA, "R14")
    assert (pair.bits, pair.exportable, pair.usage) == (2048, True, Usage.GENERAL)


@pytest.mark.parametrize(
    "words",
    [
        "modulus 1024 label L exportable general-keys",
        "label L modulus 1024 exportable",
        "exportable label L modulus 1024 redundancy",
        "storage nvram: modulus 1024 exportable label L",
    ],
)
def test_the_words_come_in_any_order(con: Console, words: str) -> None:
    said = con.run(f"crypto key generate rsa {words}")

    assert said.startswith("The name for the keys will be: L\n\n% The key modulus size is 1024")
    (pair,) = con.router.keys.pairs(KeyKind.RSA, "L")
    assert pair.exportable


def test_a_key_without_a_label_is_named_after_the_router(con: Console) -> None:
    said = con.run("crypto key generate rsa modulus 1024")

    assert said.startswith("The name for the keys will be: KS1.example.net\n")


@pytest.mark.parametrize(
    ("startup", "refusal"),
    [
        ("", "% Please define a hostname other than Router.\n"),
        ("hostname KS1\n", "% Please define a domain-name first.\n"),
    ],
)
@pytest.mark.parametrize("words", ["rsa modulus 2048", "rsa", "ec keysize 256"])
def test_a_router_without_a_full_name_makes_no_key_of_its_own(
    startup: str, refusal: str, words: str
) -> None:
    con = console(make_router("KS1", "isr4451", startup))
    con.run("configure terminal")

    assert con.run(f"crypto key generate {words}") == refusal
    assert con.router.keys.pairs() == ()


def test_the_size_of_the_modulus_is_asked_for_until_it_is_one(con: Console, platform: str) -> None:
    least = 360 if platform == "isr2911" else 512
    wrong = f"% A decimal number between {least} and 4096.\n"
    question = ASKED[platform].rpartition("\n")[2]
    line = "crypto key generate rsa label L\n"

    assert con.type(line.encode()) == (f"{line}The name for the keys will be: L\n{ASKED[platform]}")
    for answer in ("many", "100", "4097", "-1", "99999999999"):
        assert con.type(f"{answer}\n".encode()) == f"{answer}\n{wrong}{question}"
    assert con.type(b"1536\n") == "1536\n" + MADE.format(1536, "non-exportable") + f"\n{CONFIG}"
    assert con.router.keys.pairs(KeyKind.RSA, "L")[0].bits == 1536


def test_enter_takes_the_size_that_is_offered(con: Console, platform: str) -> None:
    usual = {"isr2911": 512, "isr4451": 1024, "c8000v": 2048}[platform]
    con.type(b"crypto key generate rsa label L\n")

    assert con.type(b"\n") == "\n" + MADE.format(usual, "non-exportable") + f"\n{CONFIG}"


def test_a_key_with_a_size_replaces_the_old_one_without_a_question(con: Console) -> None:
    con.run("crypto key generate rsa label ca modulus 1024")
    before = con.router.keys.pairs(KeyKind.RSA, "ca")

    said = con.run("crypto key generate rsa label ca modulus 2048")

    assert said == (
        "% You already have RSA keys defined named ca.\n"
        "% They will be replaced.\n"
        "\n"
        "% The key modulus size is 2048 bits\n" + MADE.format(2048, "non-exportable") + "\n"
    )
    assert con.router.keys.pairs(KeyKind.RSA, "ca") != before


def test_without_a_size_the_router_asks_before_it_replaces_a_key(
    con: Console, platform: str
) -> None:
    con.run("crypto key generate rsa label RSAKEYS modulus 1024")
    before = con.router.keys.pairs(KeyKind.RSA, "RSAKEYS")
    line = "crypto key generate rsa label RSAKEYS\n"
    asked = (
        f"{line}% You already have RSA keys defined named RSAKEYS.\n"
        "% Do you really want to replace them? [yes/no]: "
    )

    assert con.type(line.encode()) == asked
    assert con.type(b"no\n") == f"no\n{CONFIG}"
    assert con.router.keys.pairs(KeyKind.RSA, "RSAKEYS") == before
    assert con.type(line.encode()) == asked
    assert con.type(b"yes\n") == f"yes\n{ASKED[platform]}"
    assert con.type(b"2048\n").startswith("2048\n% Generating 2048 bit RSA keys")
    assert con.router.keys.pairs(KeyKind.RSA, "RSAKEYS")[0].bits == 2048


def test_usage_keys_are_two_pairs_with_a_question_each(con: Console, platform: str) -> None:
    least, usual = {"isr2911": (360, 512), "isr4451": (512, 1024), "c8000v": (512, 2048)}[platform]

    said = con.type(b"crypto key generate rsa usage-keys label TWO\n")
    assert said.endswith(MODULUS.format(least, "Signature", usual))
    said = con.type(b"1024\n")
    assert said.endswith(
        MADE.format(1024, "non-exportable") + MODULUS.format(least, "Encryption", usual)
    )
    assert con.type(b"768\n") == "768\n" + MADE.format(768, "non-exportable") + f"\n{CONFIG}"
    pairs = con.router.keys.pairs(KeyKind.RSA, "TWO")
    assert [(pair.usage, pair.bits) for pair in pairs] == [
        (Usage.SIGNATURE, 1024),
        (Usage.ENCRYPTION, 768),
    ]


def test_ctrl_c_at_a_question_makes_no_key(con: Console) -> None:
    con.type(b"crypto key generate rsa label L\n")
    con.type(b"\x03")

    assert con.router.keys.pairs(KeyKind.RSA, "L") == ()


@pytest.mark.parametrize(
    ("platform", "bits"), [("isr2911", 359), ("isr4451", 511), ("c8000v", 4097)]
)
def test_a_size_out_of_range_is_pointed_at(platform: str, bits: int) -> None:
    con = console(make_router("KS1", platform, NAMED))
    con.run("configure terminal")
    line = "crypto key generate rsa label L modulus "

    said = con.run(f"{line}{bits}")

    assert said == CARET.format(" " * (len(CONFIG) + len(line)))


def test_an_unknown_device_is_pointed_at(con: Console) -> None:
    line = "crypto key generate rsa modulus 1024 label L storage "

    said = con.run(f"{line}usbtoken0:")

    assert said == CARET.format(" " * (len(CONFIG) + len(line)))
    assert con.router.keys.pairs(KeyKind.RSA, "L") == ()


def test_the_newest_software_makes_no_short_keys() -> None:
    con = console(router_of("17.16.1a", NAMED))
    con.run("configure terminal")
    line = "crypto key generate rsa label L modulus "

    assert con.run(f"{line}1024") == CARET.format(" " * (len(CONFIG) + len(line)))
    said = con.type(b"crypto key generate rsa label L\n")
    assert said.endswith(MODULUS.format(2048, "General Purpose", 2048))
    con.type(b"\n")
    assert "Key type: RSA KEYS      2048 bits\n" in con.run("do show crypto key mypubkey rsa L")
    con.run("crypto engine compliance shield disable")
    assert "% Generating 1024 bit RSA keys" in con.run(f"{line}1024")


def test_exec_mode_of_xe_17_makes_keys_in_the_background() -> None:
    behaviour = DeviceSettings(key_s=4)
    clock = ManualClock(START)
    router = make_router("KS1", "c8000v", NAMED, clock=clock, behaviour=behaviour)
    con = console(router)

    said = con.run("crypto key generate rsa modulus 2048")

    assert said == (
        "The name for the keys will be: KS1.example.net\n"
        "\n"
        "% The key modulus size is 2048 bits\n"
        "% Generating crypto RSA keys in background ...\n"
        "\n"
    )
    assert router.keys.pairs() == ()
    clock.advance(5)
    assert router.keys.pairs(KeyKind.RSA, "KS1.example.net")


@pytest.mark.parametrize("platform", ["isr2911", "isr4451"])
def test_exec_mode_of_older_software_makes_no_keys(platform: str) -> None:
    con = console(make_router("KS1", platform, NAMED))

    said = con.run("crypto key generate rsa modulus 2048")

    assert "% Invalid input detected at '^' marker.\n" in said
    assert con.router.keys.pairs() == ()


def test_the_time_that_a_key_takes_passes_on_the_clock() -> None:
    clock = ManualClock(START)
    behaviour = DeviceSettings(key_s=3)
    con = console(make_router("KS1", "isr4451", NAMED, clock=clock, behaviour=behaviour))
    con.run("configure terminal")
    said = con.type(b"crypto key generate rsa label L modulus 2048\n")
    assert said.endswith("keys will be non-exportable...\n")

    clock.advance(3)

    assert con.take() == f"[OK] (elapsed time was 3 seconds)\n\n{CONFIG}"


@pytest.mark.parametrize("bits", [256, 384, 521])
def test_ec_keys_are_made_and_replaced(con: Console, bits: int) -> None:
    line = f"crypto key generate ec keysize {bits} exportable label ECKEYS"

    assert con.run(line) == "The name for the keys will be: ECKEYS\n\n"
    (pair,) = con.router.keys.pairs(KeyKind.EC, "ECKEYS")
    assert (pair.bits, pair.exportable) == (bits, True)
    assert con.type(f"{line}\n".encode()) == (
        f"{line}\n% You already have EC keys defined named ECKEYS.\n"
        "% Do you really want to replace them? [yes/no]: "
    )
    assert con.type(b"yes\n") == f"yes\n{CONFIG}"
    assert con.router.keys.pairs(KeyKind.EC, "ECKEYS") != (pair,)


def test_zeroizing_a_label_asks_first(con: Console) -> None:
    con.run("crypto key generate rsa label RSAKEYS modulus 1024")
    con.run("crypto key generate rsa label OTHER modulus 1024")
    line = "crypto key zeroize rsa RSAKEYS\n"
    asked = (
        f"{line}% Keys to be removed are named 'RSAKEYS'.\n"
        "% All router certs issued using these keys will also be removed.\n"
        "Do you really want to remove these keys? [yes/no]: "
    )

    assert con.type(line.encode()) == asked
    assert con.type(b"no\n") == f"no\n{CONFIG}"
    assert con.router.keys.pairs(KeyKind.RSA, "RSAKEYS")
    con.type(line.encode())
    assert con.type(b"yes\n") == f"yes\n{CONFIG}"
    assert not con.router.keys.pairs(KeyKind.RSA, "RSAKEYS")
    assert con.router.keys.pairs(KeyKind.RSA, "OTHER")


@pytest.mark.parametrize(
    ("words", "what", "left"),
    [("rsa", "All RSA keys", {KeyKind.EC}), ("", "All keys", set()), ("ec", "All EC keys", None)],
)
def test_zeroizing_without_a_label_takes_all(
    con: Console, words: str, what: str, left: set[KeyKind] | None
) -> None:
    con.run("crypto key generate rsa label ONE modulus 1024")
    con.run("crypto key generate ec keysize 256 label TWO")
    said = con.type(f"crypto key zeroize {words}\n".encode())

    assert f"\n% {what} will be removed.\n" in said
    con.type(b"yes\n")
    kinds = {pair.kind for pair in con.router.keys.pairs()}
    assert kinds == ({KeyKind.RSA} if left is None else left)


def test_there_may_be_nothing_to_zeroize(con: Console) -> None:
    nothing = "% No Signature RSA Keys found in configuration.\n"

    assert con.run("crypto key zeroize rsa") == nothing
    assert con.run("crypto key zeroize rsa NOBODY") == nothing
    assert con.run("crypto key zeroize ec") == "% No EC Keys found in configuration.\n"


def test_a_key_is_made_non_exportable_for_ever(con: Console) -> None:
    con.run("crypto key generate rsa label L modulus 1024 exportable")

    assert con.run("crypto key move rsa L non-exportable") == ""
    assert not con.router.keys.pairs(KeyKind.RSA, "L")[0].exportable
    assert con.run("crypto key move rsa M non-exportable") == "% Key pair M does not exist\n"


def test_ssh_comes_and_goes_with_the_keys(platform: str) -> None:
    line = "line vty 0 4\n transport input ssh\n"
    con = console(make_router("KS1", platform, NAMED + line))
    router = con.router
    con.run("configure terminal")
    assert not router.ssh.enabled

    con.run("crypto key generate rsa modulus 2048")
    assert router.ssh.enabled
    con.type(b"crypto key zeroize rsa\n")
    con.type(b"yes\n")
    assert not router.ssh.enabled
    assert _messages(router, "SSH") == [
        "%SSH-5-ENABLED: SSH 1.99 has been enabled",
        "%SSH-5-DISABLED: SSH 1.99 has been disabled",
    ]


def test_version_2_only_is_what_the_log_says(con: Console) -> None:
    con.run("ip ssh version 2", "crypto key generate rsa modulus 2048")

    assert _messages(con.router, "SSH") == ["%SSH-5-ENABLED: SSH 2.0 has been enabled"]


def test_xe_logs_what_happens_to_keys() -> None:
    con = console(make_router("KS1", "isr4451", NAMED))
    con.run("configure terminal")
    for _ in range(2):
        con.run("crypto key generate rsa label L modulus 1024")
    con.type(b"crypto key zeroize rsa L\ny\n")

    engine = "%CRYPTO_ENGINE-5-"
    assert _messages(con.router, "CRYPTO_ENGINE") == [
        f"{engine}KEY_ADDITION: A key named L has been generated or imported by crypto-engine",
        f"{engine}KEY_REPLACE: A key named L has been replaced by crypto-engine",
        f"{engine}KEY_DELETED: A key named L has been removed from key storage",
    ]


@pytest.mark.parametrize(("platform", "bits"), [("isr2911", 768), ("isr4451", 1152)])
def test_a_temporary_key_stands_beside_the_host_key_of_version_1(platform: str, bits: int) -> None:
    con = console(make_router("KS1", platform, NAMED))
    con.run("configure terminal")
    con.run("crypto key generate rsa label L modulus 1024")

    (server,) = con.router.keys.pairs(KeyKind.RSA, "L.server")
    assert (server.bits, server.temporary) == (bits, True)
    con.run("ip ssh version 2")
    assert con.router.keys.pairs(KeyKind.RSA, "L.server") == ()
    con.run("no ip ssh version 2", "end", "write memory")
    con.router.stop()
    con.router.boot()
    assert len(con.router.keys.pairs(KeyKind.RSA, "L.server")) == 1


def test_help_names_what_may_follow(con: Console) -> None:
    said = con.type(b"crypto key generate rsa ?")

    rows = [line.split()[0] for line in said.split("\n")[1:-1] if line.startswith("  ")]
    assert rows == [
        "encryption",
        "exportable",
        "general-keys",
        "label",
        "modulus",
        "on",
        "redundancy",
        "signature",
        "storage",
        "usage-keys",
        "<cr>",
    ]
    assert all(len(line.split()) > 1 for line in said.split("\n")[1:-3])


@pytest.mark.parametrize("mode", ["config", "exec"])
def test_others_have_their_turn_while_a_key_is_made(mode: str) -> None:
    router = router_of("17.9.4", NAMED)
    con = console(router)
    if mode == "config":
        con.run("configure terminal")
    con.session.feed(b"crypto key generate rsa label A modulus 2048\n")
    said = con.take()
    if mode == "config":
        assert said.endswith("% Generating 2048 bit RSA keys, keys will be non-exportable...\n")
    else:
        assert said.endswith("% Generating crypto RSA keys in background ...\n\nKS1#")
    assert not router.keys.pairs(label="A")
    assert isinstance(router.clock, ManualClock)
    turns = 0
    while not router.keys.pairs(label="A"):
        due = router.clock.next_due()
        assert due is not None
        router.clock.run_until(due)
        turns += 1
    # the clock runs all that is due at one time
    assert turns == 1
    (pair,) = router.keys.pairs(label="A")
    assert pair.material.made


def test_a_key_that_nobody_waits_for_any_more_is_not_kept() -> None:
    router = router_of("17.9.4", NAMED)
    con = console(router)
    con.session.feed(b"configure terminal\ncrypto key generate rsa label A modulus 2048\n")
    con.session.hangup()
    assert isinstance(router.clock, ManualClock)
    router.clock.advance(0)
    assert not router.keys.pairs(label="A")
