"""Models from SymPy expressions are the models that a class writes, with exact parameters."""

import sys
from fractions import Fraction

import flint
import numpy as np
import pytest

import fock
import gaussian
from crosscheck import Dissipator, InvalidParameter, from_sympy, linearise, quick
from crosscheck.errors import InvalidModel
from crosscheck.models import BathBeamSplitter, LossyTwinBeams
from crosscheck.models.from_sympy import SympyMissing
from gaussian.enclosed.ball import Ball
from gaussian.enclosed.reading import AsComputed, read
from gaussian.ladder import Polynomial, ladder, normal_ordered

sympy = pytest.importorskip("sympy")
quantum = pytest.importorskip("sympy.physics.quantum")
BosonOp = pytest.importorskip("sympy.physics.quantum.boson").BosonOp

a, b = BosonOp("a"), BosonOp("b")
ad, bd = quantum.Dagger(a), quantum.Dagger(b)
g, kappa, n1, n2, r = sympy.symbols("g kappa n1 n2 r", positive=True)
BEAMS = [sympy.sqrt(kappa * (n + k)) * c for n, m in ((n1, a), (n2, b)) for k, c in ((1, m), (0, quantum.Dagger(m)))]


def beam_splitter(changes=None):
    values = {g: 0.5, kappa: 1.0, n1: 0.5, n2: 0.1, **(changes or {})}
    return from_sympy(g * (ad * b + bd * a), BEAMS, values)


def exact_words(operator):
    """Coefficients of words in balls."""
    return {w: Ball(c).z for w, c in normal_ordered(operator).words.items()}


def test_a_sympy_model_has_the_moments_of_the_class_of_the_same_equation():
    model = BathBeamSplitter(g=0.5, kappa=1.0, nbar=(0.5, 0.1))
    for one, other in zip(
        vars(gaussian.moment_equations(beam_splitter())).values(),
        vars(gaussian.moment_equations(model)).values(),
        strict=True,
    ):
        assert one == pytest.approx(other)
    one, other = (fock.steady_state(m, cutoff=5).rho.full() for m in (beam_splitter(), model))
    assert one == pytest.approx(other, abs=1e-9)


def test_rates_are_exact_where_they_are_rational():
    """κ(n + 1) of κ = 1/3 is read as the fraction, and the coefficient that proofs use is known to 40 digits."""
    model = beam_splitter({g: sympy.Rational(1, 7), kappa: Fraction(1, 3)})
    assert {rate for rate, _, _ in model.jumps} == {Fraction(1, 2), Fraction(1, 6), Fraction(11, 30), Fraction(1, 30)}
    twin = read(model)
    assert not isinstance(twin, AsComputed)
    with flint.ctx.workprec(200):
        words = exact_words(twin.hamiltonian(*(Polynomial({(2 * j,): Ball(1)}) for j in range(2))))
        assert words[1, 2].contains(flint.acb(flint.fmpq(1, 7)))
        assert words[1, 2].real.rad() < 1e-40


def test_roots_and_complex_numbers_stay_exact():
    """(1 + i)/√3 a + h.c. is known to 40 digits."""
    model = from_sympy((1 + sympy.I) / sympy.sqrt(3) * a + (1 - sympy.I) / sympy.sqrt(3) * ad, [a])
    twin = read(model)
    assert not isinstance(twin, AsComputed)
    with flint.ctx.workprec(200):
        (word,) = (c for w, c in exact_words(twin.hamiltonian(Polynomial({(0,): Ball(1)}))).items() if w == (0,))
        assert word.real.overlaps(1 / flint.arb(3).sqrt())
        assert word.imag.overlaps(1 / flint.arb(3).sqrt())
        assert word.imag.rad() < 1e-40
    assert complex(model.hamiltonian(*ladder(1)).words[(0,)]) == pytest.approx((1 + 1j) / np.sqrt(3))


def test_products_keep_their_order():
    """a a† is a†a + 1, in a power, in a commutator and under a dagger."""
    model = from_sympy((a * ad) ** 2 + quantum.Commutator(a, ad) + quantum.Dagger(a**2 * bd) + a**2 * bd)
    words = normal_ordered(model.hamiltonian(*ladder(2))).words
    assert {w: c for w, c in words.items() if c} == pytest.approx(
        {(): 2, (1, 0): 3, (1, 1, 0, 0): 1, (1, 1, 2): 1, (3, 0, 0): 1}
    )


def test_a_start_is_written_in_the_same_language():
    """Twin beams by G = ir(a†b† − ab)."""
    model = from_sympy(
        0, [sympy.sqrt(kappa) * a, (kappa, b)], {kappa: 0.6, r: 0.4},
        unitaries=[sympy.I * r * (ad * bd - a * b)], occupations=[0, 0],
    )  # fmt: skip
    expected = gaussian.evolve(LossyTwinBeams(r=0.4, gamma=0.6), [0.0, 0.5])
    assert gaussian.evolve(model, [0.0, 0.5]).covariance == pytest.approx(expected.covariance)


def test_correlated_rates_are_read():
    """(Γ, L, R) as `Dissipator`: thermal noise of a common bath."""
    model = from_sympy(0, [(kappa, a, b), Dissipator(kappa, b, a), (kappa, a), Dissipator(kappa, b)], {kappa: 0.5})
    assert gaussian.drift(model) == pytest.approx(-0.25 * np.kron([[1, 1], [1, 1]], np.eye(2)))


