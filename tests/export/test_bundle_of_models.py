import pytest

from export import bundle
from tests.models_folder import untrained


def test_a_graph_that_differs_from_its_module_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "largest_difference", lambda *_: 2 * bundle.TOLERANCE)
    with pytest.raises(ValueError, match="encoder: the graph differs"):
        bundle.export_models(untrained(), tmp_path, "broken")
    assert not list(tmp_path.iterdir())
