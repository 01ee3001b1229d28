"""Ask a folder of documents, and look at where each sentence comes from and what it cost.

python examples/ask_a_folder.py docs/concepts/ "What does a receipt record?"
"""

import sys

import clearspan as cs

folder, question = sys.argv[1:3]
answer = cs.ask(question, library=folder)

for claim in answer.claims:
    print(f"[{claim.origin}, {claim.support}] {claim.text}")
    for citation in claim.citations:
        print(f"    {citation.title}, characters {citation.start} to {citation.end}")
if answer.abstention:
    print(answer.abstention.message, answer.abstention.would_help)
print(f"{answer.receipt.route.tier} tier: {answer.receipt.route.why}")
print(f"{answer.receipt.meter.seconds:.1f} s, {answer.receipt.meter.joules:.0f} J")
