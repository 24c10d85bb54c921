"""Random configuration texts, as trees, and texts of many lines."""

from hypothesis import strategies as st

from getvpn.emulator.config.texttree import Node

WORDS = ("alpha", "beta", "gamma", "metric", "server", "set peer", "permit", "class", "no off")
OPENERS = (
    "interface Loopback",
    "ip access-list extended A",
    "aaa group server radius R",
    "crypto map M ",
    "policy-map P",
    "block ",
)


def node(text: str, children: tuple[Node, ...] = ()) -> Node:
    """A node without a tail."""
    return Node(text=text, head=text, children=children)


leaves = st.builds("{} {}".format, st.sampled_from(WORDS), st.integers(1, 4))
openers = st.builds("{}{}".format, st.sampled_from(OPENERS), st.integers(1, 2))


def identity(text: str) -> str:
    """What a line sets: there is one metric in a mode, of all else as many as there are texts."""
    return "metric" if text.startswith("metric ") else text


def _unique(nodes: list[Node]) -> tuple[Node, ...]:
    return tuple({identity(each.text): each for each in nodes}.values())


def _blocks(children: st.SearchStrategy[tuple[Node, ...]]) -> st.SearchStrategy[tuple[Node, ...]]:
    """The commands of a mode, each line once; some of them open modes."""
    block = st.builds(node, openers, children)
    return st.lists(st.one_of(st.builds(node, leaves), block), max_size=7).map(_unique)


nothing: st.SearchStrategy[tuple[Node, ...]] = st.just(())
entries = st.lists(
    st.builds("access-list 1 permit {}".format, st.integers(1, 5)).map(node), max_size=5
).map(_unique)
trees = st.builds(tuple.__add__, _blocks(_blocks(_blocks(nothing))), entries)
"""The global commands of a configuration, with up to two modes inside one another."""


def text_of(nodes: tuple[Node, ...], depth: int = 0, *, closings: bool = False) -> str:
    """A configuration text of nodes; with `closings`, a line leaves every mode inside another."""
    lines = ""
    for each in nodes:
        lines += f"{' ' * depth}{each.text}\n"
        lines += text_of(each.children, depth + 1, closings=closings)
        if closings and depth and each.text.startswith(OPENERS):
            lines += f"{' ' * depth}exit-block\n"
    return lines if depth else f"{lines}end\n"


def long_text(count: int, mark: str) -> str:
    """About `count` lines, half of them in an access list without numbers."""
    half = count // 2
    interfaces = "".join(
        f"interface Loopback{n}\n description {mark} {n}\n" for n in range(half // 2)
    )
    entries = "".join(f" permit ip host 10.{n >> 8}.{n & 255}.1 any\n" for n in range(half))
    return f"{interfaces}ip access-list extended A\n deny ip any host {mark}\n{entries}end\n"
