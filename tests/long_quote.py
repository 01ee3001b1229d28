"""A question whose only quote is right and over forty words long: it is handed on from quotes to a writer."""

QUESTION = "When was the old mill in Tarrow bought?"
DOCUMENT = (
    "# The mill\n\nThe old mill in Tarrow, which had stood empty for most of a generation and was by then thought lost "
    "by nearly everybody who remembered it at work, although some in the parish council had never quite given up on it "
    "and said so every spring, was bought in 1994.\n"
)
