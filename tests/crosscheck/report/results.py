"""One result of every kind, made as cheaply as may be."""

from dataclasses import replace
from functools import cache

import numpy as np
import qutip

import gaussian
from crosscheck import Budget, certify, certify_points, diagnose, from_qutip, models, prove_steady_state, truncation
from crosscheck.bench import batches, machine
from crosscheck.bench.result import Goal
from crosscheck.bench.table import Bench
from crosscheck.certificates.window.proof import claim_of
from crosscheck.commands.certify import Certification, PlantedTrial
from crosscheck.commands.models import Library
from crosscheck.engines import plugins, survey
from crosscheck.exam import named, sit
from crosscheck.models.laboratory import LabConversion
from crosscheck.papers import find_paper
from crosscheck.papers.claim import Paper
from crosscheck.papers.run import run

MODE, BEAMS = models.DampedThermalMode.example(), models.BathBeamSplitter.example()


def report():
    return certify(BEAMS, times=(0.5,), tolerance=1e-3)


def undecided():
    return certify(BEAMS, times=(0.5,), budget=Budget(memory=1e5))


def proof():
    return prove_steady_state(MODE, *claim_of(MODE, 20))


def code():
    wrong = 2 * gaussian.diffusion(BEAMS)
    return diagnose({"A": gaussian.drift(BEAMS), "D": wrong + 0.3 * np.eye(4), "vacuum": 0.5}, model=BEAMS)


def scan():
    beams = replace(BEAMS, g=np.array([0.1, 0.2, 0.3]))
    wrong = gaussian.drift(beams) * np.array([1, 1, 2])[:, None, None]
    return diagnose({"A": wrong, "S": 1.0}, model=beams)


def points():
    beams = replace(BEAMS, g=np.array([0.1, 0.2, 0.9]))
    return certify_points(beams, quantities=["log_negativity", "purity"])


def claims():
    paper = find_paper("classical-gravity")
    few = Paper(key=paper.key, title=paper.title, source=paper.source, claims=paper.claims[:2])
    return run([few], processes=1)


def benchmark():
    case = batches.batches(10, sample=5)
    goals = (Goal.at_least("a: faster than <b>", None, 2), Goal.below("memory", 3.0, 2, "MiB"))
    return Bench(machine=machine.this_machine(), quick=False, cases=(case,), goals=goals)


def several():
    mode = certify(MODE, times=())
    bug = named(["ordering"])[0]
    trial = PlantedTrial(bug=bug.name, description="a < b", report=bug.certify())
    return Certification(reports=(result("report"), mode), planted=(trial,), tolerance=1e-3)


def read():
    a = qutip.destroy(8)
    return from_qutip(a.dag() * a + 0.3 * (a + a.dag()), [0.5 * a], qutip.coherent(8, 0.2))


MAKERS = {
    "report": report,
    "report without a cutoff": undecided,
    "steady-state proof": proof,
    "truncation study": lambda: truncation(BEAMS, cutoffs=(4, 6)),
    "diagnosis of a code": code,
    "diagnosis of a scan": scan,
    "certificates of points": points,
    "diagnosis of a model": lambda: diagnose(MODE, tolerance=1e-3),
    "exam": lambda: sit(named(["ordering", "strong-squeezing"])),
    "survey of engines": lambda: survey(plugins(["qutip-cv"]), [BEAMS]),
    "claims of papers": claims,
    "benchmark": benchmark,
    "conversion": lambda: LabConversion(Q=1e12),
    "certification": several,
    "model read from QuTiP": read,
    "library": lambda: Library(models=tuple(models.MODELS.values())),
}


@cache
def result(name):
    return MAKERS[name]()
