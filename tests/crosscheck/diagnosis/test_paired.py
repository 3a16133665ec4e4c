"""Pairs of mistakes: what is left out before it is tried would not have accounted for the claim."""

import numpy as np
import pytest

import gaussian
from crosscheck.diagnosis.code.evidence import Evidence
from crosscheck.diagnosis.code.frames import Frame
from crosscheck.diagnosis.code.observables import Observable
from crosscheck.diagnosis.code.readings import Readings
from tests.crosscheck.diagnosis.user_codes import CHAIN, RESERVOIR


def evidence_of(model, drift, diffusion):
    claims = {"drift": drift, "diffusion": diffusion}
    observables = [Observable(name=name, claim=claim, tolerance=1e-6) for name, claim in claims.items()]
    return Evidence(Readings.of(model), observables, [Frame(order=tuple(range(2 * model.modes)))])


@pytest.mark.slow
@pytest.mark.parametrize("model", [CHAIN, RESERVOIR], ids=["chain", "reservoir"])
def test_a_pair_that_accounts_for_a_claim_is_tried(model):
    """A and D with any two changes of the catalogue made in them: this pair is among those that are looked at."""
    plain = evidence_of(model, gaussian.drift(model), gaussian.diffusion(model))
    changes, _ = plain._different
    every = np.argwhere(np.triu(plain._sensible, 1))
    for i, j in np.random.default_rng(1).choice(every, 4, replace=False):
        pieces = plain.readings.pieces((changes[i], changes[j]))
        found = evidence_of(model, pieces.drift, pieces.noise)
        tried = {pair for sets, _ in found.pairs([0]) for pair in sets}
        assert (changes[i], changes[j]) in tried, (changes[i].text, changes[j].text)
