"""A collection asks, and sends nothing else."""

import pytest

from getvpn.errors import UsageError
from getvpn.tasks.collecting.asking import only_asks


@pytest.mark.parametrize(
    "command",
    [
        "show clock",
        "sh ver",
        "SHOW running-config",
        "dir flash:",
        "more system:running-config",
        "show running-config | section crypto gdoi",
        "show logging | i GDOI|COOP",
        "show logging | include tee|redirect|append",
        "show running-config | format",
    ],
)
def test_what_only_prints_may_be_asked(command: str) -> None:
    only_asks(command)


@pytest.mark.parametrize(
    "command",
    [
        "reload",
        "configure terminal",
        "s",
        "show-me",
        "do reload",
        "clear crypto gdoi",
        "delete flash:a",
        "showx clock",
        "show running-config | redirect flash:a",
        "show running-config | r flash:a",
        "show running-config |tee flash:a",
        "show running-config | append flash:a",
        "show running-config | include a | tee flash:a",
        "show running-config |",
        "show running-config | frobnicate",
        "show clock\nreload",
        "show clock\rreload",
        "",
        " ",
    ],
)
def test_what_may_change_a_device_is_refused(command: str) -> None:
    with pytest.raises(UsageError):
        only_asks(command)


def test_a_refusal_says_what_may_be_asked_and_no_secret() -> None:
    with pytest.raises(UsageError, match=r"is not sent") as refused:
        only_asks("crypto isakmp key Zq9-tOp!7 address 192.0.2.9")

    assert "Zq9" not in str(refused.value)
    assert "show, dir, more" in str(refused.value.hint)
