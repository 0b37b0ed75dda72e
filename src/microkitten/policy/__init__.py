"""The lowest floor: reads the privacy policy, decides by it and lays it out for the page. Pure Python, no
I/O but one file."""

from microkitten.policy import purpose
from microkitten.policy.closed import Purpose, UnknownWord
from microkitten.policy.desk import PolicyError, Problem
from microkitten.policy.duration import Duration
from microkitten.policy.load import load, packaged, packaged_text, parse
from microkitten.policy.parts import (
    Contract,
    Cookie,
    Field,
    Group,
    Party,
    Policy,
    PurposeEntry,
    Rule,
    Statement,
)
from microkitten.policy.planned import Planned, planned
from microkitten.policy.table import Decision, Question, decide

__all__ = [
    "Contract",
    "Cookie",
    "Decision",
    "Duration",
    "Field",
    "Group",
    "Party",
    "Planned",
    "Policy",
    "PolicyError",
    "Problem",
    "Purpose",
    "PurposeEntry",
    "Question",
    "Rule",
    "Statement",
    "UnknownWord",
    "decide",
    "load",
    "packaged",
    "packaged_text",
    "parse",
    "planned",
    "purpose",
]
