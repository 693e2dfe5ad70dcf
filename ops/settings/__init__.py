"""Stack files judged, and what is made from their models, for a person at a checkout."""
