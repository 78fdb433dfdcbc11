"""Checks of answers: they test what a network does, not how it is written, and say what is wrong.

A check takes the learner's function, builds something small with it, and returns None or raises
`CheckFailed` with a message that names the likely mistake. Each case has its module here;
`parts` holds what they share.
"""
