"""The typed stack file: strict models, markers, rules, and one report of every mistake."""
