"""What the clause checker compares with.

`compare` holds one text to one clause:

- `worded` and `proof` are the two sides, `alignment` lays a part of the one beside a sentence of the other;
- `amounts` (with `bounds`), `changes`, `denials`, `turned`, `misnamed` and `quotes` say what differs, `omissions`
  what is left out; `match` is what comes of it.
"""
