"""The kit: nothing on the page tells whose file it is, the page works alone, and the analysis is the textbook's."""

import csv
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile

from d2m_bridge.errors import InputError
from training.listening.__main__ import main
from training.listening.kit import make_kit
from training.listening.results import COLUMNS, analyse, mean_opinion, preference, read_results

NAMES = ("ours", "teacher", "metronome")


@pytest.fixture
def systems(tmp_path):
    """Three systems, two items; the files differ in their bytes."""
    made = []
    for index, name in enumerate(NAMES):
        folder = tmp_path / name
        folder.mkdir()
        for item in ("dance1", "dance2"):
            soundfile.write(folder / f"{item}.wav", np.full(100 + index, 0.1 * index), 8000)
        made.append((name, folder))
    return made


def page_of(kit):
    return (kit / "page" / "index.html").read_text()


def trials_of(kit):
    return json.loads(re.search(r"const TRIALS = (\[.*?\]);\n", page_of(kit)).group(1).replace("<\\/", "</"))


def key_of(kit):
    return json.loads((kit / "key.json").read_text())


def test_every_file_is_rated_and_every_pair_compared_once(systems, tmp_path):
    kit = tmp_path / "kit"
    assert make_kit(kit, systems, "both") == 2 * 3 + 2 * 3
    key, trials = key_of(kit), trials_of(kit)
    rated = [key[trial["media"][0]] for trial in trials if len(trial["media"]) == 1]
    assert sorted((one["system"], one["item"]) for one in rated) == sorted(
        (name, item) for name in NAMES for item in ("dance1", "dance2")
    )
    pairs = [[key[file] for file in trial["media"]] for trial in trials if len(trial["media"]) == 2]
    assert all(a["item"] == b["item"] and a["system"] != b["system"] for a, b in pairs)
    assert len({(a["item"], frozenset((a["system"], b["system"]))) for a, b in pairs}) == 6
    assert {trial["kind"] for trial in trials} == {"audio"}
    assert all(trial["questions"] == (["quality"] if len(trial["media"]) == 1 else ["preference"]) for trial in trials)


def test_the_page_tells_nothing_of_the_systems_and_has_every_file(systems, tmp_path):
    kit = tmp_path / "kit"
    make_kit(kit, systems, "both")
    page, key = page_of(kit), key_of(kit)
    for word in (*NAMES, "dance1", "dance2"):
        assert word not in page.replace("prefer", "")
        assert not any(word in path.name for path in (kit / "page").rglob("*"))
    folders = dict(systems)
    for file, whose in key.items():
        original = folders[whose["system"]] / f"{whose['item']}.wav"
        assert (kit / "page" / "media" / file).read_bytes() == original.read_bytes()
    assert {path.name for path in (kit / "page").iterdir()} == {"index.html", "media"}


def test_videos_are_also_asked_about_the_dance(tmp_path):
    made = []
    for name in NAMES[:2]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.mp4").write_bytes(b"video")
        made.append((name, tmp_path / name))
    make_kit(tmp_path / "kit", made, "mos")
    assert [trial["questions"] for trial in trials_of(tmp_path / "kit")] == [["fit", "quality"]] * 2
    assert {trial["kind"] for trial in trials_of(tmp_path / "kit")} == {"video"}


class Page(HTMLParser):
    """What a browser would load, and what has a name."""

    def __init__(self):
        super().__init__()
        self.loads, self.ids, self.labels, self.inputs = [], set(), 0, 0

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.loads += [facts[name] for name in ("src", "href", "action", "data") if name in facts]
        self.ids |= {facts["id"]} if "id" in facts else set()
        self.labels += tag == "label"
        self.inputs += tag == "input"


