"""A router's files by SCP: where they go, what is refused, images of any size."""

import hashlib

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.files import Image, digest
from getvpn.emulator.login import Login
from getvpn.emulator.ssh.scp import ScpRequest, Transfer
from getvpn.emulator.testing import console, make_router

IMAGE = Image(family="c8000v", version="17.12.4", size=20_000_000)
ADMIN = Login(user="admin", privilege=15)


@pytest.fixture
def router() -> Router:
    return make_router("KS1", "c8000v", "hostname KS1\nip scp server enable\n")


class Client:
    """One copy, a piece at a time."""

    def __init__(self, router: Router, command: str, login: Login = ADMIN) -> None:
        request = ScpRequest.parse(command)
        assert request
        self.said = bytearray()
        self.statuses: list[int] = []
        self.transfer = Transfer(request, router.scp, login, self.said.extend, self.statuses.append)
        self.transfer.start()

    def send(self, *pieces: bytes) -> bytes:
        """Send bytes; gives what came back."""
        self.said.clear()
        for piece in pieces:
            self.transfer.feed(piece)
        return bytes(self.said)

    def put(self, data: bytes) -> bytes:
        """Copy a file to the router; gives what came back behind the announcement."""
        said = self.send(b"C0644 %d x\n" % len(data))
        return self.send(data, b"\0") if said == b"\0" else said


def fetched(router: Router, path: str) -> bytes:
    client = Client(router, f"scp -f {path}")
    head = client.send(b"\0")
    assert head.startswith(b"C0644 "), head
    return client.send(b"\0")[:-1]


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        ("flash:/x.txt", "bootflash:/x.txt"),
        ("bootflash:x.txt", "bootflash:/x.txt"),
        ("flash:", "bootflash:/x"),
        ("x.txt", "bootflash:/x.txt"),
        ("nvram:x.txt", "nvram:/x.txt"),
        ("flash:/../../x.txt", "bootflash:/x.txt"),
        ("flash:/core/x.txt", "bootflash:/core/x.txt"),
    ],
)
def test_a_file_goes_to_any_file_system(router: Router, path: str, stored: str) -> None:
    assert Client(router, f"scp -t {path}").put(b"hello") == b"\0"
    assert router.files.read(stored) == b"hello"
    if path != "flash:":
        assert fetched(router, path) == b"hello"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("usb9:x", b"\x01%Error opening usb9:x (No such device)\n"),
        ("flash:/none/x", b"\x01%Error opening flash:/none/x (No such file or directory)\n"),
        ("flash:/core", b"\x01%Error opening flash:/core (Is a directory)\n"),
        ("system:/x", b"\x01%Error opening system:/x (Permission denied)\n"),
        ("flash:" + "x" * 300, b"\x01%Error parsing filename (Bad file name)\n"),
    ],
)
def test_a_place_that_cannot_be_is_refused(router: Router, path: str, error: bytes) -> None:
    assert Client(router, f"scp -t {path}").put(b"hello") == error


def test_a_missing_file_and_a_directory_are_not_given(router: Router) -> None:
    assert Client(router, "scp -f flash:/none").send(b"\0") == (
        b"\x01%Error opening flash:/none (No such file or directory)\n"
    )
    assert b"Is a directory" in Client(router, "scp -f flash:/core").send(b"\0")


def test_an_image_of_any_size_passes_through(router: Router) -> None:
    client = Client(router, "scp -t flash:/i.bin")
    assert client.send(b"C0644 %d i.bin\n" % IMAGE.size) == b"\0"
    for chunk in IMAGE.chunks():
        client.send(chunk)
    assert client.send(b"\0") == b"\0"
    assert router.files.image("flash:/i.bin") == IMAGE
    hashed = hashlib.md5(fetched(router, "flash:/i.bin"), usedforsecurity=False)
    assert hashed.hexdigest() == digest(IMAGE)


def test_an_image_larger_than_memory_is_written_piece_by_piece(router: Router) -> None:
    huge = Image(family="c8000v", version="17.12.5", size=6_000_000_000)
    router.files.write("i.bin", huge, 0)
    client = Client(router, "scp -f flash:/i.bin")
    assert client.send(b"\0") == b"C0644 6000000000 i.bin\n"
    client.transfer.pause()
    assert client.send(b"\0") == b""
    client.transfer.hangup()


def test_what_is_no_image_is_bounded(router: Router) -> None:
    client = Client(router, "scp -t flash:/x")
    client.send(b"C0644 80000000 x\n")
    piece = b"x" * 1_000_000
    for _ in range(80):
        assert client.send(piece) == b""
    assert client.send(b"\0") == b"\x01%Error writing flash:/x (Not enough space on device)\n"
    assert not router.files.exists("x")


def test_a_file_that_does_not_fit_is_refused_before_it_is_sent(router: Router) -> None:
    router.faults.set("disk-full")
    assert Client(router, "scp -t flash:/x").put(b"hello") == b"\x01Not enough space on device\n"


def test_the_configurations_are_given_and_taken(router: Router) -> None:
    assert b"hostname KS1\n" in fetched(router, "running-config")
    console(router).run("write memory")
    assert fetched(router, "startup-config") == router.files.startup_config
    assert Client(router, "scp -t running-config").put(b"hostname KS5\n") == b"\0"
    assert router.hostname == "KS5"
    assert "Configured from scp by admin on scp" in [each.text for each in router.log.messages]
    assert Client(router, "scp -t nvram:startup-config").put(b"hostname KS6\n") == b"\0"
    assert router.files.startup_config == b"hostname KS6\n"


def test_a_crash_at_the_next_write_hits_scp_too(router: Router) -> None:
    router.faults.set("crash-at-write")
    Client(router, "scp -t startup-config").put(b"hostname KS6\n")
    assert not router.running


def test_only_who_may_copies(router: Router) -> None:
    oper = Login(user="oper", privilege=1)
    assert Client(router, "scp -t flash:/x", oper).said == b"\x01Privilege denied.\n"
    router.merge("no ip scp server enable\n")
    assert Client(router, "scp -f flash:/x").said == b"\x01Administratively disabled.\n"


def test_nothing_is_seen_of_a_file_before_it_is_complete(router: Router) -> None:
    router.files.write("x", b"old", 0)
    client = Client(router, "scp -t flash:/x")
    client.send(b"C0644 5 x\n", b"hel")
    assert router.files.read("x") == b"old"
    client.transfer.end_of_input()
    client.transfer.hangup()
    assert router.files.read("x") == b"old"
