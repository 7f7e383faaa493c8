"""Personal data: sealed under a key per subject, forgotten by destroying the key (DESIGN section 4).

A subject is a person or organisation, known by its UUID. `seal` gives an envelope, a small JSON object that may stand
in ledger, logs and columns; `open_` reads it, or gives None once the subject was erased. `erase` blanks what stands in
clear (the erasers that rooms register), destroys the key, and notes the erasure in a file beside the master key, so
that `replay_erasures` erases again after a restore. Normalising and masking: `kernel.personal_values`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, models, transaction

from sellwell.kernel import clock, directory, generations, home, master_key
from sellwell.kernel.master_key import KEY_SIZE, NONCE_SIZE, masters
from sellwell.kernel.personal_values import PersonalKind, normal

Envelope: TypeAlias = "dict[str, Any]"
FORMAT = 1
_PARTS = {"subject", "v", "n", "c"}


# --- keys ----------------------------------------------------------------------------------------------------------


def ensure_keys(subjects: Iterable[UUID]) -> dict[UUID, bytes | None]:
    """The key of each subject, made where there is none yet; None for an erased one. One query, two for new subjects."""
    wanted = set(subjects)
    found = _stored_keys(wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        made = masters()
        found |= _insert_keys(missing, made)
        raced = wanted - found.keys()  # another transaction made them meanwhile, and has committed by now
        if raced:
            found |= _stored_keys(raced)
        if masters().current != made.current:  # the master key was changed under our hands
            with connection.cursor() as cursor:
                _rewrap_batch(cursor, missing)
    return found


def _stored_keys(subjects: Iterable[UUID]) -> dict[UUID, bytes | None]:
    wanted = list(subjects)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, wrapped, key_version FROM kernel_subjectkey WHERE subject_id = ANY(%s)",
            [wanted],
        )
        rows = cursor.fetchall()
    held = masters()
    return {s: None if w is None else held.unwrap(bytes(w), version, s.bytes) for s, w, version in rows}


def _insert_keys(subjects: Sequence[UUID], held: master_key.Masters) -> dict[UUID, bytes | None]:
    keys = {subject: secrets.token_bytes(KEY_SIZE) for subject in subjects}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_subjectkey (subject_id, wrapped, key_version, created_at)"
            " SELECT u.subject_id, u.wrapped, %s, %s FROM unnest(%s::uuid[], %s::bytea[]) AS u(subject_id, wrapped)"
            " ON CONFLICT (subject_id) DO NOTHING RETURNING subject_id",
            [held.current, clock.now(), list(keys), [held.wrap(key, s.bytes) for s, key in keys.items()]],
        )
        return {subject: keys[subject] for (subject,) in cursor.fetchall()}


# Keys for reading, so that a page of envelopes costs one query per subject. Never used for sealing: a key that was
# read inside a transaction may be rolled back with it.
_readable: dict[UUID, bytes | None] = {}
_readable_of = -1
_MOST_READABLE = 5000


def _let_go_of_old_keys() -> None:
    """An erasure anywhere raises the generation; from then on no key that was read before is used."""
    global _readable_of
    generation = generations.current("personal")
    if generation != _readable_of or len(_readable) > _MOST_READABLE:
        _readable.clear()
        _readable_of = generation


def _key_to_read(subject: UUID, *, afresh: bool = False) -> bytes | None:
    _let_go_of_old_keys()
    if afresh or subject not in _readable:
        _readable[subject] = _stored_keys([subject]).get(subject)
    return _readable[subject]


# --- sealing and opening ---------------------------------------------------------------------------------------------


def seal(subject: UUID, text: str) -> Envelope:
    """The text as an envelope under the subject's key."""
    return seal_many([(subject, text)])[0]


def seal_many(pairs: Iterable[tuple[UUID, str]]) -> list[Envelope]:
    """One envelope per (subject, text), in their order. What is sealed for an erased subject is lost at once."""
    wanted = list(pairs)
    keys = ensure_keys(subject for subject, _ in wanted)
    return [_sealed(subject, text, keys[subject]) for subject, text in wanted]


def _sealed(subject: UUID, text: str, key: bytes | None) -> Envelope:
    if key is None:
        return {"subject": str(subject), "v": FORMAT, "n": "", "c": ""}
    nonce = secrets.token_bytes(NONCE_SIZE)
    ciphertext = AESGCM(key).encrypt(nonce, text.encode("utf-8", "surrogatepass"), subject.bytes)
    return {"subject": str(subject), "v": FORMAT, "n": _text(nonce), "c": _text(ciphertext)}


def is_envelope(value: Any) -> bool:
    """Whether a JSON value is an envelope."""
    return isinstance(value, dict) and value.keys() == _PARTS


def open_(envelope: Mapping[str, Any] | None) -> str | None:
    """The text of an envelope; None once its subject was erased (and for no envelope at all).

    An envelope that was altered, or moved to another subject, raises InvalidTag.
    """
    if not envelope or not envelope["c"]:
        return None
    subject = UUID(envelope["subject"])
    nonce, ciphertext = _bytes(envelope["n"]), _bytes(envelope["c"])
    try:
        return _opened(subject, nonce, ciphertext, _key_to_read(subject))
    except InvalidTag:
        return _opened(subject, nonce, ciphertext, _key_to_read(subject, afresh=True))


