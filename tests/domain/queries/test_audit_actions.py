"""The catalogue has a sentence for every action that the code records."""

import re
from pathlib import Path

from domain.model.lifecycle import LIFECYCLE
from domain.queries.audit_actions import AUDIT_ACTIONS, sentence_of

DOMAIN = Path(__file__).parents[3] / "domain"
SUBJECTS = (
    r"(?:organization|member|group|scim_connection|access_token|bulk_operation|oidc_provider)"
)


def test_every_recorded_action_is_known() -> None:
    named = {transition.audit_action for transition in LIFECYCLE.values()}
    for path in DOMAIN.rglob("*.py"):
        if "queries" not in path.parts:
            named |= set(re.findall(rf'"({SUBJECTS}\.[a-z_]+)"', path.read_text("utf-8")))

    assert named == set(AUDIT_ACTIONS)


def test_a_sentence_names_actor_and_subject() -> None:
    for action in AUDIT_ACTIONS.values():
        sentence = sentence_of(action.action, "Ada", "Bob")
        assert "Ada" in sentence
        assert "Bob" in sentence
        assert sentence.endswith(".")
    assert sentence_of("member.confirmed", "Ada", "Bob") == "Ada confirmed Bob."
    assert sentence_of("member.accepted", "Bob", "Bob") == "Bob accepted the invitation."
    assert sentence_of("member.sung", "Ada", "Bob") == "Ada: member.sung Bob."
