"""Texts of customer records, as long as their columns."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sellwell.kernel.inputs import Code, ShortText

Text40 = Annotated[ShortText, Field(max_length=40)]
Text60 = Annotated[ShortText, Field(max_length=60)]
Text80 = Annotated[ShortText, Field(max_length=80)]
Uscc = Annotated[Code, Field(max_length=30)]  # as people write it, with blanks; 18 once read
Industry = Annotated[Code, Field(max_length=40)]
