"""Approvals that an intent demands: what can be said, and what plans make of it."""

from typing import Any, get_args

import pytest

from getvpn.cli.procedures import ProcedureRequest, carry_out
from getvpn.errors import InputError, UsageError
from getvpn.inventory import parse
from getvpn.inventory.models_groups import ProcedureName
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.approval import approve
from getvpn.tasks.procedures.catalogue import PROCEDURES
from getvpn.tasks.procedures.model import Status
from getvpn.tasks.procedures.plan_text import plan_text
from getvpn.tasks.procedures.planning import kept_intent

from ..networks import group, network
from .group_worlds import changed
from .toy_procedures import Toy

TEXT = """
version: 1
key_servers: [{name: KS1, address: 203.0.113.1}]
members: []
groups:
  - name: G1
    identity: 1001
    servers: [{name: KS1, priority: 100}]
    authentication: {kind: psk, member: "env:PSK_{NAME}"}
    policies: [{traffic: {between: [10.0.0.0/8]}}]
    approval: """


def test_the_intent_knows_the_procedures_by_their_names() -> None:
    assert set(get_args(ProcedureName)) == set(PROCEDURES)


@pytest.mark.parametrize("by", ["[alice, svc-net, a.b_c]", r"['EXAMPLE\bob', bob@example.net]"])
def test_accounts_of_several_kinds_can_be_named(by: str) -> None:
    approval = parse(f"{TEXT}{{by: {by}}}").groups[0].approval
    assert approval is not None
    assert len(approval.by) > 1
    assert approval.procedures is None


@pytest.mark.parametrize(
    ("said", "where", "words"),
    [
        ("{by: []}", "by", "should not be empty"),
        ("{procedures: [rollover rsa]}", "by", "missing"),
        ("{by: [a b]}", "by[0]", "should be an account"),
        ("{by: ['-x']}", "by[0]", "should be an account"),
        ('{by: ["a\\nb"]}', "by[0]", "could be taken for configuration"),
        ("{by: [bob, bob]}", "by[1]", "bob is there already"),
        ("{by: [bob], procedures: []}", "procedures", "should not be empty"),
        ("{by: [bob], procedures: [rollover]}", "procedures[0]", "rollover rsa"),
        ("{by: [bob], who: x}", "who", "unknown key"),
        ("bob", "approval", ""),
    ],
)
def test_what_is_wrong_with_an_approval_is_one_line(said: str, where: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        parse(f"{TEXT}{said}")
    line = str(error.value)
    assert where in line
    assert words in line
    assert "\n" not in line


@pytest.fixture
def toy() -> Toy:
    """A procedure on a group whose intent demands the approval of bob."""
    made = Toy(Journal("sqlite://"))
    approval = {"by": ["bob"]}
    made.settings = {"intent": kept_intent(changed(network(), approval=approval))}
    return made


def wish(**changes: Any) -> ProcedureRequest:
    """What was asked for on the command line."""
    usual = {"group": None, "execute": True, "yes": True, "pause_before": None, "journal": None}
    usual |= {"approve_by": None, "look_every": 1.0, "form": "text"}
    return ProcedureRequest(**{**usual, **changes})


def test_the_plan_says_whose_approval_is_needed(toy: Toy) -> None:
    assert "\napproval: of bob is needed: --execute --approve-by USER" in plan_text(toy.plan())
    assert "approval:" not in plan_text(toy.plan("G9"))


def test_without_it_nobody_is_asked_and_nothing_done(
    toy: Toy, capsys: pytest.CaptureFixture[str]
) -> None:
    ready: Any = None  # nothing is made ready to run
    assert carry_out(toy.plan(), ready, wish(execute=False)) == 0
    for asked in (wish(), wish(yes=False)):
        with pytest.raises(UsageError) as error:
            carry_out(toy.plan(), ready, asked)
        assert str(error.value) == (
            "toy of G1 needs the approval of somebody else; --approve-by bob"
        )
    assert "obstacle" not in capsys.readouterr().out
    assert toy.calls == []


# ---- what carries procedures out ----


@pytest.fixture
def plain() -> Toy:
    """A procedure on groups of which nobody demands anything yet."""
    return Toy(Journal("sqlite://"))


def wanting(**groups: Any) -> dict[str, Any]:
    """Settings of a plan whose groups demand the approval of these; of G9 nobody demands any."""
    approvals: dict[str, Any] = {**groups, "G9": None}
    named = [
        group(name, identity=number, **({} if by is None else {"approval": {"by": list(by)}}))
        for number, (name, by) in enumerate(approvals.items(), 1)
    ]
    return {"intent": kept_intent(network("xe17", *named))}


def test_the_intent_can_demand_an_approval(plain: Toy) -> None:
    plain.settings = wanting(G1=("alice", "bob", "carol"))
    assert plain.plan().approvers == ("alice", "bob", "carol")
    assert plain.plan().data()["approvers"] == ["alice", "bob", "carol"]
    with pytest.raises(UsageError) as error:
        plain.start()
    assert str(error.value) == (
        "toy of G1 needs the approval of somebody else; --approve-by bob, or carol"
    )
    with pytest.raises(UsageError, match="dave may not approve toy of G1; --approve-by bob, or"):
        plain.start(approve_by="dave")
    with pytest.raises(UsageError, match="nobody approves what he does himself"):
        plain.start(approve_by="alice")
    assert plain.journal.all_runs() == []
    run = plain.start(approve_by="carol").run
    approve(plain.journal, run, plain.clock, by="carol")
    assert plain.runner().resume(run).status is Status.DONE


def test_the_approval_is_demanded_for_what_it_is_said_of(plain: Toy) -> None:
    plain.settings = wanting(G1=("bob",))
    plain.settings["intent"]["groups"][0]["approval"]["procedures"] = ["rollover rsa"]
    assert plain.plan().approvers is None
    assert plain.plan("G9").approvers is None
    assert plain.start().status is Status.DONE


def test_groups_that_run_together_need_somebody_whom_all_name(plain: Toy) -> None:
    plain.settings = wanting(G1=("bob", "carol"), G2=("carol", "alice"), G3=("dave",))
    assert plain.plan("G1", "G2", "G9").approvers == ("carol",)
    with pytest.raises(UsageError, match="nobody may approve toy of G1, G3; its groups name"):
        plain.start("G1", "G3")
    with pytest.raises(UsageError, match="nobody else may approve toy of G3; let somebody else"):
        plain.start("G3", owner="dave")
