"""Analysis over tables of records and figures. Nothing here knows a room or writes a row."""