def test_the_page_loads_nothing_from_outside_and_all_that_its_script_names_is_there(systems, tmp_path):
    make_kit(tmp_path / "kit", systems, "ab")
    text = page_of(tmp_path / "kit")
    page = Page()
    page.feed(text)
    assert page.loads == [] and "http" not in text and "import" not in text and "url(" not in text
    assert set(re.findall(r'\$\("(\w+)"\)', text)) <= page.ids
    assert page.inputs == page.labels == 1


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
def test_the_script_shuffles_both_orders_and_writes_csv_that_comes_back(systems, tmp_path):
    make_kit(tmp_path / "kit", systems, "both")
    script = re.search(r"<script>(.*)</script>", page_of(tmp_path / "kit"), re.S).group(1)
    script += """
const orders = Array.from({ length: 40 }, () => inOrder(TRIALS));
const listener = 'Ada "A", Lovelace\\nB';
const row = { listener, position: 1, question: "quality", first: "x", second: "", answer: "5" };
console.log(JSON.stringify({ orders, csv: toCsv([row]), trials: TRIALS }));
"""
    (tmp_path / "page.js").write_text(script)
    done = subprocess.run(["node", str(tmp_path / "page.js")], capture_output=True, text=True, check=True, timeout=60)
    found = json.loads(done.stdout)
    canonical = sorted(tuple(sorted(trial["media"])) for trial in found["trials"])
    for order in found["orders"]:
        sizes = [len(trial["media"]) for trial in order]
        assert sizes == sorted(sizes)  # ratings before comparisons
        assert sorted(tuple(sorted(trial["media"])) for trial in order) == canonical
    assert len({json.dumps(order) for order in found["orders"]}) > 30
    pair = [order[-1]["media"] for order in found["orders"]]
    assert len({tuple(media) for media in pair}) > len({tuple(sorted(media)) for media in pair})
    header, line = csv.reader(found["csv"].splitlines(keepends=True))
    assert header == COLUMNS and line[0] == 'Ada "A", Lovelace\nB' and line[-1] == "5"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("missing", r"nothing named dance2"),
        ("twice", r"both dance1\.flac and dance1\.wav"),
        ("mixed", "some are video|some files are sound"),
        ("empty", "no sound or video"),
        ("none", "no such folder"),
        ("same name", "same name"),
        ("full", "not empty"),
        ("alone", "compares two"),
    ],
)
def test_folders_that_do_not_fit_are_refused_in_one_line(systems, tmp_path, fault, reason):
    first = systems[0][1]
    if fault == "missing":
        (first / "dance2.wav").unlink()
    elif fault == "twice":
        (first / "dance1.flac").write_bytes(b"")
    elif fault == "mixed":
        (first / "dance1.wav").rename(first / "dance1.mp4")
    elif fault == "empty":
        shutil.rmtree(first)
        first.mkdir()
    elif fault == "none":
        shutil.rmtree(first)
    elif fault == "same name":
        systems = [("ours", folder) for _, folder in systems]
    elif fault == "full":
        (tmp_path / "kit").mkdir()
        (tmp_path / "kit" / "key.json").write_text("{}")
    elif fault == "alone":
        systems = systems[:1]
    with pytest.raises(InputError, match=reason) as caught:
        make_kit(tmp_path / "kit", systems, "both")
    assert "\n" not in str(caught.value)


def write_results(kit, path, listener, scores, winner):
    """Rates every system as scores says and prefers `winner` wherever it can be had, else the first."""
    key, rows = key_of(kit), []
    for position, trial in enumerate(trials_of(kit), start=1):
        media = trial["media"]
        for question in trial["questions"]:
            answer = str(scores[key[media[0]]["system"]])
            if len(media) == 2:
                answer = next((file for file in media if key[file]["system"] == winner), media[0])
            rows.append([listener, position, question, media[0], media[1] if len(media) == 2 else "", answer])
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path


