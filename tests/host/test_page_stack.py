"""Pages keep their size while their window changes its own."""

import pytest

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from plugin_host.page_stack import PageStack


@pytest.fixture
def window(application, wait_for):
    """A window of 400 x 300 with two pages above a bar of 40 that can be hidden."""
    made = QWidget()
    made.stack, made.bar, made.pages = PageStack(), QLabel("bar"), [QWidget(), QWidget()]
    made.bar.setFixedHeight(40)
    for page in made.pages:
        made.stack.add(page)
    rows = QVBoxLayout(made)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(made.stack, 1)
    rows.addWidget(made.bar)
    made.resize(400, 300)
    made.show()
    wait_for(lambda: made.stack.size() == QSize(400, 260))
    made.stack.settle()
    yield made
    made.close()


def test_a_page_is_as_large_as_the_stack_from_the_start(window):
    assert window.stack.page is window.pages[0]
    assert window.pages[0].size() == QSize(400, 260)


def test_while_the_window_is_resized_the_page_keeps_its_size_until_it_settles(window, wait_for):
    for wide in (500, 600, 700):
        window.resize(wide, 340)
        wait_for(lambda wide=wide: window.stack.size() == QSize(wide, 300))
        assert window.pages[0].size() == QSize(400, 260)
    window.stack.settle()
    assert window.pages[0].size() == QSize(700, 300)


def test_what_changes_inside_the_window_reaches_the_page_at_once(window, wait_for):
    window.bar.hide()
    wait_for(lambda: window.pages[0].size() == QSize(400, 300))


def test_another_page_is_shown_in_the_size_that_there_is(window, wait_for):
    window.resize(700, 340)
    wait_for(lambda: window.stack.size() == QSize(700, 300))
    window.stack.show_page(window.pages[1])
    assert window.stack.page is window.pages[1] and window.pages[1].size() == QSize(700, 300)
    assert not window.pages[0].isVisible()


def test_a_window_that_nobody_sees_is_laid_out_at_once(window):
    window.hide()
    window.resize(900, 500)
    window.show()
    assert window.pages[0].size() == QSize(900, 460)
