r"""A catalogue of wrong engines, each of which the certificates must refute.

>>> from crosscheck.exam import planted_bugs
>>> str(planted_bugs()[0].certify().verdict)
'refuted'
"""

from crosscheck.exam.bug import Bug
from crosscheck.exam.planted import planted_bugs, planted_sample

__all__ = ["Bug", "planted_bugs", "planted_sample"]