def test_the_commands_go_from_folders_to_figures(systems, tmp_path, capsys):
    kit = tmp_path / "kit"
    main(["make", "--out", str(kit), *(f"{name}={folder}" for name, folder in systems)])
    assert "12 trials" in capsys.readouterr().out
    files = [
        write_results(kit, tmp_path / "a.csv", "a", {"ours": 4, "teacher": 5, "metronome": 1}, "ours"),
        write_results(kit, tmp_path / "b.csv", "b", {"ours": 3, "teacher": 5, "metronome": 2}, "ours"),
    ]
    main(["analyse", str(kit), *map(str, files), "--json"])
    report = json.loads(capsys.readouterr().out)
    ours = report["opinion"]["ours"]["quality"]
    assert ours["mean"] == 3.5 and (ours["low"], ours["high"]) == (3, 4)
    assert (ours["answers"], ours["listeners"]) == (4, 2)
    assert report["opinion"]["teacher"]["quality"]["low"] == 5
    pair = next(pair for pair in report["preference"] if {pair["a"], pair["b"]} == {"ours", "metronome"})
    assert {pair["for_a"], pair["for_b"]} == {4, 0} and pair["p"] == pytest.approx(0.125)
    main(["analyse", str(kit), *map(str, files)])
    text = capsys.readouterr().out
    assert "3.50 [3.00, 4.00]" in text and "bootstrap" in text and "binomial" in text


def test_preferences_have_the_exact_binomial_figures():
    found = preference("a", "b", 9, 1)
    assert found["share"] == 0.9
    assert found["p"] == pytest.approx(2 * (10 + 1) / 2**10)
    # Clopper and Pearson, 9 of 10: solutions of P(X >= 9) = 0.025 and P(X <= 9) = 0.025.
    low, high = found["low"], found["high"]
    assert 10 * low**9 * (1 - low) + low**10 == pytest.approx(0.025, rel=1e-3)
    assert 1 - high**10 == pytest.approx(0.025, rel=1e-3)


def test_the_interval_of_a_mean_widens_when_listeners_disagree_and_not_when_one_says_more():
    agree = mean_opinion({str(i): [2, 4] * 10 for i in range(6)})
    disagree = mean_opinion({str(i): [2 if i % 2 else 4] * 20 for i in range(6)})
    assert agree["mean"] == disagree["mean"] == 3
    assert disagree["high"] - disagree["low"] > 3 * (agree["high"] - agree["low"])
    assert mean_opinion({"a": [3]}) == {"mean": 3, "low": 3, "high": 3, "answers": 1, "listeners": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["a", 1, "quality", "FIRST", "", "6"], "not an answer"),
        (["a", 1, "quality", "unknown.wav", "", "3"], "not an answer"),
        (["a", 1, "preference", "FIRST", "SECOND", "3"], "not an answer"),
        (["a", 1, "preference", "FIRST", "FIRST", "FIRST"], "not an answer"),
        (["a", 1, "quality", "FIRST"], "expected 6 cells"),
        ("twice", "answered this before"),
        ("header", "expected the columns"),
        ("no file", "cannot be read"),
    ],
)
def test_results_that_the_page_did_not_write_are_refused(systems, tmp_path, row, reason):
    make_kit(tmp_path / "kit", systems, "both")
    first, second = list(key_of(tmp_path / "kit"))[:2]
    path = tmp_path / "results.csv"
    rows = [["a", 1, "quality", "FIRST", "", "3"]] * 2 if row == "twice" else [row]
    if row != "no file":
        lines = [COLUMNS if row != "header" else COLUMNS[1:], *(rows if row != "header" else [])]
        named = [[{"FIRST": first, "SECOND": second}.get(cell, cell) for cell in line] for line in lines]
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(named)
    with pytest.raises(InputError, match=reason) as caught:
        read_results(tmp_path / "kit", [path])
    assert "\n" not in str(caught.value)


def test_a_folder_without_key_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["analyse", str(tmp_path), str(tmp_path / "x.csv")])
    assert caught.value.code == 2 and "key.json" in capsys.readouterr().err


def test_nothing_said_is_an_empty_report():
    assert analyse([], []) == {"opinion": {}, "preference": []}
