"""What an import writes of many records is spelled as what is written of one: the hashes are made over the spelling."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from incidents.actions.imports.recording import canonical_of_many
from incidents.models.changes import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_many_are_spelled_as_one_is(value: Any) -> None:
    assert canonical_of_many(value) == canonical(value)
