"""What can be read is readable."""

import pytest

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from plugin_host import theme


@pytest.mark.parametrize(("text", "ground"), theme.TEXT_PAIRS)
def test_text_stands_out_from_its_ground(text, ground):
    assert theme.contrast(text, ground) >= 4.5


def test_contrast_is_that_of_the_guidelines():
    assert theme.contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert theme.contrast("#123456", "#123456") == 1


def test_digits_are_all_equally_wide(application):
    from PyQt6.QtGui import QFontMetrics

    metrics = QFontMetrics(theme.sized(application.font(), 40, strong=True))
    assert len({metrics.horizontalAdvance(digit * 5) for digit in "0123456789"}) == 1


def test_a_scale_enlarges_every_size():
    small, large = theme.stylesheet(1.0), theme.stylesheet(2.0)
    assert "font-size: 14px" in small and "font-size: 28px" in large and "font-size: 14px" not in large
