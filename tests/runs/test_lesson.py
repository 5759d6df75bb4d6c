"""The lesson's formulas, written out in NumPy, against autograd, torch.optim and our own schedule."""

import html
import json
import re
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from app.link import explain_unused
from app.runs import lesson
from app.ui.prose import load_prose, load_sections
from app.ui.sections import name_section
from models.descent.schedules import schedule_rate
from models.networks.registry import NETWORKS, build_network, count_parameters
from models.training.augmentation import MAX_SCALE, MAX_SHIFT_PX, MAX_TURN_DEGREES
from models.training.optimizer import build_optimizer
from models.training.recipes import make_config

SECTIONS = dict(load_sections("app.runs"))
EVERYTHING = load_prose("app.runs")


def states(*formulas):
    """Whether the lesson has these very formulas, so that a change of them is a change of these tests."""
    return all(formula in EVERYTHING for formula in formulas)


@pytest.fixture
def batch():
    """Five images, their labels, and a layer of logistic regression, in float64."""
    random = np.random.default_rng(0)
    x, labels = random.random((5, 784)), np.array([3, 1, 4, 1, 9])
    weight, bias = random.normal(size=(10, 784)) / 28, random.normal(size=10)
    return x, labels, np.eye(10)[labels], weight, bias


def soften(z):
    """Apply the lesson's softmax to each row."""
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def run_torch(x, labels, weight, bias, **options):
    """Return torch's loss and its gradients with respect to logits, weights and biases."""
    w, b = (torch.tensor(value, requires_grad=True) for value in (weight, bias))
    z = torch.tensor(x) @ w.T + b
    z.retain_grad()
    loss = nn.CrossEntropyLoss(**options)(z, torch.tensor(labels))
    loss.backward()
    return loss.item(), z.grad.numpy(), w.grad.numpy(), b.grad.numpy()


def test_cross_entropy_and_its_gradient(batch):
    assert states(r"a_k = \frac{e^{z_k}}{\sum_{j=0}^{9} e^{z_j}}", r"y_{ik} \log a_{ik}")
    assert states(r"\frac{\partial L}{\partial z_i} = \frac{1}{m}\,(a_i - y_i)", r"(a_i - y_i)\,x_i^\top")
    x, labels, y, weight, bias = batch
    a = soften(x @ weight.T + bias)
    loss, to_logits, to_weights, to_biases = run_torch(x, labels, weight, bias)
    assert loss == pytest.approx(-(y * np.log(a)).sum() / 5, rel=1e-12)
    assert to_logits == pytest.approx((a - y) / 5, rel=1e-12)
    expected = sum(np.outer(a[i] - y[i], x[i]) for i in range(5)) / 5
    assert to_weights == pytest.approx(expected, rel=1e-10)
    assert to_biases == pytest.approx((a - y).sum(axis=0) / 5, rel=1e-10)


def test_notebooks_sign_would_climb(batch):
    x, labels, y, weight, bias = batch
    a = soften(x @ weight.T + bias)
    loss = run_torch(x, labels, weight, bias)[0]
    gradient = (a - y).T @ x / 5
    assert run_torch(x, labels, weight - 0.001 * gradient, bias)[0] < loss
    assert run_torch(x, labels, weight + 0.001 * gradient, bias)[0] > loss


def test_label_smoothing(batch):
    assert states(r"(1 - \varepsilon)\,y + \varepsilon/10")
    x, labels, y, weight, bias = batch
    a, smoothed = soften(x @ weight.T + bias), 0.9 * y + 0.1 / 10
    loss, to_logits, *_ = run_torch(x, labels, weight, bias, label_smoothing=0.1)
    assert loss == pytest.approx(-(smoothed * np.log(a)).sum() / 5, rel=1e-12)
    assert to_logits == pytest.approx((a - smoothed) / 5, rel=1e-10)


def test_penalty_and_its_gradient(batch):
    assert states(r"L_{\lambda}(w) = L(w) + \frac{\lambda}{2} \lVert w \rVert^2", r"\nabla L(w) + \lambda w")
    x, labels, _, weight, bias = batch
    w = torch.tensor(weight, requires_grad=True)
    penalised = F.cross_entropy(torch.tensor(x) @ w.T + torch.tensor(bias), torch.tensor(labels))
    (penalised + 0.3 / 2 * w.square().sum()).backward()
    to_weights = run_torch(x, labels, weight, bias)[2]
    assert w.grad.numpy() == pytest.approx(to_weights + 0.3 * weight, rel=1e-10)


