"""The Kullback-Leibler divergence between two distributions."""
from . import mixed, same_family
from .registry import kl_divergence, register_kl
