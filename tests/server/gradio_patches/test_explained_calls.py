"""Calls of no endpoint, or with wrong arguments, are known."""

import pytest
from gradio import route_utils
from gradio.data_classes import PredictBody
from gradio_client import utils as client_utils

from app.server.gradio_patches.explained_calls import is_unknown_endpoint, is_wrong_arguments
from app.server.gradio_patches.lean_sessions import Sessions


def catch(call):
    with pytest.raises(Exception) as caught:  # noqa: PT011  which one it is, is what is tested
        call()
    return caught.value


def test_call_of_no_endpoint_is_known_from_gradios_own_mistakes(page):
    def ask(name, number):
        return catch(lambda: route_utils.get_fn(page, name, PredictBody(data=[], fn_index=number)))

    assert is_unknown_endpoint(ask("nowhere", None), "nowhere")
    assert is_unknown_endpoint(ask(None, 99), "")
    assert is_unknown_endpoint(KeyError("/nowhere"), "nowhere")
    assert not is_unknown_endpoint(KeyError("/nowhere"), "elsewhere")
    assert not is_unknown_endpoint(catch(lambda: {}[99]), "")
    page.state_holder = Sessions()  # which know no page yet: a mistake further down
    body = PredictBody(data=[], fn_index=0, session_hash="s")
    assert not is_unknown_endpoint(catch(lambda: route_utils.get_fn(page, None, body)), "")


def test_wrong_arguments_are_known_from_gradios_own_mistakes():
    parameters = [{"parameter_name": "number", "parameter_has_default": False}]
    for arguments in ({}, {"number": 1, "letter": 2}):
        assert is_wrong_arguments(catch(lambda a=arguments: client_utils.construct_args(parameters, (), a)))
    assert not is_wrong_arguments(catch(lambda: len(1)))
