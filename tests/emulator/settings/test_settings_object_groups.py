"""Object groups and time ranges."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

NETWORKS = """\
object-group network LAN
 description the offices
 host 10.0.0.1
 10.1.0.0 255.255.0.0
 range 10.2.0.1 10.2.0.9
"""
NESTED = """\
object-group network A
object-group network B
 group-object A
object-group network A
"""


def test_a_group_of_networks_is_printed_as_it_was_entered(router: Router, added: Added) -> None:
    assert added(router, NETWORKS) == NETWORKS.splitlines()


def test_ports_of_a_group_of_services_have_names(router: Router, added: Added) -> None:
    text = "tcp eq 80\n tcp source gt 1023 range 20 30\n udp 500\n 50\n icmp 8\n"
    assert added(router, f"object-group service WEB\n {text}") == [
        "object-group service WEB",
        " tcp eq www",
        " tcp source gt 1023 range ftp-data 30",
        " udp isakmp",
        " esp",
        " icmp 8",
    ]


def test_lines_of_a_group_are_removed_by_what_they_say(router: Router) -> None:
    router.merge("object-group service WEB\n tcp eq 80\n tcp eq 443\n no tcp eq 80\n")
    assert " tcp eq www" not in router.running_lines()
    assert " tcp eq 443" in router.running_lines()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            NETWORKS + "object-group service LAN\n",
            "%Object group LAN already exists with a different type",
        ),
        ("object-group network A\n group-object B\n", "%Object group B does not exist"),
        ("object-group network A\n group-object A\n", "%Object groups cannot hold each other"),
        (f"{NESTED} group-object B\n", "%Object groups cannot hold each other"),
        ("object-group network A\n 10.0.0.1 255.0.0.0\n", "%Inconsistent address and mask"),
        (
            "object-group network A\n range 10.0.0.9 10.0.0.1\n",
            "%The end of a range must not be below its beginning",
        ),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(
    router: Router, refused: Refused, text: str, said: str
) -> None:
    assert refused(router, text) == f"{said}\n"


def test_entries_refer_to_groups_and_times(router: Router, added: Added) -> None:
    text = NETWORKS + (
        "time-range WORK\n periodic weekdays 8:00 to 17:00\n"
        "ip access-list extended A\n permit ip object-group LAN any time-range WORK\n"
    )
    lines = added(router, text)
    assert " permit ip object-group LAN any time-range WORK" in lines
    assert lines[-2:] == ["time-range WORK", " periodic weekdays 8:00 to 17:00"]
