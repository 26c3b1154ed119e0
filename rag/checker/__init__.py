"""The clause checker: a pasted text -> each of its sentences with a verdict, its proof and its citations.

`check` goes through the sentences that `rag.statements` and `rag.cited` read. Each one, with the place that the
text speaks of (`spoken`), is an `assertion`, and `judge` tries the verdicts on it in order:

- `clauses` finds those that come near; `fits` and `in_english` compare and rank them;
- `meaning` and `stitched` look for a clause that says it in other words, and for two that say it between them;
- `attribution` judges the citations, and `suggestions` puts wrong ones right.

`compare` holds one text to one clause:

- `worded` and `proof` are the two sides, `alignment` lays a part of the one beside a sentence of the other;
- `amounts` (with `bounds`), `changes`, `denials`, `turned`, `misnamed` and `quotes` say what differs, `omissions`
  what is left out; `match` is what comes of it.
"""
