"""Operations of a program's own, beside torch's: which function runs, and what is said of it."""

from __future__ import annotations

import pytest

import mtorch


@pytest.fixture(params=["mtorch", "torch"])
def library(request):
    return mtorch if request.param == "mtorch" else pytest.importorskip("torch")


def squared(library, name, **options):
    def square(x):
        return x * x

    square.__annotations__ = {"x": library.Tensor, "return": library.Tensor}
    return library.library.custom_op(f"mtorch_tests::{name}", square, mutates_args=(), **options)


@pytest.mark.parametrize("device_types", ["cpu", ["cuda", "cpu"], None])
def test_a_kernel_takes_the_place_of_the_function(library, device_types):
    square = squared(library, f"kernel_{type(device_types).__name__}")

    @square.register_kernel(device_types)
    def tripled(x):
        return x * 3

    assert tripled(4) == 12
    assert square(library.tensor([2.0])).tolist() == [6.0]


def test_a_kernel_for_the_cpu_goes_before_one_for_all_devices(library):
    square = squared(library, "kernels_of_both")
    square.register_kernel("cpu", lambda x: x * 3)
    square.register_kernel(None, lambda x: x * 5)
    assert square(library.tensor([2.0])).tolist() == [6.0]


def test_a_kernel_for_another_device_is_not_run(library):
    square = squared(library, "kernel_elsewhere")
    square.register_kernel("cuda", lambda x: x * 5)
    assert square(library.tensor([3.0])).tolist() == [9.0]


def test_a_function_for_another_device_is_not_run(library):
    square = squared(library, "function_elsewhere", device_types="cuda")
    with pytest.raises(NotImplementedError, match="Could not run 'mtorch_tests::function_elsewhere' with arguments from the "
                                                  "'CPU' backend"):
        square(library.tensor([3.0]))
    square.register_kernel("cpu", lambda x: x * 5)
    assert square(library.tensor([3.0])).tolist() == [15.0]


def test_gradients_go_through_a_kernel(library):
    square = squared(library, "kernel_with_gradient")
    square.register_kernel("cpu", lambda x: x ** 2)
    square.register_autograd(lambda ctx, grad: 2 * grad * ctx.saved_tensors[0],
                             setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs))
    x = library.tensor([3.0], requires_grad=True)
    square(x).sum().backward()
    assert x.grad.tolist() == [6.0]


def test_rows_are_mapped_with_and_without_a_rule(library):
    square = squared(library, "mapped")
    x = library.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert library.vmap(square)(x).tolist() == [[1.0, 4.0], [9.0, 16.0]]
    square.register_vmap(lambda info, in_dims, x: (x * x, in_dims[0]))
    assert library.vmap(square)(x).tolist() == [[1.0, 4.0], [9.0, 16.0]]
