"""torch.utils.benchmark: how long a statement takes, measured often enough to know how well it is known."""
from .compare import Compare
from .measurement import Measurement, TaskSpec
from .timer import Timer

__all__ = ["Compare", "Measurement", "TaskSpec", "Timer"]
