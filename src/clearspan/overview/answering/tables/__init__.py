"""Questions whose answer stands in a table of a document, or is worked out from one: weakly supervised parsing.

`table` finds the tables of a text, `values` reads their cells, `wording` the question. `grids` lay a table out as rows
and columns, also turned round; `rowsets` are the rows a question may mean, `derivations` what may be done with them,
`denotations` what comes of it. `predictors` say how well a derivation fits the question, `model` how probable it is.
"""
