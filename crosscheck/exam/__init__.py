r"""The suite's own exam: a catalogue of wrong engines and functions, each of which the certificates must refute.

>>> from crosscheck.exam import named, sit
>>> exam = sit(named(["ordering"]))
>>> exam.passed, exam.results[0].found_by
(True, 'generator')
"""

from crosscheck.exam.bug import Bug
from crosscheck.exam.exam import Exam, Result, RightAnswer, all_bugs, named, sit, trials
from crosscheck.exam.historical import historical_bugs
from crosscheck.exam.planted import planted_bugs, planted_sample

__all__ = [
    "Bug",
    "Exam",
    "Result",
    "RightAnswer",
    "all_bugs",
    "historical_bugs",
    "named",
    "planted_bugs",
    "planted_sample",
    "sit",
    "trials",
]
