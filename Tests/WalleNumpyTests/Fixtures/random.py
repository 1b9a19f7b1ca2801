"""Random numbers of `walle.numpy.random` against what NumPy 2.5.5 gives from the same seeds.

Functions `test_*` of plain asserts; numbers are compared exactly, but for those where a logarithm of another C library
may round otherwise.
"""

import copy
import pickle

import walle.numpy as np

# Of `default_rng(42)`.
NUMBERS = [
    ("random(3)", [0.7739560485559633, 0.4388784397520523, 0.8585979199113825]),
    ("random(2, dtype='float32')", [0.08925092220306396, 0.7739560008049011]),
    ("standard_normal(3)", [0.30471707975443135, -1.0399841062404955, 0.7504511958064572]),
    ("standard_normal(2, dtype='float32')", [0.14190717041492462, -1.6685079336166382]),
    ("standard_exponential(2)", [2.4042086039659947, 2.3361896558244535]),
    ("standard_exponential(2, method='inv')", [1.4870258232016522, 0.5778177119982773]),
    ("standard_gamma([0.5, 1.0, 2.5])", [0.8045001461315131, 2.384760999874255, 3.8669643747398035]),
    ("standard_gamma(2.5, 2, dtype='float32')", [2.3823325634002686, 0.7378824353218079]),
    ("integers(0, 10, 5)", [0, 7, 6, 4, 4]),
    ("integers(-3, 3, 4, dtype='int8', endpoint=True)", [0, -2, 2, -3]),
    ("integers(0, 1 << 40, 2)", [850973674774, 482551947687]),
    ("integers(0, 1 << 64, 2, dtype='uint64')", [14276969152011380360, 8095878257575067585]),
    ("integers([0, 3], [[5], [9]])", [[0, 4], [5, 5]]),
    ("integers(0, 2, 5, dtype='bool')", [False, False, False, True, False]),
    ("uniform(-1.0, 1.0, 2)", [0.5479120971119267, -0.12224312049589536]),
    ("normal([0.0, 10.0], 2.0)", [0.6094341595088627, 7.920031787519009]),
    ("exponential(2.0, 2)", [4.808417207931989, 4.672379311648907]),
    ("gamma(0.5, 2.0, 2)", [1.6090002922630262, 2.5605859356446223]),
    ("beta(0.5, 0.5, 2)", [0.7566840941053092, 0.009232118044248207]),
    ("chisquare(3, 2)", [3.0554394899785056, 4.358928659107372]),
    ("noncentral_chisquare(3, 1.5, 2)", [4.842553748271206, 9.45808761069264]),
    ("f(3, 4, 2)", [0.7184167134065333, 1.0619763797315485]),
    ("noncentral_f(3, 4, 1.5, 2)", [1.138615757156416, 0.06490652633420983]),
    ("standard_t(5, 2)", [0.48968077961378614, 0.9679905861688154]),
    ("standard_cauchy(2)", [-0.2930016698581793, 0.7978730040882357]),
    ("pareto(3, 2)", [1.228665259618174, 1.178703304272667]),
    ("weibull(1.5, 2)", [1.794656893050126, 1.7606460812380325]),
    ("power(2.5, 2)", [0.9628357780513209, 0.960138075671411]),
    ("laplace(0, 1, 2)", [0.7938786426417068, -0.1303856263065431]),
    ("gumbel(0, 1, 2)", [-0.3967780333000976, 0.5484968372172068]),
    ("logistic(0, 1, 2)", [1.2307856313855068, -0.24571509486821116]),
    ("lognormal(0, 1, 2)", [1.3562412406168636, 0.35346029972713455]),
    ("rayleigh(2, 2)", [4.385620689449551, 4.323137430916999]),
    ("wald(1, 2, 2)", [0.8064988000335837, 1.6898038296442284]),
    ("triangular(0, 1, 3, 2)", [1.8354126444683423, 1.1651350563358385]),
    ("vonmises(0, 2, 2)", [1.5156046999931245, 1.1965784456425403]),
    ("binomial(10, 0.3, 4)", [4, 3, 5, 4]),
    ("binomial(1000, 0.4, 2)", [390, 411]),
    ("negative_binomial(3, 0.4, 3)", [6, 4, 9]),
    ("poisson(2.5, 4)", [4, 3, 4, 2]),
    ("poisson(50, 2)", [56, 59]),
    ("zipf(2, 4)", [4, 1, 1, 1]),
    ("geometric(0.2, 4)", [11, 11, 11, 2]),
    ("hypergeometric(10, 20, 5, 4)", [4, 1, 1, 1]),
    ("hypergeometric(100, 200, 50, 2)", [16, 18]),
    ("logseries(0.7, 4)", [1, 2, 1, 1]),
    ("multinomial(20, [0.2, 0.3, 0.5], 2)", [[5, 5, 10], [6, 6, 8]]),
    ("dirichlet([1.0, 2.0, 3.0])", [0.3174762876184857, 0.08613712680247759, 0.5963865855790367]),
    ("multivariate_hypergeometric([5, 6, 7], 8)", [3, 3, 2]),
    ("multivariate_hypergeometric([5, 6, 7], 8, method='count')", [3, 2, 3]),
    ("permutation(6)", [3, 2, 5, 4, 1, 0]),
    ("permutation([[1, 2], [3, 4], [5, 6]])", [[5, 6], [3, 4], [1, 2]]),
    ("permuted([[1, 2, 3], [4, 5, 6]], axis=1)", [[3, 2, 1], [4, 6, 5]]),
    ("choice(5, 4)", [0, 3, 3, 2]),
    ("choice(5, 3, replace=False)", [4, 0, 3]),
    ("choice(20000, 3, replace=False)", [13091, 1784, 15478]),
    ("choice([1.5, 2.5, 3.5], (2, 2))", [[1.5, 3.5], [2.5, 2.5]]),
    ("choice(3, 4, p=[0.1, 0.2, 0.7])", [2, 2, 2, 2]),
    ("choice(4, 3, replace=False, p=[0.1, 0.2, 0.3, 0.4])", [3, 2, 1]),
    ("choice([[1, 2, 3], [4, 5, 6]], 2, axis=1)", [[1, 3], [4, 6]]),
]
# Of `RandomState(42)`.
LEGACY = [
    ("random_sample(2)", [0.3745401188473625, 0.9507143064099162]),
    ("rand(2)", [0.3745401188473625, 0.9507143064099162]),
    ("randn(3)", [0.4967141530112327, -0.13826430117118466, 0.6476885381006925]),
    ("randint(0, 100, 4)", [51, 92, 14, 71]),
    ("randint(0, 200, 3, dtype='uint8')", [102, 95, 179]),
    ("standard_exponential(2)", [0.4692680899768591, 3.010121430917521]),
    ("standard_gamma(2.5, 2)", [2.983135365424813, 1.9694529574820125]),
    ("uniform(-1, 1, 2)", [-0.250919762305275, 0.9014286128198323]),
    ("normal(1, 2, 2)", [1.9934283060224653, 0.7234713976576307]),
    ("exponential(2, 2)", [0.9385361799537182, 6.020242861835042]),
    ("gamma(2, 3, 2)", [7.18103816960771, 4.483394190646763]),
    ("beta(2, 3, 2)", [0.4944725879278468, 0.3751527747114991]),
    ("beta(0.5, 0.5, 2)", [0.5992069666276891, 0.5000773047714704]),
    ("chisquare(3, 2)", [3.579246352985752, 2.0472117146208575]),
    ("noncentral_chisquare(0.5, 2, 2)", [3.3742507019473, 2.2763784382687446e-05]),
    ("f(3, 4, 2)", [1.5966681495250896, 0.8985857287059595]),
    ("noncentral_f(3, 4, 2, 2)", [0.32492361338389725, 0.595947895774573]),
    ("standard_t(5, 2)", [0.559633537900822, -1.0757412185274327]),
    ("standard_cauchy(2)", [-3.5924974762375737, 0.425263191903688]),
    ("pareto(3, 2)", [0.16932036645405568, 1.7274682836709054]),
    ("weibull(2, 2)", [0.6850314518157974, 1.7349701527454358]),
    ("power(2, 2)", [0.6119968291154477, 0.9750457970833556]),
    ("laplace(0, 1, 2)", [-0.28890917477433936, 2.316974250357576]),
    ("gumbel(0, 1, 2)", [0.7565810534288353, -1.101980420444563]),
    ("logistic(0, 1, 2)", [-0.5127882653574256, 2.9595797554777894]),
    ("lognormal(0, 1, 2)", [1.6433127155860012, 0.8708684897640193]),
    ("rayleigh(2, 2)", [1.937561539620064, 4.907236640650232]),
    ("wald(1, 2, 2)", [1.418286130790718, 1.1026636235806195]),
    ("triangular(0, 1, 3, 2)", [1.0627960130859153, 2.4562039338681245]),
    ("vonmises(0, 2, 2)", [0.4598674699258969, -0.8963223738522021]),
    ("binomial(10, 0.3, 4)", [2, 5, 4, 3]),
    ("binomial(1000, 0.4, 2)", [387, 402]),
    ("negative_binomial(3, 0.4, 3)", [3, 2, 3]),
    ("poisson(2.5, 4)", [4, 1, 3, 3]),
    ("zipf(2, 4)", [1, 3, 1, 1]),
    ("geometric(0.2, 4)", [3, 14, 6, 5]),
    ("hypergeometric(10, 20, 5, 3)", [2, 2, 2]),
    ("hypergeometric(100, 200, 50, 2)", [18, 19]),
    ("logseries(0.7, 4)", [3, 1, 1, 1]),
    ("multinomial(20, [0.2, 0.3, 0.5])", [3, 10, 7]),
    ("dirichlet([1.0, 2.0])", [0.4372765822354408, 0.5627234177645591]),
    ("permutation(6)", [0, 1, 5, 2, 4, 3]),
    ("choice(5, 3, replace=False)", [1, 4, 2]),
    ("choice(3, 4, p=[0.1, 0.2, 0.7])", [2, 2, 2, 2]),
    ("tomaxint(2)", [3454522818714476249, 8768791796696926855]),
]
# Of the seed 7: three words, and two after a jump.
WORDS = [
    ("PCG64", [11530976094092348043, 16550673365885938325, 14308875409591826786], [3285882691755510145, 8218602544470473327]),
    ("PCG64DXSM", [1791289110853690569, 15195811958582366061, 4353573261847909477], [18109164543182005829, 3470335378102391815]),
    ("MT19937", [1315568259, 1873995810, 2718702504], [557597192, 2517065768]),
]
ADVANCED = 9018982735653021423
SEED_WORDS = [3273286258, 777717429, 782203663]
SEED_LONG_WORDS = [3340270926357488242, 15582757102951561999]
SPAWNED = 0.9223509810465619


