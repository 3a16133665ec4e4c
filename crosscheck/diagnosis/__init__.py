"""What is wrong, and not only that something is: of a model, or of somebody's own Gaussian code."""

from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.diagnose import diagnose

__all__ = ["Claim", "diagnose"]
