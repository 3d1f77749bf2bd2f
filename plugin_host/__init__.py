"""The desktop host: a window onto d2m_bridge, and its only client that knows Qt. The window itself is still to come."""
