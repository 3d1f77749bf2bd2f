import json

from training.paper.__main__ import main
from training.paper.check import OFFICIAL


def test_ours_are_as_large_as_the_authors(capsys):
    assert main(["--check", "--json"]) == 0
    rows = {row["part"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows.keys() == OFFICIAL.keys()
    assert all(row["is_equal"] and row["parameters"] == row["official"]["parameters"] for row in rows.values())
    # What the authors' modules count, from docs/paper.md: written here once more, so that a slip in the table shows.
    counts = {part: row["parameters"] for part, row in rows.items()}
    assert counts["motion encoder, AIST++"] == 31_361_665
    assert counts["generator high, AIST++"] == 22_310_378
    assert counts["generator low, AIST++"] == 108_694_092
    assert counts["discriminator, high"] == 9_212_358
    assert counts["VQ-VAE"] == 1_485_763


def test_a_difference_is_exit_code_1(monkeypatch, capsys):
    monkeypatch.setattr("training.paper.check._parts", lambda: ((part, 1, (1,)) for part in OFFICIAL))
    assert main(["--check"]) == 1
    assert capsys.readouterr().out.count("DIFFERENT") == len(OFFICIAL)
