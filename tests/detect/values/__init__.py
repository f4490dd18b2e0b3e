"""Made-up values: each function takes a generator of random numbers and gives one value.

Nothing here is taken from a person. Check digits are right, by the rules as python-stdnum has them, or as written out
beside the maker where it has none.
"""
