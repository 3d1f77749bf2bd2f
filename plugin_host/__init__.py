"""The desktop host: a window onto d2m_bridge, and its only client that knows Qt.

Threads: Qt's own draws and never waits; `live.controller` opens sessions in Qt's pool and obeys commands on a thread
of its own; renders run in a process of their own (`offline.worker`), so that they cannot disturb the live music.
"""
