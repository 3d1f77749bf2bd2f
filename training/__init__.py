"""The torch side: corpora, trainers, evaluation. Runs from a checkout, never installed."""