def open_many(envelopes: Iterable[Mapping[str, Any] | None]) -> list[str | None]:
    """The texts of many envelopes; their keys are read in one query."""
    wanted = list(envelopes)
    read_keys(wanted)
    return [open_(envelope) for envelope in wanted]


def read_keys(envelopes: Iterable[Mapping[str, Any] | None]) -> None:
    """Read the keys of many envelopes in one query, so that `open_` finds them at hand."""
    subjects = {UUID(e["subject"]) for e in envelopes if e and e["c"]}
    if subjects:
        _let_go_of_old_keys()
        unread = subjects - _readable.keys()
        found = _stored_keys(unread) if unread else {}
        _readable.update({subject: found.get(subject) for subject in unread})


def _opened(subject: UUID, nonce: bytes, ciphertext: bytes, key: bytes | None) -> str | None:
    if key is None:
        return None
    return AESGCM(key).decrypt(nonce, ciphertext, subject.bytes).decode("utf-8", "surrogatepass")


def seal_bytes(subject: UUID, content: bytes) -> bytes:
    """Content (a file) sealed under the subject's key; empty for an erased subject."""
    key = ensure_keys([subject])[subject]
    if key is None:
        return b""
    nonce = secrets.token_bytes(NONCE_SIZE)
    return nonce + AESGCM(key).encrypt(nonce, content, subject.bytes)


def open_bytes(subject: UUID, sealed: bytes) -> bytes | None:
    """Content sealed by `seal_bytes`; None once the subject was erased."""
    key = _stored_keys([subject]).get(subject)
    if key is None or not sealed:
        return None
    return AESGCM(key).decrypt(sealed[:NONCE_SIZE], sealed[NONCE_SIZE:], subject.bytes)


def envelope_column() -> models.JSONField[Any, Any]:
    """A column that holds an envelope: phone, e-mail, identity and bank numbers. Fill it by `seal`."""
    return models.JSONField(null=True, blank=True)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


# --- blind indexes -----------------------------------------------------------------------------------------------------


def blind(value: str, kind: PersonalKind) -> str:
    """A keyed fingerprint of a whole value, for finding it without storing it: 32 characters.

    The value is normalised first, so +86 138-1234-5678 and 13812345678 are one. Blanked with the row at erasure.
    """
    return _fingerprint(normal(value, kind), kind)


def blind_last4(value: str, kind: PersonalKind) -> str:
    """The fingerprint of the last four characters, as people ask for them on the telephone."""
    return _fingerprint(normal(value, kind)[-4:], f"{kind}:last4")


def _fingerprint(value: str, kind: str) -> str:
    return hmac.new(masters().blind, f"{kind}\n{value}".encode(), hashlib.sha256).hexdigest()[:32]


# --- erasure -----------------------------------------------------------------------------------------------------------

# What blanks clear values of a table: given the subject, it updates the rows and gives their number.
Eraser: TypeAlias = Callable[[UUID], int]
ERASERS: dict[str, Eraser] = {}


def register_eraser(model_label: str, eraser: Eraser) -> None:
    """Blank what `model_label` ("customers.contact") holds in clear of a subject whenever one is erased."""
    if model_label in ERASERS:
        raise ValueError(f"{model_label} has two erasers")
    ERASERS[model_label] = eraser


# Who is forgotten with a subject, being known only through it (the contacts of a customer): given it, their subjects.
COMPANIONS: dict[str, Callable[[UUID], Iterable[UUID]]] = {}


def register_companions(model_label: str, companions: Callable[[UUID], Iterable[UUID]]) -> None:
    """Destroy the keys of the `model_label` rows of a subject with its own whenever one is erased."""
    if model_label in COMPANIONS:
        raise ValueError(f"{model_label} has two kinds of companions")
    COMPANIONS[model_label] = companions


def blank_columns(model: type[models.Model], rows: models.Q, *also: str) -> int:
    """Blank the personal columns of rows, and those named in `also` (blind indexes). For erasers."""
    values: dict[str, Any] = {}
    for name in (*getattr(model, "personal", ()), *also):
        values[name] = None if model._meta.get_field(name).null else ""
    return model._default_manager.filter(rows).update(**values)


def _blank_search(subject: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_searchrow SET title = '', tokens = '{}' WHERE subject_id = %s", [subject]
        )
        return int(cursor.rowcount)


