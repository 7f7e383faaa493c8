"""Names of persons: which part is the family's. Pure."""

from __future__ import annotations

# Family names of two characters; all others have one.
COMPOUND = frozenset(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容"
    " 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐"
    " 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门".split()
)


def family_and_given(name: str) -> tuple[str, str]:
    """The two parts of a person's name: 欧阳明 -> 欧阳, 明; Jane Doe -> Doe, Jane."""
    text = name.strip()
    if " " in text:
        given, _, family = text.rpartition(" ")
        return family, given
    size = 2 if len(text) > 2 and text[:2] in COMPOUND else 1
    return text[:size], text[size:]
