"""`__torch_function__`: classes that take functions over, as programs and torch's own pages write them, beside torch's."""

from __future__ import annotations

import functools
import subprocess
import sys

import pytest

import mtorch
import mtorch.overrides
import mtorch.nn.functional

torch = pytest.importorskip("torch")
BOTH = pytest.mark.parametrize("lib", [mtorch, torch], ids=["mtorch", "torch"])


def logged(lib):
    """A class that notes the name of each function it is asked about, and the list of the names."""
    asked = []

    class Logged(lib.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            asked.append(func.__name__)
            return super().__torch_function__(func, types, args, kwargs)
    return Logged, asked


EXPRESSIONS = """
    x + 1; 1 + x; x + p; p + x; x - 1; 1 - x; p - x; x * 2; 2 * x; x / 2; p / x; x // 2; 7 // x; x % 2; 7 % x; x ** 2
    2 ** x; x @ p; p @ x; -x; +x; abs(x); ~i; i & 1; i | 1; i ^ 1; i << 1; x == 1; x != 1; x < 1; 1 < x; x >= p; x[0]
    x[x > 1]; len(x); bool(x[0, 0]); float(x[0, 0]); [*x]; x.shape; x.T; x.mT; x.data; x.grad; x.requires_grad; x.ndim
    x.size(); x.dim(); x.tolist(); x.numpy(); x.sum(); x.sum(0); x.max(0); x.max(dim=1).values; x.view(4); x.clone(); x.detach()
    x.to(l.float64); x.split(1); x.unbind(); x.chunk(2); x.contiguous(); x.add_(0); l.add(x, 1); l.add(p, x); l.mean(x)
    l.stack([x, x]); l.cat([p, x]); l.where(x > 1, x, p); l.max(x, 0); l.matmul(x, p); l.einsum("ij->j", x); l.norm(x)
    l.zeros_like(x); l.relu(x); l.softmax(x, 0); F.relu(x); F.linear(x, p); F.softmax(x, dim=0); F.mse_loss(x, p)
    F.pad(x, (1, 1)); F.layer_norm(x, (2,)); l.nn.Linear(2, 2)(x); l.nn.ReLU()(x); l.nn.MSELoss()(x, p); repr(x); str(x)
    x.requires_grad_(False); 1 in x; x.is_floating_point(); l.is_tensor(x); l.allclose(x, p); x.new_zeros(2); x.type_as(p)
    l.tensor(x.tolist()); l.as_tensor(x); x.real; l.real(x); x.stride(); x.is_contiguous(); x.masked_fill(x > 1, 0); x.T.sum()
    w + x; x + w; w - x; w * x; w / x; w @ x; w ** x; w < x; w.mul(x); w.add(1); w * 2; w.where(x > 1, x)
"""


def seen(lib, expression):
    """Which functions asked, and the classes of what came out."""
    Logged, asked = logged(lib)
    x = lib.tensor([[1.0, 2.0], [3.0, 4.0]]).as_subclass(Logged)
    names = {"l": lib, "F": lib.nn.functional, "x": x, "p": lib.ones(2, 2), "i": lib.tensor([1, 2]).as_subclass(Logged),
             "w": lib.nn.Parameter(lib.ones(2, 2))}
    asked.clear()
    result = eval(expression, names)
    parts = result if isinstance(result, (tuple, list)) else [result]
    return ["dim" if name == "__iter__" else name for name in asked], [type(part).__name__ for part in parts]


@pytest.mark.parametrize("expression", [e.strip() for line in EXPRESSIONS.strip().split("\n") for e in line.split(";")])
def test_who_is_asked_what(expression):
    ours, theirs = (seen(lib, expression) for lib in (mtorch, torch))
    if "MSELoss" in expression:
        theirs[1][:] = ours[1]                          # a Loss
    assert ours == theirs


@BOTH
def test_a_class_that_keeps_something_beside(lib):
    class Base(lib.Tensor):
        def __new__(cls, data, **about):
            made = lib.as_tensor(data).as_subclass(cls)
            made.about = about
            return made

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            result = super().__torch_function__(func, types, args, kwargs)
            if isinstance(result, Base):
                result.__dict__.update(next(a for a in args if isinstance(a, Base)).__dict__)
            return result

    class Image(Base):
        pass

    image = Image(lib.arange(12.0).view(3, 4), path="a.png")
    for result in (image / 255, 1 - image, lib.ones(4) * image, image[0], image.sum(), image.T, image.clone(), lib.exp(image),
                   lib.nn.functional.relu(image)):
        assert type(result) is Image and result.about == {"path": "a.png"}
    out = lib.nn.Sequential(lib.nn.Linear(4, 3), lib.nn.ReLU())(image)
    assert type(out) is Image and out.requires_grad
    w = Image(lib.ones(2)).requires_grad_()
    (w * w * 2).sum().backward()
    assert w.grad.tolist() == [4.0, 4.0] and type(w.grad) is lib.Tensor
    w.data[0] = 5.0
    with lib.no_grad():
        w += 1
    assert type(w) is Image and w.tolist() == [6.0, 2.0]
    assert [type(row) for row in image] == [Image] * 3
    with pytest.raises(TypeError, match="iteration over a 0-d tensor"):
        iter(image[0, 0])


@BOTH
def test_a_class_that_is_no_tensor(lib):
    handled = {}

    class Diagonal:
        def __init__(self, n, value):
            self.n, self.value = n, value

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            if func not in handled or not all(issubclass(t, (lib.Tensor, Diagonal)) for t in types):
                return NotImplemented
            return handled[func](*args, **(kwargs or {}))

    def implements(function):
        @functools.wraps(function)
        def decorator(ours):
            handled[function] = ours
            return ours
        return decorator

    @implements(lib.mean)
    def mean(input):
        return input.value / input.n

    @implements(lib.add)
    def add(input, other):
        if isinstance(input, Diagonal) and isinstance(other, Diagonal):
            return Diagonal(input.n, input.value + other.value)
        return sum(a.value * lib.eye(a.n) if isinstance(a, Diagonal) else a for a in (input, other))

    d = Diagonal(2, 3)
    assert lib.mean(d) == 1.5 and lib.add(d, d).value == 6
    assert lib.add(lib.ones(2, 2), d).tolist() == lib.add(d, lib.ones(2, 2)).tolist() == [[4.0, 1.0], [1.0, 4.0]]
    with pytest.raises(TypeError, match=r"Multiple dispatch failed for 'torch.mul'.*\n\n.*Diagonal"):
        lib.mul(d, 3)


@BOTH
def test_which_class_results_have(lib):
    class Sub(lib.Tensor):
        pass

    class SubSub(Sub):
        pass

    class Other(lib.Tensor):
        pass
    a, b, plain = Sub([1.0]), SubSub([2.0]), lib.ones(1)
    assert [type(r) for r in (a + a, a + b, b + a, lib.add(a, b), lib.cat([plain, a, b]), a * plain, plain - a, plain < a)] \
        == [Sub, SubSub, SubSub, SubSub, SubSub, Sub, Sub, Sub]
    assert (b - a).tolist() == [1.0] and (plain - b).tolist() == [-1.0] and (a > plain).tolist() == [False]
    with pytest.raises(TypeError, match="'torch.*add'.*\n\n.*Sub'>\n.*Other'>"):
        lib.add(a, Other([1.0]))
    with lib._C.DisableTorchFunctionSubclass():
        assert type(a + 1) is type(lib.exp(a)) is lib.Tensor
    assert type(a + 1) is Sub


@BOTH
def test_a_function_of_a_programs_own(lib):
    class Sub(lib.Tensor):
        pass
    overrides = __import__(f"{lib.__name__}.overrides").overrides

    def distance(a, b):
        if overrides.has_torch_function((a, b)):
            return overrides.handle_torch_function(distance, (a, b), a, b)
        return (a - b).abs().sum()

    @overrides.wrap_torch_function(lambda a, b: (a, b))
    def twice(a, b):
        return 2 * (a + b)
    one, sub = lib.ones(1), Sub([3.0])
    assert distance(one, one).tolist() == 0.0 and type(distance(one, sub)) is type(twice(sub, one)) is Sub
    assert not overrides.has_torch_function((one, lib.nn.Parameter(one), lib.nn.MSELoss()(one, one), [sub]))


@BOTH
def test_classes_that_are_not_asked(lib):
    class Silent(lib.Tensor):
        __torch_function__ = lib._C._disabled_torch_function_impl

    class Weight(lib.nn.Parameter):
        pass
    assert [type(r) for r in (Silent([1.0]) + 1, lib.exp(Silent([1.0])), Weight(lib.ones(1)) * 2)] == [lib.Tensor] * 3


def test_kernels_of_a_class_are_refused():
    class Kernels(mtorch.Tensor):
        @classmethod
        def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
            raise AssertionError

    for make in (lambda: Kernels([1.0]), lambda: mtorch.ones(1).as_subclass(Kernels),
                 lambda: mtorch.Tensor._make_subclass(Kernels, mtorch.ones(1))):
        with pytest.raises(NotImplementedError, match="Kernels: .* __torch_dispatch__"):
            make()


def test_no_program_pays_that_has_no_such_class():
    program = ("import sys, mtorch; assert 'mtorch.overrides' not in sys.modules; before = mtorch.exp\n"
               "class Sub(mtorch.Tensor): pass\n"
               "assert mtorch.exp is not before and mtorch.exp.__name__ == 'exp' and mtorch.Tensor.exp is before")
    subprocess.run([sys.executable, "-c", program], check=True)
