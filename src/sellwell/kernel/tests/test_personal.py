"""Personal data: no clear text in the database, nothing after erasure, still nothing after a restore."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction

from sellwell.kernel import directory, generations, home, master_key, personal
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import SearchRow, SubjectKey

pytestmark = pytest.mark.django_db
NAME = "欧阳娜娜"


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A key file of the test's own, so that rotation and erasure files of others stay as they are."""
    monkeypatch.setenv("SELLWELL_KEY_FILE", str(tmp_path / "master.key"))
    personal._readable.clear()
    yield
    personal._readable.clear()


def erase(subject: UUID, on_commit: Callable[..., Any]) -> int:
    with on_commit(execute=True):
        return personal.erase(subject)


def test_what_is_sealed_is_opened_and_shows_nothing() -> None:
    subject = new_id()
    envelope = personal.seal(subject, NAME)
    assert personal.is_envelope(envelope)
    assert envelope.keys() == {"subject", "v", "n", "c"}
    assert NAME not in json.dumps(envelope, ensure_ascii=False)
    assert personal.open_(envelope) == NAME
    assert personal.open_(json.loads(json.dumps(envelope))) == NAME
    assert personal.seal(subject, NAME)["c"] != envelope["c"]
    assert not personal.is_envelope({"subject": "x"})
    assert personal.open_(None) is None


def test_odd_texts() -> None:
    for text in ("", "\ud800", "😀\x00", "x" * 100_000):
        assert personal.open_(personal.seal(new_id(), text)) == text


def test_an_altered_or_moved_envelope_is_noticed() -> None:
    one, other = personal.seal(new_id(), NAME), personal.seal(new_id(), NAME)
    with pytest.raises(InvalidTag):
        personal.open_({**one, "subject": other["subject"]})
    with pytest.raises(InvalidTag):
        personal.open_({**one, "c": other["c"]})


def test_many_in_few_queries(django_assert_num_queries: Any) -> None:
    subjects = [new_id() for _ in range(20)]
    pairs = [(subject, f"{NAME}{n}") for subject in subjects for n in range(3)]
    with django_assert_num_queries(2):
        envelopes = personal.seal_many(pairs)
    with django_assert_num_queries(1):
        personal.seal_many(pairs)
    generations.current("personal")
    with django_assert_num_queries(1):
        assert personal.open_many(envelopes) == [text for _, text in pairs]
    with django_assert_num_queries(0):
        assert personal.open_(envelopes[0]) == f"{NAME}0"
    assert personal.seal_many([]) == []


def test_no_clear_text_in_the_database() -> None:
    subject = new_id()
    SearchRow.objects.create(id=subject, row_type="x.y", title="", tokens=[])
    envelope = personal.seal(subject, NAME)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(wrapped, 'escape') FROM kernel_subjectkey WHERE subject_id = %s", [subject]
        )
        (stored,) = cursor.fetchone()
    key = personal.ensure_keys([subject])[subject]
    assert key is not None
    assert key not in stored.encode("latin-1", "ignore")
    assert NAME.encode() not in json.dumps(envelope).encode()


def test_erasure_leaves_nothing(django_capture_on_commit_callbacks: Any) -> None:
    subject, other = new_id(), new_id()
    SearchRow.objects.create(id=new_id(), row_type="x.y", title=NAME, tokens=["欧阳"], subject_id=subject)
    gone, kept = personal.seal_many([(subject, NAME), (other, NAME)])
    assert personal.open_(gone) == NAME
    assert erase(subject, django_capture_on_commit_callbacks) == 1
    assert personal.open_(gone) is None
    assert personal.open_many([gone, kept]) == [None, NAME]
    row = SearchRow.objects.get(subject_id=subject)
    assert (row.title, row.tokens) == ("", [])
    key = SubjectKey.objects.get(pk=subject)
    assert key.wrapped is None
    assert key.erased_at is not None
    later = personal.seal(subject, NAME)
    assert personal.is_envelope(later)
    assert (later["c"], personal.open_(later)) == ("", None)
    assert personal.seal_bytes(subject, b"scan") == b""
    assert str(subject) in home.current().erasures_file.read_text()
    assert home.current().erasures_file.stat().st_mode & 0o777 == 0o600


