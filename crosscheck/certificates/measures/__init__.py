"""The measures certificate: E_N, entropies and mutual information against density matrices with proved tails."""
