"""The Kullback-Leibler divergence between two distributions."""
from . import mixed, same_family
from .registry import _KL_REGISTRY, kl_divergence, register_kl

__all__ = ["kl_divergence", "register_kl"]
