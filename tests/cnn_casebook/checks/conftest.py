"""Tests of checks give them the course's own functions as right answers."""

import pytest

from cnn_casebook.checks.parts import verdict


@pytest.fixture(autouse=True)
def own_code_is_an_answer(monkeypatch):
    """Let the course's own code pass, which checks refuse of a learner."""
    monkeypatch.setattr(verdict, "ready_made", lambda names, checks: "")
