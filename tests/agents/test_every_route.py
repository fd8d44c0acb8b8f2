"""Rules for every route of the service, applied to the gateway's routes."""

from __future__ import annotations

import pytest

from tests.connector.test_every_route import (
    test_a_bad_body_is_refused_with_words,
    test_a_change_that_names_nothing_is_no_silent_success,
    test_a_method_that_a_path_does_not_take_is_told_with_those_that_it_takes,
    test_a_query_of_another_type_is_refused_by_path,
    test_every_form_of_a_text_is_told_in_words,
    test_ids_of_another_organisation_are_no_ids,
    test_json_of_another_type_is_refused_by_path,
    test_none_is_open_to_everybody,
)

__all__ = [
    "test_a_bad_body_is_refused_with_words",
    "test_a_change_that_names_nothing_is_no_silent_success",
    "test_a_method_that_a_path_does_not_take_is_told_with_those_that_it_takes",
    "test_a_query_of_another_type_is_refused_by_path",
    "test_every_form_of_a_text_is_told_in_words",
    "test_ids_of_another_organisation_are_no_ids",
    "test_json_of_another_type_is_refused_by_path",
    "test_none_is_open_to_everybody",
]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
