"""Coefficients f(t) in QuTiP's signatures, in the moment engine."""

from types import SimpleNamespace

import pytest

import gaussian
from gaussian.coefficients import of_time

MODEL = SimpleNamespace(args={"w": 2.0})


def by_name(t, w):
    return w * t


@pytest.mark.parametrize(
    ("f", "value"),
    [
        (lambda t: t, 3.0),
        (lambda t, args: args["w"] * t, 6.0),
        (lambda t, args=None: args["w"] * t, 6.0),
        (lambda t, *, args: args["w"] * t, 6.0),
        (lambda t, args, /: args["w"] * t, 6.0),
        (by_name, 6.0),
        (lambda t, w=5.0, other=1.0: w * t * other, 6.0),
        (lambda t, **kwargs: kwargs["w"] * t, 6.0),
        (lambda *a: a[0], 3.0),
        (abs, 3.0),
    ],
)
def test_a_coefficient_is_called_as_qutip_calls_it(f, value):
    assert of_time(f, MODEL)(3.0) == value


def test_without_args_a_whole_dict_is_empty_and_defaults_hold():
    nothing = SimpleNamespace()
    assert of_time(lambda t, args: len(args), nothing)(1.0) == 0
    assert of_time(lambda t, w=5.0: w, nothing)(1.0) == 5.0


@pytest.mark.parametrize("f", [lambda: 1, lambda t, x: 1, lambda t, *, x: 1])
def test_what_cannot_be_called_with_the_time_is_refused(f):
    with pytest.raises(gaussian.InvalidArgument, match="must take the time"):
        of_time(f, MODEL)


def test_half_precision_is_not_kept_in_products():
    """In half precision (0.3a†)(0.3a) would have 0.3² to three digits, while a matrix of doubles has sixteen."""
    import numpy as np

    k = np.float16(0.3)
    model = SimpleNamespace(modes=1, hamiltonian=lambda a: (k * a.dag()) * (k * a))
    assert gaussian.drift(model)[0, 1] == pytest.approx(float(k) ** 2, rel=1e-15)
    model.hamiltonian = lambda a: (np.int8(100) * a.dag()) * (2 * a)  # 200 is no int8
    assert gaussian.drift(model)[0, 1] == pytest.approx(200.0)
