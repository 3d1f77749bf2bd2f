import json
import subprocess

import numpy as np
import pytest

from training.run_record import RunRecord, fingerprint


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    (folder / "song").mkdir(parents=True)
    (folder / "song" / "meta.json").write_text("{}")
    (folder / "song" / "stems.bin").write_bytes(np.random.default_rng(0).bytes(300_001))
    return folder


def test_the_same_files_elsewhere_have_the_same_fingerprint(corpus):
    before = fingerprint(corpus)
    moved = corpus.rename(corpus.with_name("moved"))
    assert fingerprint(moved) == before


@pytest.mark.parametrize("place", [0, 65535, 150_000, 300_000])
def test_another_byte_at_begin_middle_or_end_is_another_fingerprint(corpus, place):
    before, file = fingerprint(corpus), corpus / "song" / "stems.bin"
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert fingerprint(corpus) != before


def test_another_name_or_length_is_another_fingerprint(corpus):
    seen = {fingerprint(corpus)}
    with (corpus / "song" / "stems.bin").open("ab") as file:
        file.write(b"\0")
    seen.add(fingerprint(corpus))
    (corpus / "song" / "meta.json").rename(corpus / "song" / "other.json")
    seen.add(fingerprint(corpus))
    (corpus / "empty").touch()
    seen.add(fingerprint(corpus))
    assert len(seen) == 4


def test_songs_that_are_linked_into_a_corpus_count(corpus):
    linked = corpus.with_name("linked")
    linked.mkdir()
    (linked / "song").symlink_to(corpus / "song")
    assert fingerprint(linked) == fingerprint(corpus)


def test_data_that_is_not_there_has_no_fingerprint(tmp_path):
    with pytest.raises(FileNotFoundError):
        fingerprint(tmp_path / "nothing")


def test_every_start_is_a_session_and_figures_are_the_last(tmp_path, corpus):
    first = RunRecord(tmp_path)
    first.begin(0, {"seed": 3}, {"device": "cpu", "ranks": 1}, [corpus])
    first.figures({"step": 5})
    again = RunRecord(tmp_path)
    again.begin(5, {"seed": 3}, {"device": "cpu", "ranks": 2}, [corpus])
    again.figures({"step": 9})
    facts = json.loads((tmp_path / "run.json").read_text())
    assert [(session["from_step"], session["where"]["ranks"]) for session in facts["sessions"]] == [(0, 1), (5, 2)]
    assert facts["sessions"][0]["data"] == {str(corpus): fingerprint(corpus)}
    assert facts["figures"] == {"step": 9}


def test_the_source_is_named_by_commit_and_changes(tmp_path):
    """Where the tests run from a checkout; elsewhere there is no commit to name."""
    RunRecord(tmp_path).begin(0, {}, {}, [])
    (session,) = json.loads((tmp_path / "run.json").read_text())["sessions"]
    git = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    assert session["commit"] == (git.stdout.strip() if git.returncode == 0 else None)
    changes = subprocess.run(["git", "diff", "HEAD"], capture_output=True, text=True, check=False).stdout
    assert (tmp_path / "changes-0.patch").exists() == bool(changes) == (session["changes"] is not None)
    assert session["versions"].keys() >= {"python", "torch", "lightning", "numpy", "d2m"}
