"""The prepared experiments are trained, and show what their sentences say."""

import re
from functools import cache
from urllib.parse import parse_qsl

import numpy as np
import pytest

from app.descent.plane.examples import EXAMPLES, write_example
from app.descent.plane.link import read_query
from app.descent.plane.settings import make_experiment
from app.lab.lessons.reader import read_lessons
from app.ui.prose import load_prose, load_sections
from models.descent.plane.moments import look_at
from models.descent.plane.points import draw_points
from models.descent.plane.training import list_epochs

pytestmark = pytest.mark.gate  # some seconds


@cache
def follow(experiment):
    return [look_at(experiment, place) for place in range(len(list_epochs(experiment.training.epochs)))]


def end(key, slot="a"):
    example = EXAMPLES[key]
    return follow(example.experiment if slot == "a" else example.beside)[-1]


@pytest.mark.parametrize("key", EXAMPLES)
def test_an_example_is_a_link_that_is_read_back(key):
    settings, beside = read_query(dict(parse_qsl(write_example(key))))
    example = EXAMPLES[key]
    assert make_experiment(settings) == example.experiment
    assert (beside and make_experiment(beside)) == example.beside


def test_there_is_no_such_example():
    with pytest.raises(ValueError, match="There is no example 'xnor': choose one of xor, xy, three"):
        write_example("xnor")


def test_xor_needs_a_bent_boundary_or_the_product():
    assert end("xor").accuracies[1] > 0.98
    assert 0.4 < end("xor", "b").accuracies[1] < 0.65
    assert end("xy").accuracies[1] > 0.98
    assert end("xy", "b") is end("xor", "b")


def test_three_classes_have_three_outputs_and_no_hidden_layer():
    moment = end("three")
    assert len(moment.layers) == 1
    assert moment.surface.shape[0] == 3
    assert moment.accuracies[1] > 0.98


def test_the_spirals_are_followed():
    assert min(end("spirals").accuracies) > 0.96


def test_twenty_points_are_learned_by_heart():
    moments = follow(EXAMPLES["overfitting"].experiment)
    assert (~draw_points(EXAMPLES["overfitting"].experiment.points).is_test).sum() == 20
    losses = [moment.losses[1] for moment in moments]
    best = int(np.argmin(losses))
    assert moments[-1].losses[0] < 0.001
    assert moments[-1].accuracies[0] == 1
    assert losses[-1] > 2 * losses[best]
    assert 0 < moments[best].epoch < EXAMPLES["early"].experiment.training.epochs / 5
    assert EXAMPLES["early"].experiment == EXAMPLES["overfitting"].experiment


@pytest.mark.parametrize("key", ["l2", "dropout"])
def test_what_holds_overfitting_back_ends_at_less_than_half_the_test_loss(key):
    assert EXAMPLES[key].beside == EXAMPLES["overfitting"].experiment
    assert end(key).losses[1] < end(key, "b").losses[1] / 2
    if key == "dropout":
        assert end(key).losses[0] > 0.01


def test_dead_relus_give_nothing_and_get_no_gradient():
    dead = end("dead")
    assert not dead.layers[-2].maps.any()
    assert dead.accuracies[1] == 0.5
    assert end("dead", "b").accuracies[1] > 0.98


def test_zeros_stay_zeros():
    moment = end("zeros")
    assert all(not layer.weights.any() for layer in moment.layers)
    assert all(not layer.maps.any() for layer in moment.layers[:-1])
    assert np.abs(moment.surface - 0.5).max() < 0.02
    assert end("zeros", "b").accuracies[1] > 0.98


def test_large_weights_begin_where_tanh_is_flat():
    at_first = follow(EXAMPLES["large"].experiment)[0].layers
    assert np.mean([np.abs(layer.maps) > 0.9 for layer in at_first[:-1]]) > 0.7
    assert end("large").losses[1] > 4 * end("large", "b").losses[1]


def test_six_sigmoids_learn_nothing_but_with_batch_norm():
    assert end("vanishing").accuracies[1] == 0.5
    assert end("vanishing", "b").accuracies[1] > 0.98
    assert end("batch_norm").accuracies[1] > 0.98


def test_a_loss_ends_as_no_number():
    moment = end("nan")
    assert moment.broken_step is not None
    assert not np.isfinite(moment.losses[0])


def test_the_links_of_the_prose_are_those_of_the_examples():
    links = re.findall(r"\]\(([^)]+)\)", load_prose("app.descent.plane"))
    assert len(links) >= 10
    assert set(links) <= {f"?tab=descent&bench=network&{write_example(key)}" for key in EXAMPLES}


def test_the_figures_of_the_prose_are_measured():
    text = dict(load_sections("app.descent.plane"))["Overfitting, and what holds it back"]
    moments = follow(EXAMPLES["overfitting"].experiment)
    best = min(moments, key=lambda moment: moment.losses[1])
    assert f"lowest near epoch {round(best.epoch, -1)}, at about {best.losses[1]:.2f}," in text
    assert f"about {moments[-1].losses[1]:.1f} at the end, after {moments[-1].epoch}:" in text
    for key, digits in (("l2", 2), ("dropout", 1)):
        assert f"ends at about {end(key).losses[1]:.{digits}f}." in text


def test_the_figures_of_the_lessons_are_measured():
    def set_up(lesson, title):
        step = next(step for step in read_lessons()[lesson].steps if step.title == title)
        return step.text, follow(make_experiment(read_query(dict(parse_qsl(step.settings)))[0]))

    text, line = set_up("boundary", "Watch it fail")
    assert f"at about {line[-1].losses[0]:.2f}, no better than" in text
    assert line[-1].losses[0] > np.log(2)
    text, dying = set_up("not-learning", "Watch them die")
    assert "the first epoch throws the weights so far that the last hidden layer gives 0" in text
    assert dying[0].layers[-2].maps.any()
    assert (dying[1].epoch, dying[1].layers[-2].maps.any()) == (1, False)
