import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.sinks.atomic import whole_file
from tests.faults import no_file_larger_than


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_only_when_the_block_ends(tmp_path):
    with whole_file(tmp_path / "a.txt") as temporary:
        temporary.write_text("new")
        assert not (tmp_path / "a.txt").exists()
        assert temporary.parent == tmp_path and temporary.suffix == ".txt"
    assert names(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "new"


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError, SystemExit])
def test_any_exception_leaves_the_older_file_and_no_other(tmp_path, fault):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(fault), whole_file(tmp_path / "a.txt") as temporary:
        temporary.write_text("half")
        raise fault
    assert names(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_missing_folders_are_made(tmp_path):
    with whole_file(tmp_path / "deep" / "er" / "a.txt") as temporary:
        temporary.write_text("x")
    assert (tmp_path / "deep" / "er" / "a.txt").exists()


@pytest.mark.parametrize("inside", ["a.txt", "sub/a.txt"])
def test_a_file_in_place_of_the_folder_is_the_users_error(tmp_path, inside):
    (tmp_path / "folder").write_text("I am a file")
    with (
        pytest.raises(InputError, match=r"cannot write .*folder.*a\.txt") as caught,
        whole_file(tmp_path / "folder" / inside) as temporary,
    ):
        temporary.write_text("x")
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_the_users_error_and_leaves_nothing(tmp_path):
    refused = pytest.raises(InputError, match=r"cannot write .*a\.txt: File too large")
    with no_file_larger_than(1000), refused, whole_file(tmp_path / "a.txt") as temporary:
        temporary.write_bytes(bytes(5000))
    assert names(tmp_path) == []


def test_an_error_about_another_file_is_not_blamed_on_this_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="elsewhere"), whole_file(tmp_path / "a.txt"):
        (tmp_path / "elsewhere").read_text()
    assert names(tmp_path) == []