def _close(found, expected):
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(_close, found, expected))
    return found == expected or isinstance(expected, float) and abs(found - expected) <= 1e-13 * abs(expected)


def _raises(kind, text, function, *arguments, **names):
    try:
        function(*arguments, **names)
    except kind as error:
        assert text in str(error), (text, str(error))
    else:
        raise AssertionError(f"no {kind.__name__}: {text}")


def _call(target, call):
    return eval(f"target.{call}", {"target": target}).tolist()


def test_generator_gives_known_numbers():
    for call, expected in NUMBERS:
        found = _call(np.random.default_rng(42), call)
        assert _close(found, expected), (call, found, expected)


def test_legacy_gives_known_numbers():
    for call, expected in LEGACY:
        found = _call(np.random.RandomState(42), call)
        assert _close(found, expected), (call, found, expected)


def test_bit_generators_give_known_words():
    for name, expected, jumped in WORDS:
        bits = getattr(np.random, name)(7)
        assert bits.random_raw(3).tolist() == expected, name
        assert bits.jumped().random_raw(2).tolist() == jumped, name
    assert np.random.PCG64(7).advance(10**20).random_raw() == ADVANCED


def test_seed_sequences():
    seeds = np.random.SeedSequence(2**70 + 5, spawn_key=(3,))
    assert seeds.generate_state(3).tolist() == SEED_WORDS
    assert seeds.generate_state(2, np.uint64).tolist() == SEED_LONG_WORDS
    first, second = seeds.spawn(2)
    assert (first.spawn_key, second.spawn_key, seeds.n_children_spawned) == ((3, 0), (3, 1), 2)
    assert np.random.default_rng(second).random() == SPAWNED
    assert repr(second) == "SeedSequence(\n    entropy=1180591620717411303429,\n    spawn_key=(3, 1),\n)"
    _raises(ValueError, "expected non-negative integer", np.random.default_rng, -1)
    _raises(TypeError, "SeedSequence expects int or sequence of ints", np.random.default_rng, 1.5)


