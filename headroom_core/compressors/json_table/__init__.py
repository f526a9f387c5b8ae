"""JSON written as tables: the parts that `SmartCrusher` is made of.

values      JSON values whose numbers keep their text
style       how a document is laid out, recognised and written back
document    a text as JSON documents and their style
embedded    strings that hold JSON
columns     like-shaped objects as columns
cells       values as cells of a table, and back
templates   columns that follow from other columns
plan        what is written of each column, and how
table       a table as text;  table_reader: a text as the table's rows
islands     the tree with its tables cut out, and put back
prefixes    long paths and addresses, named once
form        the lossless form: all of the above, and back
"""
