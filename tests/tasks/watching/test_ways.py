"""Ways that notices go: a command, a webhook, syslog, and what waits for them."""

import contextlib
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from getvpn.errors import UsageError
from getvpn.tasks.watching import outbox, posting, webhook
from getvpn.tasks.watching.command import Command
from getvpn.tasks.watching.notices import Notice
from getvpn.tasks.watching.outbox import KEPT_S, LAST_S, SLOW_S, Courier, DeliveryError, Outbox
from getvpn.tasks.watching.posting import Post
from getvpn.tasks.watching.syslog import MAX_UDP_BYTES, Syslog, message
from getvpn.tasks.watching.webhook import Webhook

from .test_week import Clock

LONG_S = 120.0
"""So long nothing takes here, however busy the machine is, unless it never comes."""
TOKEN = "t0ken-of-nobody"  # noqa: S105 - it opens nothing
NOTICE = Notice(
    at=1_767_225_600.25,
    kind="alert",
    name="PeerDown",
    state="firing",
    severity="warning",
    group="WAN",
    device="KS1",
    text="its peer KS2 is dead; $(touch x)",
)


@dataclass
class Flaky:
    """A way that fails as long as it is told to."""

    fails: DeliveryError | None = None
    got: list[int] = field(default_factory=list)
    name: str = "flaky"

    def send(self, item: int) -> None:
        """Take it, or fail."""
        if self.fails is not None:
            raise self.fails
        self.got.append(item)


def test_what_is_not_delivered_is_tried_again_in_its_order() -> None:
    way = Flaky(DeliveryError("no answer"))
    box = Outbox(way)
    box.put(0, 1)
    box.put(0, 2)

    assert box.deliver(0) == 2
    assert box.deliver(1) == 2
    assert box.deliver(2) == 6
    assert (box.trouble, box.failed) == ("no answer", 2)
    way.fails = None
    assert box.deliver(6) == 6
    assert box.deliver(6) is None
    assert (way.got, box.trouble, box.delivered) == ([1, 2], "", 2)


def test_waits_grow_and_end_somewhere() -> None:
    box = Outbox(Flaky(DeliveryError("no")))
    box.put(0, 1)
    at, waits = 0.0, []
    for _ in range(12):
        later = box.deliver(at)
        assert later is not None
        waits.append(later - at)
        at = later

    assert waits == sorted(waits)
    assert waits[-1] == 300


def test_a_clock_that_is_set_back_does_not_stop_deliveries() -> None:
    way = Flaky(DeliveryError("no"))
    box = Outbox(way)
    box.put(9000, 1)
    box.deliver(9000)
    way.fails = None

    assert box.deliver(1800) is None
    assert way.got == [1]


def test_many_that_go_out_one_after_the_other_are_no_trouble() -> None:
    clock, told = Clock(), []

    class Busy:
        name = "busy"

        def send(self, item: int) -> None:
            del item
            told.append(box.stuck(clock.now()))
            clock.sleep(10)

    box: Outbox[int] = Outbox(Busy())
    for item in range(20):
        box.put(clock.now(), item)
    courier = Courier(box.deliver, clock)
    courier.end()
    courier.join(LONG_S)

    assert told == [""] * 20


def test_what_waits_has_bounds_in_number_and_time() -> None:
    box = Outbox(Flaky(DeliveryError("no")), most=3)
    for item in range(10):
        box.put(0, item)

    assert (len(box), box.dropped) == (3, 7)
    assert box.deliver(KEPT_S + 1) is None
    assert (len(box), box.dropped) == (0, 10)


def test_what_is_refused_for_good_does_not_hold_up_the_rest() -> None:
    way = Flaky(DeliveryError("it answers 400", final=True))
    box = Outbox(way)
    box.put(0, 1)

    assert box.deliver(0) is None
    assert (len(box), box.failed, box.dropped) == (0, 1, 1)


def test_a_way_that_does_not_come_back_is_told_after_a_while() -> None:
    way, told = Flaky(), []
    box = Outbox(way)

    def send(item: int) -> None:
        del item
        told.extend([box.stuck(SLOW_S - 1), box.stuck(SLOW_S + 5)])

    way.send = send  # type: ignore[method-assign]  # it asks while it sends
    box.put(0, 1)
    box.deliver(0)

    assert told == ["", "no answer for 65 s"]
    assert box.stuck(999) == ""


def test_a_command_reads_the_notice_and_gets_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = ("GETVPN_PASSWORD", "GETVPN_JOURNAL", "VAULT_TOKEN", "HOOK")
    for name in hidden:
        monkeypatch.setenv(name, "s3cret")
    script = tmp_path / "hook.py"
    script.write_text(
        "import json, os, sys\n"
        f"open({str(tmp_path / 'out')!r}, 'w').write(json.dumps("
        "[json.load(sys.stdin), sys.argv[1:], dict(os.environ)]))\n"
    )
    line = f"{sys.executable} -S -E {script} 'two words'"
    Command(line, hidden=["HOOK"], timeout_s=LONG_S).send(NOTICE)
    read, words, environment = json.loads((tmp_path / "out").read_text())

    assert read == NOTICE.data()
    assert words == ["two words"]
    assert environment["GETVPN_NAME"] == "PeerDown"
    assert environment["GETVPN_TEXT"] == NOTICE.text
    assert not set(hidden) & environment.keys()


