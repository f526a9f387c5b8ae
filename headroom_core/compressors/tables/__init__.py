"""Tables that programs print, written without what their rows share.

grid        the cells of a table, and which lines are no rows
delimited   CSV, TSV and other tables whose cells stand between delimiters
columns     what is written of each column, and how;  restore: the column back
items       the columns as a header names them
block       a table as text, and back
"""
