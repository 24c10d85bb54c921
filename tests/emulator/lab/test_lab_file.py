"""Lab files: what they say, and what is said of the mistakes in them."""

import json
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.device_settings import DeviceSettings
from getvpn.emulator.faults import Fault, FaultKind
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.lab import (
    Credentials,
    DeviceFile,
    HostKeys,
    ImageFile,
    Lab,
    LabFile,
    load_file,
    parse_file,
)
from getvpn.emulator.lab.file import KeyFile, PairFile, StationsFile
from getvpn.emulator.lab.reading import DEVICE_KEYS, KEYS
from getvpn.emulator.simulation.network import Line
from getvpn.errors import InputError

EVERYTHING = """\
seed: 7
clock:
  start: 2026-03-01T12:00:00Z
  rate: 60
address: 127.20.0.0/16
port: 2222
credentials:
  username: netops
  password: 0123
  secret: deep
  privilege: 1
host_keys:
  type: ecdsa
  bits: 384
files: served
settings:
  boot_s: 90
devices:
  KS1:
    platform: c8000v
    startup: |
      hostname KS1
      end
    images:
      - file: c8000v-universalk9.17.12.04.SPA.bin
        version: 17.12.4
      - {file: other.bin, version: 17.9.5, family: isr4400, size: 4096}
    settings: {algorithms: legacy, faithful_scrolling: true, auth_delay_s: 0.5}
    faults: [drop-after 3, wrong-prompt R9#]
  GM1:
    platform: isr2911
    startup_file: configs/gm1.cfg
    address: 127.0.0.9
    port: 0
    credentials: {username: gm}
    host_key: none
    wan: {latency_ms: 40, loss: 0.5}
network:
  latency_ms: 5
  loss: 0
  mtu: 4470
  pairs:
    - {between: [KS1, GM1], latency_ms: 1, mtu: 9000}
parameters: {announce_s: 10, missed_rekeys: 2, rekey_on_promotion: true, ipsec_flows: }
keys:
  - {label: REKEY, bits: 1024, exportable: true, devices: [KS1]}
stations:
  - name: ST
    count: 3
    group: GETVPN
    identity: 1000
    servers: [192.0.2.1, 192.0.2.2]
    address: 172.16.0.1
    inside: 10.1.0.0/24
    secret: Example
    ikev2_profile: GK
    quiet: false
    wan: {loss: 0.25}
"""
WAN = Line(latency_s=0.005, mtu=4470)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the lab file of everything names."""
    (tmp_path / "served").mkdir()
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "gm1.cfg").write_text("hostname GM1\n")
    (tmp_path / "lab.yml").write_text(EVERYTHING)
    return tmp_path


def test_a_file_may_say_everything(folder: Path) -> None:
    source = str(folder / "lab.yml")
    here = Credentials(username="netops", password="0123", secret="deep", privilege=1)  # noqa: S106

    assert load_file(folder / "lab.yml") == LabFile(
        seed=7,
        start=1_772_366_400.0,
        rate=60.0,
        credentials=here,
        host_keys=HostKeys(kind="ecdsa", bits=384),
        files=folder / "served",
        parameters=Parameters(
            announce_s=10.0, missed_rekeys=2, rekey_on_promotion=True, ipsec_flows=None
        ),
        keys=(KeyFile(label="REKEY", bits=1024, exportable=True, devices=("KS1",)),),
        pairs=(PairFile(devices=("KS1", "GM1"), line=Line(latency_s=0.001, mtu=9000)),),
        stations=(
            StationsFile(
                name="ST",
                count=3,
                group="GETVPN",
                identity="1000",
                servers=("192.0.2.1", "192.0.2.2"),
                address="172.16.0.1",
                inside="10.1.0.0",
                secret="Example",  # noqa: S106
                ikev2_profile="GK",
                quiet=False,
                line=replace(WAN, loss=0.25),
            ),
        ),
        source=source,
        devices=(
            DeviceFile(
                name="KS1",
                platform="c8000v",
                startup="hostname KS1\nend\n",
                startup_source=source,
                startup_line=22,
                address="127.20.0.1",
                port=2222,
                images=(
                    ImageFile(
                        file="c8000v-universalk9.17.12.04.SPA.bin",
                        version="17.12.4",
                        family="c8000v",
                        size=807_000_000,
                    ),
                    ImageFile(file="other.bin", version="17.9.5", family="isr4400", size=4096),
                ),
                settings=DeviceSettings(
                    boot_s=90, algorithms="legacy", faithful_scrolling=True, auth_delay_s=0.5
                ),
                faults=(
                    Fault(kind=FaultKind.DROP_AFTER, count=3),
                    Fault(kind=FaultKind.WRONG_PROMPT, text="R9#"),
                ),
                line=WAN,
            ),
            DeviceFile(
                name="GM1",
                platform="isr2911",
                startup="hostname GM1\n",
                startup_source=str(folder / "configs" / "gm1.cfg"),
                startup_line=1,
                address="127.0.0.9",
                port=0,
                host_key=False,
                credentials=Credentials(
                    username="gm",
                    password="0123",  # noqa: S106
                    secret="deep",  # noqa: S106
                    privilege=1,
                ),
                settings=DeviceSettings(boot_s=90),
                line=Line(latency_s=0.040, loss=0.5, mtu=4470),
            ),
        ),
    )


def test_the_file_of_everything_has_every_key() -> None:
    assert [key for key in KEYS if f"\n{key}:" not in f"\n{EVERYTHING}"] == []
    assert [key for key in DEVICE_KEYS if f"    {key}:" not in EVERYTHING] == []


def test_a_name_is_all_that_a_device_needs() -> None:
    assert parse_file("devices: {KS1: }").devices == (DeviceFile(name="KS1"),)
    assert parse_file("devices:\n  KS1: null\n").devices == (DeviceFile(name="KS1"),)


@pytest.mark.parametrize(("name", "kind"), get_type_hints(DeviceSettings).items())
def test_every_setting_of_a_device_stands_in_the_file(name: str, kind: type) -> None:
    usual = getattr(DeviceSettings(), name)
    other = next(
        value
        for value in (True, False, "legacy", 7.5)
        if isinstance(value, kind) and value != usual
    )
    there, back = json.dumps(other), json.dumps(usual)

    for text in (
        f"settings: {{{name}: {there}}}\ndevices: {{R1: }}",
        f"devices: {{R1: {{settings: {{{name}: {there}}}}}}}",
        f"settings: {{{name}: {back}}}\ndevices: {{R1: {{settings: {{{name}: {there}}}}}}}",
    ):
        (device,) = parse_file(text).devices
        assert getattr(device.settings, name) == other


def test_what_devices_share_can_be_merged() -> None:
    text = """\
    devices:
      KS1: &ks
        platform: c8000v
        settings: {boot_s: 9}
      KS2:
        <<: *ks
        settings: {boot_s: 3}
      KS3:
        <<: [{platform: isr2911}, *ks]
    """
    _, two, three = parse_file(dedent(text)).devices

    assert (two.platform, two.settings.boot_s) == ("c8000v", 3)
    assert (three.platform, three.settings.boot_s) == ("isr2911", 9)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("devices: {A: , B: }", [("127.0.0.1", 0), ("127.0.0.1", 0)]),
        ("port: 2201\ndevices: {A: , B: }", [("127.0.0.1", 2201), ("127.0.0.1", 2202)]),
        ("address: 127.9.0.0/24\ndevices: {A: , B: }", [("127.9.0.1", 0), ("127.9.0.2", 0)]),
        (
            "address: 127.9.0.0/24\nport: 2222\ndevices: {A: , B: {port: 22}}",
            [("127.9.0.1", 2222), ("127.9.0.2", 22)],
        ),
        ('address: "::1"\nport: 2222\ndevices: {A: }', [("::1", 2222)]),
    ],
)
def test_each_device_has_a_place_of_its_own(text: str, places: list[tuple[str, int]]) -> None:
    assert [(device.address, device.port) for device in parse_file(text).devices] == places


TOO_MANY_IMAGES = """\
devices:
  A:
    platform: isr2911
    images:
    - {file: x, version: 15.7(3)M8}
    - {file: y, version: 15.7(3)M9}
