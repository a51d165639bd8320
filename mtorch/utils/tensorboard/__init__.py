"""torch.utils.tensorboard: files of curves and histograms that the program TensorBoard shows."""
from .writer import SummaryWriter

__all__ = ["SummaryWriter"]