@pytest.mark.parametrize(
    ("line", "timeout_s", "words"),
    [
        ("sh -c 'exit 4'", LONG_S, "ended with 4"),
        ("sleep 600", 0.1, "took over 0.1 s"),
    ],
)
def test_a_command_that_fails_is_told(line: str, timeout_s: float, words: str) -> None:
    with pytest.raises(DeliveryError, match=words) as told:
        Command(line, timeout_s=timeout_s).send(NOTICE)
    assert told.value.final


def test_a_command_that_is_gone_meanwhile_is_told(tmp_path: Path) -> None:
    script = tmp_path / "hook"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    way = Command(str(script))
    script.unlink()

    with pytest.raises(DeliveryError, match="cannot be run: No such file"):
        way.send(NOTICE)


def test_a_command_that_says_a_lot_does_not_get_stuck() -> None:
    line = "sh -c 'yes | head -c 3000000; yes | head -c 3000000 >&2'"
    Command(line, timeout_s=LONG_S).send(NOTICE)


def is_over(stat: Path) -> bool:
    """Whether a process is at its end, by its file in /proc."""
    try:
        return stat.read_text().split()[2] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_command_that_still_runs_at_the_end_is_ended_with_all_it_started(tmp_path: Path) -> None:
    way = Command(
        f"sh -c 'sleep 600 & echo $! > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/pid; wait'",
        timeout_s=LONG_S,
    )
    failed: list[DeliveryError] = []

    def send() -> None:
        try:
            way.send(NOTICE)
        except DeliveryError as error:
            failed.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    while not (tmp_path / "pid").exists():
        threading.Event().wait(0.01)
    way.close()
    thread.join(LONG_S)
    with pytest.raises(DeliveryError, match="at its end"):
        way.send(NOTICE)

    assert not thread.is_alive()
    assert failed
    child = Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}/stat")
    # whoever is killed is gone as soon as it has its turn
    for _ in range(int(LONG_S / 0.01)):
        if is_over(child):
            break
        threading.Event().wait(0.01)
    assert is_over(child)


def test_a_command_that_begins_while_the_watch_ends_is_ended_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way = Command("sleep 60", timeout_s=LONG_S)

    def begin(*words: Any, **options: Any) -> subprocess.Popen[bytes]:
        way.close()
        return popen(*words, **options)

    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", begin)
    with pytest.raises(DeliveryError, match="ended with -9"):
        way.send(NOTICE)


@pytest.mark.parametrize("line", ["", "a 'b", "/no/such/program x"])
def test_a_line_that_is_no_command_is_refused(line: str) -> None:
    with pytest.raises(UsageError):
        Command(line)


class Server(ThreadingHTTPServer):
    """Keeps what is posted; answers with `status`."""

    # its end waits for those that answer
    daemon_threads = False
    status = 204

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], Any]] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        """Take a post."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Serve on this machine."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine."""
    with serving() as made:
        yield made


def test_a_webhook_posts_json_with_a_token(server: Server) -> None:
    url = f"http://127.0.0.1:{server.server_port}/a/b?c=d"
    Webhook(url, token=TOKEN, timeout_s=LONG_S).send(NOTICE)
    ((path, headers, body),) = server.got

    assert path == "/a/b?c=d"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Content-Type"] == "application/json"
    assert body == {"source": "getvpn", **NOTICE.data()}


@pytest.mark.parametrize(
    ("status", "final"), [(404, True), (302, True), (429, False), (503, False)]
)
def test_a_webhook_that_does_not_take_it_is_told_without_its_secrets(
    server: Server, status: int, final: bool
) -> None:
    server.status = status
    url = f"http://127.0.0.1:{server.server_port}/s3cret?k=s3cret"
    hook = Webhook(url, token=TOKEN, timeout_s=LONG_S)
    with pytest.raises(DeliveryError, match=f"it answers {status}") as told:
        hook.send(NOTICE)

    assert told.value.final is final
    assert len(server.got) == 1
    assert "s3cret" not in f"{told.value}{hook!r}"
    assert TOKEN not in f"{told.value}{hook!r}"


def test_a_webhook_checks_certificates(server: Server, tmp_path: Path) -> None:
    certificate = made_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # it is refused on purpose
    url = f"https://127.0.0.1:{server.server_port}/"

    with pytest.raises(DeliveryError, match="its certificate: self"):
        Webhook(url, timeout_s=LONG_S).send(NOTICE)
    Webhook(url, authorities=str(certificate), timeout_s=LONG_S).send(NOTICE)
    assert len(server.got) == 1


def made_certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1, and its key, in one file."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import IPv4Address

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_webhook_that_is_not_there_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        hook = Webhook(f"http://127.0.0.1:{taken.getsockname()[1]}/s3cret")
        with pytest.raises(DeliveryError, match=r"127\.0\.0\.1: Connection refused") as told:
            hook.send(NOTICE)
    assert not told.value.final