def test_modes_are_counted_by_name_or_as_asked():
    """Also one that occurs in no expression."""
    assert from_sympy(2 * bd * b + ad * a).names == ("a", "b")
    model = from_sympy(2 * bd * b + ad * a, modes=[b, "a", "c"])
    assert gaussian.drift(model)[0, 1] == pytest.approx(2)
    assert model.modes == 3


def test_a_nonlinear_expression_is_linearised():
    """Its amplitudes are those of the cubic n((Δ − Kn)² + κ²/4) = ε²."""
    delta, k, e = sympy.symbols("Delta K epsilon", real=True)
    model = from_sympy(
        -delta * ad * a + k / 2 * ad**2 * a**2 + e * (a + ad),
        [sympy.sqrt(kappa) * a],
        {delta: 3, k: 1, e: 1.5, kappa: 1},
    )
    photons = [float(root.photons[0]) for root in linearise(model).roots]
    assert photons == pytest.approx(np.sort(np.roots([1, -6, 9.25, -2.25])).tolist())


def test_symbols_without_a_value_are_named_in_a_sentence():
    with pytest.raises(InvalidModel, match="Every symbol must have a value, but kappa, n1, n2 have none"):
        from_sympy(g * ad * a, BEAMS, {g: 1})


def test_values_without_a_symbol_are_refused():
    with pytest.raises(InvalidParameter, match=r"'kapa'.*look for a slip: they have g"):
        from_sympy(g * ad * a, [], {g: 1, "kapa": 2})


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (sympy.Symbol("x", commutative=False), "has x, a Symbol. Make it BosonOp"),
        (sympy.exp(a), "has exp\\(a\\), a exp"),
        (a**-1, "must be a polynomial in its operators, but has a\\*\\*\\(-1\\)"),
        ("a", "must be one of SymPy, but is 'a'"),
        ([ad * a, [a, 1]], "must be one expression, but is a list"),
        (sympy.Integer(3), "must have a boson operator, but have none"),
    ],
)
def test_what_is_no_polynomial_in_bosons_is_named(expression, words):
    with pytest.raises(InvalidModel, match=words):
        from_sympy(expression)


def test_values_and_modes_that_make_no_sense_are_refused():
    with pytest.raises(InvalidParameter, match="Argument g must be a finite number, but is '1 MHz'"):
        from_sympy(g * ad * a, [], {g: "1 MHz"})
    with pytest.raises(InvalidParameter, match="name every boson operator once"):
        from_sympy(bd * b + ad * a, modes=["a"])
    with pytest.raises(InvalidParameter, match="one number for each of 2 modes"):
        from_sympy(bd * b + ad * a, occupations=[0.1])
    with pytest.raises(InvalidModel, match=r"c_ops\[0\] must be L, \(rate, L\)"):
        from_sympy(ad * a, [(1, a, a, a)])


def test_without_sympy_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(SympyMissing, match=r"fock-crosscheck\[sympy\]"):
        from_sympy(ad * a)


t, omega = sympy.symbols("t omega")


def test_coefficients_of_the_symbol_of_time_are_those_of_a_class():
    """In H, in rates, and in collapse operators, where they may be complex; f(t) is a Python function."""
    f, turn = sympy.Function("f"), sympy.exp(sympy.I * t)
    energy = ad * a + sympy.cos(omega * t) * (a + ad) + f(t) * (turn * a + ad / turn)
    jumps = [sympy.exp(-t) * (a + sympy.exp(sympy.I * omega * t) * ad / 2), (1 + sympy.sin(t) ** 2, a)]
    model = from_sympy(energy, jumps, {omega: 2.0, f: lambda t: 0.3 * t}, times=[1.0])
    assert model.times == (1.0,)
    assert str(model).startswith("H = a†a + cos(2*t) (a + a†) + f(t)*exp(I*t) (a)")
    same = quick(
        lambda a: [
            a.dag() * a,
            [a + a.dag(), lambda t: np.cos(2 * t)],
            [a, lambda t: 0.3 * t * np.exp(1j * t)],
            [a.dag(), lambda t: 0.3 * t * np.exp(-1j * t)],
        ],
        lambda a: [[[a, lambda t: np.exp(-t)], [a.dag(), lambda t: np.exp(-t + 2j * t) / 2]]],
        dissipators=lambda a: [Dissipator(lambda t: 1 + np.sin(t) ** 2, a)],
    )
    for at in (0.0, 0.8):
        one, other = (gaussian.moment_equations(m, at) for m in (model, same))
        for name in ("drift", "drive", "diffusion"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-14)


def test_another_symbol_may_be_the_time_and_t_a_constant():
    s = sympy.Symbol("s", positive=True)
    model = from_sympy(t * s * (a + ad) + ad * a, [a], {t: 2}, time=s)
    assert gaussian.drive(model, 3.0) == pytest.approx([0, -6 * 2**0.5])
    assert from_sympy(t * ad * a, [a], {"t": 2}).moving == ()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: from_sympy(ad * a + sympy.Function("f")(t) * (a + ad)), "must have a value, but f has none"),
        (lambda: from_sympy(ad * a + sympy.zeta(t) * (a + ad)), r"coefficient zeta\(t\) must be a function of time"),
        (lambda: from_sympy(ad * a, occupations=[t]), "occupations must be constant, but t depends on time"),
        (lambda: from_sympy(ad * a, parameters={"f": np.cos}), "name symbols of the expressions, but is 'f'"),
        (lambda: from_sympy(ad * a, times=[-1.0]), "times must be ≥ 0"),
    ],
)
def test_what_is_no_coefficient_of_time_is_named(make, words):
    with pytest.raises((InvalidModel, InvalidParameter), match=words):
        make()