def _blank_file_names(subject: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_storedfile SET name = '' WHERE subject_id = %s", [subject])
        return int(cursor.rowcount)


def _blank_requests(subject: UUID) -> int:
    """The notes of approvals that were about the subject."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_approvalrequest SET note = '' WHERE subject_id = %s AND note <> ''", [subject]
        )
        return int(cursor.rowcount)


register_eraser("kernel.approvalrequest", _blank_requests)
register_eraser("kernel.searchrow", _blank_search)
register_eraser("kernel.storedfile", _blank_file_names)


def erase(subject: UUID) -> int:
    """Forget a subject for good: clear values are blanked, its key is destroyed, and those of its companions. Gives how
    many rows were blanked.

    All in one transaction; once that has committed, the erasure is appended to the file beside the master key.
    Erasing again does no harm.
    """
    with transaction.atomic():
        with seeing_every_company():
            along = {one for companions in COMPANIONS.values() for one in companions(subject)}
            subjects = [subject, *sorted(along - {subject})]
            blanked = sum(eraser(one) for one in subjects for eraser in ERASERS.values())
        now = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_subjectkey (subject_id, wrapped, key_version, created_at, erased_at)"
                " SELECT u, NULL, 0, %s, %s FROM unnest(%s::uuid[]) AS u ON CONFLICT (subject_id) DO UPDATE SET wrapped = NULL,"
                " erased_at = coalesce(kernel_subjectkey.erased_at, excluded.erased_at)",
                [now, now, subjects],
            )
        generations.bump("personal")
        transaction.on_commit(lambda: _note_erasures(subjects))
    return blanked


@contextmanager
def seeing_every_company() -> Iterator[None]:
    """Row security lets the erasers through to every company: a subject is forgotten everywhere, whoever asked.

    The setting is local to the transaction, so a roll-back undoes it too.
    """
    companies = ",".join(str(company) for company in directory.current().companies())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('sellwell.companies', true)")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('sellwell.companies', %s, true)", [f"{{{companies}}}"])
        yield
        cursor.execute("SELECT set_config('sellwell.companies', %s, true)", [before or ""])


def _noted_erasures() -> set[UUID]:
    path = home.current().erasures_file
    if not path.exists():
        return set()
    lines = (line.split() for line in path.read_text().splitlines())
    # A line that a crash cut short is of an erasure that `replay_erasures` finds in the database and notes again.
    return {UUID(parts[1]) for parts in lines if len(parts) == 2 and len(parts[1]) == 36}


def _note_erasures(subjects: Iterable[UUID]) -> None:
    path = home.current().erasures_file
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write("".join(f"\n{clock.now().isoformat()} {subject}\n" for subject in subjects))
        handle.flush()
        os.fsync(handle.fileno())


def replay_erasures() -> int:
    """Make database and erasure file agree: after a restore, what was erased is erased again; and an erasure whose
    note a crash prevented is noted now. Gives how many subjects were erased again."""
    noted = _noted_erasures()
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id FROM kernel_subjectkey WHERE erased_at IS NOT NULL")
        erased = {subject for (subject,) in cursor.fetchall()}
    for subject in sorted(noted - erased):
        erase(subject)
    if erased - noted:
        _note_erasures(sorted(erased - noted))
    return len(noted - erased)


# --- rotation ----------------------------------------------------------------------------------------------------------

_BATCH = 1000


def rewrap(new_master: bytes | None = None) -> int:
    """Rotate the master key: every subject's key is wrapped by a new one (32 bytes, random by default), and the old
    one leaves the key file. Gives how many keys were wrapped again. A rotation that was cut short is finished by the
    next. Envelopes and blind indexes stay as they are. Run as the owner role."""
    held = masters()
    key = secrets.token_bytes(KEY_SIZE) if new_master is None else new_master
    if len(key) != KEY_SIZE:
        raise ValueError("a master key has 32 bytes")
    master_key.replace({**held.versions, held.current + 1: key})
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever is making keys right now finishes first; whoever comes later reads the new key file.
        cursor.execute("LOCK TABLE kernel_subjectkey IN SHARE ROW EXCLUSIVE MODE")
        while True:
            cursor.execute(
                "SELECT subject_id FROM kernel_subjectkey WHERE wrapped IS NOT NULL AND key_version <> %s LIMIT %s",
                [masters().current, _BATCH],
            )
            batch = [subject for (subject,) in cursor.fetchall()]
            if not batch:
                break
            _rewrap_batch(cursor, batch)
            count += len(batch)
    newest = masters()
    master_key.replace({newest.current: newest.versions[newest.current]})
    return count


def key_status() -> dict[str, Any]:
    """Which master key is in use, which the key file holds, how many keys each wraps, and how many were destroyed."""
    held = masters()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key_version, count(*) FROM kernel_subjectkey WHERE wrapped IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        wrapped = {str(version): count for version, count in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM kernel_subjectkey WHERE wrapped IS NULL")
        (erased,) = cursor.fetchone()
    return {"master": held.current, "in_file": sorted(held.versions), "wrapped": wrapped, "erased": erased}


def _rewrap_batch(cursor: Any, subjects: Sequence[UUID]) -> None:
    keys = {subject: key for subject, key in _stored_keys(subjects).items() if key is not None}
    held = masters()
    cursor.execute(
        "UPDATE kernel_subjectkey AS k SET wrapped = u.wrapped, key_version = %s"
        " FROM unnest(%s::uuid[], %s::bytea[]) AS u(subject_id, wrapped) WHERE k.subject_id = u.subject_id",
        [held.current, list(keys), [held.wrap(key, s.bytes) for s, key in keys.items()]],
    )