def test_a_subject_is_forgotten_in_companies_that_the_actor_does_not_see(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    subject, company = new_id(), new_id()
    monkeypatch.setattr(directory.current(), "companies", lambda: [company], raising=False)
    see(f"{{{company}}}")
    SearchRow.objects.create(
        id=new_id(), row_type="x.y", title=NAME, tokens=["x"], subject_id=subject, company_id=company
    )
    see("")
    assert not SearchRow.objects.filter(subject_id=subject).exists()
    assert erase(subject, django_capture_on_commit_callbacks) == 1
    assert not SearchRow.objects.filter(subject_id=subject).exists()
    see(f"{{{company}}}")
    assert SearchRow.objects.get(subject_id=subject).title == ""


def see(companies: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sellwell.companies', %s, true)", [companies])


def test_an_erasure_that_is_rolled_back_is_not_noted() -> None:
    subject = new_id()
    envelope = personal.seal(subject, NAME)
    with transaction.atomic():
        personal.erase(subject)
        transaction.set_rollback(True)
    assert personal.open_(envelope) == NAME
    assert not home.current().erasures_file.exists()


def test_back_up_erase_restore_still_gone(django_capture_on_commit_callbacks: Any) -> None:
    subject, unknown = new_id(), new_id()
    envelope = personal.seal(subject, NAME)
    backup = list(SubjectKey.objects.filter(pk=subject).values())
    erase(subject, django_capture_on_commit_callbacks)
    erase(unknown, django_capture_on_commit_callbacks)
    restore(subject, backup)
    assert personal.open_(envelope) == NAME
    with django_capture_on_commit_callbacks(execute=True):
        assert personal.replay_erasures() == 1
    assert personal.open_(envelope) is None
    assert personal.replay_erasures() == 0


def restore(subject: UUID, backup: list[dict[str, Any]]) -> None:
    """Put a key back as a restored backup would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_subjectkey SET wrapped = %s, key_version = %s, erased_at = NULL WHERE subject_id = %s",
            [bytes(backup[0]["wrapped"]), backup[0]["key_version"], subject],
        )
    personal._readable.clear()


def test_a_note_that_a_crash_prevented_is_made_up_for(django_capture_on_commit_callbacks: Any) -> None:
    subject = new_id()
    with django_capture_on_commit_callbacks(execute=False):
        personal.erase(subject)
    assert not home.current().erasures_file.exists()
    personal.replay_erasures()
    assert str(subject) in home.current().erasures_file.read_text()
    with home.current().erasures_file.open("a") as handle:
        handle.write("\n2026-11-23T00:00:00+00:00 0193")  # cut short by a crash
    erase(new_id(), django_capture_on_commit_callbacks)
    assert len(personal._noted_erasures()) == 2


def test_rotation_keeps_envelopes_and_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal, "_BATCH", 2)
    subjects = [new_id() for _ in range(5)]
    envelopes = personal.seal_many([(subject, NAME) for subject in subjects])
    index = personal.blind("13812345678", "phone")
    before = home.current().key_file.read_text()
    assert personal.rewrap() >= 5
    after = home.current().key_file.read_text()
    assert before.split("\n")[0] not in after
    assert home.current().key_file.stat().st_mode & 0o777 == 0o600
    personal._readable.clear()
    assert personal.open_many(envelopes) == [NAME] * 5
    assert personal.blind("13812345678", "phone") == index
    assert personal.open_(personal.seal(subjects[0], NAME)) == NAME
    assert set(SubjectKey.objects.filter(pk__in=subjects).values_list("key_version", flat=True)) == {2}
    with pytest.raises(ValueError, match="32"):
        personal.rewrap(b"short")


@pytest.mark.parametrize("moment", ["before the keys", "after the keys"])
def test_a_rotation_cut_short_is_finished_by_the_next(
    moment: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Wherever it is killed, everything can be read; once it was finished, no copy of an old key file is needed."""
    subjects = [new_id() for _ in range(5)]
    envelopes = personal.seal_many([(subject, NAME) for subject in subjects])
    old_file = tmp_path / "old.key"
    old_file.write_text(home.current().key_file.read_text())
    replace, written = master_key.replace, []

    def killed(versions: Any) -> None:
        if moment == "after the keys" and not written:
            written.append(versions)
            replace(versions)
            return
        if moment == "before the keys":
            replace(versions)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(master_key, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            personal.rewrap()
    personal._readable.clear()
    assert personal.open_many(envelopes) == [NAME] * 5
    assert len(personal.key_status()["in_file"]) == 2
    personal.rewrap()
    old_file.unlink()
    personal._readable.clear()
    assert personal.open_many(envelopes) == [NAME] * 5
    status = personal.key_status()
    assert status["in_file"] == [status["master"]] and set(status["wrapped"]) == {str(status["master"])}


def test_a_key_made_under_an_old_master_is_wrapped_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process rotates the master key between reading it and inserting a key."""
    insert = personal._insert_keys

    def rotated_meanwhile(subjects: Any, held: Any) -> Any:
        made = insert(subjects, held)
        master_key.replace({**held.versions, held.current + 1: os.urandom(32)})
        return made

    monkeypatch.setattr(personal, "_insert_keys", rotated_meanwhile)
    envelope = personal.seal(new_id(), NAME)
    assert SubjectKey.objects.get(pk=envelope["subject"]).key_version == 2
    assert personal.open_(envelope) == NAME


def test_blind_indexes_find_a_value_in_any_writing() -> None:
    index = personal.blind("+86 138-1234-5678", "phone")
    assert index == personal.blind("13812345678", "phone")
    assert len(index) == 32
    assert index != personal.blind("13812345678", "identity")
    assert personal.blind_last4("13812345678", "phone") == personal.blind_last4("13900005678", "phone")
    assert "5678" not in personal.blind_last4("13812345678", "phone")


def test_content_of_files() -> None:
    subject = new_id()
    sealed = personal.seal_bytes(subject, b"%PDF-" + NAME.encode())
    assert NAME.encode() not in sealed
    assert personal.open_bytes(subject, sealed) == b"%PDF-" + NAME.encode()


def test_the_key_file_is_private_and_made_once() -> None:
    path = home.current().key_file
    first = master_key.masters()
    assert path.stat().st_mode & 0o777 == 0o600
    assert master_key.masters() is first
    path.write_text("nonsense")
    with pytest.raises(ValueError, match="master key"):
        master_key.masters()


def test_two_erasers_of_one_table_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two erasers"):
        personal.register_eraser("kernel.searchrow", lambda subject: 0)


@pytest.mark.django_db(transaction=True)
def test_two_transactions_make_one_key() -> None:
    subject, envelopes = new_id(), []

    def seal() -> None:
        envelopes.append(personal.seal(subject, NAME))
        connection.close()

    threads = [threading.Thread(target=seal) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert personal.open_many(envelopes) == [NAME] * 4
