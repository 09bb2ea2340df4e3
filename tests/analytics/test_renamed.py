"""Names of the last release work for one more, and warn."""

from __future__ import annotations

import importlib

import pytest
from spillgraph import analytics

SUBJECTS = ("inference", "networks", "spillovers")
CASES = [
    (subject, old, new)
    for subject in SUBJECTS
    for old, new in getattr(analytics, subject).RENAMED.items()
]


@pytest.mark.parametrize(("subject", "old", "new"), CASES)
@pytest.mark.parametrize("whole", [True, False])
def test_an_old_name_is_the_new_object_and_warns(subject: str, old: str, new: str, whole: bool):
    package = analytics if whole else importlib.import_module(f"spillgraph.analytics.{subject}")
    with pytest.warns(DeprecationWarning, match=rf"\.{old} is now called {new};"):
        found = getattr(package, old)
    assert found is getattr(package, new)
    assert old not in package.__all__ and new in package.__all__


def test_a_name_that_never_was_is_missing_as_ever():
    with pytest.raises(AttributeError, match=r"module 'spillgraph\.analytics' has no .* 'gain'"):
        analytics.gain  # noqa: B018


def test_the_changelog_lists_every_old_name(pytestconfig: pytest.Config):
    text = (pytestconfig.rootpath / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [(old, new) for _, old, new in CASES if f"`{old}` is `{new}`" not in text] == []