@contextlib.contextmanager
def dribbling() -> Iterator[str]:
    """A server that is not through with its answer, of which there is always something new."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def dribble() -> None:
            try:
                stream, _ = listener.accept()
            except OSError:
                return
            with stream, contextlib.suppress(OSError):
                for _ in range(int(LONG_S / 0.02)):
                    stream.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                    if over.wait(0.02):
                        return
                # nobody gave it up
                stream.sendall(b"HTTP/1.1 204 None\r\n\r\n")

        thread = threading.Thread(target=dribble)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            over.set()
            # it may still wait for somebody
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_webhook_that_answers_in_dribs_is_given_up_in_time() -> None:
    with dribbling() as url, pytest.raises(DeliveryError, match=r"no answer in 0\.2 s"):
        Webhook(url, timeout_s=0.2).send(NOTICE)


def test_a_webhook_that_is_connected_to_late_is_given_up_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, looked = threading.current_thread(), threading.Event()

    class Late(HTTPConnection):
        """Is connected after somebody has looked in vain for what could be ended."""

        stream: socket.socket | None = None

        @property
        def sock(self) -> socket.socket | None:
            if self.stream is None and threading.current_thread() is not ours:
                looked.set()
            return self.stream

        @sock.setter
        def sock(self, stream: socket.socket | None) -> None:
            self.stream = stream

        def connect(self) -> None:
            assert looked.wait(LONG_S)
            super().connect()

    monkeypatch.setattr(webhook, "HTTPConnection", Late)
    with dribbling() as url, pytest.raises(DeliveryError, match=r"no answer in 0\.1 s"):
        Webhook(url, timeout_s=0.1).send(NOTICE)


@pytest.mark.parametrize("token", ["s3cret\nX: y", "s3crét", ""])
def test_a_token_that_cannot_be_sent_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(UsageError, match="--webhook-token-from") as told:
        Webhook("https://hooks.example/", token=token)
    assert "s3cr" not in str(told.value)


def test_all_ways_together_are_waited_for_as_long_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    over, clock, threads = threading.Event(), Clock(), []

    class Slow:
        name = "slow"

        def send(self, item: Notice) -> None:
            del item
            over.wait()

    class Waiting(threading.Thread):
        """Whoever waits for its end waits in the time of the clock, and in vain."""

        def join(self, timeout: float | None = None) -> None:
            assert timeout is not None
            threads.append(self)
            clock.sleep(timeout)

    monkeypatch.setattr(posting, "monotonic", clock.now)
    monkeypatch.setattr(outbox, "Thread", Waiting)
    began = clock.now()
    post = Post(clock, [Slow() for _ in range(5)])
    post.put([NOTICE], ())
    post.close()
    over.set()
    for each in threads:
        threading.Thread.join(each)

    assert len(set(threads)) == 5
    assert clock.now() - began == pytest.approx(LAST_S + posting._AFTER_S)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/s3cret",
        "ftp://hooks.example/s3cret",
        "s3cret",
        "https://user:s3cret@hooks.example/",
        "https://hooks.example:s3cret/",
        "https://hooks.example/s3cret \r\nX: y",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UsageError) as told:
        Webhook(url)
    assert "s3cret" not in str(told.value)


def test_a_message_of_syslog_is_as_rfc_5424_has_it() -> None:
    sent = message(NOTICE, "noc 1", 42)

    assert sent == (
        b"<28>1 2026-01-01T00:00:00.250Z noc1 getvpn 42 PeerDown - \xef\xbb\xbf"
        b"warning PeerDown firing: KS1, group WAN: its peer KS2 is dead; $(touch x)"
    )


def test_syslog_goes_over_udp_in_one_packet() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(LONG_S)
        way = Syslog(f"udp://127.0.0.1:{listener.getsockname()[1]}")
        way.send(NOTICE)
        assert listener.recv(9999).endswith(NOTICE.line().encode())
        way.send(Notice(at=0, kind="event", name="X", severity="info", text="ü" * 2000))
        long = listener.recv(9999)
    assert MAX_UDP_BYTES - 1 <= len(long) <= MAX_UDP_BYTES
    assert long.decode().endswith("ü")


def test_syslog_goes_over_tcp_with_its_length() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LONG_S)
        Syslog(f"tcp://127.0.0.1:{listener.getsockname()[1]}").send(NOTICE)
        stream, _ = listener.accept()
        with stream:
            got = b"".join(iter(lambda: stream.recv(4096), b""))
    length, _, text = got.partition(b" ")
    assert int(length) == len(text)
    assert text.startswith(b"<28>1 ")


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_a_host_that_can_be_none_is_told(kind: str) -> None:
    with pytest.raises(DeliveryError, match=r"a\.\.b: it is no name of a host") as told:
        Syslog(f"{kind}://a..b").send(NOTICE)
    assert told.value.final


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "udp://", "udp://h:x", "udp://h:0", "http://h", "tcp://h/p"]
)
def test_an_address_that_is_none_of_syslog_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="--syslog"):
        Syslog(address)
