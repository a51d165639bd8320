"""mtorch.special: special functions, under the names of torch.special (most are SciPy's)."""
from __future__ import annotations

from typing import Any

from .functions.elementwise import round
from .functions.reduction import logsumexp
from .functions.softmax import log_softmax, softmax
from .functions.special import (airy_ai, bessel_j0, bessel_j1, bessel_y0, bessel_y1, entr, erfcx, i0, i0e, i1, i1e,
                                log_ndtr, modified_bessel_i0, modified_bessel_i1, modified_bessel_k0,
                                modified_bessel_k1, ndtr, ndtri, scaled_modified_bessel_k0, scaled_modified_bessel_k1,
                                spherical_bessel_j0, xlog1py, xlogy, zeta, igamma as gammainc, igammac as gammaincc,
                                mvlgamma as multigammaln)
from .functions.transcendental import (digamma as psi, erf, erfc, erfinv, exp2, expm1, lgamma as gammaln, log1p, logit,
                                       polygamma, sigmoid as expit, sinc)
from .missing import no_attribute

digamma = psi

__all__ = ["airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "digamma", "entr", "erf", "erfc", "erfcx",
           "erfinv", "exp2", "expit", "expm1", "gammainc", "gammaincc", "gammaln", "i0", "i0e", "i1", "i1e", "log1p",
           "log_ndtr", "log_softmax", "logit", "logsumexp", "modified_bessel_i0", "modified_bessel_i1",
           "modified_bessel_k0", "modified_bessel_k1", "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round",
           "scaled_modified_bessel_k0", "scaled_modified_bessel_k1", "sinc", "softmax", "spherical_bessel_j0",
           "xlog1py", "xlogy", "zeta"]


def __getattr__(name: str) -> Any:
    """What is left out is said to be missing."""
    raise no_attribute(__name__, name, __all__)
