"""PyTorch's random numbers, bit for bit, from NumPy alone: the same seed gives the same numbers in both.

Measured against torch 2.13 on Linux x86-64 with AVX2; PyTorch itself gives other normals on a processor without it.
(On Intel processors see inversion.py.)

Read engine.py first.  Every draw takes an array and a generator and fills the array in place, in the order of its
memory.  Nothing here knows of tensors: `mtorch.rand` and its kin stand in functions/random.py.
"""
from __future__ import annotations

from .engine import Generator, default_generator
from .global_state import fork_rng, get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from .integers import integers_, largest_exact_integer, random_
from .inversion import bernoulli_, bernoulli_each_, cauchy_, exponential_, geometric_
from .multinomial import multinomial
from .normal import log_normal_, normal_
from .permutation import permutation
from .rejection import binomial, dirichlet, poisson, standard_gamma
from .uniform import uniform_
