"""Rows of the table of ops: samples as functions of their parameters."""
import numpy as np

from mtorch.ops import sampling
from tests.cases import above, call

RATES = above(2, 3)
DRAWN = above(2, 3)
SIMPLEX = np.random.RandomState(0).dirichlet(np.ones(3), 2)
IMPLICIT = "the sample is given, and moves only in the gradient; compared with torch in tests/distributions"

for op in (sampling.bernoulli, sampling.poisson):
    call(op, RATES, sample=DRAWN, float32=False)
call(sampling.normal, RATES, DRAWN, sample=DRAWN, float32=False)
call(sampling.standard_gamma, RATES, sample=DRAWN, orders=0, why=IMPLICIT, float32=False)
call(sampling.dirichlet, RATES, sample=SIMPLEX, orders=0, why=IMPLICIT, float32=False)
call(sampling.gamma_sensitivity, RATES, x=DRAWN, orders=0, why="it refuses to be differentiated", float32=False)
call(sampling.dirichlet_sensitivity, RATES, x=SIMPLEX, orders=0, why="it refuses to be differentiated", float32=False)
call(sampling.gammainc, DRAWN, a=RATES, float32=False)
