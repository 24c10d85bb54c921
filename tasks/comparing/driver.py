"""What lines turn one scoped configuration into another, by hier_config and our rules.

hier_config finds which lines are missing and which are too many; its rules are made of ours. In
which order they are entered is decided in `plan`.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from hier_config import HConfig, HConfigChild, WorkflowRemediation
from hier_config.models import IdempotentCommandsRule, MatchRule, NegationSubRule
from hier_config.platforms.driver_base import HConfigDriverBase, HConfigDriverRules

from .rules import ROOT, WAN, Rule
from .scope import Node

Tree = HConfig | HConfigChild


class Driver(HConfigDriverBase):
    """The rules of an intent, in the words of hier_config."""

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        lineages = list(_lineages(ROOT, ()))
        return HConfigDriverRules(
            idempotent_commands=[
                IdempotentCommandsRule(match_rules=_matches(lineage))
                for lineage in lineages
                if not lineage[-1].stubborn
            ],
            negation_sub=[
                NegationSubRule(
                    match_rules=_matches(lineage),
                    search=f"^no {lineage[-1].pattern.pattern}$",
                    replace=lineage[-1].undo,
                )
                for lineage in lineages
                if lineage[-1].undo is not None
            ],
        )


@cache
def _driver() -> Driver:
    return Driver()


def changes(running: Iterable[Node], intended: Iterable[Node]) -> HConfig:
    """The lines to enter, as a tree without order: those that are taken back, and those set."""
    work = WorkflowRemediation(_tree(running), _tree(intended))
    return work.remediation_config


def _tree(nodes: Iterable[Node]) -> HConfig:
    root = HConfig(_driver())
    _fill(root, nodes)
    return root


def _fill(parent: Tree, nodes: Iterable[Node]) -> None:
    for node in nodes:
        # the order of what is ordered is not seen by hier_config
        if not node.rule.ordered:
            _fill(parent.add_child(node.text, return_if_present=True), node.children)


def _lineages(rules: Iterable[Rule], above: tuple[Rule, ...]) -> Iterator[tuple[Rule, ...]]:
    for rule in rules:
        lineage = (*above, rule)
        yield lineage
        # the lines of all interfaces are of the same kinds
        yield from _lineages(WAN if rule.name == "interface" else rule.children, lineage)


def _matches(lineage: Sequence[Rule]) -> tuple[MatchRule, ...]:
    return tuple(MatchRule(re_search=_search(rule)) for rule in lineage)


def _search(rule: Rule) -> str:
    """A pattern by which hier_config knows a kind of line, and tells one from another.

    What it compares is what the groups catch. Without groups it would be all that is matched; here
    that is nothing, so that any two lines of the kind are for the same thing.
    """
    pattern = rule.pattern.pattern
    return f"^{pattern}$" if rule.pattern.groups else f"^(?={pattern}$)"
