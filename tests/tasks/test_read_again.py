"""Configurations that are read several times while they are compared."""

from getvpn.tasks.comparing.scope import Node, read
from getvpn.tasks.deploying.reading import read_config

CONFIG = """\
hostname KS1
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
!
crypto isakmp policy 10
 encryption aes 256
 group 14
ip access-list extended WANTED
 remark all
 permit ip any any
!
end
"""


def spelled(nodes: list[Node]) -> list[str]:
    return [each.text for node in nodes for each in node.walk()]


def test_what_is_changed_of_a_configuration_is_as_before_when_it_is_read_again() -> None:
    first = read(CONFIG, "running")
    before = spelled([*first.found.nodes.values()])
    assert len(before) > 2
    for node in [*first.found.nodes.values()]:
        node.text = "changed"
        node.children.clear()
    first.found.nodes.clear()
    first.found.lists.clear()
    assert spelled([*read(CONFIG, "running").found.nodes.values()]) == before


def test_another_source_and_more_exactness_are_read_anew() -> None:
    running, intended = read(CONFIG, "running"), read(CONFIG, "intent")
    assert (running.tree.source, intended.tree.source) == ("running", "intent")
    exact = read(CONFIG, "running", exact=True)
    assert exact.found.lists != running.found.lists == intended.found.lists


def test_the_views_of_a_configuration_are_made_once() -> None:
    assert read_config(CONFIG, "KS1") is read_config(CONFIG, "KS1")
    assert read_config(CONFIG, "KS2").tree.source == "KS2"
