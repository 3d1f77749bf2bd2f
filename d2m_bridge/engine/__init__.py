"""The engine: motion and musical time in, stems, plan and events out. Sans-IO."""
