"""Stationary entanglement of a cavity field and a moving mirror, as in Vitali et al., PRL 98, 030405 (2007)."""

import matplotlib.pyplot as plt
import numpy as np
from scipy.linalg import solve_continuous_lyapunov

hbar = 1.054571817e-34
kb = 1.380649e-23
c = 299792458.0

L = 1e-3  # m
m = 5e-12  # kg
omega_m = 2 * np.pi * 10e6  # rad/s
gamma_m = 2 * np.pi * 100
T = 0.4  # K
P = 20e-3  # W
lam = 810e-9  # m
F = 1.07e4
kappa = np.pi * c / (2 * L * F)  # decay rate of the amplitude
omega_0 = 2 * np.pi * c / lam
n = 1 / (np.exp(hbar * omega_m / (kb * T)) - 1)

G0 = omega_0 / L * np.sqrt(hbar / (m * omega_m))
E = np.sqrt(2 * P * kappa / (hbar * omega_0))


def coupling(Delta):
    return np.sqrt(2) * G0 * E / np.sqrt(kappa**2 + Delta**2)


# u = (q, p, X, Y)
def drift_mat(Delta, G):
    return np.array([
        [0, omega_m, 0, 0],
        [-omega_m, -gamma_m, G, 0],
        [0, 0, -kappa, Delta],
        [G, 0, -Delta, -kappa],
    ])  # fmt: skip


noise = np.diag([0, gamma_m * (2 * n + 1), kappa, kappa])


def entanglement(CM):
    A, B, C = CM[:2, :2], CM[2:, 2:], CM[:2, 2:]
    S = np.linalg.det(A) + np.linalg.det(B) - 2 * np.linalg.det(C)
    eta = np.sqrt((S - np.sqrt(S**2 - 4 * np.linalg.det(CM))) / 2)
    return max(0, -np.log(2 * eta))


# at the mechanical sideband
M = drift_mat(omega_m, coupling(omega_m))
CM_ss = solve_continuous_lyapunov(M, -noise)
EN_ss = entanglement(CM_ss)
n_eff = (CM_ss[0, 0] + CM_ss[1, 1] - 1) / 2
print("E_N =", EN_ss, " n_eff =", n_eff)

# against the detuning
detunings = np.linspace(0.2, 2, 40) * omega_m
EN_list = []
for Delta in detunings:
    A = drift_mat(Delta, coupling(Delta))
    if np.linalg.eigvals(A).real.max() > 0:
        EN_list.append(np.nan)
        continue
    EN_list.append(entanglement(solve_continuous_lyapunov(A, -noise)))

if __name__ == "__main__":
    plt.plot(detunings / omega_m, EN_list)
    plt.savefig("entanglement.pdf")
