r"""A catalogue of wrong engines and functions, each of which the certificates must refute.

>>> from crosscheck.exam import planted_bugs
>>> str(planted_bugs()[0].certify().verdict)
'refuted'
"""

from crosscheck.exam.bug import Bug
from crosscheck.exam.historical import historical_bugs
from crosscheck.exam.planted import planted_bugs, planted_sample

__all__ = ["Bug", "historical_bugs", "planted_bugs", "planted_sample"]
