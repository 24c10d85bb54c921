"""The GETVPN concepts document (the seed of this project), sentence by sentence.

`seed_behaviours` lists the sentences that say how devices behave, `seed_advice` all others. The
tests stand beside this file:

- test_seed_group: one SA for all, lists, who encrypts what
- test_seed_identity: who gets keys; what a member has to configure
- test_seed_coop, test_seed_coop_routers: key servers among themselves
- test_seed_registration: which key server a member asks, and when
- test_seed_rekeys, test_seed_retransmission, test_seed_lifetimes: new keys
- test_seed_replays: pseudotime
- test_seed_ikev2: G-IKEv2, perfect forward secrecy
- test_seed_lists: access lists on routers
- test_seed_crl: revoked certificates
- test_seed_sizes: MTU
- test_seed_upgrade: key servers are upgraded one after another
- test_seed_rsa: the RSA key of rekeys changes
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .seed_advice import OTHERS
from .seed_behaviours import BEHAVIOURS

HERE = Path(__file__).parent


def citations(module: Path) -> Iterator[str]:
    """What the tests of a module cite."""
    for test in ast.parse(module.read_text(encoding="utf-8")).body:
        if not isinstance(test, ast.FunctionDef) or not test.name.startswith("test_"):
            continue
        for mark in test.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "seed":
                yield from (str(ast.literal_eval(each)) for each in mark.args)


def test_the_index_names_all_modules() -> None:
    modules = {path.stem for path in HERE.glob("test_seed_*.py")}
    assert {name for name in modules if name not in (__doc__ or "")} == set()


def test_a_sentence_is_listed_once_as_a_behaviour_or_with_a_reason_why_it_is_none() -> None:
    listed = Counter(BEHAVIOURS)
    for reason, sentences in OTHERS.items():
        assert reason
        listed.update(sentences)
    assert [sentence for sentence, times in listed.items() if times > 1] == []


def test_every_sentence_that_states_a_behaviour_has_a_test() -> None:
    cited = {each for path in HERE.glob("test_seed_*.py") for each in citations(path)}
    assert [sentence for sentence in BEHAVIOURS if sentence not in cited] == []