def test_unseeded_generators_differ():
    assert np.random.default_rng().random() != np.random.default_rng().random()
    assert np.random.RandomState().rand() != np.random.RandomState().rand()


def test_states_and_pickles():
    for name in ("PCG64", "PCG64DXSM", "MT19937"):
        rng = np.random.Generator(getattr(np.random, name)(3))
        rng.integers(0, 5, 3, dtype=np.int32)
        state = rng.bit_generator.state
        numbers = rng.random(3).tolist()
        rng.bit_generator.state = state
        assert rng.random(3).tolist() == numbers
        other = pickle.loads(pickle.dumps(rng))
        third = copy.deepcopy(rng)
        assert rng.random() == other.random() == third.random()
        assert str(rng) == f"Generator({name})"
    old = np.random.RandomState(3)
    old.randn(3)
    other = pickle.loads(pickle.dumps(old))
    assert other.randn(2).tolist() == old.randn(2).tolist()
    assert old.get_state()[0] == "MT19937" and old.get_state(legacy=False)["has_gauss"] == 1


def test_legacy_functions_share_a_state():
    np.random.seed(42)
    assert np.random.rand() == 0.3745401188473625
    before = np.random.get_state()
    numbers = np.random.randn(3).tolist()
    np.random.set_state(before)
    assert np.random.randn(3).tolist() == numbers


