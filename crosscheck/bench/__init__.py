"""Speed, memory and accuracy of the engines next to their peers: `crosscheck bench`, and what it is made of."""

from crosscheck.bench.cases import FULL, QUICK, Plan, bench, steps
from crosscheck.bench.machine import Machine, this_machine
from crosscheck.bench.result import Case, Goal, Run, exponent
from crosscheck.bench.table import Bench

__all__ = [
    "FULL",
    "QUICK",
    "Bench",
    "Case",
    "Goal",
    "Machine",
    "Plan",
    "Run",
    "bench",
    "exponent",
    "steps",
    "this_machine",
]
