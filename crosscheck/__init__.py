r"""Cross-validation of Gaussian moment codes against truncated Fock-space dynamics.

>>> from crosscheck import certify, models
>>> report = certify(models.DampedThermalMode.example())
>>> str(report.verdict)
'certified'
"""

from crosscheck import models
from crosscheck.certificates.budget import Budget
from crosscheck.certificates.simulation.truncation import TruncationStudy, truncation
from crosscheck.certificates.window.kernel import Window
from crosscheck.certificates.window.proof import SteadyProof, prove_steady_state
from crosscheck.certificates.window.rates import rates
from crosscheck.certify import certify
from crosscheck.diagnosis import Claim, diagnose
from crosscheck.engine import Engine
from crosscheck.errors import CrosscheckError, InvalidParameter, Refuted, UnknownModel
from crosscheck.model import Dissipator, Model, Preparation
from crosscheck.report.report import Certificate, Report
from crosscheck.report.verdict import Comparison, Verdict

__all__ = [
    "Budget",
    "Certificate",
    "Claim",
    "Comparison",
    "CrosscheckError",
    "Dissipator",
    "Engine",
    "InvalidParameter",
    "Model",
    "Preparation",
    "Refuted",
    "Report",
    "SteadyProof",
    "TruncationStudy",
    "UnknownModel",
    "Verdict",
    "Window",
    "certify",
    "diagnose",
    "models",
    "prove_steady_state",
    "rates",
    "truncation",
]