def test_types_and_shapes():
    rng = np.random.default_rng(0)
    assert type(rng.random()) is float and type(rng.poisson(3)) is int and type(rng.integers(3, dtype=int)) is int
    assert rng.integers(3).dtype == np.int64 and rng.random((2, 0)).shape == (2, 0)
    assert rng.normal(np.zeros((3, 1)), np.ones(4)).shape == (3, 4) and rng.normal(size=()).shape == ()
    out = np.zeros((2, 3), np.float32)
    assert rng.random(dtype=np.float32, out=out) is out and (out > 0).all()


def test_orders():
    rng = np.random.default_rng(1)
    values = list(range(20))
    rng.shuffle(values)
    assert sorted(values) == list(range(20)) != values
    rows = np.arange(12).reshape(4, 3)
    rng.shuffle(rows)
    assert sorted(rows.tolist()) == np.arange(12).reshape(4, 3).tolist()
    rng.shuffle(rows, axis=1)
    assert sorted(rows.reshape(-1).tolist()) == list(range(12))
    frozen = np.arange(3)
    frozen.flags.writeable = False
    _raises(ValueError, "read-only", rng.shuffle, frozen)


def test_long_draws_are_those_of_short_ones():
    for dtype in (np.int8, np.uint16, np.int32, np.int64, np.bool_):
        high = 2 if dtype is np.bool_ else 100
        long = np.random.default_rng(5).integers(0, high, 140_000, dtype=dtype)
        wide = np.random.default_rng(5).integers(np.zeros(1, np.int64), high, 140_000, dtype=dtype)
        assert (long == wide).all()
    one = np.random.default_rng(5)
    many = np.random.default_rng(5).standard_normal(1000).tolist()
    assert [one.standard_normal() for _ in range(1000)] == many


def test_multivariate_normal_has_its_covariance():
    rng = np.random.default_rng(2)
    for method in ("svd", "eigh", "cholesky"):
        x = rng.multivariate_normal([1.0, -1.0], [[2.0, 0.5], [0.5, 1.0]], 20_000, method=method)
        centred = x - x.mean(axis=0)
        assert np.allclose(centred.T @ centred / len(x), [[2.0, 0.5], [0.5, 1.0]], atol=0.1)
    _raises(ValueError, "positive-semidefinite", rng.multivariate_normal, [0, 0], [[1, 2], [2, 1]], check_valid="raise")


def test_errors_are_numpys():
    rng, old = np.random.default_rng(0), np.random.RandomState(0)
    for text, function, arguments in (
        ("low >= high", rng.integers, (5, 5)),
        ("high <= 0", rng.integers, (0,)),
        ("high is out of bounds for int8", lambda: rng.integers(0, 300, dtype=np.int8), ()),
        ("scale < 0", rng.normal, (0, -1)),
        ("high - low < 0", rng.uniform, (1, 0)),
        ("p < 0, p > 1 or p is NaN", rng.binomial, (5, 1.5)),
        ("lam value too large", rng.poisson, (1e30,)),
        ("ngood + nbad < nsample", rng.hypergeometric, (1, 1, 5)),
        ("a must be a positive integer unless no samples are taken", rng.choice, (0,)),
        ("Probabilities do not sum to 1", lambda: rng.choice(2, p=[0.5, 0.6]), ()),
        ("Cannot take a larger sample", lambda: rng.choice(3, 5, replace=False), ()),
        ("a must be greater than 0 unless no samples are taken", old.choice, (0,)),
        ("probabilities do not sum to 1", lambda: old.choice(2, p=[0.5, 0.6]), ()),
        ("Output size (2, 2) is not compatible", lambda: rng.normal(np.zeros((3, 1, 1)), size=(2, 2)), ()),
        ("sum(pvals[:-1]) > 1.0", rng.multinomial, (5, [0.6, 0.6, 0.1])),
    ):
        _raises(ValueError, text, function, *arguments)
    _raises(OverflowError, "high - low range exceeds valid bounds", rng.uniform, 0, float("inf"))
    _raises(TypeError, "Unsupported dtype dtype('int32') for random", rng.random, 3, np.int32)
    _raises(AttributeError, "use PCG64", getattr, np.random, "SFC64")


if __name__ == "__main__":
    for _name, _test in list(globals().items()):
        if _name.startswith("test_"):
            _test()
