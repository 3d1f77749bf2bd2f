"""The performer's mirror: the latest picture with skeletons; accents light it up."""

from __future__ import annotations

from PyQt6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from d2m_bridge.pipeline.live_watch import WatchStatus
from d2m_bridge.pose.skeleton import BONES, HIPS, INDEX, SHOULDERS
from d2m_bridge.timeline import Frame, Pose
from plugin_host import theme
from plugin_host.keys import tip
from plugin_host.widgets.picture import Picture

GLOW_S = 0.35  # an accent is seen for so long
_GLOW_STEPS = 5
_SURE = 0.5  # landmarks that are less certain are not drawn
_JOINTS = (*SHOULDERS, *HIPS, *(INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in (
    "elbow", "wrist", "knee", "ankle")))  # fmt: skip
_FACE = INDEX["mouth_right"]


class Preview(QWidget):
    """Fills its place with the picture, whole."""

    def __init__(self) -> None:
        super().__init__()
        self.mirrored = True
        self._frame: Frame | None = None
        self._picture = Picture()
        self._is_new = False  # the frame is not in the picture yet
        self._people: tuple[Pose, ...] = ()
        self._glow = self._energy = 0.0
        self._caption = ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Camera"))
        self.setToolTip(tip(self.tr("What the camera sees; to mirror it"), "mirror"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, 560), theme.px(self, 315))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(self, 240), theme.px(self, 135))

    def set_mirrored(self, *, mirrored: bool) -> None:
        """As in a mirror, or as the audience sees it."""
        self.mirrored, self._is_new = mirrored, True
        self.update()

    def show_nothing(self, why: str) -> None:
        """No session: say why."""
        self._frame, self._people, self._caption = None, (), why
        self._glow = self._energy = 0.0
        self.update()

    def show_watch(self, watch: WatchStatus, accent: tuple[float, float] | None, energy: float) -> None:
        """The latest look; accent: age in seconds and strength of the dancer's latest, or None."""
        glow = 0.0 if accent is None else max(0.0, 1 - accent[0] / GLOW_S) * (0.4 + 0.6 * accent[1])
        glow = round(glow * _GLOW_STEPS) / _GLOW_STEPS  # no step, no painting
        caption = ""
        if watch.stalled:
            caption = self.tr("No picture from {}").format(watch.camera)
        elif watch.seen is not None and not watch.seen.people:
            caption = self.tr("Nobody in the picture")
        if watch.frame is not self._frame:
            self._frame, self._is_new = watch.frame, True
        elif glow == self._glow and caption == self._caption:
            return
        self._glow, self._energy, self._caption = glow, energy, caption
        self._people = watch.seen.people if watch.seen is not None else ()
        self.setAccessibleDescription(caption or self.tr("{} in the picture").format(len(self._people)))
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        whole = QRectF(self.rect())
        if self._frame is None:
            painter.fillRect(whole, QColor(theme.SURFACE))
        else:
            self._draw_frame(painter, self._frame, whole)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = theme.px(self, 10)
        corners = QPainterPath()  # what is in one of the two only
        corners.addRect(whole)
        corners.addRoundedRect(whole, radius, radius)
        painter.fillPath(corners, QColor(theme.GROUND))
        if self._caption:
            self._draw_caption(painter, whole)
        if self._glow > 0:
            line = theme.px(self, 4)
            inner = whole.adjusted(line / 2, line / 2, -line / 2, -line / 2)
            painter.setPen(QPen(theme.faded(theme.ACCENT_MARK, self._glow), line))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner, radius - line / 2, radius - line / 2)

    def _draw_frame(self, painter: QPainter, frame: Frame, whole: QRectF) -> None:
        ratio, picture = self.devicePixelRatioF(), self._picture
        if picture.fit(self.size() * ratio, frame.image.shape[:2], ratio) or self._is_new:
            picture.show(frame.image, mirrored=self.mirrored)
            self._is_new = False
        picture.draw(painter, ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for person in self._people:
            self._draw_person(painter, person, picture.place)
        self._draw_energy(painter, whole)

    def _draw_person(self, painter: QPainter, person: Pose, place: QRectF) -> None:
        unit = place.height()
        left, way = (place.right(), -unit) if self.mirrored else (place.left(), unit)
        points = [QPointF(left + way * float(x), place.top() + unit * float(y)) for x, y in person.points]
        sure = person.confidence >= _SURE
        line = max(2.0, unit / 130)
        bones = [QLineF(points[a], points[b]) for a, b in BONES if sure[a] and sure[b] and a > _FACE and b > _FACE]
        if bones:
            for colour, width in ((theme.faded(theme.GROUND, 0.55), 2.2 * line), (self._bone_colour(), line)):
                painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
                painter.drawLines(*bones)
        painter.setPen(QPen(QColor(theme.GROUND), max(1.0, line / 3)))
        painter.setBrush(QColor(theme.TEXT))
        radius = line * (1.15 + 0.9 * self._glow)
        for joint in _JOINTS:
            if sure[joint]:
                painter.drawEllipse(points[joint], radius, radius)

    def _bone_colour(self) -> QColor:
        calm, lit, part = QColor(theme.ACCENT), QColor(theme.ACCENT_MARK), self._glow
        return QColor(*(round(a + part * (b - a)) for a, b in zip(calm.getRgb()[:3], lit.getRgb()[:3], strict=True)))

    def _draw_energy(self, painter: QPainter, whole: QRectF) -> None:
        """How much the dancer moves: a line along the lower edge."""
        tall = theme.px(self, 4)
        painter.fillRect(QRectF(0, whole.bottom() - tall, whole.width(), tall), theme.faded(theme.GROUND, 0.6))
        painter.fillRect(QRectF(0, whole.bottom() - tall, whole.width() * self._energy, tall), QColor(theme.MOVEMENT))

    def _draw_caption(self, painter: QPainter, whole: QRectF) -> None:
        painter.setFont(theme.sized(self.font(), theme.px(self, 16), strong=True))
        wide = min(whole.width(), painter.fontMetrics().horizontalAdvance(self._caption) + theme.px(self, 36))
        tall = theme.px(self, 38)
        box = QRectF((whole.width() - wide) / 2, whole.height() / 2 - tall / 2, wide, tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.faded(theme.GROUND, 0.82))
        painter.drawRoundedRect(box, theme.px(self, 8), theme.px(self, 8))
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._caption)
