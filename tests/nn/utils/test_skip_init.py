"""Modules made without first weights, and the folding of batch norms at `nn.utils`' own names."""

from __future__ import annotations

import pytest

import mtorch


@pytest.mark.parametrize(("module_cls", "arguments"), [(mtorch.nn.Linear, (5, 1)), (mtorch.nn.Conv2d, (2, 3, 3)),
                                                   (mtorch.nn.LSTM, (2, 3)), (mtorch.nn.Embedding, (4, 2))])
def test_skip_init_draws_nothing(module_cls, arguments):
    mtorch.manual_seed(0)
    expected = [(name, p.shape, p.dtype) for name, p in module_cls(*arguments, dtype=mtorch.float64).named_parameters()]
    mtorch.manual_seed(0)
    state = mtorch.get_rng_state()
    module = mtorch.nn.utils.skip_init(module_cls, *arguments, dtype=mtorch.float64)
    assert mtorch.equal(mtorch.get_rng_state(), state)
    assert [(name, p.shape, p.dtype) for name, p in module.named_parameters()] == expected
    for p in module.parameters():
        p.data.fill_(1.0)
    assert all(p.eq(1).all() and p.requires_grad for p in module.parameters())


@pytest.mark.parametrize(("module_cls", "says"), [(int, "Expected a Module"), (mtorch.nn.ReLU, "'device' arg")])
def test_skip_init_refuses(module_cls, says):
    with pytest.raises(RuntimeError, match=says):
        mtorch.nn.utils.skip_init(module_cls)


def test_names_that_are_loaded_when_asked_for():
    assert mtorch.nn.utils.fuse_conv_bn_eval is mtorch.nn.utils.fusion.fuse_conv_bn_eval
    with pytest.raises(AttributeError, match="nearest name is 'skip_init'"):
        mtorch.nn.utils.skip_int
