"""What all tests of the distributions need: PyTorch's own, where it is installed, as a program finds them."""
import pytest


@pytest.fixture(autouse=True, scope="package")
def torchs_are_checked():
    """PyTorch's compiler, which another test may have imported, turns the checks of its distributions off."""
    try:
        from torch.distributions import Distribution
    except ImportError:
        yield
        return
    before = Distribution._validate_args
    Distribution.set_default_validate_args(True)
    yield
    Distribution.set_default_validate_args(before)
