"""How files are read: everybody sees the list of what they uploaded; the files of a record are seen on the record."""

from __future__ import annotations

from sellwell.kernel.models import StoredFile
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

FILES = view(
    "files.view",
    T("文件", "Files"),
    StoredFile,
    [
        Column("name", T("名称", "Name"), path="name"),
        Column("media_type", T("类型", "Kind"), "code", path="media_type"),
        Column("size", T("大小（字节）", "Size (bytes)"), "quantity", path="size"),
        Column("uploaded_at", T("上传时间", "Uploaded"), "datetime", path="uploaded_at", sortable=True),
    ],
    url="files/mine",
    help=T("自己上传的文件。", "Files that one has uploaded."),
    order=("-uploaded_at", "-id"),
    label=lambda row: row.name,
)
