"""Tables that programs print, written without what their rows share.

grid        the cells of a table, and which lines are no rows
delimited   CSV, TSV and other tables whose cells stand between delimiters
padded      how the lines of drawn and aligned tables are made of their cells
ruled       find drawn tables;  dashed: those under a rule;  aligned: without any
records     find tables that are written row by row
finding     the tables of a text, whatever they are
columns     what is written of each column;  ways, filling: how;  restore: the column back
items       the columns as a header names them
block       a table as text, and back;  form: a text with tables, and back
view        the rows that matter;  hits: what was asked for;  marginals: exact figures of all
"""
