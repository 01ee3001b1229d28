"""How big a model is cheapest over its life, for the quality of a 13B model and two trillion tokens served.

python examples/plan_a_model.py
"""

import clearspan as cs

for served in (2e10, 2e12):
    found = cs.plan.lifetime(like=13e9, tokens_served=served, hardware="h200")
    print(found.title)
    print(f"  {found.numbers['parameters']} parameters, {found.numbers['saving']} less compute")
