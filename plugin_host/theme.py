"""How the window looks: colours, sizes and fonts, in one place. Nothing else in the host names a colour.

Sizes are those of a window of 1280 x 720; `fit` and `px` enlarge them with the window.
"""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PyQt6.QtWidgets import QApplication, QWidget

from d2m_bridge.sinks.panels import COLOURS

GROUND, SURFACE, RAISED, PRESSED = "#141517", "#1C1E21", "#2A2D32", "#363A41"
ROW = "#24272B"
LINE, KNOB = "#34383E", "#C9CDD3"
TEXT, MUTED, INK = "#E9EBEE", "#A4A9B1", "#101113"  # ink: text on a bright surface
ACCENT, OK, WARN, ERROR = "#7FB2FF", "#57D68D", "#FFC23C", "#FF7A7A"
STEM_COLOURS = {stem: COLOURS[stem] for stem in ("drums", "bass", "harmony", "lead")}
MOVEMENT, ACCENT_MARK = COLOURS["energy"], COLOURS["accents"]

BASE_PX = 14
GAP = 12
FAMILIES = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
_FONTS = Path(__file__).parent / "assets" / "fonts"

# Every pair of text and ground that the host draws; a test holds them at 4.5:1.
TEXT_PAIRS = (
    *((text, ground) for text in (TEXT, MUTED, ACCENT, OK, WARN, ERROR) for ground in (GROUND, SURFACE, ROW, RAISED)),
    (TEXT, PRESSED),
    *((INK, ground) for ground in (TEXT, ACCENT, OK, WARN, ERROR, *STEM_COLOURS.values())),
    *((colour, SURFACE) for colour in STEM_COLOURS.values()),
)


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours #RRGGBB, 1..21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def px(widget: QWidget, size: float) -> int:
    """A size at the widget's present scale, which its font carries."""
    return max(1, round(size * widget.font().pixelSize() / BASE_PX))


def faded(colour: str, alpha: float) -> QColor:
    """A colour that lets through what is behind; alpha 0..1."""
    made = QColor(colour)
    made.setAlphaF(alpha)
    return made


def sized(font: QFont, pixels: int, *, strong: bool = False) -> QFont:
    """The font in another size, with digits that are all equally wide."""
    made = QFont(font)
    made.setPixelSize(max(1, pixels))
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def fit(widget: QWidget, scale: float) -> None:
    """Puts a part of the window into clothes of this scale, unless it wears them already.

    Parts are dressed one by one, when they are seen: all of a window at once would take too long while music plays.
    """
    if widget.property("scale") != scale:
        widget.setProperty("scale", scale)
        widget.setStyleSheet(stylesheet(scale))


def dress(app: QApplication) -> None:
    """Once, before the first window: fonts, and a palette for what a style sheet does not reach."""
    for file in sorted(_FONTS.glob("*.otf")):
        QFontDatabase.addApplicationFont(str(file))
    app.setStyle("Fusion")
    font = QFont(FAMILIES)
    font.setPixelSize(BASE_PX)
    app.setFont(font)
    palette = QPalette()
    for role, colour in {
        QPalette.ColorRole.Window: GROUND,
        QPalette.ColorRole.WindowText: TEXT,
        QPalette.ColorRole.Base: SURFACE,
        QPalette.ColorRole.AlternateBase: RAISED,
        QPalette.ColorRole.Text: TEXT,
        QPalette.ColorRole.Button: RAISED,
        QPalette.ColorRole.ButtonText: TEXT,
        QPalette.ColorRole.Highlight: ACCENT,
        QPalette.ColorRole.HighlightedText: INK,
        QPalette.ColorRole.PlaceholderText: MUTED,
        QPalette.ColorRole.ToolTipBase: RAISED,
        QPalette.ColorRole.ToolTipText: TEXT,
    }.items():
        palette.setColor(role, QColor(colour))
    app.setPalette(palette)