def test_negative_penalty_falls_without_end(batch):
    x, labels, _, weight, bias = batch
    totals = [
        run_torch(x, labels, size * weight, bias)[0] - 0.01 / 2 * (size * weight**2 * size).sum()
        for size in (1e3, 1e4, 1e5)
    ]
    assert totals[0] > totals[1] > totals[2]


# The lesson's optimizers: gradient g and weights w (N,), what is kept, step t from 1, and the settings.


def step_plainly(w, g, kept, t, lr, **_):
    return w - lr * g


def step_with_momentum(w, g, kept, t, lr, mu):
    assert states(r"v \leftarrow \mu v + g, \qquad w \leftarrow w - \eta v")
    kept["v"] = mu * kept.get("v", 0) + g
    return w - lr * kept["v"]


def step_rmsprop(w, g, kept, t, lr, mu):
    assert states(r"s \leftarrow \alpha s + (1 - \alpha)\,g^2", r"w - \eta\,\frac{g}{\sqrt{s} + \varepsilon}")
    kept["s"] = 0.99 * kept.get("s", 0) + 0.01 * g**2
    kept["v"] = mu * kept.get("v", 0) + g / (np.sqrt(kept["s"]) + 1e-8)
    return w - lr * kept["v"]


def step_adam(w, g, kept, t, lr, mu):
    assert states(
        r"u \leftarrow \beta_1 u + (1 - \beta_1)\,g", r"s \leftarrow \beta_2 s + (1 - \beta_2)\,g^2"
    )
    assert states(
        r"\frac{u}{1 - \beta_1^t}", r"\frac{s}{1 - \beta_2^t}", r"\frac{\hat u}{\sqrt{\hat s} + \varepsilon}"
    )
    kept["u"] = 0.9 * kept.get("u", 0) + 0.1 * g
    kept["s"] = 0.999 * kept.get("s", 0) + 0.001 * g**2
    return w - lr * (kept["u"] / (1 - 0.9**t)) / (np.sqrt(kept["s"] / (1 - 0.999**t)) + 1e-8)


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize(
    ("optimizer", "mu", "step"),
    [
        ("sgd", 0.0, step_plainly),
        ("sgd", 0.9, step_with_momentum),
        ("rmsprop", 0.0, step_rmsprop),
        ("rmsprop", 0.7, step_rmsprop),
        ("adam", 0.0, step_adam),
        ("adamw", 0.0, step_adam),
    ],
)
def test_optimizers_step_as_written(optimizer, mu, step, decay):
    assert states(r"$g + \lambda w$ in the place of $g$", r"first $w \leftarrow (1 - \eta \lambda)\,w$")
    config = make_config(
        "mlp", optimizer=optimizer, learning_rate=0.05, momentum=mu, weight_decay=decay, recipe="free"
    )
    gradients = np.random.default_rng(1).normal(size=(20, 7))
    w = np.linspace(-1, 1, 7)
    parameter = nn.Parameter(torch.tensor(w))
    theirs, kept = build_optimizer([parameter], config), {}
    for t, g in enumerate(gradients, 1):
        parameter.grad = torch.tensor(g)
        theirs.step()
        if optimizer == "adamw":
            w = step((1 - 0.05 * decay) * w, g, kept, t, lr=0.05, mu=mu)
        else:
            w = step(w, g + decay * w, kept, t, lr=0.05, mu=mu)
        assert parameter.detach().numpy() == pytest.approx(w, rel=1e-10)


def test_plain_descent_shrinks_the_weights_by_one_factor():
    assert states(r"w \leftarrow (1 - \eta \lambda)\,w - \eta\,\nabla L(w)")
    w, g = np.array([2.0, -1.0]), np.array([0.3, 0.4])
    assert step_plainly(w, g + 0.1 * w, {}, 1, lr=0.5) == pytest.approx((1 - 0.5 * 0.1) * w - 0.5 * g)


def test_momentum_lengthens_steps_towards_the_limit():
    kept: dict[str, float] = {}
    lengths = [-step_with_momentum(0.0, 1.0, kept, t, lr=1.0, mu=0.9) for t in range(1, 200)]
    assert lengths[0] == 1
    assert lengths[-1] == pytest.approx(1 / (1 - 0.9), rel=1e-6)


