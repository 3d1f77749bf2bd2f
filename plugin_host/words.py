"""Words in the user's language: Qt's `translate(context, text)`, and `word` for terms that the runtime knows by name.

docs/translating.md says how a language is added.
"""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale, QTranslator

TRANSLATIONS = Path(__file__).parent / "assets" / "translations"

translate = QCoreApplication.translate

_TERMS = (
    QT_TRANSLATE_NOOP("Words", "drums"),
    QT_TRANSLATE_NOOP("Words", "bass"),
    QT_TRANSLATE_NOOP("Words", "harmony"),
    QT_TRANSLATE_NOOP("Words", "lead"),
    QT_TRANSLATE_NOOP("Words", "intro"),
    QT_TRANSLATE_NOOP("Words", "groove"),
    QT_TRANSLATE_NOOP("Words", "build"),
    QT_TRANSLATE_NOOP("Words", "drop"),
    QT_TRANSLATE_NOOP("Words", "break"),
    QT_TRANSLATE_NOOP("Words", "Dancer"),
    QT_TRANSLATE_NOOP("Words", "Link"),
    QT_TRANSLATE_NOOP("Words", "MIDI"),
    QT_TRANSLATE_NOOP("Words", "OSC"),
    QT_TRANSLATE_NOOP("Words", "Fixed"),
    QT_TRANSLATE_NOOP("Words", "Live"),
    QT_TRANSLATE_NOOP("Words", "Offline"),
    QT_TRANSLATE_NOOP("Words", "Connect"),
    QT_TRANSLATE_NOOP("Words", "Set-up"),
    QT_TRANSLATE_NOOP("Words", "Show"),
    QT_TRANSLATE_NOOP("Words", "Style"),
    QT_TRANSLATE_NOOP("Words", "Feel"),
    QT_TRANSLATE_NOOP("Words", "Section"),
    QT_TRANSLATE_NOOP("Words", "Mixer"),
    QT_TRANSLATE_NOOP("Words", "Tempo"),
    QT_TRANSLATE_NOOP("Words", "Window"),
)


def word(term: str) -> str:
    """One of the terms; a name that is not among them (a style of the model) stays as it is."""
    return translate("Words", term)


def title(term: str) -> str:
    """The same with a capital, to stand alone."""
    said = word(term)
    return said[:1].upper() + said[1:]


def speak(application: QCoreApplication, locale: QLocale | None = None) -> None:
    """The language of the system (or the one given) from now on, where there is a translation; before any window."""
    translator = QTranslator(application)
    if translator.load(locale or QLocale.system(), "d2m-host", "_", str(TRANSLATIONS)):
        application.installTranslator(translator)
