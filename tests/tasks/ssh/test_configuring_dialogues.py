"""Dialogues in configuration mode: a key pair goes from one router to another."""

import re

import pytest

from getvpn.emulator import Lab
from getvpn.errors import RefusedError
from getvpn.tasks.ssh.device import Answer

from ..lab_devices import LabDevices

GENERATE = "crypto key generate rsa general-keys label REKEY modulus 1024 exportable"
EXPORT = "crypto key export rsa REKEY pem terminal aes a-passphrase"
IMPORT = "crypto key import rsa REKEY pem exportable terminal a-passphrase"
PEM = re.compile(r"-----BEGIN [^-]+-----.*?-----END [^-]+-----", re.DOTALL)


@pytest.fixture
def devices() -> LabDevices:
    return LabDevices(Lab({"devices": {"KS1": {}, "KS2": {}}}))


def test_a_key_pair_is_exported_and_pasted_into_another_router(devices: LabDevices) -> None:
    first, second = devices("KS1"), devices("KS2")
    made = first.dialogue(GENERATE, [], configuring=True)
    public, private = PEM.findall(first.dialogue(EXPORT, [], configuring=True))
    pasted = second.dialogue(
        IMPORT,
        [
            Answer(question="blank line", reply=f"{public}\n"),
            Answer(question='"quit"', reply=f"{private}\nquit", hidden=True),
        ],
        configuring=True,
    )
    assert "[OK]" in made
    assert "% Key pair import succeeded." in pasted
    data = [
        device.send("show crypto key mypubkey rsa REKEY").partition("Key Data")[2]
        for device in (first, second)
    ]
    assert data[0] == data[1] != ""
    assert second.prompt == "KS2#"


def test_a_question_without_an_answer_leaves_the_configuration(devices: LabDevices) -> None:
    device = devices("KS1")
    device.dialogue(GENERATE, [], configuring=True)
    with pytest.raises(RefusedError, match="really want to remove"):
        device.dialogue("crypto key zeroize rsa REKEY", [], configuring=True)
    assert device.prompt == "KS1#"
    assert "REKEY" in device.send("show crypto key mypubkey rsa")