def test_schedules():
    assert states(r"\eta_t = \frac{\eta}{2} \left(1 + \cos \pi u\right)", r"u = (t + \tfrac12)/T")
    steps = range(400)
    rates = [schedule_rate("cosine", 0.3, t, 400) for t in steps]
    assert rates == pytest.approx([0.15 * (1 + np.cos(np.pi * (t + 0.5) / 400)) for t in steps], rel=1e-9)
    rates = [schedule_rate("one-cycle", 0.3, t, 400) for t in steps]
    middles = [(t + 0.5) / 400 for t in steps]
    assert rates == pytest.approx([0.3 * np.interp(u, [0, 0.25, 1], [0, 1, 0]) for u in middles], rel=1e-9)


def test_dropout():
    assert states(r"x' = \frac{r\,x}{1 - p}")
    x = torch.rand(4, 3, 50, 50) + 1
    layer = nn.Dropout(0.4)
    passed = layer(x)
    kept = passed != 0
    assert torch.allclose(passed[kept], x[kept] / 0.6)
    assert kept.float().mean().item() == pytest.approx(0.6, abs=0.02)
    assert passed.mean().item() == pytest.approx(x.mean().item(), rel=0.03)
    assert 0 < kept[0, 0].sum() < 2500  # single numbers, not whole maps
    assert torch.equal(layer.eval()(x), x)


def test_batch_norm():
    assert states(r"y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta", r"10^{-5}")
    x = np.random.default_rng(2).normal(3, 2, size=(6, 2, 5, 5))
    layer = nn.BatchNorm2d(2).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.5, 0.5]))
        layer.bias.copy_(torch.tensor([-1.0, 2.0]))
    mean, variance = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    shape, scale, shift = (1, 2, 1, 1), np.array([1.5, 0.5]), np.array([-1.0, 2.0])
    expected = scale.reshape(shape) * (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + 1e-5)
    passed = layer(torch.tensor(x)).detach().numpy()
    assert passed == pytest.approx(expected + shift.reshape(shape), rel=1e-9)
    assert layer.running_mean.numpy() == pytest.approx(0.9 * 0 + 0.1 * mean)
    num = 6 * 5 * 5
    assert layer.running_var.numpy() == pytest.approx(0.9 * 1 + 0.1 * variance * num / (num - 1))


def test_bias_before_batch_norm_has_no_effect():
    x = torch.rand(4, 1, 8, 8, dtype=torch.float64)
    convolution, norm = nn.Conv2d(1, 3, 3).double(), nn.BatchNorm2d(3).double()
    before = norm(convolution(x))
    with torch.no_grad():
        convolution.bias += 5
    assert torch.allclose(norm(convolution(x)), before)


def test_mini_batch_scatter_halves_with_four_times_the_images():
    random = np.random.default_rng(3)
    gradients = random.normal(size=48_000)
    scatter = [
        np.std([random.choice(gradients, size, replace=False).mean() for _ in range(2_000)])
        for size in (32, 128)
    ]
    assert scatter[0] / scatter[1] == pytest.approx(2, rel=0.08)


def test_networks_have_the_parameters_stated():
    stated = re.findall(r"- \*\*(.+?)\*\*: (.+)", SECTIONS["The networks in words"])
    titles = {NETWORKS[name].title: name for name in NETWORKS}
    assert [title for title, _ in stated] == list(titles)
    for title, text in stated:
        counts = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) parameters", text)]
        if title != "ConvNet2":  # said to be as ConvNet, which it is but for dropout
            assert counts == [count_parameters(build_network(titles[title]))]
    convnet = build_network("convnet")
    assert "784,500 of them" in dict(stated)["ConvNet"]
    assert count_parameters(convnet.classifier[0]) == 784_500


def test_numbers_of_augmentation_and_bfloat16():
    text = SECTIONS["Label smoothing, augmentation, bfloat16"]
    assert f"up to {MAX_SHIFT_PX:g} pixels" in text
    assert f"up to {MAX_TURN_DEGREES:g}°" in text
    assert f"{1 - MAX_SCALE:g} to {1 + MAX_SCALE:g}" in text
    sketch = make_config("glassnet", "sketch")
    assert sketch.distortions == "width,strength"
    assert f"adds {sketch.added_strokes:,} built-in strokes" in text
    info = torch.finfo(torch.bfloat16)
    assert info.eps == 2**-7  # seven digits behind the first
    assert 2 < -np.log10(info.eps / 2) < 3
    assert info.max == pytest.approx(torch.finfo(torch.float32).max, rel=0.01)


