"""Marks code, quotations and struck-out text in a message by its HTML: such text is not what the sender says."""

import re
from html import unescape

#: The tags (client-server API, "m.room.message msgtypes"), and what stands before and behind their text in Markdown.
_MARKS = {
    "code": ("`", "`"),
    "pre": ("`", "`"),
    "blockquote": ("> ", ""),
    "del": ("~~", "~~"),
    "s": ("~~", "~~"),
    "strike": ("~~", "~~"),
}
#: The quotation of a reply, which the body has in another form.
_REPLY = "mx-reply"
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)[^<>]*>", re.I)


def mark_shown_text(body: str, html: str) -> str:
    """Return the body with the code, quotations and struck-out text of the HTML marked as in Markdown.

    Most clients write these marks in the body themselves. Text that is marked already stays as it is.
    """
    for mark, shown in _find_shown(html):
        before, behind = _MARKS[mark]
        for line in shown.splitlines():
            line = line.strip()
            at = body.find(line) if line else -1
            if at >= 0 and not body[:at].endswith(before):
                body = f"{body[:at]}{before}{line}{behind}{body[at + len(line) :]}"
    return body


def _find_shown(html: str) -> list[tuple[str, str]]:
    """Return the outermost elements with a tag of _MARKS: the tag, and the text inside."""
    found, opened, depth, started = [], "", 0, 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if not opened and not tag[1] and (name in _MARKS or name == _REPLY):
            opened, depth, started = name, 1, tag.end()
        elif opened == name:
            depth += -1 if tag[1] else 1
            if depth == 0:
                if opened != _REPLY:
                    found.append((opened, unescape(_TAG.sub("\n", html[started : tag.start()]))))
                opened = ""
    return found
