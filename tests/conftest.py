"""What holds for all tests, and for the programs they start."""
import os
import signal

# One BLAS thread, unless the environment says otherwise.  Several make the small products of tests no faster, and slow
# on a busy machine; and bits compared between two runs must not depend on how many there were.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# A run started in the background of a script ignores Ctrl-C, and so would the programs that tests send it to.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
