"""Which sources an answer did not believe, and why; over the sample library of `make run`.

python examples/what_was_not_believed.py
"""

import clearspan as cs

answer = cs.ask("How many rocks should I eat each day?", library="samples")
print(answer)
for source in answer.sources:
    if not source.believed:
        print(f"not believed: {source.publisher}, {source.title}: {source.reasons[0]}")
