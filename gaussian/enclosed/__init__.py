r"""The moment engine in ball arithmetic: every number is an interval that provably holds the exact value.

Parameters are exact decimals or rationals (0.1 is one tenth, not the double nearest to it), every step from them on is
enclosed by python-flint's `arb`, and what is decided (a drift is Hurwitz, a covariance is positive) is proved. One
thing is trusted and not proved: that a double computed in the code of a model is right to 16 units of its last place
(see `gaussian.enclosed.ball`). A calculation is repeated with twice the precision until its interval is as narrow as
asked for:

>>> from gaussian import enclosed
>>> def beams():                                                # read anew, with more bits each time
...     rows = [["1.0", 0, "0.9", 0], [0, "1.0", 0, "-0.9"], ["0.9", 0, "1.0", 0], [0, "-0.9", 0, "1.0"]]
...     return enclosed.log_negativity(enclosed.matrix(rows), party=[0])
>>> enclosed.decimal(enclosed.enclose(beams, digits=20), 20)    # ln 5
'1.6094379124341003746'

Intervals are `flint.arb`, matrices `flint.arb_mat`; conventions as in `gaussian`. The arithmetic:
F. Johansson, IEEE Trans. Comput. 66, 1281 (2017).
"""

from gaussian.enclosed import two_time
from gaussian.enclosed.ball import Ball, matrix
from gaussian.enclosed.contangle import EnclosedContangle, residual_contangle
from gaussian.enclosed.discord import discord
from gaussian.enclosed.fidelity import fidelity
from gaussian.enclosed.fisher import equations_slope, fisher_information, follow
from gaussian.enclosed.generator import EnclosedEquations, moment_equations
from gaussian.enclosed.inseparability import duan, epr_variance
from gaussian.enclosed.lyapunov import solve_steady, steady_state
from gaussian.enclosed.measures import entropy, log_negativity, mutual_information, negativities, renyi2
from gaussian.enclosed.operators import lowest_eigenvalue, trace_norm
from gaussian.enclosed.precision import PrecisionExhausted, decimal, enclose
from gaussian.enclosed.reading import exact
from gaussian.enclosed.squeezing import squeezing_db
from gaussian.enclosed.states import EnclosedState, evolve, initial_state
from gaussian.enclosed.steering import steering
from gaussian.enclosed.symplectic import require_positive, symplectic_eigenvalues

__all__ = [
    "Ball",
    "EnclosedContangle",
    "EnclosedEquations",
    "EnclosedState",
    "PrecisionExhausted",
    "decimal",
    "discord",
    "duan",
    "enclose",
    "entropy",
    "epr_variance",
    "equations_slope",
    "evolve",
    "exact",
    "fidelity",
    "fisher_information",
    "follow",
    "initial_state",
    "log_negativity",
    "lowest_eigenvalue",
    "matrix",
    "moment_equations",
    "mutual_information",
    "negativities",
    "renyi2",
    "require_positive",
    "residual_contangle",
    "solve_steady",
    "squeezing_db",
    "steady_state",
    "steering",
    "symplectic_eigenvalues",
    "trace_norm",
    "two_time",
]
