"""Our own icons: strokes on a 24 x 24 field, drawn in the colour of the text. Decorative: words stand beside them."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

_PATHS: dict[str, str] = {
    "alert": "M12 4 21 19.5H3Z M12 10v4.5 M12 17v.2",
    "arrow-left": "M19 12H5 M11 6l-6 6 6 6",
    "arrow-right": "M5 12h14 M13 6l6 6-6 6",
    "bell": "M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5Z M10 20.5h4",
    "board": "M4 4.5h4.5v15H4Z M10 4.5h4.5v9H10Z M16 4.5h4v12h-4Z",
    "book": "M5 5.5A2 2 0 0 1 7 4h12v14H7a2 2 0 0 0-2 1.5Z M5 19.5A1.5 1.5 0 0 0 6.5 20.5H19 M9 8h6",
    "box": "M12 3.5 20 8v8l-8 4.5L4 16V8Z M4 8l8 4.5L20 8 M12 12.5v8",
    "building": "M5 20.5V5l8-1.5v17 M13 9h6v11.5 M3.5 20.5h17 M8 8.5h2 M8 12h2 M8 15.5h2 M16 12.5v.1 M16 16v.1",
    "calendar": "M4.5 6h15v13.5h-15Z M4.5 10h15 M8.5 3.5v4 M15.5 3.5v4",
    "camera": "M4 8h3.5L9 5.5h6L16.5 8H20v11H4Z M12 16.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5Z",
    "chart": "M4.5 4v15.5H20 M8.5 16v-4 M12.5 16V8 M16.5 16v-6.5",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "chevron-down": "M6 9.5l6 6 6-6",
    "chevron-left": "M14.5 6l-6 6 6 6",
    "chevron-right": "M9.5 6l6 6-6 6",
    "chevron-up": "M6 14.5l6-6 6 6",
    "clock": "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z M12 7.5V12l3 2",
    "coin": "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z M9 7.5l3 4.5 3-4.5 M12 12v5 M9.5 12.5h5 M9.5 15h5",
    "columns": "M4 5h16v14H4Z M9.5 5v14 M14.5 5v14",
    "command": "M9 9h6v6H9Z M9 9V6.5A2.5 2.5 0 1 0 6.5 9H9Z M15 9h2.5A2.5 2.5 0 1 0 15 6.5V9Z M15 15v2.5a2.5 2.5 0 1 0 2.5-2.5H15Z M9 15H6.5A2.5 2.5 0 1 0 9 17.5V15Z",
    "copy": "M8.5 8.5h11v11h-11Z M15.5 8.5v-4h-11v11h4",
    "desk": "M4 5h7v6H4Z M13 5h7v9h-7Z M4 13h7v6H4Z M13 16h7v3h-7Z",
    "dot": "M12 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z",
    "dots": "M5 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0Z M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0Z M17 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0Z",
    "download": "M12 4v11 M7.5 11l4.5 4.5 4.5-4.5 M4.5 19.5h15",
    "edit": "M5 19l.8-4L16 4.8 19.2 8 9 18.2Z M14 7l3 3",
    "eye": "M3 12c2.5-4.2 5.5-6 9-6s6.5 1.8 9 6c-2.5 4.2-5.5 6-9 6s-6.5-1.8-9-6Z M12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
    "file": "M6 3.5h8L18.5 8v12.5H6Z M14 3.5V8h4.5",
    "file-text": "M6 3.5h8L18.5 8v12.5H6Z M14 3.5V8h4.5 M9 12h6.5 M9 15.5h6.5",
    "filter": "M4.5 6h15 M7.5 12h9 M10.5 18h3",
    "flag": "M6 21V4.5 M6 5h12l-2.5 4L18 13H6",
    "funnel": "M4 5h16l-6 7v6l-4 2v-8Z",
    "globe": "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z M3.5 12h17 M12 3.5c-5 5.5-5 11.5 0 17 M12 3.5c5 5.5 5 11.5 0 17",
    "hold": "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z M9.8 9v6 M14.2 9v6",
    "home": "M4 11.5 12 4.5l8 7 M6 10v9.5h12V10 M10 19.5v-5h4v5",
    "info": "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z M12 11.5V16 M12 8v.2",
    "keyboard": "M3 6.5h18v11H3Z M6.5 10v.1 M10 10v.1 M14 10v.1 M17.5 10v.1 M8 14h8",
    "layers": "M12 4l8.5 4.5L12 13 3.5 8.5Z M3.5 12.5 12 17l8.5-4.5 M3.5 16 12 20.5 20.5 16",
    "link": "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3L12 6.3 M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
    "list": "M8.5 6.5H20 M8.5 12H20 M8.5 17.5H20 M4.5 6.5v.1 M4.5 12v.1 M4.5 17.5v.1",
    "lock": "M5.5 11h13v9h-13Z M8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "log": "M6 3.5h12v17H6Z M9 8h6 M9 12h6 M9 16h3.5",
    "logout": "M10 4.5H5v15h5 M9.5 12H20 M16 8l4 4-4 4",
    "mail": "M3.5 6h17v12.5h-17Z M4 6.5l8 6.5 8-6.5",
    "menu": "M4 7h16 M4 12h16 M4 17h16",
    "minus": "M6 12h12",
    "moon": "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z",
    "paperclip": "M19 11.5l-7 7a4.2 4.2 0 0 1-6-6l7.5-7.5a2.8 2.8 0 0 1 4 4l-7.5 7.5a1.400 1.400 0 0 1-2-2l6.5-6.5",
    "phone": "M7 3.5h10v17H7Z M11 17.5h2",
    "pin": "M12 21c-4.5-5-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2 6-6.5 11Z M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
    "play": "M8 5.5v13l10-6.5Z",
    "plus": "M12 5v14 M5 12h14",
    "printer": "M7 9V4h10v5 M7 17H4V9h16v8h-3 M7 14h10v6H7Z",
    "receipt": "M6 3.5h12v17l-3-2-3 2-3-2-3 2Z M9 8.5h6 M9 12.5h6",
    "refresh": "M19.5 12a7.5 7.5 0 1 1-2.2-5.3 M19.5 3.5v4h-4",
    "route": "M6 8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z M18 20.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z M8.5 6H15a3 3 0 0 1 0 6H9a3 3 0 0 0 0 6h6.5",
    "scale": "M12 4v16 M8 20h8 M5 7h14 M5 7l-2.5 6.5h5Z M19 7l-2.5 6.5h5Z",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z M15.5 15.5 20 20",
    "settings": "M5 7h9 M18 7h1 M5 17h1 M10 17h9 M16 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z M8 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
    "shield": "M12 3.5l7.5 2.5v5.5c0 4.5-3 7.5-7.5 9-4.5-1.5-7.5-4.5-7.5-9V6Z M9 12l2.2 2.2L15.2 10",
    "sort": "M8 5v14 M4.5 15.5 8 19l3.5-3.5 M16 19V5 M12.5 8.5 16 5l3.5 3.5",
    "star": "M12 4l2.5 5.2 5.5.8-4 4 1 5.5-5-2.7-5 2.7 1-5.5-4-4 5.5-.8Z",
    "stop": "M8 3.5h8l4.5 4.5v8L16 20.5H8L3.5 16V8Z M8.5 12h7",
    "sun": "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z M12 2.5v2 M12 19.5v2 M2.5 12h2 M19.5 12h2 M5.3 5.3l1.400 1.400 M17.3 17.3l1.400 1.400 M5.3 18.7l1.400-1.400 M17.3 6.7l1.400-1.400",
    "tag": "M4 4.5h7.5L20 13l-7 7-8.5-8.5Z M8 8.5v.1",
    "target": "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z M12 12v.1",
    "tasks": "M4.5 6.5 6 8l2.5-3 M4.5 16.5 6 18l2.5-3 M11.5 7H20 M11.5 17H20",
    "trash": "M5 7h14 M9.5 7V4.5h5V7 M7 7l.8 12.5h8.400L17 7",
    "truck": "M3 6.5h11v10H3Z M14 10h4l3 3.5v3h-7Z M7 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z M17 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
    "undo": "M8.5 5 4.5 9l4 4 M4.5 9H14a5.5 5.5 0 0 1 0 11h-4",
    "upload": "M12 15.5V4.5 M7.5 8.5 12 4l4.5 4.5 M4.5 19.5h15",
    "user": "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z M4.5 20.5a7.5 7.5 0 0 1 15 0",
    "users": "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z M2.5 19.5a6.5 6.5 0 0 1 13 0 M16 5a3.5 3.5 0 0 1 0 6.5 M18 14a6.5 6.5 0 0 1 3.5 5.5",
    "x": "M6 6l12 12 M18 6 6 18",
}


def icon(name: str, extra: str = "") -> SafeString:
    """The icon as inline SVG; an unknown name is a dot, so a wrong name never breaks a page."""
    cached = _drawn.get((name, extra))
    if cached is None:
        path = _PATHS.get(name, _PATHS["dot"])
        css = f"icon {extra}".strip()
        cached = mark_safe(  # noqa: S308 - our own constants
            f'<svg class="{css}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{path}"/></svg>'
        )
        _drawn[name, extra] = cached
    return cached


_drawn: dict[tuple[str, str], SafeString] = {}


def names() -> list[str]:
    """Every icon there is."""
    return sorted(_PATHS)
