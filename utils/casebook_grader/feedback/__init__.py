"""Feedback for a learner: one page for all notebooks of an assignment, as the gradebook has it."""
