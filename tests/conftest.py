"""One BLAS thread for the tests and the programs they start, unless the environment says otherwise.

Several make the small products of tests no faster, and slow on a busy machine; and bits compared between two runs must
not depend on how many there were.
"""
import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
