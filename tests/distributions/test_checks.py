"""What is no parameter and no value is refused as torch refuses it; and the constraints that say so."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.distributions import Categorical, Distribution, Normal, constraints

torch = pytest.importorskip("torch")

REFUSED = [
    "D.Normal(0.0, -1.0)", "D.Normal(float('nan'), 1.0)", "D.Normal(T.zeros(2), T.tensor([1.0, 0.0]))",
    "D.Normal(T.zeros(2), T.ones(3))", "D.Normal('a', 1.0)", "D.Uniform(1.0, 0.0)", "D.Gamma(-1.0, 1.0)",
    "D.Beta(0.0, 1.0)", "D.Bernoulli(1.5)", "D.Bernoulli()", "D.Bernoulli(0.5, logits=0.0)", "D.Geometric(0.0)",
    "D.Binomial(-1, T.tensor(0.5))", "D.Binomial(3, T.tensor(2.0))", "D.Poisson(-1.0)", "D.Categorical()",
    "D.Categorical(T.tensor([-1.0, 2.0]))", "D.Categorical(T.tensor(1.0))", "D.Categorical(logits=T.tensor(1.0))",
    "D.Categorical(T.ones(2), T.ones(2))", "D.Multinomial(2.5, T.ones(2))", "D.Dirichlet(T.tensor(1.0))",
    "D.Dirichlet(T.tensor([1.0, -1.0]))", "D.Independent(D.Normal(0.0, 1.0), 1)", "D.StudentT(0.0)",
    "D.TransformedDistribution(D.Normal(0.0, 1.0), 3)", "D.TransformedDistribution(D.Normal(0.0, 1.0), [3])",
    "D.TransformedDistribution(D.Normal(0.0, 1.0), D.StickBreakingTransform())", "D.Normal(0.0, 1.0).log_prob(1.0)",
    "D.Normal(0.0, 1.0).log_prob(T.tensor(float('nan')))", "D.Normal(T.zeros(2), 1.0).log_prob(T.zeros(3))",
    "D.Exponential(1.0).log_prob(T.tensor(-1.0))", "D.Bernoulli(0.5).log_prob(T.tensor(0.5))",
    "D.Categorical(T.ones(3)).log_prob(T.tensor(3))", "D.Binomial(3, T.tensor(0.5)).log_prob(T.tensor(4.0))",
    "D.Dirichlet(T.ones(2)).log_prob(T.tensor([0.5, 0.6]))",
    "D.Dirichlet(T.ones(2)).log_prob(T.tensor([0.5, 0.25, 0.25]))", "D.Beta(1.0, 1.0).log_prob(T.tensor(1.5))",
    "D.OneHotCategorical(T.ones(2)).log_prob(T.ones(2))",
    "D.Multinomial(3, T.ones(2)).log_prob(T.tensor([2.0, 2.0]))", "D.LogNormal(0.0, 1.0).log_prob(T.tensor(-1.0))",
    "D.Uniform(0.0, 1.0).cdf(T.tensor(2.0))", "D.Poisson(1.0).log_prob(T.tensor(0.5))",
    "D.Distribution.set_default_validate_args(3)",
]
UNDEFINED = [
    "D.Categorical(T.ones(2)).rsample()", "D.Poisson(1.0).entropy()", "D.Normal(0.0, 1.0).enumerate_support()",
    "D.Bernoulli(0.5).cdf(T.tensor(1.0))", "D.Binomial(T.tensor([1, 2]), T.tensor(0.5)).entropy()",
    "D.Independent(D.Bernoulli(T.ones(2) / 2), 1).enumerate_support()",
]


def evaluated(text, T):
    return eval(text, {"T": T, "D": T.distributions})


@pytest.mark.parametrize("text", REFUSED)
def test_torchs_refusals(text):
    with pytest.raises((ValueError, RuntimeError, NotImplementedError, TypeError)) as theirs:
        evaluated(text, torch)
    with pytest.raises(theirs.type if theirs.type is not RuntimeError else (RuntimeError, ValueError)):
        evaluated(text, mtorch)


@pytest.mark.parametrize("text", UNDEFINED)
def test_what_is_not_defined(text):
    for T in (torch, mtorch):
        with pytest.raises(NotImplementedError):
            evaluated(text, T)


def test_the_message_names_parameter_and_values():
    with pytest.raises(ValueError, match=r"parameter scale .* of shape \(2,\)\) of distribution Normal.*GreaterThan"):
        Normal(mtorch.zeros(2), mtorch.tensor([1.0, -1.0]))
    with pytest.raises(ValueError, match=r"value argument .* to be within the support \(IntegerInterval"):
        Categorical(mtorch.ones(2)).log_prob(mtorch.tensor(5))


def test_checks_can_be_turned_off():
    assert Normal(0.0, -1.0, validate_args=False).scale.item() == -1.0
    assert Categorical(mtorch.ones(2), validate_args=False).log_prob(mtorch.tensor(0)).exp().item() == 0.5
    try:
        Distribution.set_default_validate_args(False)
        assert Normal(0.0, -1.0).scale.item() == -1.0
        with pytest.raises(ValueError, match="scale"):
            Normal(0.0, -1.0, validate_args=True)
    finally:
        Distribution.set_default_validate_args(True)


@pytest.mark.parametrize("ask", ["mean", "mode", "variance", "stddev", "support"])
def test_the_base_class_knows_nothing(ask):
    with pytest.raises(NotImplementedError, match="Distribution"):
        getattr(Distribution(), ask)


def test_users_own_distribution():
    class Twice(Distribution):
        arg_constraints = {"x": constraints.positive}

        def __init__(self, x):
            self.x = x
            super().__init__(x.shape)

        @constraints.dependent_property(is_discrete=True, event_dim=0)
        def support(self):
            return constraints.integer_interval(0, self.x)

        def rsample(self, sample_shape=()):
            return 2 * self.x.expand(self._extended_shape(sample_shape))

    with pytest.raises(NotImplementedError, match="Twice does not implement expand"):      # as in torch: it may keep more
        Twice(mtorch.tensor([1.0, 2.0])).expand((3, 2))
    d = Twice(mtorch.tensor([1.0, 2.0]).expand(3, 2))
    assert repr(d) == "Twice(x: torch.Size([3, 2]))"
    assert d.sample((4,)).shape == (4, 3, 2)
    assert d.support.check(mtorch.tensor([1.0, 3.0])).tolist() == [[True, False]] * 3
    with pytest.raises(NotImplementedError, match="log_prob"):
        d.log_prob(mtorch.tensor([1.0, 1.0]))
    with pytest.warns(FutureWarning, match="sample_n"):
        assert d.sample_n(5).shape == (5, 3, 2)
    assert Normal(0.0, 1.0).perplexity().item() == pytest.approx(4.1327, abs=1e-3)


VECTORS = np.array([[0.2, 0.8], [0.5, 0.6], [0.0, 1.0], [-1.0, 2.0], [2.0, 1.0], [1.5, float("nan")]])
MATRICES = np.array([
    [[1.0, 0.0], [0.5, 2.0]], [[1.0, 0.3], [0.3, 2.0]], [[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.0], [0.6, 0.8]],
    [[-1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [0.3, -2.0]],
])


@pytest.mark.parametrize(("text", "values"), [
    *((text, VECTORS) for text in (
        "C.real", "C.boolean", "C.positive", "C.nonnegative", "C.unit_interval", "C.positive_integer",
        "C.nonnegative_integer", "C.greater_than(0.5)", "C.greater_than_eq(0.5)", "C.less_than(1)",
        "C.interval(0.2, 0.8)", "C.half_open_interval(0.2, 0.8)", "C.integer_interval(0, 1)",
        "C.real_vector", "C.simplex", "C.one_hot",
        "C.multinomial(2)", "C.independent(C.positive, 1)", "C.cat([C.positive, C.real], -1)",
        "C.cat([C.positive, C.real], 0, [2, 4])", "C.stack([C.positive, C.real], -1)",
        "C.MixtureSameFamilyConstraint(C.positive)", "C.independent(C.independent(C.real, 1), 1)")),
    *((text, MATRICES) for text in (
        "C.lower_triangular", "C.lower_cholesky", "C.corr_cholesky", "C.square", "C.symmetric", "C.positive_definite",
        "C.positive_semidefinite", "C.independent(C.lower_cholesky, 1)")),
])
def test_constraints(text, values):
    ours = eval(text, {"C": mtorch.distributions.constraints})
    theirs = eval(text, {"C": torch.distributions.constraints})
    if not any(word in text for word in ("cat", "stack", "multinomial")):     # torch does not show what these hold
        assert repr(ours) == repr(theirs)
    assert (ours.event_dim, ours.is_discrete) == (theirs.event_dim, theirs.is_discrete)
    inside = ours.check(mtorch.from_numpy(values)).numpy()
    np.testing.assert_array_equal(inside, theirs.check(torch.from_numpy(values)).numpy())


def test_dependent_constraints():
    assert constraints.is_dependent(constraints.dependent)
    assert not constraints.is_dependent(constraints.real)
    assert constraints.dependent(event_dim=1).event_dim == 1
    with pytest.raises(ValueError, match="dependent"):
        constraints.dependent.check(mtorch.zeros(1))


@pytest.mark.parametrize(("text", "kind", "words"), [
    ("D.Normal(T.zeros(2), T.ones(3))", RuntimeError, r"do not broadcast: \(2,\), \(3,\)"),
    ("D.Normal(0.0, 1.0).sample(3)", TypeError, "Normal: sample_shape must be a sequence of ints, got 3"),
    ("D.Categorical([0.5, 0.5])", TypeError, "Categorical: probs must be a tensor, got list"),
    ("D.Categorical(logits=0.5)", TypeError, "Categorical: logits must be a tensor, got float"),
    ("D.Dirichlet([1.0, 2.0])", TypeError, "Dirichlet: concentration must be a tensor, got list"),
    ("D.MultivariateNormal(0.0, T.eye(2))", TypeError, "loc must be a tensor, got float"),
    ("D.MultivariateNormal(T.zeros(2), [[1.0]])", TypeError, "covariance_matrix must be a tensor, got list"),
    ("D.MultivariateNormal(T.zeros(2), T.eye(3))", ValueError, r"covariance_matrix of shape \(..., 2, 2\), got \(3, 3\)"),
    ("D.MultivariateNormal(T.zeros(2), T.eye(2).long())", RuntimeError, "floating point type, got torch.int64"),
    ("D.Multinomial(-2, T.ones(2))", ValueError, "total_count must be >= 0, got -2"),
    ("D.Independent(3, 1)", TypeError, "Independent: expected a Distribution, got int"),
    ("D.Independent(D.Normal(T.zeros(2), 1.0), -1)", ValueError, "must be >= 0, got -1"),
    ("D.TransformedDistribution(3, [])", TypeError, "expected a Distribution, got int"),
    ("D.ComposeTransform([3])", TypeError, "ComposeTransform: expected a Transform, got int"),
    ("D.IndependentTransform(3, 1)", TypeError, "IndependentTransform: expected a Transform, got int"),
    ("D.IndependentTransform(D.ExpTransform(), -1)", ValueError, "must be >= 0, got -1"),
    ("D.CumulativeDistributionTransform(3)", TypeError, "expected a Distribution, got int"),
    ("D.CatTransform([3])", ValueError, r"CatTransform: expected Transforms, got \(int\)"),
    ("D.StackTransform([D.ExpTransform()], dim=3)(T.ones(3))", IndexError, "dimension 3 is out of range for 1"),
    ("D.StickBreakingTransform()(T.tensor(1.0))", IndexError, r"expected vectors \(..., K - 1\)"),
])
def test_what_came_and_what_was_expected(text, kind, words):
    with pytest.raises(kind, match=words):
        evaluated(text, mtorch)


def test_modes_where_no_density_is_highest_inside():
    rows = [[0.5, 2.0, 0.5], [0.2, 0.3, 0.4], [1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [0.5, 0.5, 3.0]]
    ours = mtorch.distributions.Dirichlet(mtorch.tensor(rows)).mode
    np.testing.assert_allclose(ours.numpy(), torch.distributions.Dirichlet(torch.tensor(rows)).mode.numpy())
    a, b = [0.5, 2.0, 0.5, 1.0, 1.0, 0.5, 2.0], [0.5, 2.0, 2.0, 1.0, 2.0, 1.0, 0.5]
    ours = mtorch.distributions.Beta(mtorch.tensor(a), mtorch.tensor(b)).mode
    np.testing.assert_allclose(ours.numpy(), torch.distributions.Beta(torch.tensor(a), torch.tensor(b)).mode.numpy())


def test_a_mixture_that_all_of_a_batch_share():

    def asked(lib):
        d = lib.distributions
        rng = np.random.default_rng(0)
        mixture = d.MixtureSameFamily(d.Categorical(lib.tensor([0.2, 0.5, 0.3])), d.Normal(
            lib.tensor(rng.normal(size=(2, 3))), lib.tensor(rng.uniform(1, 2, size=(2, 3)))))
        value = lib.tensor(rng.normal(size=(5, 2)))
        return [mixture.mean, mixture.variance, mixture.log_prob(value), mixture.cdf(value)], repr(mixture), \
            repr(mixture.support), repr(d.Multinomial(5, lib.tensor([0.2, 0.8])).support)
    (ours, *our_texts), (theirs, *their_texts) = asked(mtorch), asked(torch)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-6)
    assert our_texts == their_texts


@pytest.mark.parametrize("make", [
    lambda d, t: d.MixtureSameFamily(d.Normal(t.zeros(3), 1.0), d.Normal(t.zeros(3), 1.0)),
    lambda d, t: d.MixtureSameFamily(d.Categorical(t.ones(3)), 5),
    lambda d, t: d.MixtureSameFamily(d.Categorical(t.ones(2)), d.Normal(t.zeros(3), 1.0)),
    lambda d, t: d.MixtureSameFamily(d.Categorical(t.ones(2, 3)), d.Normal(t.zeros(4, 3), 1.0)),
])
def test_mixtures_that_do_not_fit(make):
    messages = []
    for lib in (mtorch, torch):
        with pytest.raises(ValueError) as caught:
            make(__import__(lib.__name__ + ".distributions", fromlist=["x"]), lib)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_utils_under_torchs_names():
    for T in (mtorch, torch):
        u = __import__(T.__name__ + ".distributions.utils", fromlist=["x"])
        matrix = T.arange(1.0, 19).reshape(2, 3, 3)
        for diag in (-3, -1, 0, 1, 2):
            vector = u.tril_matrix_to_vec(matrix, diag)
            assert vector.tolist() == [row[np.tril(np.ones((3, 3), bool), diag)].tolist() for row in matrix.numpy()]
            if diag in (-1, 0, 1):
                assert u.vec_to_tril_matrix(vector, diag).tolist() == np.tril(matrix.numpy(), diag).tolist()
        for wrong in (lambda u=u: u.vec_to_tril_matrix(T.ones(5)), lambda u=u: u.tril_matrix_to_vec(T.ones(2, 2), 2)):
            with pytest.raises(ValueError, match="cannot be expressed|is outside"):
                wrong()
        assert u._standard_normal((2, 3), dtype=T.float64, device=T.device("cpu")).dtype == T.float64
        assert u._sum_rightmost(T.ones(2, 3, 4), 2).tolist() == [12.0, 12.0]
        assert u.euler_constant == pytest.approx(0.5772156649)
        assert sorted(u.__all__) == ["broadcast_all", "clamp_probs", "lazy_property", "logits_to_probs", "probs_to_logits",
                                     "tril_matrix_to_vec", "vec_to_tril_matrix"]


def test_all_of_torchs_names_are_here():
    for part in ("distributions", "distributions.transforms", "distributions.constraints"):
        names = [__import__(f"{T}.{part}", fromlist=["x"]).__all__ for T in ("mtorch", "torch")]
        assert sorted(names[0]) == sorted(names[1])
    for T in (mtorch, torch):
        D = T.distributions
        assert [n for n in D.__all__ if isinstance(getattr(D, n), type) and issubclass(getattr(D, n), D.ExponentialFamily)] == [
            "Bernoulli", "Beta", "Chi2", "ContinuousBernoulli", "Dirichlet", "Exponential", "ExponentialFamily", "Gamma",
            "Normal", "Poisson", "Wishart"]


@pytest.mark.parametrize("build", [
    "D.Bernoulli(T.tensor([0.2, 0.7]))", "D.Beta(T.tensor([1.5, 2.0]), 3.0)", "D.Gamma(T.tensor([1.5, 2.0]), 3.0)",
    "D.Dirichlet(T.tensor([[1.0, 2.0, 3.0]]))", "D.Exponential(T.tensor([1.0, 2.0]))", "D.Normal(T.tensor([1.0, 2.0]), 3.0)",
    "D.Poisson(T.tensor([1.0, 2.0]))", "D.ContinuousBernoulli(T.tensor([0.2, 0.7]))",
])
def test_exponential_families(build):
    """The entropy and the divergence from natural parameters alone."""
    answers = []
    for T in (mtorch, torch):
        D = T.distributions
        kind = T.distributions.ExponentialFamily
        p, log_normalizer = evaluated(build, T), None
        try:
            answers.append([kind.entropy(p)])
        except NotImplementedError:
            answers.append([])
        log_normalizer = p._log_normalizer(*p._natural_params)
        same = __import__(f"{T.__name__}.distributions.kl", fromlist=["x"])._KL_REGISTRY[kind, kind](p, p)
        answers[-1] += [log_normalizer, same, *p._natural_params]
        assert isinstance(p, D.Distribution)
    for a, b in zip(*answers, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("build", [
    "Named(T.zeros(2), 1.0)", "Named(T.zeros(2), 1.0, 'x').named()", "Renamed(T.tensor([0.2, 0.8]))",
])
def test_expanding_subclasses(build):
    """A subclass that has more than its base has to expand it; what it then sets stays set."""
    answers = []
    for T in (mtorch, torch):
        D = T.distributions

        class Named(D.Normal):
            def __init__(self, loc, scale, name="?"):
                self.name = name
                super().__init__(loc, scale)

            def named(self, Named=D.Normal):
                class Expanding(type(self)):
                    def expand(self, batch_shape, _instance=None):
                        new = self._get_checked_instance(type(self), _instance)
                        new.name = self.name + "!"
                        return super().expand(batch_shape, _instance=new)
                return Expanding(self.loc, self.scale, self.name)

        class Renamed(D.Categorical):
            arg_constraints = {"weights": D.constraints.simplex}

            def __init__(self, weights):
                self.weights = weights
                super().__init__(weights)

            def expand(self, batch_shape, _instance=None):
                new = self._get_checked_instance(Renamed, _instance)
                new.weights = self.weights.expand((*batch_shape, 2))
                return super().expand(batch_shape, _instance=new)

        d = eval(build, {"T": T, "Named": Named, "Renamed": Renamed})
        try:
            wide = d.expand((3, 2) if d.batch_shape else (3,))
            T.manual_seed(0)
            answers.append([tuple(wide.batch_shape), getattr(wide, "name", 0), wide.sample().tolist(), str(wide)])
        except NotImplementedError as error:
            answers.append(str(error))
    assert answers[0] == answers[1]


def test_a_distribution_that_is_a_module_besides():
    texts = []
    for T in (mtorch, torch):
        class Prior(T.distributions.Normal, T.nn.Module):
            def __init__(self, loc, scale):
                T.nn.Module.__init__(self)
                T.distributions.Normal.__init__(self, loc, scale)
                for name in ("loc", "scale"):
                    value = getattr(self, name)
                    delattr(self, name)
                    self.register_buffer(name, value)

        class Stretch(T.distributions.Transform, T.nn.Module):
            domain = codomain = T.distributions.constraints.real
            bijective = True

            def __init__(self, **options):
                super().__init__(**options)
                self.factor = T.nn.Parameter(T.tensor(2.0))

            def _call(self, x):
                return self.factor * x

            def __hash__(self):
                return id(self)

        prior, stretch = Prior(0.0, 2.0), Stretch(cache_size=1)
        x = T.ones(1)
        texts.append([str(prior), sorted(prior.state_dict()), prior.log_prob(T.tensor(1.0)).item(), stretch(x).tolist(),
                      stretch.inv(stretch(x)) is x, [name for name, _ in stretch.named_parameters()]])
    assert texts[0][2] == pytest.approx(texts[1].pop(2))
    texts[0].pop(2)
    assert texts[0] == texts[1]
