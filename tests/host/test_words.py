"""Every text of the live side can be translated, and the template has all that the program says."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import QCoreApplication, QLocale, QTranslator
from PyQt6.QtWidgets import QAbstractButton, QLabel

from d2m_bridge.engine.plan import SECTIONS, STEMS
from plugin_host import words
from plugin_host.keys import KEYS, PAGE_NAMES, SYNC_NAMES
from plugin_host.keys_reference import keys_markdown

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = words.TRANSLATIONS / "d2m-host.ts"


def texts_of(template):
    return {
        (context.findtext("name"), message.findtext("source"))
        for context in ElementTree.parse(template).getroot().iter("context")
        for message in context.iter("message")
    }


class Brackets(QTranslator):
    """A language in which everything said is bracketed."""

    def translate(self, context, text, disambiguation=None, n=-1):
        return f"\u27e6{text}\u27e7" if text else ""

    def isEmpty(self):  # noqa: N802 - as Qt names it
        return False


def test_the_template_has_every_text_of_the_program(tmp_path):
    """Renew it: see docs/translating.md."""
    made = tmp_path / "made.ts"
    command = [sys.executable, "-m", "PyQt6.lupdate.pylupdate", "--no-summary", "--ts", str(made), "plugin_host"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    assert texts_of(made) == texts_of(TEMPLATE)


def test_the_words_of_the_runtime_and_all_keys_are_in_the_template():
    known = texts_of(TEMPLATE)
    terms = {*STEMS, *SECTIONS, *SYNC_NAMES.values(), *PAGE_NAMES.values(), *(row.group for row in KEYS)}
    assert {("Words", term) for term in terms} <= known
    assert {("Keys", text) for row in KEYS for text in (row.text, row.series) if text} <= known


def test_no_text_of_the_live_side_is_said_in_english_only(application):
    from plugin_host.header import Header
    from plugin_host.pages.live import LivePage
    from plugin_host.pages.stage import StagePage
    from plugin_host.widgets.status_strip import StatusStrip

    brackets = Brackets()
    QCoreApplication.installTranslator(brackets)
    try:
        parts = Header(), LivePage(), StagePage(), StatusStrip(print)
        parts[1].show_opened(("house", "jazz"))
        said = [
            text
            for part in parts
            for widget in part.findChildren(QLabel) + part.findChildren(QAbstractButton)
            for text in (widget.text(), widget.toolTip(), widget.accessibleName())
        ]
    finally:
        QCoreApplication.removeTranslator(brackets)
    assert len(said) > 150
    english = {text for text in said if any(letter.isalpha() for letter in text) and "\u27e6" not in text}
    assert english == {"d2m", "House", "Jazz", "dB"}


def test_a_language_that_is_not_there_is_english(application):
    words.speak(application, QLocale("fi"))
    assert words.word("drums") == "drums" and words.title("drums") == "Drums"


def test_the_page_of_keys_is_that_of_the_table():
    """Renew it: python -m plugin_host.keys_reference > docs/keys.md."""
    assert (ROOT / "docs" / "keys.md").read_text("utf-8") == keys_markdown()
