"""Static files with hashed names, compressed once, served with a lasting cache."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Also follows imports between our own script modules, so that each is loaded under one name only."""

    support_js_module_import_aggregation = True
    manifest_strict = False