"""

MISTAKES = [
    ("", "1:1: the file is empty"),
    ("[1, 2]", "1:1: should be a mapping of keys and values"),
    ("seed: 1\n", "1:1: there are no devices; add the key 'devices'"),
    ("devices: {}", "1:10: devices: a lab has 1 to 50000 devices"),
    ("devices: [KS1]", "1:10: devices: should be a mapping of keys and values"),
    ("device: {KS1: }", "1:1: device: unknown key; did you mean 'devices'?"),
    ("wormhole: 1", "1:1: wormhole: unknown key; known: seed, clock, address, port, credentials, "),
    (
        "seed: 1\ndevices:\n  KS1:\n    platform: c8000v\n\n  KS2:\n    platfrom: c8000v\n",
        "7:5: devices.KS2.platfrom: unknown key; did you mean 'platform'?",
    ),
    ("devices:\n  KS1: {}\n  KS1: {}\n", "3:3: devices.KS1: stands there twice"),
    ('devices: {"KS 1": }', "1:11: devices.KS 1: a device is named by letters, digits, '.', "),
    ("devices: {? [a, b] : 1}", "1:13: devices: a key should be text"),
    (
        "devices: {KS1: {platform: isr99}}",
        "1:27: devices.KS1.platform: 'isr99' is not known; did you mean 'isr2911'?",
    ),
    (
        "devices: {KS1: {platform: mainframe}}",
        "1:27: devices.KS1.platform: 'mainframe' is not known; known: c8000v, isr2911, isr4451",
    ),
    ("devices: {KS1: {startup: [1]}}", "1:26: devices.KS1.startup: should be text"),
    (
        "devices: {KS1: {startup_file: nonesuch.cfg}}",
        "1:31: devices.KS1.startup_file: cannot read nonesuch.cfg: No such file or directory",
    ),
    (
        "devices: {KS1: {startup: x, startup_file: y}}",
        "1:43: devices.KS1.startup_file: give either 'startup' or 'startup_file'",
    ),
    ("devices: {KS1: {port: 99999}}", "1:23: devices.KS1.port: should be a number from 0 to 65535"),
    ("devices: {KS1: {port: x}}", "1:23: devices.KS1.port: should be a number"),
    ("devices: {KS1: {port: true}}", "1:23: devices.KS1.port: should be a number"),
    ("devices: {KS1: {port: 2.5}}", "1:23: devices.KS1.port: should be a whole number"),
    ("devices: {KS1: {host_key: maybe}}", "1:27: devices.KS1.host_key: 'maybe' is not known; "),
    (
        "devices: {KS1: {address: 127.1.0.0/24}}",
        "1:26: devices.KS1.address: a device has one address, not a network",
    ),
    (
        "devices: {A: {port: 2201}, B: {port: 2201}}",
        "1:32: devices.B.port: port 2201 of 127.0.0.1 is that of A",
    ),
    (
        "port: 2201\ndevices: {A: {port: 2202}, B: }",
        "2:28: devices.B: port 2202 of 127.0.0.1 is that of A",
    ),
    (
        "port: 65535\ndevices: {A: , B: }",
        "2:10: devices: there are more devices than ports; give 'address' a network",
    ),
    (
        "address: 127.1.0.0/30\ndevices: {A: , B: , C: }",
        "2:10: devices: there are more devices than addresses",
    ),
    ("address: 10.0.0.1\ndevices: {A: }", "1:10: address: a lab listens on loopback addresses "),
    ("address: nowhere\ndevices: {A: }", "1:10: address: should be an address or a network such "),
    ("seed: -1\ndevices: {A: }", "1:7: seed: should be a number from 0 to 9223372036854775807"),
    ("seed: !!int x\ndevices: {A: }", "1:7: seed: is no value that can be read"),
    ("seed: !!python/name:os.system ''\ndevices: {A: }", "1:7: seed: is no value that can be read"),
    ("seed: [1]\ndevices: {A: }", "1:7: seed: should be a single value"),
    ("clock: {rate: 0}\ndevices: {A: }", "1:15: clock.rate: should be a number from 0.001 to "),
    ("clock: {rate: .nan}\ndevices: {A: }", "1:15: clock.rate: should be a number from 0.001 to "),
    ("clock: {start: soon}\ndevices: {A: }", "1:16: clock.start: should be 'now' or a time such "),
    ("clock: {start: 1888-01-01}\ndevices: {A: }", "1:16: clock.start: should be a time from 1993"),
    ("clock: {speed: 2}\ndevices: {A: }", "1:9: clock.speed: unknown key; known: start, rate"),
    (
        'credentials: {username: "a b"}\ndevices: {A: }',
        "1:25: credentials.username: should be one word of ASCII characters",
    ),
    (
        'credentials: {password: ""}\ndevices: {A: }',
        "1:25: credentials.password: should not be empty",
    ),
    (
        'devices: {A: {credentials: {password: "a\\nb"}}}',
        "1:39: devices.A.credentials.password: should hold printable characters only",
    ),
    (
        "credentials: {privilege: 16}\ndevices: {A: }",
        "1:26: credentials.privilege: should be a number from 0 to 15",
    ),
    ("host_keys: {type: dsa}\ndevices: {A: }", "1:19: host_keys.type: 'dsa' is not known; did you"),
    ("host_keys: {bits: 500}\ndevices: {A: }", "1:19: host_keys.bits: should be a number from 512"),
    ("host_keys: {bits: 2047}\ndevices: {A: }", "1:19: host_keys.bits: should be a multiple of 8"),
    (
        "host_keys: {type: ecdsa, bits: 300}\ndevices: {A: }",
        "1:32: host_keys.bits: '300' is not known; known: 256, 384, 521",
    ),
    (
        "host_keys: {type: ed25519, bits: 256}\ndevices: {A: }",
        "1:34: host_keys.bits: a host key of the type ed25519 has no choice of bits",
    ),
    ("files: nonesuch\ndevices: {A: }", "1:8: files: nonesuch is no folder"),
    ("settings: {boot_s: -1}\ndevices: {A: }", "1:20: settings.boot_s: should be a number from 0 "),
    (
        "settings: {boots: 1}\ndevices: {A: }",
        "1:12: settings.boots: unknown key; did you mean 'boot_s'?",
    ),
    (
        "settings: {algorithms: ancient}\ndevices: {A: }",
        "1:24: settings.algorithms: 'ancient' is not known; known: legacy, modern",
    ),
    (
        "settings: {faithful_scrolling: 1}\ndevices: {A: }",
        "1:32: settings.faithful_scrolling: should be true or false",
    ),
    ("devices: {A: {faults: hang}}", "1:23: devices.A.faults: should be a list"),
    (
        "devices: {A: {faults: [hang, slow x]}}",
        "1:30: devices.A.faults[1]: the fault slow needs a number from 1 to 1000000000, not 'x'; ",
    ),
    ("devices: {A: {faults: [explode]}}", "1:24: devices.A.faults[0]: there is no fault named "),
    (
        "devices: {A: {images: [{file: x.bin}]}}",
        "1:24: devices.A.images[0]: an image needs the key 'version'",
    ),
    (
        "devices: {A: {images: [{file: a/b, version: 17.9.5}]}}",
        "1:31: devices.A.images[0].file: should be a file name without a folder",
    ),
    (
        "devices: {A: {images: [{file: x, version: newest}]}}",
        "1:43: devices.A.images[0].version: should be a version such as 17.9.4a",
    ),
    (
        "devices: {A: {platform: isr2911, images: [{file: x, version: 17.9.5}]}}",
        "1:62: devices.A.images[0].version: should be a version such as 15.7(3)M8",
    ),
    (
        "devices: {A: {images: [{file: x, version: 17.9.5, family: a b}]}}",
        "1:24: devices.A.images[0]: 'a b' cannot be the family of an image; ",
    ),
    (
        "devices: {A: {images: [{file: x, version: 17.9.5}, {file: x, version: 17.9.6}]}}",
        "1:52: devices.A.images[1]: the file x stands there twice",
    ),
    (
        TOO_MANY_IMAGES,
        "6:7: devices.A.images[1]: there is no room for it in flash0:",
    ),
    ("devices: &all {A: {<<: *all}}", "1:16: devices.A.A: unknown key; known: platform, startup, "),
    ("devices:\n\tA:\n", "2:1: not YAML: while scanning for the next token, found character '\\t'"),
    ("devices: [A", "1:12: not YAML: while parsing a flow sequence, expected ',' or ']', but got "),
    ("devices: {A: }\n---\nx: 1", "2:1: not YAML: expected a single document in the stream, but "),
    ("devices: {A: }\n# \x00", "2:3: not YAML: it holds a character that is not allowed"),
    ("- " * 5000, "1:1: not YAML: it is nested too deeply"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_named_with_its_place(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lab.yml").write_text(text)

    with pytest.raises(InputError) as caught:
        load_file(Path("lab.yml"))

    whole = f"lab.yml:{said}"
    assert str(caught.value)[: len(whole)] == whole
    assert len(str(caught.value)) < len(whole) + 200


def test_bytes_that_are_no_text_are_named_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "lab.yml").write_bytes("seed: 1\n# näht ".encode() + b"\xff")

    with pytest.raises(InputError, match=r"lab\.yml:2:8: not UTF-8 text$"):
        load_file(tmp_path / "lab.yml")


def test_merges_that_name_each_other_many_times_take_no_time() -> None:
    lines = ["a0: &a0 {platform: c8000v}"]
    lines += [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 60)]
    text = "devices:\n" + "".join(f"  {line}\n" for line in lines)

    assert {device.platform for device in parse_file(text).devices} == {"c8000v"}


@pytest.mark.parametrize("path", ["lab.yml", "labs/site.yaml"])
def test_a_path_that_is_given_as_text_is_told_from_a_text(path: str) -> None:
    with pytest.raises(InputError, match=r"this is a path; .* give a pathlib\.Path"):
        Lab(path)


@given(st.data())
def test_a_file_with_any_part_cut_or_changed_is_read_or_named(data: st.DataObject) -> None:
    text = EVERYTHING.replace("startup_file: configs/gm1.cfg", "startup: x")
    text = text.replace("files: served\n", "")
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(start + 30, len(text))))
    text = text[:start] + data.draw(st.text(max_size=8)) + text[stop:]
    try:
        read = parse_file(text, source="lab.yml")
    except InputError as error:
        wrong = error
    else:
        assert read.devices
        return
    assert (wrong.source, wrong.lineno is None) == ("lab.yml", False)
    assert "\n" not in str(wrong)
