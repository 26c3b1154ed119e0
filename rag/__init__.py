"""条问 (Tiaowen): answers about policy documents, each sentence proved by the clause it comes from.

The way of the data, one module a step: read -> clean -> split -> describe -> embed -> index, then
understand -> retrieve -> evidence -> compose -> verify. `answer.stream` is their order.
"""
