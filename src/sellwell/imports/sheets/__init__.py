"""Lists filled from a spreadsheet: the flat columns of a creating verb, its template, its rows judged and done one by one.

columns     which columns a verb's input has as a flat table, and which verbs have one
matching    which column of a file is which of these
template    the workbook to fill in, and the one that gives refused rows back
values      a cell's text as the input wants it
references  rows named by number, code or name
documents   the file as documents: rows, or rows gathered by the document's key
judging     what the door would say, without writing
rows        the profile of `imports.jobs` that does them
"""