def test_each_of_the_five_steps_is_a_link_that_is_used_wholly():
    text = SECTIONS["Logistic regression in five steps"]
    links = re.findall(r"^\d\. \[[^]]+\]\(\?([^)]+)\)", text, re.MULTILINE)
    assert len(links) == 5
    named = {name_section(title) for title in SECTIONS}
    for link in links:
        assert explain_unused(parse_qsl(link)) == []
        opened = dict(parse_qsl(link)).get("open")
        assert opened is None or f"{opened}-section" in named
    config = make_config("logistic", "notebook")
    assert (config.optimizer, config.learning_rate, config.momentum) == ("sgd", 0.001, 0)
    assert config.batch_size == 32


def test_formulas_are_ones_that_the_page_can_set():
    for title, text in SECTIONS.items():
        without_code = re.sub(r"`[^`]*`", "", text)
        formulas = re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", without_code)
        assert without_code.count("$") == sum(4 if display else 2 for display, _ in formulas), title
        for formula in (display or inline for display, inline in formulas):
            assert formula.count("{") == formula.count("}"), formula
            assert not re.search(r"_\\\w+", formula), f"{formula}: braces around what stands below"


def test_lesson_has_question_4_and_the_fast_recipe_and_keeps_its_voice():
    assert any(title.startswith("Question 4") for title in SECTIONS)
    assert "The fast recipe" in SECTIONS
    assert not re.search("!|—", re.sub(r"`[^`]*`", "", EVERYTHING))


def test_lesson_builds_without_drawing_anything(monkeypatch):
    monkeypatch.setattr(lesson, "draw_again", lambda *_: pytest.fail("drew before the section was opened"))
    with gr.Blocks(analytics_enabled=False) as page:
        lesson.build_lesson()
    texts = [str(getattr(block, "label", None) or block.value) for block in page.blocks.values()
             if isinstance(block, gr.Accordion | gr.HTML)]  # fmt: skip
    shown = "".join(f"<summary>{text}</summary>" if "<" not in text else text for text in texts)
    assert shown.count("being computed …") == 2  # until the answers have come
    titles = [html.unescape(title) for title in re.findall("<summary>(.*?)</summary>", shown)]
    assert [title for title in titles if title in SECTIONS] == list(SECTIONS)
    assert not page.get_api_info()["named_endpoints"]
    assert json.dumps(page.get_config_file()["dependencies"])  # plain values: the page can be served


def test_question_4_opens_with_the_seed_of_its_link():
    def follow(seed, draws, **named):
        return lesson.on_open_split(SimpleNamespace(query_params=named), seed, draws)

    view = follow(42, [], split_seed="7")
    assert (view.seed, view.error, len(view.draws)) == (7, "", 1)
    assert "manual_seed(7)" in view.shown
    again = follow(7, view.draws, split_seed="7")
    assert (again.seed, len(again.draws)) == (gr.skip(), 2)
    assert follow(42, []).seed == gr.skip()
    for wrong in ("x", "-1", "2" * 5000):
        refused = follow(42, [], split_seed=wrong)
        assert "The link's setting cannot be used" in refused.error.replace("\\", "")
        assert (refused.seed, len(refused.draws)) == (gr.skip(), 1)
        assert "manual_seed(42)" in refused.shown


def test_the_training_loop_opens_with_the_network_of_its_link():
    def follow(name, **named):
        return lesson.on_open_loop(SimpleNamespace(query_params=named), name)

    assert follow("mlp", step_network="logistic") == (lesson.on_network("logistic"), "logistic")
    for named in ({}, {"step_network": "mlp"}, {"step_network": "alexnet"}):
        assert follow("mlp", **named) == (lesson.on_network("mlp"), gr.skip())


def test_wrong_seed_stands_beside_the_form_and_changes_nothing():
    view = lesson.on_draw(-1, [])
    assert "seed is -1" in view.error
    assert view.shown == view.draws == gr.skip()
