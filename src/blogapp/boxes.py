"""Tasks in lists of a Markdown text: items that begin with `[ ]` or `[x]` (GitHub Flavored Markdown 0.29, 5.3)."""

from __future__ import annotations

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LISTS = {"bullet_list_open", "ordered_list_open"}
LISTS_ENDED = {"bullet_list_close", "ordered_list_close"}
BOX = '<input class="task-list-item-checkbox" aria-label="{name}"{checked} disabled="disabled" type="checkbox">'
MARK_OF_TASK = len("[ ]")

_TASK = re.compile(r"\[([ xX])\][ \t\n]")


def make(state: StateCore) -> None:
    """Of each task an item with a box, which has a name for those who hear the page."""
    lists: list[Token] = []
    for item, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type in LISTS:
            lists.append(item)
        elif item.type in LISTS_ENDED:
            lists.pop()
        elif item.type == "list_item_open" and paragraph.type == "paragraph_open" and _begin_with_box(inline):
            item.attrSet("class", "task-list-item")
            lists[-1].attrSet("class", "contains-task-list")


def _begin_with_box(inline: Token) -> bool:
    words = inline.children or []
    if not (task := _TASK.match(inline.content)) or words[0].type != "text":
        return False
    name, checked = ("To do", "") if task[1] == " " else ("Done", ' checked="checked"')
    words[0].content = words[0].content[MARK_OF_TASK:]
    inline.content = inline.content[MARK_OF_TASK:]
    inline.children = [Token("html_inline", "", 0, content=BOX.format(name=name, checked=checked)), *words]
    return True