def _luminance(colour: str) -> float:
    def linear(part: int) -> float:
        value = part / 255
        return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def stylesheet(scale: float) -> str:
    """QSS of a part of the window. Roles are dynamic properties: label.setProperty("role", "title")."""

    def s(size: float) -> str:
        return f"{max(1, round(size * scale))}px"

    def bare(sides: float) -> str:
        """No edge, and its room: a round edge takes longer to draw than all else of a button."""
        return f"border: none; padding: 2px {max(1, round(sides * scale)) + 2 if sides else 2}px;"

    def edged(sides: float, colour: str) -> str:
        """As large as bare."""
        return f"border: 2px solid {colour}; padding: 0 {max(1, round(sides * scale)) if sides else 0}px;"

    families = ", ".join(f'"{family}"' for family in FAMILIES)
    stems = "\n".join(f'QLabel[stem="{stem}"] {{ color: {colour}; }}' for stem, colour in STEM_COLOURS.items())
    return f"""
* {{ font-family: {families}; font-size: {s(BASE_PX)}; }}
QMainWindow, QWidget[role="page"] {{ background: {GROUND}; }}
QLabel {{ color: {TEXT}; background: transparent; }}
QLabel[role="muted"], QLabel[role="caption"] {{ color: {MUTED}; }}
QLabel[role="data"] {{ font-size: {s(12)}; }}
QLabel[role="caption"] {{ padding: 0; min-width: {s(30)}; }}
QPushButton[role="small"] {{ font-size: {s(12)}; }}
QLabel[role="strip"] {{ font-size: {s(12)}; font-weight: 600; }}
QLabel[role="key"] {{ background: {RAISED}; border-radius: {s(4)}; padding: {s(1)} {s(7)}; font-size: {s(13)};
  font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {s(16)}; font-weight: 600; min-height: {s(38)}; }}
QLabel[role="title"] {{ font-size: {s(22)}; font-weight: 600; min-height: {s(38)}; }}
QLabel[role="number"] {{ background: {RAISED}; border-radius: {s(4)}; padding: {s(1)} 0; min-width: {s(24)};
  max-width: {s(24)}; font-size: {s(13)}; font-weight: 600; }}
QLabel[role="value"] {{ font-weight: 600; }}
QLabel[role="large"] {{ font-size: {s(34)}; font-weight: 600; }}
QLabel[role="wordmark"] {{ font-size: {s(20)}; font-weight: 600; }}
{stems}
QLabel[role="accents"] {{ color: {ACCENT_MARK}; font-size: {s(12)}; }}
QLabel[level="silent"] {{ color: {MUTED}; }}
QLabel[level="ok"] {{ color: {OK}; }}
QLabel[level="warn"] {{ color: {WARN}; }}
QLabel[level="error"] {{ color: {ERROR}; }}
QLabel[level="accent"] {{ color: {ACCENT}; }}
QFrame[role="card"] {{ background: {SURFACE}; border: none; border-radius: {s(10)}; }}
QFrame[role="row"] {{ background: {ROW}; border: none; border-radius: {s(8)}; }}
QFrame[role="row"][chosen="true"] {{ border: 1px solid {ACCENT}; }}
QLabel[role="thumbnail"] {{ background: {GROUND}; border-radius: {s(6)}; }}
QLabel[role="verdict"] {{ font-size: {s(16)}; font-weight: 600; min-width: {s(18)}; max-width: {s(18)}; }}
QLabel[role="part"] {{ font-weight: 600; min-width: {s(76)}; max-width: {s(76)}; }}
QFrame[role="strip"] {{ background: {SURFACE}; border: none; }}
QFrame[role="rule"] {{ background: {LINE}; border: none; }}
QToolTip {{ background: {RAISED}; color: {TEXT}; border: 1px solid {LINE}; padding: {s(6)}; }}

QPushButton {{ background: {RAISED}; color: {TEXT}; border-radius: {s(8)}; min-height: {s(34)}; {bare(12)} }}
QPushButton:hover {{ background: {PRESSED}; }}
QPushButton:pressed {{ background: {LINE}; }}
QPushButton:checked {{ background: {ACCENT}; color: {INK}; font-weight: 600; }}
QPushButton:disabled {{ color: {MUTED}; background: {SURFACE}; {edged(12, RAISED)} }}
QPushButton[tight="true"] {{ min-width: {s(30)}; {bare(0)} }}
QPushButton[tight="true"]:disabled {{ {edged(0, RAISED)} }}
QPushButton[role="small"] {{ min-height: {s(26)}; border-radius: {s(6)}; {bare(8)} }}
QPushButton[role="small"]:disabled {{ {edged(8, RAISED)} }}
QPushButton[wide="true"] {{ min-width: {s(52)}; }}
QPushButton[role="primary"] {{ background: {ACCENT}; color: {INK}; font-weight: 600; }}
QPushButton[role="primary"]:hover {{ background: {TEXT}; }}
QPushButton[role="primary"]:disabled {{ background: {RAISED}; color: {MUTED}; }}
QPushButton[role="page"] {{ background: transparent; color: {MUTED}; font-weight: 600; min-height: {s(30)};
  {bare(14)} }}
QPushButton[role="page"]:hover {{ color: {TEXT}; background: {SURFACE}; }}
QPushButton[role="page"]:checked {{ color: {TEXT}; background: {RAISED}; }}
QLabel[role="mute"] {{ min-height: {s(26)}; padding: 2px; }}
QPushButton[role="mute"], QPushButton[role="solo"] {{ min-height: {s(26)}; border-radius: {s(6)}; font-size: {s(12)};
  font-weight: 600; {bare(0)} }}
QPushButton[role="mute"]:disabled, QPushButton[role="solo"]:disabled {{ {edged(0, RAISED)} }}
QPushButton[role="mute"]:checked {{ background: {WARN}; color: {INK}; }}
QPushButton[role="solo"]:checked {{ background: {OK}; color: {INK}; }}
QPushButton[second="true"], QPushButton:focus {{ {edged(12, ACCENT)} }}
QPushButton[role="small"][second="true"], QPushButton[role="small"]:focus {{ {edged(8, ACCENT)} }}
QPushButton[role="page"]:focus {{ {edged(14, ACCENT)} }}
QPushButton[tight="true"][second="true"], QPushButton[tight="true"]:focus, QPushButton[role="mute"]:focus,
  QPushButton[role="solo"]:focus {{ {edged(0, ACCENT)} }}
QPushButton:checked:focus {{ border-color: {TEXT}; }}
QComboBox[role="small"] {{ min-height: {s(26)}; border-radius: {s(6)}; padding: 0 {s(8)}; }}

QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox {{ background: {RAISED}; color: {TEXT}; border: 2px solid {RAISED};
  border-radius: {s(8)}; padding: 0 {s(10)}; min-height: {s(34)}; selection-background-color: {ACCENT};
  selection-color: {INK}; }}
QLineEdit {{ placeholder-text-color: {MUTED}; }}
QLineEdit[role="address"] {{ min-width: {s(190)}; max-width: {s(230)}; }}
QSpinBox[role="port"] {{ min-width: {s(80)}; max-width: {s(110)}; }}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {{ border-color: {ACCENT}; }}
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {{ color: {MUTED};
  background: {SURFACE}; }}
QSpinBox, QDoubleSpinBox {{ min-height: {s(31)}; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ width: 0; }}
QComboBox::drop-down {{ border: none; width: {s(26)}; }}
QComboBox QAbstractItemView {{ background: {RAISED}; color: {TEXT}; border: 1px solid {LINE}; outline: none;
  selection-background-color: {ACCENT}; selection-color: {INK}; }}
QCheckBox {{ color: {TEXT}; }}
QProgressBar {{ background: {RAISED}; border: none; border-radius: {s(3)}; max-height: {s(6)}; min-height: {s(6)}; }}
QProgressBar::chunk {{ background: {ACCENT}; border-radius: {s(3)}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: {s(10)}; margin: 0; }}
QScrollBar::handle:vertical {{ background: {PRESSED}; border-radius: {s(4)}; min-height: {s(32)}; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QListWidget {{ background: {SURFACE}; border: none; border-radius: {s(8)}; outline: none; padding: {s(4)}; }}
QListWidget::item {{ color: {TEXT}; border-radius: {s(6)}; padding: {s(8)}; }}
QListWidget::item:selected {{ background: {RAISED}; color: {TEXT}; }}
QPlainTextEdit {{ background: {SURFACE}; color: {TEXT}; border: none; border-radius: {s(8)}; padding: {s(8)}; }}
"""
